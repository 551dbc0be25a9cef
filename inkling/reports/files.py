"""Reports on disk: where they lie, reading and writing them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from inkling.paths import RUN, folder_of, model_folder, runs_folder
from inkling.reports.robustness import DEPTH_SCHEMA, Depth
from inkling.reports.schema import SCHEMA, Report

FILE_NAME = "report.json"
DEPTH_FILE = "depth.json"
# What a report in depth is measured on, by its digest.
MEASURED_FILE = "model.keras"


class ReportError(Exception):
    """A model or its report is missing, damaged or too old; the message is for people."""


def names() -> list[str]:
    """Models that have a report: the shipped `digits`, the others by name, runs by date."""
    found = sorted(path.parent.name for path in model_folder().glob(f"*/{FILE_NAME}"))
    runs = sorted(path.parent.name for path in runs_folder().glob(f"{RUN}*/{FILE_NAME}"))
    return [*sorted(found, key=lambda name: name != "digits"), *runs]


Stored = TypeVar("Stored", Report, Depth)


def _decoded(data: bytes, kind: type[Stored], schema: int, title: str, remedy: str) -> Stored:
    """A stored report of this program's version, or a sentence with its title and the remedy."""
    try:
        version = msgspec.json.decode(data, type=dict).get("schema")
        if version == schema:
            return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as problem:
        raise ReportError(f"{title} is damaged ({problem}): {remedy}.") from None
    raise ReportError(f"{title} has version {version}, this program reads {schema}: {remedy}.")


def load(name: str) -> Report:
    """The report of a model.

    Raises:
        ReportError: no such model, or a report that cannot be read.
    """
    if not name or Path(name).name != name:
        raise ReportError(f"“{name}” is not a model's name.")
    path = folder_of(name) / FILE_NAME
    try:
        data = path.read_bytes()
    except OSError:
        known = ", ".join(names()) or "none yet: run python train_model.py"
        raise ReportError(f"There is no model “{name}” (there are: {known}).") from None
    again = f"python train_model.py --name {name}"
    return _decoded(data, Report, SCHEMA, f"The report of “{name}”", f"make it again with {again}")


def load_depth(name: str) -> Depth:
    """The report in depth of a model, if it is of the model as it is now.

    Raises:
        ReportError: no such model, it was not measured in depth, or not since it was trained, or
            the file cannot be read.
    """
    report = load(name)
    remedy = f"run python train_model.py --depth {name}"
    try:
        data = (folder_of(name) / DEPTH_FILE).read_bytes()
    except OSError:
        raise ReportError(f"“{name}” was not measured in depth yet: {remedy}.") from None
    title = f"The report in depth of “{name}”"
    depth = _decoded(data, Depth, DEPTH_SCHEMA, title, remedy)
    measured = report.files.get(MEASURED_FILE)
    if measured is None or measured.sha256 != depth.sha256:
        raise ReportError(f"“{name}” was trained anew since it was measured in depth: {remedy}.")
    return depth


def zoo_folder(models: Path | None = None) -> Path:
    """Where runs that are compared but not shipped leave their reports: `<run>.json`."""
    return (models or model_folder()) / "zoo"


def save(report: Report, folder: Path) -> Path:
    """Write `report.json` into a model's folder, whole or not at all."""
    return _write(folder / FILE_NAME, msgspec.json.format(msgspec.json.encode(report), indent=1))


def save_depth(depth: Depth, folder: Path) -> Path:
    """Write `depth.json` into a model's folder, whole or not at all."""
    # Long lists of numbers: a line each would double the file.
    return _write(folder / DEPTH_FILE, msgspec.json.encode(depth))


def _write(path: Path, data: bytes) -> Path:
    draft = path.with_suffix(".tmp")
    draft.write_bytes(data + b"\n")
    draft.replace(path)
    return path
