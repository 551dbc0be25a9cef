"""Recognition: a cut, a drawn line or one glyph to characters, and the result types.

May import `layout`, `reports`, `imaging` and what lies below them.
"""
