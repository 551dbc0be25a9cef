"""Reports on disk: where they are, loading and saving them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from inkling.paths import folder_of, model_folder, write_atomically
from inkling.reports.names import REPORT_FILE, model_names, no_model
from inkling.reports.robustness import ROBUSTNESS_SCHEMA, Robustness
from inkling.reports.schema import SCHEMA, Report

ROBUSTNESS_FILE = "depth.json"
# The file whose digest ties a robustness report to the trained model it was measured on.
MEASURED_FILE = "model.keras"
# What to run when a model has no readable report; a folder's name follows.
TRAIN_COMMAND = "python train_model.py --name"
ROBUSTNESS_COMMAND = "python train_model.py --robustness"

Stored = TypeVar("Stored", Report, Robustness)


class ReportError(Exception):
    """A model or its report is missing, damaged or out of date.

    Args:
        message: what is wrong, as a sentence for people.
        remedy: the command that puts it right, or empty; the command line and the pages show it.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    @property
    def with_remedy(self) -> str:
        """The message and the command in plain text, for a terminal."""
        return f"{self} Run: {self.remedy}" if self.remedy else str(self)


def load_report(name: str) -> Report:
    """Load the report of a model.

    Raises:
        ReportError: there is no such model, or its report cannot be read.
    """
    if not name or Path(name).name != name:
        raise ReportError(f"“{name}” is not a valid model name.")
    try:
        data = (folder_of(name) / REPORT_FILE).read_bytes()
    except OSError:
        known = model_names()
        if not known:
            raise ReportError(
                f"There is no model “{name}”: none has been trained yet.", "python train_model.py"
            ) from None
        raise ReportError(no_model(name, known)) from None
    remedy = f"{TRAIN_COMMAND} {name}"
    return _decode(data, Report, SCHEMA, f"The report of “{name}”", remedy)


def load_robustness(name: str) -> Robustness:
    """Load the robustness report of a model.

    Raises:
        ReportError: there is no such model, its robustness was not measured or was measured before
            it was last trained, or the file cannot be read.
    """
    report = load_report(name)
    remedy = f"{ROBUSTNESS_COMMAND} {name}"
    try:
        data = (folder_of(name) / ROBUSTNESS_FILE).read_bytes()
    except OSError:
        raise ReportError(
            f"The robustness of “{name}” has not been measured yet.", remedy
        ) from None
    title = f"The robustness report of “{name}”"
    robustness = _decode(data, Robustness, ROBUSTNESS_SCHEMA, title, remedy)
    measured = report.files.get(MEASURED_FILE)
    if measured is None or measured.sha256 != robustness.sha256:
        raise ReportError(f"“{name}” has been retrained since its robustness was measured.", remedy)
    return robustness


def zoo_folder(models: Path | None = None) -> Path:
    """The folder of reports without a model: runs that are compared but not shipped."""
    return (models or model_folder()) / "zoo"


def save_report(report: Report, folder: Path) -> Path:
    """Write `report.json` into a model's folder atomically; return its path."""
    data = msgspec.json.format(msgspec.json.encode(report), indent=1)
    return _write(folder / REPORT_FILE, data)


def save_robustness(robustness: Robustness, folder: Path) -> Path:
    """Write `depth.json` into a model's folder atomically; return its path."""
    # Not indented: with one number a line the file would be twice as large.
    return _write(folder / ROBUSTNESS_FILE, msgspec.json.encode(robustness))


def _decode(data: bytes, kind: type[Stored], schema: int, title: str, remedy: str) -> Stored:
    """Decode a stored report; `title` names it in the error if it is damaged or another version."""
    try:
        version = msgspec.json.decode(data, type=dict).get("schema")
        if version == schema:
            return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as problem:
        raise ReportError(f"{title} is damaged ({problem}).", remedy) from None
    raise ReportError(f"{title} has version {version}; this program reads {schema}.", remedy)


def _write(path: Path, data: bytes) -> Path:
    write_atomically(path, data + b"\n")
    return path
