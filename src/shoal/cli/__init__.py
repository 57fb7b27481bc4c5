"""The command line: the SDK, one module per group of commands."""
