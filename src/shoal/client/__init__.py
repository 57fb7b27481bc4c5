"""The SDK: resources over a transport."""
