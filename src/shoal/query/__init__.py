"""The query language: meaning without execution."""
