"""Named data sets: where each comes from, under which licence, and how it becomes glyphs.

Offline first: a set's files are looked for in `$INKLING_DATA`, then in the clone's `assets/` (MNIST
is bundled), then in the cache folder; only then are they downloaded into the cache, verified. With
no network the error says which file to put where.

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
from inkling.training.data.readers import split_of_strokes
from inkling.training.data.sources import Arrays, Dataset, DatasetError, local_copy, locate

SPLITS = ("train", "test")


def load(name: str, split: str = "test", *, seed: int = 0) -> Arrays:
    """A split of a data set.

    Args:
        name: see `names()`.
        split: "train" or "test". Sets published in one piece are cut here: by writer where the
            writer is known, else the last tenth is the test split. Sets that may only be measured
            have no train split.
        seed: chooses the brushes of sets that are pen strokes; the rest do not look at it.

    Returns:
        x uint8 (n, 28, 28) ink, y uint8 (n,).

    Raises:
        DatasetError: unknown name or split, files missing and not to be had, or damaged.
    """
    dataset = get(name)
    if split not in SPLITS:
        raise DatasetError(f"a split is train or test, not “{split}”")
    if split == "train" and not dataset.may_train:
        raise DatasetError(f"“{name}” may be measured on, but not trained on ({dataset.licence})")
    source, paths = locate(dataset)
    try:
        x, y = source.read(paths, split, seed)
    except (FormatError, KeyError, OSError, ValueError) as problem:
        where = f"{paths[0]} cannot be read: " if paths else ""
        raise DatasetError(f"“{name}”: {where}{problem}") from None
    return np.ascontiguousarray(x, np.uint8), np.ascontiguousarray(y, np.uint8)


def strokes(name: str, split: str = "train") -> tuple[Strokes, NDArray[np.int64]]:
    """The pen strokes behind a set that is drawn from them, and the rows of one split.

    Raises:
        DatasetError: it is not to be had, or no set of pen strokes.
    """
    source, paths = locate(get(name))
    if source.strokes is None:
        raise DatasetError(f"{name} holds no pen strokes")
    found = source.strokes(paths)
    return found, split_of_strokes(found, split)


def get(name: str) -> Dataset:
    """A data set's description.

    Raises:
        DatasetError: no such name; the message lists those there are.
    """
    if name not in DATASETS:
        raise DatasetError(f"there is no data set “{name}”; there are {', '.join(names())}")
    return DATASETS[name]


def names() -> list[str]:
    """All names, sorted."""
    return sorted(DATASETS)


def is_local(name: str) -> bool:
    """Whether a data set can be loaded here and now, without the net."""
    return any(
        all(local_copy(file, []) is not None for file in source.files) and source.is_here()
        for source in get(name).sources
    )


def checksum(name: str) -> str:
    """sha256 of the files that `load` would read here, over their names and contents' digests; of
    what lies in no file, of the glyphs and labels that it would give."""
    _, paths = locate(get(name))
    if not paths:
        return hashlib.sha256(b"".join(part.tobytes() for part in load(name, "train"))).hexdigest()
    digests = [digest_of(path) for path in paths]
    return digests[0] if len(digests) == 1 else " ".join(digests)
