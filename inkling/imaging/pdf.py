"""Draw the pages of a PDF with PDFium."""

from __future__ import annotations

import threading

import numpy as np
import pypdfium2

from inkling.imaging.pixels import Pixels

# A page is drawn at this resolution, in dots per inch, at which handwriting is legible. A page of
# more than this many pixels is drawn smaller.
DPI = 200
MAX_PIXELS = 12_000_000

# PDFium may be used by one thread of the process at a time.
_pdfium = threading.Lock()


class PdfError(Exception):
    """A PDF or one of its pages is damaged."""


class LockedPdfError(PdfError):
    """A PDF is locked with a password."""


class Pdf:
    """An open PDF; close it after use.

    Attributes:
        pages: the number of its pages.
    """

    def __init__(self, content: bytes) -> None:
        """Open a PDF from a file's content.

        Raises:
            LockedPdfError: it is locked with a password.
            PdfError: it is damaged.
        """
        with _pdfium:
            try:
                self._document = pypdfium2.PdfDocument(content)
            except pypdfium2.PdfiumError as problem:
                is_locked = "password" in str(problem).lower()
                raise (LockedPdfError if is_locked else PdfError)(str(problem)) from None
            self.pages = len(self._document)

    def close(self) -> None:
        with _pdfium:
            self._document.close()

    def draw(self, index: int, max_pixels: int) -> Pixels:
        """Draw a page as RGB, uint8 (h, w, 3), with at most `max_pixels` and `MAX_PIXELS` pixels.

        Raises:
            PdfError: the page is damaged.
        """
        with _pdfium:
            pixels = self._draw(index, min(MAX_PIXELS, max_pixels))
        if pixels.ndim == 2:
            pixels = pixels[..., None]
        if pixels.shape[2] == 1:
            return np.repeat(pixels, 3, axis=2)
        return np.ascontiguousarray(pixels[..., :3])

    def _draw(self, index: int, max_pixels: int) -> Pixels:
        page = None
        try:
            page = self._document[index]
            width, height = page.get_size()
            points = max(1.0, width * height)
            scale = min(DPI / 72.0, (max_pixels / points) ** 0.5)
            bitmap = page.render(scale=scale, rev_byteorder=True)
            try:
                # Copied, because the bitmap's memory belongs to PDFium.
                return np.array(bitmap.to_numpy(), np.uint8)
            finally:
                bitmap.close()
        except Exception as problem:  # PDFium reports only that it failed
            raise PdfError(str(problem)) from None
        finally:
            if page is not None:
                page.close()
