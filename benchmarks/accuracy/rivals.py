"""General text recognition, to measure Inkling beside: RapidOCR and Tesseract behind one interface.

    python benchmarks/accuracy/rivals.py PICTURE... [--line]

prints what each rival reads. `pip install -r requirements-benchmark.txt` brings RapidOCR, with its
models in the wheel; Tesseract is a program (`apt-get install tesseract-ocr`).

Each rival gets its best chance at digits: Tesseract is told to expect nothing else, and where
RapidOCR reads a letter that people's digits look like, in a word that holds a digit, the digit
counts. What is left that is no digit is dropped.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from inkling.imaging.load import open_pages  # noqa: E402
from inkling.imaging.pixels import Pixels  # noqa: E402

# Letters that recognisers of text give for handwritten digits; "|" is most often a 1.
LOOKALIKES = str.maketrans("OoQDlIi|!ZzSsbGgqB", "000011111225566998")
SECONDS = 120


class Rival(Protocol):
    """A recogniser of text.

    Attributes:
        name, version: of the program.
    """

    name: str
    version: str

    def read(self, image: Pixels, single_line: bool) -> list[str]:
        """Digits of each line, from top to bottom; lines without any are left out.

        Args:
            image: uint8 (h, w, 3), RGB, upright.
            single_line: the picture is known to hold one line, as cheque amounts do.
        """
        ...


class MissingRivalError(Exception):
    """A rival is not installed; the message says how to install it."""


def rivals() -> list[Rival]:
    """All of them, ready.

    Raises:
        MissingRivalError: one is not installed.
    """
    return [RapidOCR(), Tesseract()]


def digits(text: str) -> str:
    """The digits of a line of text: look-alikes count in words that hold a digit."""
    words = (
        word.translate(LOOKALIKES) if re.search("[0-9]", word) else word for word in text.split()
    )
    return re.sub("[^0-9]", "", "".join(words))


class RapidOCR:
    """PP-OCR on ONNX Runtime, on one thread, as all are measured.

    A single line goes to the recogniser whole, which serves it far better than detecting words
    first (of 40 cheque amounts 32 right, not 8); where that finds no digit, words are.
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
        picture = np.ascontiguousarray(image[..., ::-1])  # It takes arrays for BGR.
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
    """Words in lines, in reading order, by their boxes: corners, float (n, 4, 2)."""
    corners = np.asarray(boxes, float)
    tops, bottoms = corners[..., 1].min(axis=1), corners[..., 1].max(axis=1)
    middles, lefts = (tops + bottoms) / 2, corners[..., 0].min(axis=1)
    lines: list[list[int]] = []
    for index in np.argsort(middles):
        # A word belongs to the line whose last word its middle lies in.
        last = lines[-1][-1] if lines else None
        if last is not None and tops[last] < middles[index] < bottoms[last]:
            lines[-1].append(int(index))
        else:
            lines.append([int(index)])
    return [[texts[i] for i in sorted(line, key=lambda i: lefts[i])] for line in lines]


class Tesseract:
    """Tesseract's LSTM, told to read nothing but digits."""

    name = "Tesseract"

    def __init__(self) -> None:
        program = shutil.which("tesseract")
        if program is None:
            raise MissingRivalError("Tesseract is not installed: apt-get install tesseract-ocr.")
        self._program = program
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        self.version = said.stdout.split()[1]

    def read(self, image: Pixels, single_line: bool) -> list[str]:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG", compress_level=1)
        # Page segmentation: 6, one block of text; 7, one line.
        mode = "7" if single_line else "6"
        found = subprocess.run(
            [
                *(self._program, "stdin", "stdout", "--psm", mode, "--dpi", "150"),
                *("-c", "tessedit_char_whitelist=0123456789"),
            ],
            input=buffer.getvalue(),
            capture_output=True,
            check=True,
            timeout=SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        lines = map(digits, found.stdout.decode("utf-8", "replace").splitlines())
        return [line for line in lines if line]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    parser.add_argument("--line", action="store_true", help="each picture holds a single line")
    options = parser.parse_args()
    try:
        all_rivals = rivals()
    except MissingRivalError as problem:
        print(problem, file=sys.stderr)
        return 2
    for path in options.pictures:
        for page in open_pages(path):
            for rival in all_rivals:
                lines = rival.read(page.image, options.line)
                print(f"{path.name}\t{rival.name} {rival.version}\t{' | '.join(lines)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
