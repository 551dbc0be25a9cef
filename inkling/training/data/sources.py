"""What a data set is, and where its files are found or downloaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import msgspec

from inkling.imaging.pixels import Pixels
from inkling.paths import ASSETS, cache_folder
from inkling.training.data.download import DownloadError, fetch, is_intact
from inkling.training.data.formats import Labels

# x uint8 (n, 28, 28) ink and y uint8 (n,).
Arrays = tuple[Pixels, Labels]
Digest = Annotated[str, msgspec.Meta(pattern="^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}|)$")]


class DatasetError(Exception):
    """A data set is unknown, missing or damaged. The message is for people."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a data set.

    Attributes:
        name: the file's name, in any of `folders()`.
        digest: "sha256:…" or "md5:…"; "" where none is published and the reader checks the content.
        url: where it can be downloaded; "" where it has to be put in place by hand.
    """

    name: str
    digest: Digest = ""
    url: str = ""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to get a data set.

    Attributes:
        reader: the name of a reader in `readers.READERS`.
        files: what the reader reads, in this order; empty for what lies in no file.
    """

    reader: str
    files: tuple[File, ...] = ()


class Dataset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named data set.

    Attributes:
        labels: the character that each label number stands for.
        page: where it is published, for people.
        sources: the ways to get it, the preferred one first.
        may_train: False for a set that may only be measured; its train split is refused.
        is_private: True for drawings of this computer, which only measure models trained on them.
    """

    name: str
    title: str
    labels: str
    licence: str
    attribution: str
    page: str
    sources: Annotated[tuple[Source, ...], msgspec.Meta(min_length=1)]
    may_train: bool = True
    is_private: bool = False


def folders() -> list[Path]:
    """The folders that files are looked for in, in this order."""
    named = os.environ.get("INKLING_DATA")
    return [*([Path(named)] if named else []), ASSETS, cache_folder() / "data"]


def local_copy(file: File, damaged: list[Path]) -> Path | None:
    """The first intact copy of a file on this computer, or None.

    Args:
        file: the file to look for.
        damaged: copies with another digest are appended to it.
    """
    for folder in folders():
        path = folder / file.name
        if path.is_file():
            if is_intact(path, file.digest):
                return path
            damaged.append(path)
    return None


def locate(dataset: Dataset) -> tuple[Source, list[Path]]:
    """A source whose files are here, or else one that can be downloaded, and its files.

    Raises:
        DatasetError: a file is damaged, or no source is available.
    """
    damaged: list[Path] = []
    for source in dataset.sources:
        paths = [path for file in source.files if (path := local_copy(file, damaged)) is not None]
        if len(paths) == len(source.files):
            return source, paths
    if damaged:
        raise DatasetError(
            f"“{dataset.name}”: {damaged[0]} is not the expected file (its checksum differs). "
            "Delete it or replace it by the right one."
        )
    return _download(dataset)


def _download(dataset: Dataset) -> tuple[Source, list[Path]]:
    problem = "its publisher offers no direct download"
    for source in dataset.sources:
        if all(file.url for file in source.files):
            try:
                return source, [
                    fetch(file.url, cache_folder() / "data" / file.name, file.digest)
                    for file in source.files
                ]
            except DownloadError as error:
                problem = str(error)
    wanted = " or ".join(
        " and ".join(file.name for file in source.files) for source in dataset.sources
    )
    raise DatasetError(
        f"“{dataset.name}” is not on this computer: {problem}. Get it from {dataset.page} and put "
        f"{wanted} into {folders()[0]} (or name another folder in $INKLING_DATA)."
    )
