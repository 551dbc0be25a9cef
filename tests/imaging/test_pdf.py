"""PDF pages drawn as pixels."""

from __future__ import annotations

import io
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from inkling.imaging import pdf
from inkling.imaging.pdf import Pdf, PdfError


def document(count: int, width: int = 600, height: int = 400) -> bytes:
    """A PDF with pages of 100 dots per inch; each is a little darker than the one before."""
    pages = [
        Image.fromarray(np.full((height, width, 3), 250 - 40 * place, np.uint8))
        for place in range(count)
    ]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return buffer.getvalue()


def test_every_page_is_drawn_at_its_resolution() -> None:
    with closing(Pdf(document(3))) as opened:
        assert opened.pages == 3
        for index in range(3):
            pixels = opened.draw(index, 10**9)
            assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
            # 6 by 4 inches.
            assert pixels.shape[:2] == pytest.approx((4 * pdf.DPI, 6 * pdf.DPI), abs=2)
            assert abs(int(pixels[100, 100, 0]) - (250 - 40 * index)) <= 5


def test_a_large_page_is_drawn_smaller() -> None:
    with closing(Pdf(document(1))) as opened:
        for limit in (100_000, 10_000):
            height, width = opened.draw(0, limit).shape[:2]
            assert height * width == pytest.approx(limit, rel=0.02)
    with closing(Pdf(document(1, 3000, 2500))) as opened:
        height, width = opened.draw(0, 10**9).shape[:2]
        assert height * width == pytest.approx(pdf.MAX_PIXELS, rel=0.01)


def test_damaged_files_and_missing_pages_are_refused() -> None:
    for content in (b"", b"%PDF-1.7 and nothing else"):
        with pytest.raises(PdfError):
            Pdf(content)
    with closing(Pdf(document(1))) as opened, pytest.raises(PdfError):
        opened.draw(7, 10**9)
