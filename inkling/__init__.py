"""Inkling reads handwritten digits: drawn, photographed or scanned."""

__version__ = "0.1.0"
