"""Draw pages of a PDF in a process of its own, for `imaging.pdf`.

A small PDF can ask for days of work or for all memory, and PDFium cannot be interrupted. So this
program runs apart, with limited time and memory. It reads the PDF and then requests from standard
input, and answers on standard output. It imports nothing of Inkling, so that it starts fast.
"""

from __future__ import annotations

import json
import math
import sys
import time
from typing import Any, BinaryIO

import pypdfium2

try:
    import resource
except ImportError:  # Windows; there the parent's clock is the only limit
    resource = None  # type: ignore[assignment]

# Memory that the process may use for a PDF, in bytes of address space beyond those at its start.
MAX_MEMORY = 400_000_000
# Where Linux tells a process how much address space it has, in pages, as the first number.
STATM = "/proc/self/statm"


def main(seconds: float) -> None:
    """Answer requests until standard input ends.

    The system ends the process when an answer takes more than `seconds` of processor time. The
    first line is the length of the PDF in bytes, and the PDF follows. The answer is a line of
    JSON: {"pages": int}, or {"error": str}. Each further line is a request, [page, dots per inch,
    most pixels]. Its answer is {"shape": [height, width, channels]} and the pixels, row by row, or
    {"error": str}.
    """
    _limit_memory()
    _limit_time(seconds)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    content = source.read(int(source.readline()))
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        _answer(target, {"error": str(problem)})
        return
    _answer(target, {"pages": len(document)})
    for line in source:
        _limit_time(seconds)
        try:
            pixels = _draw(document, *json.loads(line))
        except Exception as problem:  # PDFium reports only that it failed
            _answer(target, {"error": str(problem)})
        else:
            _answer(target, {"shape": pixels.shape}, pixels.tobytes())


def _draw(document: pypdfium2.PdfDocument, index: int, dpi: float, max_pixels: int) -> Any:
    """A page as uint8 (height, width, channels) or (height, width), RGB or grey."""
    page = document[index]
    width, height = page.get_size()
    scale = min(dpi / 72.0, (max_pixels / max(1.0, width * height)) ** 0.5)
    return page.render(scale=scale, rev_byteorder=True).to_numpy()


def _answer(target: BinaryIO, header: dict[str, Any], content: bytes = b"") -> None:
    target.write(json.dumps(header).encode() + b"\n" + content)
    target.flush()


def _limit_memory() -> None:
    """Let the process use no more than `MAX_MEMORY` for the PDF; no effect but on Linux."""
    if resource is not None and sys.platform.startswith("linux"):
        with open(STATM, encoding="ascii") as numbers:  # noqa: PTH123
            start = int(numbers.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (start + MAX_MEMORY, start + MAX_MEMORY))


def _limit_time(seconds: float) -> None:
    """Let the process use so many more seconds of processor time."""
    if resource is not None:
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), most))


if __name__ == "__main__":
    main(float(sys.argv[1]))
