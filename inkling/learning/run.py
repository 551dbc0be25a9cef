"""One whole run: data, fit, evaluation, export, report. What `train_model.py` does."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from inkling import reports
from inkling.learning import datasets
from inkling.learning.settings import Settings
from inkling.learning.training import fit, prepare


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
        except datasets.DatasetError as problem:
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
) -> Path:
    """Train, measure and write `output/<name>/`; that folder is returned.

    Args:
        settings: what to train and how.
        output: the folder of models.
        command: what was typed, for the report.
        resume: go on from the last checkpoint, where there is one.
        report_only: keep the report alone, as `output/zoo/<name>.json`; that file is returned.

    Raises:
        datasets.DatasetError: a data set is not to be had.
        ValueError: `resume` with other settings than the checkpoint's.
    """
    folder = (reports.zoo_folder(output) if report_only else output) / settings.name
    folder.mkdir(parents=True, exist_ok=True)
    parts = prepare(settings)
    verbose = 1 if sys.stdout.isatty() else 2
    model, history = fit(settings, parts, folder / "checkpoint", resume=resume, verbose=verbose)
    from inkling.learning.finish import finish

    finish(model, history, settings, parts, folder, command=command, lean=report_only)
    if not report_only:
        return folder
    report = folder.with_suffix(".json")
    (folder / reports.FILE_NAME).replace(report)
    shutil.rmtree(folder)
    return report
