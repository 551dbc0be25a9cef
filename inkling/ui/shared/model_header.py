"""What the first page needs of a model's report, read without what `inkling.reports` imports."""

from __future__ import annotations

from pathlib import Path

import msgspec
import streamlit as st

from inkling.paths import folder_of
from inkling.reports.names import REPORT_FILE


class Thresholds(msgspec.Struct):
    """Thresholds of a model, fitted in training; both 0..1.

    Attributes:
        sure: the confidence from which on an answer is sure, whatever its label.
        digit: the evidence from which on a glyph is a digit at all.
        sure_by_label: the former for each label; empty where `sure` holds for all of them.
    """

    sure: float
    digit: float
    sure_by_label: tuple[float, ...] = ()


class ModelFile(msgspec.Struct):
    """One file of a model, with its hex digest."""

    sha256: str


class ModelHeader(msgspec.Struct):
    """The part of a report that is shown before the model itself is loaded.

    Attributes:
        labels: what the model tells apart.
        calibration: its thresholds.
        files: the model's, by name.
    """

    labels: tuple[str, ...]
    calibration: Thresholds
    files: dict[str, ModelFile]


def load(name: str) -> ModelHeader | None:
    """The header of a model's report, read again when it changes; None if it is unreadable."""
    path = folder_of(name) / REPORT_FILE
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _load(str(path), changed) if changed else None


def labels(name: str) -> tuple[str, ...]:
    """The labels of a model; empty if its report is unreadable."""
    header = load(name)
    return header.labels if header is not None else ()


@st.cache_resource(show_spinner=False, max_entries=16)
def _load(path: str, changed: int) -> ModelHeader | None:  # noqa: ARG001  (part of the cache's key)
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=ModelHeader)
    except (OSError, msgspec.DecodeError):
        return None
