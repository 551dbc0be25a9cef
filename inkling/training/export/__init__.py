"""Trained networks as LiteRT and browser files."""
