"""Where things lie: the clone's own folders and the person's."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"


def model_folder() -> Path:
    """The folder of trained models: `$INKLING_MODEL`, else `model/` in the clone."""
    return Path(os.environ.get("INKLING_MODEL") or ROOT / "model")


def cache_folder() -> Path:
    """The folder for what is downloaded once: `$INKLING_CACHE`, else the user's cache."""
    named = os.environ.get("INKLING_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "inkling"
