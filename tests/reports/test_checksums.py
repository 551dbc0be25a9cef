"""The list of digests: complete, checked by the command, and kept up to date."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from inkling.cli import main
from inkling.paths import ROOT
from inkling.reports import checksums
from tests.test_packaging import served_files

MODELS = ROOT / "model"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a few of the shipped files and their list, for the command to look at."""
    folder = tmp_path / "models"
    for name in ("pocket", "reader"):
        shutil.copytree(MODELS / name, folder / name)
    checksums.write(folder)
    monkeypatch.setenv("INKLING_MODEL", str(folder))
    return folder


def verify() -> tuple[int, str, str]:
    result = CliRunner().invoke(main.app, ["models", "--verify"])
    return result.exit_code, result.stdout, result.stderr


def damage(file: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_every_committed_model_file_is_listed_with_its_digest() -> None:
    committed = subprocess.run(
        ["git", "ls-files", "model"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    names = {name.removeprefix("model/") for name in committed if name}
    listed = checksums.load(MODELS)
    assert set(listed) == names - {checksums.SUMS_FILE}
    for name, digest in listed.items():
        assert hashlib.sha256((MODELS / name).read_bytes()).hexdigest() == digest, name
    assert "digits/report.json" in listed and "digits/depth.json" in listed


def test_the_command_is_content_with_whole_files(models: Path) -> None:
    count = len(checksums.load(models))
    assert verify() == (0, f"All {count} files are as SHA256SUMS describes them.\n", "")


@pytest.mark.parametrize("name", ["pocket/report.json", "pocket/depth.json", "reader/config.json"])
def test_a_damaged_copy_is_named(models: Path, name: str) -> None:
    damage(models / name)
    code, out, err = verify()
    assert (code, out) == (1, "")
    assert err == (
        f"{name} is not the file that SHA256SUMS describes. "
        "Restore it from the repository or train it again.\n"
    )


def test_missing_files_are_named_each_on_its_line(models: Path) -> None:
    (models / "pocket" / "model.tflite").unlink()
    shutil.rmtree(models / "reader")
    code, _, err = verify()
    assert code == 1
    assert [line.split(" is missing.")[0] for line in err.splitlines()] == [
        "pocket/model.tflite",
        "reader/config.json",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "There is no SHA256SUMS"),
        ("", "lists no file"),
        ("nonsense\n", "damaged: see its line 1"),
        (f"{'0' * 64}  ../elsewhere\n", "damaged: see its line 1"),
        ("\udcff", "is damaged"),
    ],
)
def test_a_list_that_cannot_be_used_is_an_error(
    models: Path, content: str | None, problem: str
) -> None:
    file = models / checksums.SUMS_FILE
    file.unlink()
    if content is not None:
        file.write_bytes(content.encode("utf-8", "surrogateescape"))
    code, out, err = verify()
    assert (code, out) == (1, "")
    assert problem in err and "python tools/checksums.py" in err and str(models) not in err


def test_a_package_is_checked_for_the_files_that_it_holds(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "PACKAGED", models)
    for file in models.rglob("*.*"):
        if file.name not in checksums.SERVED:
            file.unlink()
    assert verify()[0] == 0
    (models / "pocket" / "weights.bin").unlink()
    assert verify()[0] == 1
    # pyproject.toml says the same of what the package holds.
    assert {file.name for file in served_files()} == {*checksums.SERVED, checksums.SUMS_FILE}


def test_what_is_written_is_recorded_and_nothing_else_changes(models: Path) -> None:
    before = checksums.load(models)
    depth = models / "pocket" / "depth.json"
    depth.write_text(json.dumps({"new": True}))
    checksums.record(depth)
    assert verify()[0] == 0
    changed = {name for name, digest in checksums.load(models).items() if before[name] != digest}
    assert changed == {"pocket/depth.json"}

    (models / "pocket" / "wrong.png").unlink()
    (models / "pocket" / "checkpoint").mkdir()
    (models / "pocket" / "checkpoint" / "state.json").write_text("{}")
    checksums.record(models / "pocket")
    assert set(checksums.load(models)) == set(before) - {"pocket/wrong.png"}


def test_a_folder_of_models_without_a_list_gets_none(tmp_path: Path) -> None:
    (tmp_path / "run-1").mkdir()
    (tmp_path / "run-1" / "report.json").write_text("{}")
    checksums.record(tmp_path / "run-1")
    assert [file.name for file in tmp_path.iterdir()] == ["run-1"]
