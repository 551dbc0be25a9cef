"""Synthetic lines of handwriting."""
