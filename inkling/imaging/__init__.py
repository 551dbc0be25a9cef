"""A file's bytes to RGB, to ink, to glyphs."""
