"""HTTP: app wiring, routes, the job worker."""
