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
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkling.ink import Pixels
from inkling.learning import formats
from inkling.learning.download import DownloadError, fetch, is_intact
from inkling.learning.formats import FormatError, Labels, Strokes
from inkling.paths import ASSETS, cache_folder, digest_of
from inkling.store import StoreError, all_corrections, labelled

SPLITS = ("train", "test")
DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAPITALS = LETTERS.upper()
SIGNS = "#%*+@=:;-_~^"
# What people drew and corrected here (see `inkling.store`).
CORRECTIONS = "corrections"

Arrays = tuple[Pixels, Labels]


class DatasetError(Exception):
    """A data set is unknown, missing or damaged; the message is for people."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a data set.

    `digest` is "sha256:…", or "md5:…" where that is what is published, or "" where nothing is; then
    `Source.read` checks the content. A file without `url` has to be put in place by hand.
    """

    name: str
    digest: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to have a data set: its files, and how to read a split of them.

    `is_here` says whether there is any of what lies in no file, `strokes` reads the pen strokes
    that its glyphs are drawn from.
    """

    files: tuple[File, ...]
    read: Callable[[list[Path], str, int], Arrays]
    is_here: Callable[[], bool] = lambda: True
    strokes: Callable[[list[Path]], Strokes] | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named data set.

    Attributes:
        labels: what y counts through.
        may_train: False for sets that only measure; asking for their train split is refused.
        page: where people find it.
        is_private: this computer's own: measured only on models that learnt from it.
    """

    name: str
    title: str
    labels: str
    licence: str
    attribution: str
    page: str
    sources: tuple[Source, ...]
    may_train: bool = True
    is_private: bool = False


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
    source, paths = _find(dataset)
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
    source, paths = _find(get(name))
    if source.strokes is None:
        raise DatasetError(f"{name} holds no pen strokes")
    found = source.strokes(paths)
    return found, _rows(found, split)


def split_rows(n: int, split: str) -> NDArray[np.int64]:
    """Which of n characters "train" or "validation" has: of each dozen one is kept for validation.
    "test", of a set of its own, has all."""
    rows = np.arange(n)
    is_kept = rows % 12 == 5
    has = {"train": ~is_kept, "validation": is_kept}.get(split, np.ones(n, bool))
    return np.asarray(rows[has], np.int64)


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
        all(_local(file, []) is not None for file in source.files) and source.is_here()
        for source in get(name).sources
    )


def checksum(name: str) -> str:
    """sha256 of the files that `load` would read here, over their names and contents' digests; of
    what lies in no file, of the glyphs and labels that it would give."""
    _, paths = _find(get(name))
    if not paths:
        return hashlib.sha256(b"".join(part.tobytes() for part in load(name, "train"))).hexdigest()
    digests = [digest_of(path) for path in paths]
    return digests[0] if len(digests) == 1 else " ".join(digests)


def folders() -> list[Path]:
    """Where files are looked for, in this order."""
    named = os.environ.get("INKLING_DATA")
    return [*([Path(named)] if named else []), ASSETS, cache_folder() / "data"]


def _find(dataset: Dataset) -> tuple[Source, list[Path]]:
    """A source whose files are here, or that can be fetched."""
    damaged: list[Path] = []
    for source in dataset.sources:
        paths = [_local(file, damaged) for file in source.files]
        if all(path is not None for path in paths):
            return source, [path for path in paths if path is not None]
    if damaged:
        raise DatasetError(
            f"“{dataset.name}”: {damaged[0]} is not the expected file (its checksum differs); "
            "delete it or put the right one there"
        )
    problem = "its publisher offers no direct download"
    for source in dataset.sources:
        if all(file.url for file in source.files):
            try:
                return source, [_fetch(file) for file in source.files]
            except DownloadError as error:
                problem = str(error)
    wanted = " or ".join(
        " and ".join(file.name for file in source.files) for source in dataset.sources
    )
    raise DatasetError(
        f"“{dataset.name}” is not on this machine: {problem}. Get it from {dataset.page} and put "
        f"{wanted} into {folders()[0]} (or name another folder in $INKLING_DATA)."
    )


def _local(file: File, damaged: list[Path]) -> Path | None:
    for folder in folders():
        path = folder / file.name
        if path.is_file():
            if is_intact(path, file.digest):
                return path
            damaged.append(path)
    return None


def _fetch(file: File) -> Path:
    return fetch(file.url, cache_folder() / "data" / file.name, file.digest)


# --- reading -------------------------------------------------------------------------------------


def _mnist(paths: list[Path], split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return file[f"x_{split}"], file[f"y_{split}"]


def _emnist(subset: str) -> Callable[[list[Path], str, int], Arrays]:
    return lambda paths, split, _seed: formats.read_emnist(paths[0], subset, split)


def _qmnist(paths: list[Path], split: str, _seed: int) -> Arrays:
    images, labels = paths[:2] if split == "train" else paths[2:]
    x, y = formats.read_idx(images), formats.read_idx(labels)
    # Eight integers a digit; the first is its class.
    return x.astype(np.uint8), y[:, 0].astype(np.uint8)


def _usps_npz(paths: list[Path], _split: str, _seed: int) -> Arrays:
    with np.load(paths[0], allow_pickle=False) as file:
        return formats.pad_tight(file["x"]), file["y"]


def _usps_libsvm(paths: list[Path], _split: str, _seed: int) -> Arrays:
    return formats.read_usps(paths[0])


def _stroke_npz(labels: str = DIGITS) -> Callable[[list[Path]], Strokes]:
    def read(paths: list[Path]) -> Strokes:
        return formats.read_stroke_npz(paths[0], labels)

    return read


def _pendigits_zip(paths: list[Path]) -> Strokes:
    strokes = formats.read_pendigits_zip(paths[0], "pendigits-orig.tra.Z")
    if len(strokes.labels) != 7494:
        raise FormatError(f"7494 digits expected, {len(strokes.labels)} found")
    return strokes


def _pen_source(file: File, read: Callable[[list[Path]], Strokes]) -> Source:
    """A file of pen strokes, which are drawn to be read."""

    def drawn(paths: list[Path], split: str, seed: int) -> Arrays:
        known = read(paths)
        rows = _rows(known, split)
        return formats.render(known, rows, np.random.default_rng(seed)), known.labels[rows]

    return Source((file,), drawn, strokes=read)


def _rows(strokes: Strokes, split: str) -> NDArray[np.int64]:
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


def _pencil_scans(paths: list[Path], split: str, _seed: int) -> Arrays:
    x, y = formats.read_pencil_scans(paths[0])
    cut = int(0.9 * len(y))
    return (x[cut:], y[cut:]) if split == "test" else (x[:cut], y[:cut])


def _corrections(_paths: list[Path], split: str, _seed: int) -> Arrays:
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


def _has_corrections() -> bool:
    try:
        return bool(len(_corrections([], "test", 0)[1]))
    except FormatError:
        return False


# --- the sets ------------------------------------------------------------------------------------

_QMNIST = "https://raw.githubusercontent.com/facebookresearch/qmnist/master/"
_USPS = "https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/"
_EMNIST_FILE = File(
    "gzip.zip",
    # NIST publishes no checksum; this is the one torchvision pins.
    "md5:58c8d27c78d21e728a6bc7b3cc06412e",
    "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
)
_EMNIST_CREDIT = "EMNIST, Cohen, Afshar, Tapson and van Schaik, 2017, from NIST Special Database 19"
# Letters and signs lie in one file.
_UNIPEN_LETTERS_FILE = File(
    "unipen_letters.npz",
    "sha256:669aa83f468b7f764e11831b521e73176d5fce2b9646930a301d7caff18bfe59",
)
_UNIPEN_CREDIT = "UNIPEN train_r01_v07, Guyon et al., 1994, International Unipen Foundation"

_ALL = (
    Dataset(
        name="mnist",
        title="MNIST",
        labels=DIGITS,
        licence="CC BY-SA 3.0",
        attribution="MNIST, Yann LeCun, Corinna Cortes and Christopher J. C. Burges",
        page="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sources=(
            Source(
                (
                    File(
                        "mnist.npz",
                        "sha256:06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
                    ),
                ),
                _mnist,
            ),
            Source(
                (
                    File(
                        "mnist-keras.npz",
                        "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
                        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
                    ),
                ),
                _mnist,
            ),
        ),
    ),
    Dataset(
        name="emnist-digits",
        title="EMNIST digits",
        labels=DIGITS,
        licence="public domain (NIST)",
        attribution=_EMNIST_CREDIT,
        page="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        sources=(Source((_EMNIST_FILE,), _emnist("digits")),),
    ),
    Dataset(
        name="emnist-letters",
        title="EMNIST letters",
        labels=LETTERS,
        licence="public domain (NIST)",
        attribution=_EMNIST_CREDIT,
        page="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        sources=(Source((_EMNIST_FILE,), _emnist("letters")),),
    ),
    Dataset(
        name="qmnist",
        title="QMNIST",
        labels=DIGITS,
        licence="BSD 3-clause",
        attribution="QMNIST, Chhavi Yadav and Léon Bottou, 2019",
        page="https://github.com/facebookresearch/qmnist",
        sources=(
            Source(
                # The md5 sums are those torchvision pins.
                (
                    File(
                        "qmnist-train-images-idx3-ubyte.gz",
                        "md5:ed72d4157d28c017586c42bc6afe6370",
                        _QMNIST + "qmnist-train-images-idx3-ubyte.gz",
                    ),
                    File(
                        "qmnist-train-labels-idx2-int.gz",
                        "md5:0058f8dd561b90ffdd0f734c6a30e5e4",
                        _QMNIST + "qmnist-train-labels-idx2-int.gz",
                    ),
                    File(
                        "qmnist-test-images-idx3-ubyte.gz",
                        "md5:1394631089c404de565df7b7aeaf9412",
                        _QMNIST + "qmnist-test-images-idx3-ubyte.gz",
                    ),
                    File(
                        "qmnist-test-labels-idx2-int.gz",
                        "md5:5b5b05890a5e13444e108efe57b788aa",
                        _QMNIST + "qmnist-test-labels-idx2-int.gz",
                    ),
                ),
                _qmnist,
            ),
        ),
    ),
    Dataset(
        name="usps",
        title="USPS zip codes",
        labels=DIGITS,
        licence="research data, measure only",
        attribution="USPS, Hull, 1994; as distributed with LIBSVM",
        page="https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass.html#usps",
        may_train=False,
        sources=(
            Source(
                (
                    File(
                        "usps.npz",
                        "sha256:b21241c4e22dfd6944463797a2b801e6728b9c258878ce70e02aca52a5014d49",
                    ),
                ),
                _usps_npz,
            ),
            Source(
                # The md5 sum is the one torchvision pins.
                (File("usps.bz2", "md5:ec16c51db3855ca6c91edd34d0e9b197", _USPS + "usps.bz2"),),
                _usps_libsvm,
            ),
        ),
    ),
    Dataset(
        name="pendigits",
        title="Pen-based digits (UCI), drawn with brushes",
        labels=DIGITS,
        licence="CC BY 4.0",
        attribution="Pen-Based Recognition of Handwritten Digits, E. Alpaydin and F. Alimoglu, UCI",
        page="https://archive.ics.uci.edu/dataset/81",
        sources=(
            _pen_source(
                File(
                    "pendigits.npz",
                    "sha256:22f8dff4cb1639841939e9afa17c0e62759b6d6d17241094b1dde887b41f16ec",
                ),
                _stroke_npz(),
            ),
            _pen_source(
                # UCI packs the archive anew now and then: its content is counted instead.
                File(
                    "pendigits.zip",
                    "",
                    "https://archive.ics.uci.edu/static/public/81/"
                    "pen+based+recognition+of+handwritten+digits.zip",
                ),
                _pendigits_zip,
            ),
        ),
    ),
    Dataset(
        name="unipen",
        title="UNIPEN digits, drawn with brushes",
        labels=DIGITS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            _pen_source(
                File(
                    "unipen_digits.npz",
                    "sha256:155132c1023c1594d97fbdc2385db1f232a6edcb2fe7eb3bd1dbb9c03636cf34",
                ),
                _stroke_npz(),
            ),
        ),
    ),
    Dataset(
        name="unipen-letters",
        title="UNIPEN letters, drawn with brushes",
        labels=CAPITALS + LETTERS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            _pen_source(
                _UNIPEN_LETTERS_FILE,
                _stroke_npz(CAPITALS + LETTERS),
            ),
        ),
    ),
    Dataset(
        name="unipen-signs",
        title="UNIPEN signs, drawn with brushes",
        labels=SIGNS,
        licence="CC BY 4.0",
        attribution=_UNIPEN_CREDIT,
        page="https://zenodo.org/records/1195803",
        sources=(
            _pen_source(
                _UNIPEN_LETTERS_FILE,
                _stroke_npz(SIGNS),
            ),
        ),
    ),
    Dataset(
        name="pencil-scans",
        title="Students' pencil digits from scanned quizzes",
        labels=DIGITS,
        licence="ODbL 1.0",
        attribution="Pencil digits from scanned quizzes, under the Open Database License",
        page="https://opendatacommons.org/licenses/odbl/1-0/",
        sources=(
            Source(
                (
                    File(
                        "pencil_scans.npz",
                        "sha256:0726bc0fc27a851eec6f9b418c6a0665c641352bf33a1d9c9e4aa475a504823b",
                    ),
                ),
                _pencil_scans,
            ),
        ),
    ),
    Dataset(
        name=CORRECTIONS,
        title="Drawings that people corrected on the Draw page",
        labels=DIGITS,
        licence="the drawers' own",
        attribution="Drawings kept on the computer that this model was trained on",
        page="the Draw page",
        sources=(Source((), _corrections, _has_corrections),),
        is_private=True,
    ),
)
DATASETS = {dataset.name: dataset for dataset in _ALL}
