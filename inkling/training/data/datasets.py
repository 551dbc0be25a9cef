"""Named data sets: where each comes from, under which licence, and how it becomes glyphs.

A set's files are looked for in `$INKLING_DATA`, then in the clone's `assets/` (MNIST is bundled),
then in the cache folder. Only then are they downloaded into the cache and verified. Without a
network the error says which file to put where.

    >>> x, y = load("mnist", "test")
    >>> x.shape, x.dtype, y.shape
    ((10000, 28, 28), dtype('uint8'), (10000,))
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from inkling.paths import digest_of
from inkling.training.data.catalogue import DATASETS
from inkling.training.data.formats import FormatError, Strokes
from inkling.training.data.readers import READERS
from inkling.training.data.sources import Arrays, Dataset, DatasetError, local_copy, locate
from inkling.training.data.splits import stroke_rows

SPLITS = ("train", "test")
# The digit sets whose glyphs are drawn from pen strokes.
PEN_STROKE_SETS = ("unipen", "pendigits")


def load(name: str, split: str = "test", *, seed: int = 0) -> Arrays:
    """Load a split of a data set.

    Args:
        name: see `names()`.
        split: "train" or "test". A set that is published in one piece is split here: by writer
            where the writers are known, else the last tenth is the test split. A set that may only
            be measured has no train split.
        seed: chooses the brushes of sets that are pen strokes; the others ignore it.

    Returns:
        x uint8 (n, 28, 28) ink, y uint8 (n,) label numbers.

    Raises:
        DatasetError: the name or split is unknown, or a file is missing or damaged.
    """
    dataset = get(name)
    if split not in SPLITS:
        raise DatasetError(f"a split is train or test, not “{split}”")
    if split == "train" and not dataset.may_train:
        raise DatasetError(f"“{name}” may be measured but not trained on ({dataset.licence})")
    source, paths = locate(dataset)
    try:
        x, y = READERS[source.reader].read(paths, dataset.labels, split, seed)
    except (FormatError, KeyError, OSError, ValueError) as problem:
        where = f"{paths[0]} cannot be read: " if paths else ""
        raise DatasetError(f"“{name}”: {where}{problem}") from None
    return np.ascontiguousarray(x, np.uint8), np.ascontiguousarray(y, np.uint8)


def strokes(name: str, split: str = "train") -> tuple[Strokes, NDArray[np.int64]]:
    """The pen strokes that a set's glyphs are drawn from, and the rows of one split.

    Raises:
        DatasetError: the set is missing, or it holds no pen strokes.
    """
    dataset = get(name)
    source, paths = locate(dataset)
    read_strokes = READERS[source.reader].read_strokes
    if read_strokes is None:
        raise DatasetError(f"“{name}” holds no pen strokes")
    found = read_strokes(paths[0], dataset.labels)
    return found, stroke_rows(found, split)


def get(name: str) -> Dataset:
    """A data set's description.

    Raises:
        DatasetError: the name is unknown; the message lists the known ones.
    """
    if name not in DATASETS:
        raise DatasetError(f"there is no data set “{name}”; there are {', '.join(names())}")
    return DATASETS[name]


def names() -> list[str]:
    """All names, sorted."""
    return sorted(DATASETS)


def is_local(name: str) -> bool:
    """Whether a data set can be loaded now, without downloading anything."""
    dataset = get(name)
    return any(
        all(local_copy(file, []) is not None for file in source.files)
        and READERS[source.reader].has_data(dataset.labels)
        for source in dataset.sources
    )


def checksum(name: str) -> str:
    """The sha256 digests of the files that `load` reads here, joined by spaces.

    For a set that lies in no file: the digest of its training glyphs and labels.
    """
    _, paths = locate(get(name))
    if not paths:
        return hashlib.sha256(b"".join(part.tobytes() for part in load(name, "train"))).hexdigest()
    return " ".join(digest_of(path) for path in paths)
