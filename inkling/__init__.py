"""Inkling reads handwritten digits: drawn, photographed or scanned (see `reader.shortcuts`)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inkling.reader.shortcuts import classify, read, read_pages

__all__ = ["__version__", "classify", "read", "read_pages"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load a shortcut when it is first used: with it come NumPy, OpenCV and LiteRT."""
    if name not in __all__:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module("inkling.reader.shortcuts"), name)
