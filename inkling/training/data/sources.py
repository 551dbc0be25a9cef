"""What a data set is, and where its files are found or downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inkling.imaging.pixels import Pixels
from inkling.paths import ASSETS, cache_folder
from inkling.training.data.download import DownloadError, fetch, is_intact
from inkling.training.data.formats import Labels, Strokes

DIGITS = "0123456789"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAPITALS = LETTERS.upper()
SIGNS = "#%*+@=:;-_~^"

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


def folders() -> list[Path]:
    """Where files are looked for, in this order."""
    named = os.environ.get("INKLING_DATA")
    return [*([Path(named)] if named else []), ASSETS, cache_folder() / "data"]


def locate(dataset: Dataset) -> tuple[Source, list[Path]]:
    """A source whose files are here, or that can be fetched."""
    damaged: list[Path] = []
    for source in dataset.sources:
        paths = [local_copy(file, damaged) for file in source.files]
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


def local_copy(file: File, damaged: list[Path]) -> Path | None:
    for folder in folders():
        path = folder / file.name
        if path.is_file():
            if is_intact(path, file.digest):
                return path
            damaged.append(path)
    return None


def _fetch(file: File) -> Path:
    return fetch(file.url, cache_folder() / "data" / file.name, file.digest)
