"""Where things lie, whether a file there is the one it should be, and how to write one safely."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
# What the names of models trained from the page begin with.
RUN = "run-"


def model_folder() -> Path:
    """The folder of trained models: `$INKLING_MODEL`, else `model/` in the clone."""
    return Path(os.environ.get("INKLING_MODEL") or ROOT / "model")


def runs_folder() -> Path:
    """The folder of what was trained from the page: `$INKLING_RUNS`, else with what people made."""
    return Path(os.environ.get("INKLING_RUNS") or data_folder() / "runs")


def folder_of(name: str) -> Path:
    """A model's own folder: a run's is never among the shipped ones."""
    return (runs_folder() if name.startswith(RUN) else model_folder()) / name


def cache_folder() -> Path:
    """The folder for what is downloaded once: `$INKLING_CACHE`, else the user's cache."""
    named = os.environ.get("INKLING_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inkling"


def data_folder() -> Path:
    """The folder for what people made here and want back, such as the drawings they kept."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "inkling"


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """Hex digest of a file, `algorithm` as hashlib names it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, because others may read it at the same time."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(content)
    draft.replace(path)
