"""Boxes: x, y, width, height in pixels."""

from __future__ import annotations


def union(a: Box, b: Box) -> Box:
    """The smallest box around two."""
    x, y = min(a[0], b[0]), min(a[1], b[1])
    right, bottom = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    return x, y, right - x, bottom - y


Box = tuple[int, int, int, int]
