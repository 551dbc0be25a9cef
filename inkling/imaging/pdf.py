"""Draw the pages of a PDF with PDFium, in a process that is ended when a page takes too long."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import numpy as np

from inkling.imaging.pixels import Pixels

# A page is drawn at this resolution, in dots per inch, at which handwriting is legible. A page of
# more than this many pixels is drawn smaller.
DPI = 200
MAX_PIXELS = 12_000_000
# How long opening a PDF or drawing one page may take, in seconds of processor time, and how many
# times as long where other programs keep the processor busy.
DEADLINE, PATIENCE = 10.0, 3.0

_CHILD = Path(__file__).with_name("pdf_child.py")


class PdfError(Exception):
    """A PDF or one of its pages is damaged."""


class LockedPdfError(PdfError):
    """A PDF is locked with a password."""


class CostlyPdfError(PdfError):
    """A PDF or one of its pages takes too long, or too much memory."""


class Pdf:
    """An open PDF; close it after use. Another process draws it (see `imaging.pdf_child`).

    Args:
        content: of the file.

    Attributes:
        pages: the number of its pages.

    Raises:
        LockedPdfError: it is locked with a password.
        CostlyPdfError: opening it takes too long or too much memory.
        PdfError: it is damaged.
    """

    def __init__(self, content: bytes) -> None:
        self._process = subprocess.Popen(
            # Without its own folder among those that modules are imported from.
            [sys.executable, "-P", str(_CHILD), str(DEADLINE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            header, _ = self._ask(b"%d\n" % len(content) + content)
        except PdfError:
            self.close()
            raise
        self.pages = int(header["pages"])

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def draw(self, index: int, max_pixels: int) -> Pixels:
        """Draw a page as RGB, uint8 (h, w, 3), with at most `max_pixels` and `MAX_PIXELS` pixels.

        Raises:
            CostlyPdfError: drawing takes too long or too much memory.
            PdfError: the page is damaged.
        """
        request = json.dumps([index, DPI, min(MAX_PIXELS, max_pixels)]).encode() + b"\n"
        header, content = self._ask(request)
        pixels = np.frombuffer(content, np.uint8).reshape(header["shape"])
        if pixels.ndim == 2:
            pixels = pixels[..., None]
        if pixels.shape[2] == 1:
            return np.repeat(pixels, 3, axis=2)
        return np.array(pixels[..., :3])

    def _ask(self, request: bytes) -> tuple[dict[str, Any], bytes]:
        """Send a request; return the answer's header and content."""
        source, target = self._process.stdout, self._process.stdin
        assert source is not None and target is not None
        timer = Timer(PATIENCE * DEADLINE, self._process.kill)
        timer.start()
        try:
            target.write(request)
            target.flush()
            header = json.loads(source.readline())
            length = int(np.prod(header.get("shape", [0])))
            content = source.read(length)
        except (OSError, ValueError):
            raise CostlyPdfError("The process that draws it has ended.") from None
        finally:
            timer.cancel()
        if "error" in header:
            is_locked = "password" in header["error"].lower()
            raise (LockedPdfError if is_locked else PdfError)(header["error"])
        if len(content) < length:
            raise CostlyPdfError("The process that draws it has ended.")
        return header, content
