"""What teaching has changed: `teaching.json` beside the report of the taught model.

The report itself holds the results on the test split, before and after.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from inkling.paths import folder_of, write_atomically
from inkling.reports.files import ReportError

TEACHING_FILE = "teaching.json"


class TaughtDrawing(msgspec.Struct, frozen=True):
    """A drawing that a person has named, and what the model said before and after.

    Attributes:
        image: its glyph as a PNG in base64 (see `schema.encode_image`).
        label: the right label.
        before, after: labels. Here, and for `label`, "none" means "not a digit".
        before_confidence, after_confidence: of these answers, 0..1.
    """

    image: str
    label: str
    before: str
    before_confidence: float
    after: str
    after_confidence: float


class Teaching(msgspec.Struct, frozen=True):
    """All of `teaching.json`.

    Attributes:
        base: the model that was taught.
        drawings: what it was to learn.
        new_weight: how far the last layers were moved from the old weights to the new, 0..1.
        seconds: the time it took.
    """

    base: str
    drawings: list[TaughtDrawing]
    new_weight: float
    seconds: float

    @property
    def learnt(self) -> int:
        """The number of drawings that are read as taught afterwards."""
        return sum(one.after == one.label for one in self.drawings)


def save_teaching(teaching: Teaching, folder: Path) -> None:
    """Write `teaching.json` into a model's folder."""
    write_atomically(folder / TEACHING_FILE, msgspec.json.encode(teaching))


def load_teaching(name: str) -> Teaching:
    """What teaching has changed in a taught model.

    Raises:
        ReportError: the file is missing or damaged.
    """
    try:
        return msgspec.json.decode((folder_of(name) / TEACHING_FILE).read_bytes(), type=Teaching)
    except (OSError, msgspec.DecodeError):
        raise ReportError("The file that says what was taught cannot be read.") from None
