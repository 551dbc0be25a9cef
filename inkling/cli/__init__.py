"""The command line: python -m inkling."""
