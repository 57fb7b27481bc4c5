"""Values and enums every layer shares."""
