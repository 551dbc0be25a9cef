"""Pictures for the tests of benchmarks, and a reader that reads what a test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.accuracy.photo_sets import LabelledPicture
from benchmarks.accuracy.readers import LineRead, Reader
from inkling.imaging.load import Page


def picture(folder: Path, name: str, *lines: str) -> LabelledPicture:
    """A blank picture on disk, and its truth."""
    path = folder / name
    cv2.imwrite(str(path), np.full((16, 24, 3), 255, np.uint8))
    return LabelledPicture(path, lines)


def reader(found: Mapping[str, Sequence[LineRead]]) -> Reader:
    """A reader of fixed lines, by the file's name."""

    def read(page: Page, _single_line: bool, /) -> list[LineRead]:
        return list(found[page.file])

    return Reader("Inkling", "test", read)
