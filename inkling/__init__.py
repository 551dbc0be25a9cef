"""Inkling reads handwritten digits: drawn, photographed or scanned."""

from __future__ import annotations

__version__ = "0.1.0"
