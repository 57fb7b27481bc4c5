"""Plans and runs: queries over columns, matching over boxes, kept as derived arrays."""
