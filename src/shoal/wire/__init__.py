"""Request and response shapes; OpenAPI comes from here."""
