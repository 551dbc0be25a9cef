"""Reports on disk: loading, saving, files that cannot be read, and the stored spelling."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from inkling.paths import ROOT, model_folder
from inkling.reports import files
from inkling.reports.files import ROBUSTNESS_FILE, ReportError
from inkling.reports.names import REPORT_FILE, model_names
from inkling.reports.robustness import Robustness
from inkling.reports.schema import SCHEMA, Report

MODELS = sorted(path.parent.name for path in (ROOT / "model").glob(f"*/{REPORT_FILE}"))
# The folder also holds the comparison of ways to reject negatives, which is not a report.
ZOO = sorted(
    path for path in (ROOT / "model" / "zoo").glob("*.json") if path.name != "rejection.json"
)


@pytest.mark.parametrize("name", ["digits", "lenet5"])
def test_saving_and_loading_keeps_everything(name: str, tmp_path: Path, monkeypatch):
    report = files.load_report(name)
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    (tmp_path / name).mkdir()
    files.save_report(report, tmp_path / name)
    assert files.load_report(name) == report
    assert model_names() == [name]


@pytest.mark.parametrize("name", MODELS)
def test_committed_reports_are_written_again_byte_for_byte(name: str, tmp_path: Path):
    folder = ROOT / "model" / name
    stored = (folder / REPORT_FILE).read_bytes()
    path = files.save_report(msgspec.json.decode(stored, type=Report), tmp_path)
    assert path == tmp_path / "report.json"
    assert path.read_bytes() == stored
    stored = (folder / ROBUSTNESS_FILE).read_bytes()
    path = files.save_robustness(msgspec.json.decode(stored, type=Robustness), tmp_path)
    assert path == tmp_path / "depth.json"
    assert path.read_bytes() == stored


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_reports_of_the_zoo_keep_what_they_say(path: Path):
    """Older ones lack newer fields, which are added with their defaults."""
    stored = path.read_bytes()
    encoded = msgspec.json.encode(msgspec.json.decode(stored, type=Report))
    assert keeps(json.loads(encoded), json.loads(stored))


def keeps(new: object, old: object) -> bool:
    """Whether `new` has everything of `old` under the same keys."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(
            key in new and keeps(new[key], value) for key, value in old.items()
        )
    if isinstance(old, list):
        return (
            isinstance(new, list)
            and len(new) == len(old)
            and all(keeps(a, b) for a, b in zip(new, old, strict=True))
        )
    return new == old


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[: len(data) // 2], "is damaged"),
        (lambda data: b"", "is damaged"),
        (lambda data: b"[1, 2]", "is damaged"),
        (lambda data: data.replace(b'"schema"', b'"shema"'), "has version None"),
        (lambda data: json.dumps(json.loads(data) | {"schema": 99}).encode(), "has version 99"),
        (lambda data: json.dumps(json.loads(data) | {"splits": 3}).encode(), "is damaged"),
    ],
)
def test_a_bad_report_gives_a_message(damage, message, tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    shutil.copytree(ROOT / "model" / "lenet5", tmp_path / "lenet5")
    file = tmp_path / "lenet5" / "report.json"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ReportError, match=message) as caught:
        files.load_report("lenet5")
    assert caught.value.remedy == "python train_model.py --name lenet5"
    assert caught.value.with_remedy.endswith(" Run: python train_model.py --name lenet5")


@pytest.mark.parametrize("name", ["", "nothing", "../lenet5", "a/b"])
def test_an_unknown_name_gives_a_message(name):
    with pytest.raises(ReportError):
        files.load_report(name)


def test_without_any_model_the_error_says_how_to_train_one(tmp_path, monkeypatch):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    with pytest.raises(ReportError, match="none has been trained yet") as caught:
        files.load_report("digits")
    assert caught.value.remedy == "python train_model.py"


def test_a_report_is_plain_json():
    data = (model_folder() / "digits" / "report.json").read_bytes()
    assert msgspec.json.decode(data)["schema"] == SCHEMA
    assert len(data) < 500_000
