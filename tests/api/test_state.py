"""Health: what is there, and what is said about what is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkling.api import state
from inkling.layout import page_model
from inkling.paths import ROOT, digest_of
from inkling.reader import page
from inkling.recognition import classifier, line_model


def forget() -> None:
    """Forget what was loaded from one folder of models before another one is used."""
    page.load_networks.cache_clear()
    page_model.load.cache_clear()
    line_model.load_once.cache_clear()
    classifier.load.cache_clear()


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    forget()
    yield
    forget()


def test_the_versions_are_those_of_the_files() -> None:
    found = state.health()
    assert found["status"] == state.OK and found["store"] == "ok" and not found["problems"]
    for name, version in found["models"].items():
        digest = digest_of(ROOT / "model" / name / "model.tflite")
        assert version.endswith(f" {digest[:12]}")


def test_a_missing_network_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = tmp_path / "model"
    wanted = shutil.ignore_patterns("*.h5", "*.keras", "*.png", "zoo", "inkling", "lenet5")
    shutil.copytree(ROOT / "model", models, ignore=wanted)
    (models / "line" / "model.tflite").unlink()
    monkeypatch.setenv("INKLING_MODEL", str(models))
    found = state.health()
    assert found["status"] == state.FAILED and found["models"]["line"] is None
    assert found["models"]["digits"] is not None
    assert len(found["problems"]) == 1 and str(tmp_path) not in str(found)


def test_a_store_that_fails_is_said_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "secret-name.sqlite3"
    database.write_bytes(b"no database" * 100)
    monkeypatch.setenv("INKLING_DATABASE", f"sqlite:///{database}")
    found = state.health()
    assert found["status"] == state.DEGRADED and found["store"] == "unreachable"
    assert "secret-name" not in str(found)
    monkeypatch.setenv("INKLING_STORE", "off")
    assert state.health()["store"] == "off" and state.health()["status"] == state.OK
