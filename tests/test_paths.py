"""Folders follow the environment, checksums are hashlib's, and files are written at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from inkling import paths

VARIABLES = ("INKLING_MODEL", "INKLING_RUNS", "INKLING_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_folders_by_default() -> None:
    assert paths.model_folder() == paths.ROOT / "model"
    assert paths.cache_folder() == Path.home() / ".cache" / "inkling"
    assert paths.data_folder() == Path.home() / ".local" / "share" / "inkling"
    assert paths.runs_folder() == paths.data_folder() / "runs"


def test_the_environment_sets_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert paths.cache_folder() == tmp_path / "cache" / "inkling"
    assert paths.runs_folder() == tmp_path / "data" / "inkling" / "runs"
    for name, folder in (
        ("INKLING_MODEL", paths.model_folder),
        ("INKLING_RUNS", paths.runs_folder),
        ("INKLING_CACHE", paths.cache_folder),
    ):
        monkeypatch.setenv(name, str(tmp_path / name))
        assert folder() == tmp_path / name


def test_a_model_trained_from_the_app_is_apart_from_the_shipped_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path / "shipped"))
    monkeypatch.setenv("INKLING_RUNS", str(tmp_path / "runs"))
    assert paths.folder_of("digits") == tmp_path / "shipped" / "digits"
    assert paths.folder_of(f"{paths.RUN}1") == tmp_path / "runs" / f"{paths.RUN}1"


def test_a_digest_is_hashlibs(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(bytes(range(256)) * 500)
    assert paths.digest_of(file) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert paths.digest_of(file, "md5") == hashlib.md5(file.read_bytes()).hexdigest()


def test_a_file_is_written_as_a_whole_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    paths.write_atomically(file, b"first")
    paths.write_atomically(file, b"second")
    assert file.read_bytes() == b"second"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
