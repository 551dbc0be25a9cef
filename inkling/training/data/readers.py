"""The readers that the catalogue names: from a source's files to glyphs and labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from inkling.storage.dataset import labelled
from inkling.storage.drawings import all_corrections
from inkling.storage.rules import StoreError
from inkling.training.data import formats
from inkling.training.data.formats import FormatError, Strokes
from inkling.training.data.sources import Arrays
from inkling.training.data.splits import first_test_row, stroke_rows

ReadGlyphs = Callable[[Sequence[Path], str, str, int], Arrays]
ReadStrokes = Callable[[Path, str], Strokes]

# UCI's archive of pen digits: the member that is read, and how many digits it holds.
PENDIGITS_MEMBER = "pendigits-orig.tra.Z"
PENDIGITS_COUNT = 7494


@dataclass(frozen=True, slots=True)
class Reader:
    """How the files of a source are read.

    Attributes:
        read: takes the files, the set's labels, "train" or "test", and a seed for the brushes that
            pen strokes are drawn with.
        read_strokes: takes the file and the set's labels, and returns the pen strokes that the
            glyphs are drawn from; None for a set of pictures.
        has_data: takes the set's labels; whether there is a test split, for what lies in no file.
    """

    read: ReadGlyphs
    read_strokes: ReadStrokes | None = None
    has_data: Callable[[str], bool] = lambda _labels: True


def _read_mnist(paths: Sequence[Path], _labels: str, split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return file[f"x_{split}"], file[f"y_{split}"]


def _read_emnist(
    subset: str, paths: Sequence[Path], _labels: str, split: str, _seed: int
) -> Arrays:
    return formats.read_emnist(paths[0], subset, split)


def _read_qmnist(paths: Sequence[Path], _labels: str, split: str, _seed: int) -> Arrays:
    images, labels = paths[:2] if split == "train" else paths[2:]
    x, y = formats.read_idx(images), formats.read_idx(labels)
    # Each digit has eight integers. The first one is its class.
    return x.astype(np.uint8), y[:, 0].astype(np.uint8)


def _read_usps_npz(paths: Sequence[Path], _labels: str, _split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return formats.pad_tight(file["x"]), file["y"]


def _read_usps_libsvm(paths: Sequence[Path], _labels: str, _split: str, _seed: int) -> Arrays:
    return formats.read_usps(paths[0])


def _read_pencil_scans(paths: Sequence[Path], _labels: str, split: str, _seed: int) -> Arrays:
    x, y = formats.read_pencil_scans(paths[0])
    start = first_test_row(len(y))
    return (x[start:], y[start:]) if split == "test" else (x[:start], y[:start])


def _read_pendigits_zip(path: Path, _labels: str) -> Strokes:
    strokes = formats.read_pendigits_zip(path, PENDIGITS_MEMBER)
    if len(strokes.labels) != PENDIGITS_COUNT:
        raise FormatError(f"{PENDIGITS_COUNT} digits expected, {len(strokes.labels)} found")
    return strokes


def _read_drawn(
    read_strokes: ReadStrokes, paths: Sequence[Path], labels: str, split: str, seed: int
) -> Arrays:
    """The glyphs of a set of pen strokes, drawn with the seed's brushes."""
    strokes = read_strokes(paths[0], labels)
    rows = stroke_rows(strokes, split)
    return formats.render(strokes, rows, np.random.default_rng(seed)), strokes.labels[rows]


def _read_corrections(_paths: Sequence[Path], labels: str, split: str, _seed: int) -> Arrays:
    try:
        x, y = labelled(all_corrections(), labels, split)
    except StoreError as problem:
        raise FormatError(str(problem)) from None
    if len(y) == 0:
        raise FormatError(
            "nobody has corrected enough drawings yet. Say on the Draw page what some drawings "
            "are; every fifth one is held out for testing."
        )
    return x, y


def _has_corrections(labels: str) -> bool:
    try:
        _read_corrections([], labels, "test", 0)
    except FormatError:
        return False
    return True


def _stroke_reader(read_strokes: ReadStrokes) -> Reader:
    return Reader(partial(_read_drawn, read_strokes), read_strokes)


READERS = {
    "mnist": Reader(_read_mnist),
    "emnist-digits": Reader(partial(_read_emnist, "digits")),
    "emnist-letters": Reader(partial(_read_emnist, "letters")),
    "qmnist": Reader(_read_qmnist),
    "usps-npz": Reader(_read_usps_npz),
    "usps-libsvm": Reader(_read_usps_libsvm),
    "strokes-npz": _stroke_reader(formats.read_stroke_npz),
    "pendigits-zip": _stroke_reader(_read_pendigits_zip),
    "pencil-scans": Reader(_read_pencil_scans),
    "corrections": Reader(_read_corrections, has_data=_has_corrections),
}
