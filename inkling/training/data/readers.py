"""Files of the data sets to glyphs and labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkling.storage.database import StoreError
from inkling.storage.dataset import labelled
from inkling.storage.drawings import all_corrections
from inkling.training.data import formats
from inkling.training.data.formats import FormatError, Strokes
from inkling.training.data.sources import DIGITS, Arrays, File, Source


def split_rows(n: int, split: str) -> NDArray[np.int64]:
    """Which of n characters "train" or "validation" has: of each dozen one is kept for validation.
    "test", of a set of its own, has all."""
    rows = np.arange(n)
    is_kept = rows % 12 == 5
    has = {"train": ~is_kept, "validation": is_kept}.get(split, np.ones(n, bool))
    return np.asarray(rows[has], np.int64)


def read_mnist(paths: list[Path], split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return file[f"x_{split}"], file[f"y_{split}"]


def emnist_reader(subset: str) -> Callable[[list[Path], str, int], Arrays]:
    return lambda paths, split, _seed: formats.read_emnist(paths[0], subset, split)


def read_qmnist(paths: list[Path], split: str, _seed: int) -> Arrays:
    images, labels = paths[:2] if split == "train" else paths[2:]
    x, y = formats.read_idx(images), formats.read_idx(labels)
    # Eight integers a digit; the first is its class.
    return x.astype(np.uint8), y[:, 0].astype(np.uint8)


def read_usps_npz(paths: list[Path], _split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return formats.pad_tight(file["x"]), file["y"]


def read_usps_libsvm(paths: list[Path], _split: str, _seed: int) -> Arrays:
    return formats.read_usps(paths[0])


def stroke_npz_reader(labels: str = DIGITS) -> Callable[[list[Path]], Strokes]:
    def read(paths: list[Path]) -> Strokes:
        return formats.read_stroke_npz(paths[0], labels)

    return read


def read_pendigits_zip(paths: list[Path]) -> Strokes:
    strokes = formats.read_pendigits_zip(paths[0], "pendigits-orig.tra.Z")
    if len(strokes.labels) != 7494:
        raise FormatError(f"7494 digits expected, {len(strokes.labels)} found")
    return strokes


def pen_source(file: File, read: Callable[[list[Path]], Strokes]) -> Source:
    """A file of pen strokes, which are drawn to be read."""

    def drawn(paths: list[Path], split: str, seed: int) -> Arrays:
        known = read(paths)
        rows = split_of_strokes(known, split)
        return formats.render(known, rows, np.random.default_rng(seed)), known.labels[rows]

    return Source((file,), drawn, strokes=read)


def split_of_strokes(strokes: Strokes, split: str) -> NDArray[np.int64]:
    """The characters of a split that have a label."""
    rows = np.flatnonzero(strokes.labels != 255)
    in_test = _test_rows(strokes)[rows]
    return rows[in_test if split == "test" else ~in_test]


def _test_rows(strokes: Strokes) -> NDArray[np.bool_]:
    """Which characters are kept for testing: all of every tenth writer, else the last tenth."""
    if strokes.writers is None:
        return np.arange(len(strokes.labels)) >= int(0.9 * len(strokes.labels))
    _, writer = np.unique(strokes.writers, return_inverse=True)
    return np.asarray(writer % 10 == 3)


def read_pencil_scans(paths: list[Path], split: str, _seed: int) -> Arrays:
    x, y = formats.read_pencil_scans(paths[0])
    cut = int(0.9 * len(y))
    return (x[cut:], y[cut:]) if split == "test" else (x[:cut], y[:cut])


def read_corrections(_paths: list[Path], split: str, _seed: int) -> Arrays:
    try:
        x, y = labelled(all_corrections(), DIGITS, split)
    except StoreError as problem:
        raise FormatError(str(problem)) from None
    if len(y) == 0:
        raise FormatError(
            "nobody has said what a drawing was yet, or not often enough: on the Draw page press "
            "“That was a …” under some drawings (every fifth is kept for measuring)"
        )
    return x, y


def has_corrections() -> bool:
    try:
        return bool(len(read_corrections([], "test", 0)[1]))
    except FormatError:
        return False
