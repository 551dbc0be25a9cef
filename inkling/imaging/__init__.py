"""Images: from a file's bytes to RGB pixels, from pixels to ink, from ink to glyphs.

It also holds what is measured on a photo (quality) and what changes a glyph on purpose (distortions
and corruptions). May import: `inkling.engine`, `inkling.geometry`, `inkling.paths`.
"""
