"""What the Upload page offers to read: kinds of files, and the samples."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from inkling.paths import ASSETS
from inkling.ui.shared import images

# What the file dialog offers; what a file really is, is decided by its content.
TYPES = ("jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff", "bmp", "gif", "pdf")
SAMPLE_TYPES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".pdf"})


def samples() -> list[Path]:
    """The sample pictures, by name."""
    folder = ASSETS / "samples"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SAMPLE_TYPES)


def sample_title(path: Path) -> str:
    """A sample's name for people: "shopping-list.jpg" is "Shopping list"."""
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


@st.cache_data(show_spinner=False, max_entries=16)
def thumbnail(path: Path) -> bytes:
    """A sample's first page as a small JPEG of 4:3 around its ink."""
    from inkling.imaging import ink
    from inkling.imaging.load import open_pages
    from inkling.imaging.pixels import bounding_box

    image = next(open_pages(path, path.name)).image
    height, width = image.shape[:2]
    x, y, w, h = bounding_box(ink.from_image(image)) or (0, 0, width, height)
    high = min(height, width * 3 // 4, max(h, w * 3 // 4) * 6 // 5)
    wide = min(width, high * 4 // 3)
    left = min(max(0, x + (w - wide) // 2), width - wide)
    top = min(max(0, y + (h - high) // 2), height - high)
    return images.photo_jpeg(image[top : top + high, left : left + wide], longest=400)
