"""Data folders without a network, and small files in place of the published ones."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from inkling.training.data import datasets
from inkling.training.data.catalogue import DATASETS


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `$INKLING_DATA` and cache, and no network."""
    monkeypatch.setenv("INKLING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    return tmp_path / "data"


@pytest.fixture
def without_digests(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Removes the digests of a named set, so that small files made here can stand for its own."""

    def remove(name: str) -> None:
        replace = msgspec.structs.replace
        dataset = datasets.get(name)
        sources = tuple(
            replace(source, files=tuple(replace(file, digest="") for file in source.files))
            for source in dataset.sources
        )
        monkeypatch.setitem(DATASETS, name, replace(dataset, sources=sources))

    return remove


@pytest.fixture
def idx_bytes() -> Callable[[np.ndarray, int], bytes]:
    """Writes an array in IDX format, given the code of its element type."""
    return _idx_bytes


def _idx_bytes(array: np.ndarray, code: int) -> bytes:
    shape = [size.to_bytes(4, "big") for size in array.shape]
    kind = {8: ">u1", 12: ">i4"}[code]
    return bytes([0, 0, code, array.ndim]) + b"".join(shape) + array.astype(kind).tobytes()


UNIPEN = """.VERSION 1.0
.SEGMENT DIGIT 0-1 ? "4"
.PEN_DOWN
 10 90
 10 40
 60 40
.PEN_UP
.DT 100
.PEN_DOWN
 40 90
 40 0
.PEN_UP
.SEGMENT DIGIT 2 ? "1"
.PEN_DOWN
 5 100
 5 0
.PEN_UP
"""


@pytest.fixture
def unipen_text() -> str:
    """A 4 of two strokes and a 1 of one, as UNIPEN text."""
    return UNIPEN


@pytest.fixture
def pendigits_zip() -> Callable[[Path], None]:
    """Writes an archive like UCI's, with the two digits of `unipen_text`."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("pendigits-orig.tra.Z", _compress(UNIPEN.encode()))

    return write


def _compress(text: bytes) -> bytes:
    """The .Z format of `compress`, with literal codes only: nine bits each for under 256 codes."""
    assert len(text) < 250
    bits = sum(byte << (9 * i) for i, byte in enumerate(text))
    return b"\x1f\x9d\x90" + bits.to_bytes(-(-9 * len(text) // 8), "little")
