"""The data sets by name, read from `catalogue.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from inkling.training.data.readers import READERS
from inkling.training.data.sources import Dataset

CATALOGUE = Path(__file__).with_name("catalogue.toml")
# The set of what people drew and corrected on this computer (see `inkling.storage`).
CORRECTIONS = "corrections"


def load_catalogue(path: Path = CATALOGUE) -> dict[str, Dataset]:
    """The data sets that a TOML file describes, by name and in the file's order.

    Raises:
        ValueError: a field is missing, unknown or of the wrong type, or a reader is unknown.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {}
    for name, table in tables.items():
        try:
            dataset = msgspec.convert({**table, "name": name}, Dataset)
        except msgspec.ValidationError as error:
            raise ValueError(f"{path.name}, [{name}]: {error}") from None
        for source in dataset.sources:
            if source.reader not in READERS:
                raise ValueError(f"{path.name}, [{name}]: there is no reader “{source.reader}”")
        found[name] = dataset
    return found


DATASETS = load_catalogue()
