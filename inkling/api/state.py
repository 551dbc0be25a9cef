"""What the server has: its models, and whether everything that it needs is there."""

from __future__ import annotations

import json
import logging
from typing import Any

from inkling.paths import model_folder
from inkling.reports.names import model_names

log = logging.getLogger(__name__)

# The state of the whole: everything works; drawings and visits are not kept; nothing can be read.
OK, DEGRADED, FAILED = "ok", "degraded", "failed"
# The model that pages and programs use unless they say otherwise.
NEEDED_MODEL = "digits"


def models() -> list[dict[str, Any]]:
    """The main figures of every model whose report can be read."""
    from inkling.reports.files import ReportError, load_report
    from inkling.reports.summary import main_figures

    found = []
    for name in model_names():
        try:
            found.append(main_figures(load_report(name)))
        except ReportError:
            # `python -m inkling models` says what is wrong with it.
            continue
    return found


def health() -> dict[str, Any]:
    """The state of the server's parts.

    Returns:
        `status` is OK, DEGRADED or FAILED; `models` has the version of each network in use, or
        null where it cannot be used; `store` is "ok", "off" or "unreachable"; `problems` has a
        sentence for each part that fails. The log has the details, with paths and addresses.
    """
    problems: list[str] = []
    versions = _versions(problems)
    store = _store(problems)
    is_failed = None in versions.values()
    status = FAILED if is_failed else DEGRADED if problems else OK
    return {"status": status, "models": versions, "store": store, "problems": problems}


def _versions(problems: list[str]) -> dict[str, str | None]:
    """By network in use, its version."""
    from inkling.layout import page_model
    from inkling.reader.page import load_networks
    from inkling.recognition import classifier, line_model
    from inkling.reports.files import ReportError

    versions: dict[str, str | None] = {NEEDED_MODEL: None, "page": None, "line": None}
    try:
        versions[NEEDED_MODEL] = classifier.load(NEEDED_MODEL).version
    except ReportError as problem:
        log.error("health: %s", problem)
        problems.append(f"The model “{NEEDED_MODEL}” cannot be used.")
    try:
        load_networks()
    except ReportError as problem:
        log.error("health: %s", problem)
        problems.append("The networks that read pictures cannot be used.")
    else:
        # Their files are those that the notes describe; loading has checked it.
        for module in (page_model, line_model):
            path = model_folder() / module.NAME / module.NOTES_FILE
            notes = json.loads(path.read_text(encoding="utf-8"))
            versions[module.NAME] = f"{notes['created']} {notes['sha256'][:12]}"
    return versions


def _store(problems: list[str]) -> str:
    """The state of the database: "ok", "off" or "unreachable"."""
    from inkling.storage.rules import StoreError, storing_is_on
    from inkling.storage.visits import load_kept

    if not storing_is_on():
        return "off"
    try:
        # Of a visit that nobody has.
        load_kept("")
    except StoreError as problem:
        log.error("health: %s", problem)
        problems.append("The database of drawings and visits cannot be used.")
        return "unreachable"
    return "ok"
