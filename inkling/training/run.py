"""One whole run: data, fit, evaluation, export, report. What `train_model.py` does."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from inkling.reports.files import REPORT_FILE, zoo_folder
from inkling.reports.schema import Report
from inkling.training.data import datasets
from inkling.training.data.batches import Part, prepare, to_input
from inkling.training.data.sources import DatasetError
from inkling.training.live import LiveMonitor
from inkling.training.settings import Settings
from inkling.training.trainer import fit


def available(settings: Settings) -> Settings:
    """The settings less the data sets that are not to be had here, each said on stderr.

    For presets, which name every set that helps; the first one is needed always.

    Raises:
        datasets.DatasetError: the first set is missing.
    """
    kept = [settings.datasets[0]]
    for name in settings.datasets[1:]:
        try:
            datasets.checksum(name)
        except DatasetError as problem:
            print(f"Without {name}: {problem}", file=sys.stderr)
        else:
            kept.append(name)
    return replace(settings, datasets=tuple(kept))


def train(
    settings: Settings,
    output: Path,
    *,
    command: str,
    resume: bool = False,
    report_only: bool = False,
    lean: bool = False,
    live: bool = False,
) -> Path:
    """Train, measure and write `output/<name>/`; that folder is returned.

    Args:
        settings: what to train and how.
        output: the folder of models.
        command: what was typed, for the report.
        resume: go on from the last checkpoint, where there is one.
        report_only: keep the report alone, as `output/zoo/<name>.json`; that file is returned.
        lean: measure on the main test split alone; so is what is `report_only`.
        live: let others watch and end it early (see `watch`).

    Raises:
        datasets.DatasetError: a data set is not to be had.
        ValueError: `resume` with other settings than the checkpoint's.
    """
    folder = (zoo_folder(output) if report_only else output) / settings.name
    _spare(folder, settings)
    folder.mkdir(parents=True, exist_ok=True)
    parts = prepare(settings)
    verbose = 1 if sys.stdout.isatty() else 2
    watching = [_watch(folder, settings, parts)] if live else []
    model, history = fit(
        settings,
        parts,
        folder / "checkpoint",
        resume=resume,
        verbose=verbose,
        callbacks=watching,
    )
    from inkling.training.evaluate.report import finish

    lean = lean or report_only
    report = finish(model, history, settings, parts, folder, command=command, lean=lean)
    _compare(report)
    if not report_only:
        return folder
    kept = folder.with_suffix(".json")
    (folder / REPORT_FILE).replace(kept)
    shutil.rmtree(folder)
    return kept


def _watch(folder: Path, settings: Settings, parts: list[Part]) -> LiveMonitor:
    labels = len(datasets.get(settings.datasets[0]).labels)
    return LiveMonitor(folder, to_input(parts[0].x_validation), parts[0].y_validation, labels)


def _spare(folder: Path, settings: Settings) -> None:
    """Refuse to write a taught model over one that was trained from nothing."""
    path = folder / REPORT_FILE
    if not settings.start or not path.is_file():
        return
    there = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    if not there.get("settings", {}).get("start"):
        raise ValueError(
            f"“{settings.name}” was not made by teaching another model, and is not written over: "
            "give another --name"
        )


def _compare(report: Report) -> None:
    """Say on stderr what teaching has changed."""
    after = {result.dataset: result for result in (*report.others, *report.splits)}
    for before in report.before:
        if before.dataset not in after:
            continue
        now = after[before.dataset]
        print(
            f"{before.dataset}, test: {before.errors} of {before.n} wrong before, "
            f"{now.errors} after",
            file=sys.stderr,
        )
