"""Array functions that know nothing but arrays."""
