"""The names of the models: their folders, their titles, and what people may type for either.

The first page imports this, so it imports no array library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from inkling.paths import RUN, TAUGHT, model_folder, runs_folder

REPORT_FILE = "report.json"
# Titles of the shipped models. But for case, dots and hyphens, each is the name of its folder.
TITLES = {
    "digits": "Digits",
    "inkling": "Inkling",
    "pocket": "Pocket",
    "keras-io": "keras.io",
    "lenet5": "LeNet-5",
}


def model_names() -> list[str]:
    """Names of all models with a report: `digits`, the other shipped ones by name, runs by date."""
    shipped = sorted(path.parent.name for path in model_folder().glob(f"*/{REPORT_FILE}"))
    runs = sorted(path.parent.name for path in runs_folder().glob(f"{RUN}*/{REPORT_FILE}"))
    return [*sorted(shipped, key=lambda name: name != "digits"), *runs]


def model_title(name: str) -> str:
    """A model's title for people.

    That of a run is its network and when it was trained, and that of a taught model is its base's.
    """
    taught = re.fullmatch(TAUGHT + r"[0-9a-f]+-\d{8}-\d{6}-(.+)", name)
    if taught:
        return f"Your {model_title(taught[1])}"
    run = re.fullmatch(RUN + r"\d{4}(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(.+)", name)
    if run:
        month, day, hour, minute, second, network = run.groups()
        return f"{TITLES.get(network, network)}, {day}/{month} {hour}:{minute}:{second}"
    return TITLES.get(name, name)


def find_model(text: str, names: Iterable[str] | None = None) -> str | None:
    """The model that people mean, by its folder or its title, in any case; None if there is none.

    Args:
        text: what they typed, or what an address says.
        names: the models to choose from; by default all of them.
    """
    known = list(model_names() if names is None else names)
    if text in known:
        return text
    wanted = _key(text)
    found = [name for name in known if wanted in (_key(name), _key(model_title(name)))]
    return found[0] if wanted and len(found) == 1 else None


def no_model(text: str, names: Iterable[str] | None = None) -> str:
    """The sentence that text names no model, and which there are.

    Args:
        text: what was typed.
        names: the models there are, at least one; by default all of them.
    """
    known = ", ".join(model_names() if names is None else names)
    return f"There is no model “{text}”. Available models: {known}."


def folder_name(text: str) -> str:
    """The folder of the model that people mean (see `find_model`), else the text itself.

    For arguments of commands, which say what is wrong with text that names no model.
    """
    return find_model(text) or text


def _key(text: str) -> str:
    """A name without case, spaces, dots and hyphens."""
    return re.sub(r"[\s._-]", "", text).casefold()
