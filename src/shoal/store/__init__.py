"""What is kept: the catalog, tables, derived arrays, the home folder."""
