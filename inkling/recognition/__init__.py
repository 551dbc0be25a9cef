"""A line or a glyph to digits."""
