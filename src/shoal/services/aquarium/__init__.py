"""What the wire of the `aquariumlearning` client needs beyond Shoal's own services."""
