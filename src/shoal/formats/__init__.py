"""Reading and writing files: each format is a stranger to the others, all speak the protocols of `source`."""
