"""General text recognition to compare Inkling with: RapidOCR and Tesseract behind one interface.

    python benchmarks/accuracy/rivals.py PICTURE... [--line]

Prints what each program reads. `pip install -r requirements-benchmark.txt` installs RapidOCR, with
its models in the wheel; Tesseract is a system package (`apt-get install tesseract-ocr`).

Both get help with digits: Tesseract is restricted to digits. RapidOCR's words that hold a digit may
also hold letters that look like digits, and those letters count as the digits. All other characters
are dropped.
"""

from __future__ import annotations

import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PIL import Image

from benchmarks import common
from inkling.imaging.load import open_pages
from inkling.imaging.pixels import Pixels

# Letters that text recognisers return for handwritten digits; "|" is most often a 1.
LOOKALIKES = str.maketrans("OoQDlIi|!ZzSsbGgqB", "000011111225566998")
# Tesseract is stopped after so many seconds.
TIMEOUT = 120


class Rival(Protocol):
    """A text recogniser.

    Attributes:
        name: the program's name.
        version: the program's version.
    """

    name: str
    version: str

    def read(self, image: Pixels, single_line: bool) -> list[str]:
        """The digits of each line, from top to bottom; lines without digits are left out.

        Args:
            image: uint8 (h, w, 3), RGB, upright.
            single_line: whether the picture is known to hold one line, as a cheque amount does.
        """
        ...


class MissingRivalError(Exception):
    """A program is not installed; the message says how to install it."""


def rivals(names: Sequence[str] | None = None) -> list[Rival]:
    """The programs, ready to read.

    Args:
        names: of the programs; by default all of them.

    Raises:
        MissingRivalError: one of them is not installed.
    """
    return [program() for program in (RapidOCR, Tesseract) if not names or program.name in names]


def digits(text: str) -> str:
    """The digits of a line of text; look-alikes count as digits in words that hold a digit."""
    words = (
        word.translate(LOOKALIKES) if re.search("[0-9]", word) else word for word in text.split()
    )
    return re.sub("[^0-9]", "", "".join(words))


class RapidOCR:
    """PP-OCR on ONNX Runtime, on one thread like the other programs.

    A single line goes to the recogniser as a whole, which works far better than detecting words
    first (32 instead of 8 of 40 cheque amounts). Words are detected if that finds no digit.
    """

    name = "RapidOCR"

    def __init__(self) -> None:
        try:
            import rapidocr
        except ImportError:
            raise MissingRivalError(
                "RapidOCR is not installed: pip install -r requirements-benchmark.txt."
            ) from None
        self.version = importlib.metadata.version("rapidocr")
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, image: Pixels, single_line: bool) -> list[str]:
        picture = np.ascontiguousarray(image[..., ::-1])  # RapidOCR expects BGR.
        if single_line:
            found = self._engine(picture, use_det=False, use_cls=False, use_rec=True)
            line = digits(" ".join(found.txts or ()))
            if line:
                return [line]
        found = self._engine(picture, use_det=True, use_cls=True, use_rec=True)
        if found.boxes is None or not found.txts:
            return []
        lines = [digits(" ".join(words)) for words in _in_lines(found.boxes, found.txts)]
        lines = [line for line in lines if line]
        return ["".join(lines)] if single_line and lines else lines


def _in_lines(boxes: Any, texts: Any) -> list[list[str]]:
    """Group words into lines, in reading order, by the corners of their boxes: float (n, 4, 2)."""
    corners = np.asarray(boxes, float)
    tops, bottoms = corners[..., 1].min(axis=1), corners[..., 1].max(axis=1)
    middles, lefts = (tops + bottoms) / 2, corners[..., 0].min(axis=1)
    lines: list[list[int]] = []
    for index in np.argsort(middles):
        # A word belongs to a line if its middle is level with the last word of that line.
        last = lines[-1][-1] if lines else None
        if last is not None and tops[last] < middles[index] < bottoms[last]:
            lines[-1].append(int(index))
        else:
            lines.append([int(index)])
    return [[texts[i] for i in sorted(line, key=lambda i: lefts[i])] for line in lines]


class Tesseract:
    """Tesseract's LSTM recogniser, restricted to digits."""

    name = "Tesseract"

    def __init__(self) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise MissingRivalError("Tesseract is not installed: apt-get install tesseract-ocr.")
        self._program = program
        output = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.version = output.stdout.split()[1]

    def read(self, image: Pixels, single_line: bool) -> list[str]:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG", compress_level=1)
        # Page segmentation modes: 6 is one block of text, 7 is one line.
        mode = "7" if single_line else "6"
        found = subprocess.run(
            [
                *(self._program, "stdin", "stdout", "--psm", mode, "--dpi", "150"),
                *("-c", "tessedit_char_whitelist=0123456789"),
            ],
            input=buffer.getvalue(),
            capture_output=True,
            check=True,
            timeout=TIMEOUT,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        lines = map(digits, found.stdout.decode("utf-8", "replace").splitlines())
        return [line for line in lines if line]


def main() -> int:
    parser = common.argument_parser(__doc__)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument("--line", action="store_true", help="each picture holds one line")
    options = parser.parse_args()
    try:
        all_rivals = rivals()
    except MissingRivalError as error:
        print(error, file=sys.stderr)
        return 2
    for path in options.pictures:
        for page in open_pages(path):
            for rival in all_rivals:
                lines = rival.read(page.image, options.line)
                print(f"{path.name}\t{rival.name} {rival.version}\t{' | '.join(lines)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
