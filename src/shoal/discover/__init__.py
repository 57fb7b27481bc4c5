"""What a person did not ask for but should see: near-duplicates and leakage."""
