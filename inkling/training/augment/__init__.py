"""Augmentation of glyphs and lines."""
