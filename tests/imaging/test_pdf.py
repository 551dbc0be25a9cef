"""PDF pages drawn as pixels."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkling.imaging import pdf
from inkling.imaging.load import PhotoError, open_pages
from inkling.imaging.pdf import CostlyPdfError, Pdf, PdfError


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


def nested_forms(levels: int) -> bytes:
    """A PDF of 2 KB whose page draws a form that draws ten forms, and so on."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects.append(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Resources<</XObject<</F 5 0 R>>>>"
        "/Contents 4 0 R>>"
    )
    objects.append("<</Length 5>>stream\n/F Do\nendstream")
    for level in range(levels):
        drawn = "/F Do " * 10 if level < levels - 1 else "0 0 9 9 re f"
        below = f"/Resources<</XObject<</F {6 + level} 0 R>>>>" if level < levels - 1 else ""
        objects.append(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 400 300]{below}/Length {len(drawn)}>>"
            f"stream\n{drawn}\nendstream"
        )
    content = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj{text}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        content
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(content)}\n%%EOF\n"
        ).encode()
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of processor time must do, however busy the machine is."""
    monkeypatch.setattr(pdf, "DEADLINE", 1.0)
    monkeypatch.setattr(pdf, "PATIENCE", 100.0)


def test_a_page_that_takes_too_long_is_given_up(impatient: None) -> None:
    with closing(Pdf(nested_forms(2))) as opened:
        assert opened.draw(0, 10**6).shape[2] == 3
    with closing(Pdf(nested_forms(9))) as opened, pytest.raises(CostlyPdfError):
        opened.draw(0, 10**6)


def test_a_process_without_memory_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered until no large page can be drawn: pages that need more are slow."""
    child = tmp_path / "child.py"
    source = pdf._CHILD.read_text(encoding="utf-8")
    usual = "MAX_MEMORY = 400_000_000"
    assert usual in source
    child.write_text(source.replace(usual, "MAX_MEMORY = 2**20"), encoding="utf-8")
    monkeypatch.setattr(pdf, "_CHILD", child)
    with pytest.raises(PdfError), closing(Pdf(document(1))) as opened:
        opened.draw(0, 10**9)


def test_an_expensive_page_is_refused_with_a_sentence(impatient: None) -> None:
    with pytest.raises(PhotoError, match=r"page 1 of a\.pdf: drawing it takes too long"):
        list(open_pages(nested_forms(9), "a.pdf"))


def test_pdfs_do_not_wait_for_each_other() -> None:
    with closing(Pdf(document(1))) as first, closing(Pdf(document(2))) as second:
        assert (first.pages, second.pages) == (1, 2)
        assert second.draw(1, 10**4).shape == first.draw(0, 10**4).shape


def test_damaged_files_and_missing_pages_are_refused() -> None:
    for content in (b"", b"%PDF-1.7 and nothing else"):
        with pytest.raises(PdfError):
            Pdf(content)
    with closing(Pdf(document(1))) as opened, pytest.raises(PdfError):
        opened.draw(7, 10**9)
