"""Augmentation: random changes to glyphs and curves. Imports `imaging` only."""
