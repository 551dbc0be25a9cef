"""One whole run, from data to report: what `train_model.py` does.

    data → fit → calibrate → export → measure → report

Each stage is a function with one typed result, which the next one is given.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import msgspec

from inkling.reports import checksums
from inkling.reports.files import zoo_folder
from inkling.reports.names import REPORT_FILE
from inkling.reports.schema import Report
from inkling.training.data import datasets
from inkling.training.data.batches import SplitDataset, prepare
from inkling.training.data.sources import DatasetError
from inkling.training.evaluate.calibration import calibrate
from inkling.training.evaluate.measure import measure
from inkling.training.evaluate.report import Training, write_report
from inkling.training.export.model_files import export
from inkling.training.live import LiveMonitor
from inkling.training.settings import Settings, SettingsError, check
from inkling.training.trainer import fit

# Training glyphs that show the range of each layer for the int8 model.
EXAMPLES = 1000


def available(settings: Settings) -> Settings:
    """The settings without the data sets that are not here; each of them is named on stderr.

    For presets, which name every data set that helps. The first one is always kept.
    """
    kept = [settings.datasets[0]]
    for name in settings.datasets[1:]:
        try:
            datasets.checksum(name)
        except DatasetError as problem:
            print(f"Training without {name}: {problem}", file=sys.stderr)
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
    """Train and measure a model, write `output/<name>/`, and return that folder.

    Args:
        settings: what to train and how.
        output: the folder of all models.
        command: the command line, for the report.
        resume: continue from the last checkpoint, if there is one.
        report_only: keep only the report, as `output/zoo/<name>.json`, and return that file.
        lean: measure on the main test split only; so does `report_only`.
        live: let others watch the training and end it early (see `live`).

    Raises:
        DatasetError: a data set is not available.
        ReportError: the model to start from, or the teacher, is missing or damaged.
        SettingsError: settings contradict each other, or the checkpoint's or the existing model's.
    """
    check(settings)
    folder = (zoo_folder(output) if report_only else output) / settings.name
    _check_overwriting(folder, settings)
    folder.mkdir(parents=True, exist_ok=True)
    sets = prepare(settings)
    model, history = fit(
        settings,
        sets,
        folder / "checkpoint",
        resume=resume,
        verbose=1 if sys.stdout.isatty() else 2,
        callbacks=[_live_monitor(folder, settings, sets)] if live else [],
    )
    training = Training(settings, sets, history, command)
    report = finish(model, training, folder, lean=lean or report_only)
    _show_change(report)
    if not report_only:
        checksums.record(folder)
        return folder
    zoo_file = folder.with_suffix(".json")
    (folder / REPORT_FILE).replace(zoo_file)
    shutil.rmtree(folder)
    checksums.record(zoo_file)
    return zoo_file


def finish(model: keras.Model, training: Training, folder: Path, *, lean: bool = False) -> Report:
    """Turn the best weights of a training into the files of `model/<name>/`.

    Args:
        model: float32, with the weights of the best epoch; changed in place.
        training: where they come from.
        folder: `model/<name>/`, which exists; its checkpoint is removed at the end.
        lean: measure on the main test split only.
    """
    settings, sets = training.settings, training.sets
    calibrated = calibrate(model, settings, sets)
    exported = export(
        calibrated.model,
        calibrated.labels,
        sets[0].renderings[0][:EXAMPLES],
        folder,
        for_browser=calibrated.for_browser,
    )
    measured = measure(calibrated, exported, settings, sets, lean=lean)
    report = write_report(training, calibrated, measured, folder)
    shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    return report


def _live_monitor(folder: Path, settings: Settings, sets: list[SplitDataset]) -> LiveMonitor:
    labels = len(datasets.get(settings.datasets[0]).labels)
    return LiveMonitor(folder, sets[0].x_validation, sets[0].y_validation, labels)


def _check_overwriting(folder: Path, settings: Settings) -> None:
    """Refuse to replace a model that was trained from random weights by a fine-tuned one."""
    path = folder / REPORT_FILE
    if not settings.start or not path.is_file():
        return
    existing = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    if not existing.get("settings", {}).get("start"):
        raise SettingsError(
            f"“{settings.name}” exists and was trained from random weights, "
            "so a fine-tuned model cannot replace it",
            "name",
        )


def _show_change(report: Report) -> None:
    """Say on stderr what fine-tuning has changed."""
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
