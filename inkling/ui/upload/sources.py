"""The kinds of files that the Upload page accepts, and its sample pictures."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from inkling.paths import ASSETS
from inkling.ui.shared import images

# What the file dialog offers. What a file really is, its content decides.
TYPES = ("jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff", "bmp", "gif", "pdf")
SAMPLE_TYPES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".pdf"})
# Longest side of a sample's thumbnail, in pixels.
THUMBNAIL_SIDE = 400


def samples() -> list[Path]:
    """List the sample pictures by name."""
    folder = ASSETS / "samples"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SAMPLE_TYPES)


def sample_title(path: Path) -> str:
    """A sample's name for people: "shopping-list.jpg" is "Shopping list"."""
    return path.stem.replace("-", " ").replace("_", " ").capitalize()


@st.cache_data(show_spinner=False, max_entries=16)
def thumbnail(path: Path) -> bytes:
    """A sample's first page as a small JPEG: a part with aspect ratio 4:3 around its ink."""
    from inkling.imaging import ink
    from inkling.imaging.load import open_pages
    from inkling.imaging.pixels import bounding_box

    image = next(open_pages(path, path.name)).image
    page_height, page_width = image.shape[:2]
    x, y, w, h = bounding_box(ink.from_image(image)) or (0, 0, page_width, page_height)
    height = min(page_height, page_width * 3 // 4, max(h, w * 3 // 4) * 6 // 5)
    width = min(page_width, height * 4 // 3)
    left = min(max(0, x + (w - width) // 2), page_width - width)
    top = min(max(0, y + (h - height) // 2), page_height - height)
    return images.photo_jpeg(image[top : top + height, left : left + width], THUMBNAIL_SIDE)
