"""Paths of files and folders, settings in the environment, checksums, and writing a file safely."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
# Where an installed package has its models. A clone has none there.
PACKAGED = Path(__file__).resolve().parent / "model"
# Names of models that were trained from the app start with this.
RUN = "run-"
# Names of models that were taught a visit's corrections start with this.
TAUGHT = "taught-"
# No setting is a larger number.
MAX_SETTING = 1e9


class SettingError(ValueError):
    """A setting in the environment cannot be used; the message is for people."""


def is_on(name: str) -> bool:
    """Whether a switch in the environment is on, as it is unless it says off, 0, no or false."""
    return os.environ.get(name, "on").strip().lower() not in ("off", "0", "no", "false")


def number_setting(name: str, default: float, least: float = 1e-6) -> float:
    """A number in the environment.

    Args:
        name: of the variable.
        default: the value where it is not set or empty.
        least: the smallest value that it may have.

    Raises:
        SettingError: it is not such a number.
    """
    given = os.environ.get(name, "").strip()
    try:
        value = float(given or default)
    except ValueError:
        value = -1.0
    if not least <= value <= MAX_SETTING:
        kind = "above 0" if least > 0.0 else "0 or more"
        raise SettingError(f"{name} is set to “{given}”: it must be a number, {kind}.")
    return value


def model_folder() -> Path:
    """The folder of trained models: `$INKLING_MODEL`, else the package's, else the clone's."""
    named = os.environ.get("INKLING_MODEL")
    if named:
        return Path(named)
    return PACKAGED if PACKAGED.is_dir() else ROOT / "model"


def runs_folder() -> Path:
    """The folder of models trained from the app: `$INKLING_RUNS`, else in `data_folder()`."""
    return Path(os.environ.get("INKLING_RUNS") or data_folder() / "runs")


def folder_of(name: str) -> Path:
    """The folder of a model, shipped or trained from the app."""
    return (runs_folder() if name.startswith((RUN, TAUGHT)) else model_folder()) / name


def taught_prefix(visit: str) -> str:
    """How the names of the models that a visit has taught begin. They do not give it away."""
    return f"{TAUGHT}{hashlib.sha256(visit.encode()).hexdigest()[:10]}-"


def cache_folder() -> Path:
    """The folder for downloads: `$INKLING_CACHE`, else in the user's cache."""
    named = os.environ.get("INKLING_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inkling"


def data_folder() -> Path:
    """The folder for people's own data, such as saved drawings."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "inkling"


def digest_of(path: Path, algorithm: str = "sha256") -> str:
    """Hex digest of a file; `algorithm` is a name that hashlib knows."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, because others may read it at the same time."""
    draft = path.with_suffix(".tmp")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        # On a full disk, half a draft would take room for nothing.
        draft.unlink(missing_ok=True)
        raise


def reason_of(problem: OSError) -> str:
    """Why a file cannot be used, in a few words without its path: "no space left on device"."""
    return (problem.strerror or "unknown reason").lower()
