"""What is installed: pyproject.toml and requirements*.txt agree, and a wheel holds the models."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from inkling.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# A release holds the models that reading needs, in at most so many bytes.
MOST_BYTES = 40_000_000


def requirements(name: str) -> set[str]:
    """The packages of a file, without those of the files that it includes."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r "))}


def served_files() -> list[Path]:
    """The files of model/ that the wheel holds."""
    include = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]
    patterns = [each.removeprefix("/") for each in include if each.startswith("/model/")]
    return [path for pattern in patterns for path in ROOT.glob(pattern)]


def test_the_readable_requirements_are_those_of_the_package() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    base = set(PROJECT["project"]["dependencies"])
    assert requirements("requirements-serving.txt") == base | set(extras["app"])
    assert requirements("requirements.txt") == set(extras["training"])
    assert set(extras["ray"]) <= requirements("requirements-dev.txt")
    assert "-r requirements-serving.txt" in (ROOT / "requirements.txt").read_text()


def test_the_wheel_holds_a_model_file_for_each_model_and_stays_small() -> None:
    files = served_files()
    assert files and len(files) == len(set(files))
    models = {path.parent for path in (ROOT / "model").glob("*/model.tflite")}
    assert {path.parent for path in files if path.name == "model.tflite"} == models
    assert not [path for path in files if re.search(r"\.(keras|h5)$", path.name)]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


def test_the_version_is_written_once() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "inkling/__init__.py"
