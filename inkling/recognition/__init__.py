"""Recognition: a cut line or one glyph to digits with their confidence, and the result types.

May import `layout`, `reports`, `imaging` and what lies below them.
"""
