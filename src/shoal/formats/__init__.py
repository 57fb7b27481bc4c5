"""Files of the field, read into record batches and written from them; strangers to one another."""
