"""The wire of the old `aquariumlearning` client, translated onto the services."""
