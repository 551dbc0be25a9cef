"""Which model answers in a visit that has taught one."""

from __future__ import annotations

from inkling.paths import runs_folder, taught_prefix
from inkling.reports.names import REPORT_FILE
from inkling.ui.shared.visit import owner


def model_of(base: str) -> str:
    """The model that this visit has taught, if it was taught from `base`; else `base`."""
    pattern = f"{taught_prefix(owner())}????????-??????-{base}/{REPORT_FILE}"
    names = sorted(path.parent.name for path in runs_folder().glob(pattern))
    return names[-1] if names else base
