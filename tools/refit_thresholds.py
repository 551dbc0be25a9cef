"""Fit the thresholds of trained models anew, without training them.

    python tools/refit_thresholds.py            # every shipped model
    python tools/refit_thresholds.py digits     # only these

For a change of how `training.evaluate.thresholds` fits. A model's validation data is made again
from its stored settings, which needs the data sets it was trained on. In its report the thresholds
from which answers are sure change, and how many negatives get a sure answer.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from inkling.paths import folder_of
from inkling.recognition.classifier import Classifier
from inkling.recognition.confidence import evidence
from inkling.reports import checksums, files
from inkling.reports.names import model_names
from inkling.reports.schema import Report
from inkling.training.data import negatives
from inkling.training.data.batches import prepare, validation_digits
from inkling.training.evaluate import measure
from inkling.training.evaluate.thresholds import Thresholds, fit_thresholds
from inkling.training.settings import STORED_NAMES, Settings


def settings_of(report: Report) -> Settings:
    """The settings that a model was trained with."""
    names = {stored: name for name, stored in STORED_NAMES.items()}
    stored = {names.get(name, name): value for name, value in report.settings.items()}
    return msgspec.convert(stored, Settings)


def refit(name: str) -> Report:
    """A model's report with thresholds that are fitted anew.

    Raises:
        ReportError: there is no such model.
        DatasetError: a data set that it was trained on is missing.
    """
    model = Classifier(name)
    report = model.report
    settings = settings_of(report)
    # Of sets of pen strokes, training takes more renderings; the validation data is the same.
    sets = prepare(replace(settings, epochs=1))
    x, y = validation_digits(sets)
    without_labels = next((one for one in sets if not one.has_labels), None)
    p_negatives = (
        None if without_labels is None else model.probabilities(without_labels.x_validation)
    )
    fitted = fit_thresholds(model.probabilities(x), y, p_negatives)
    limits = Thresholds(fitted.sure, report.calibration.digit)
    calibration = msgspec.structs.replace(
        report.calibration, sure=max(limits.sure), sure_by_label=list(limits.sure)
    )
    sure: dict[str, int] = {}
    if report.rejections:
        for kind, glyphs in negatives.by_kind("test", settings.seed, measure.NEGATIVES):
            p = model.probabilities(glyphs)
            sure[kind] = int((limits.is_sure(p) & (evidence(p) >= limits.digit)).sum())
    rejections = [
        msgspec.structs.replace(row, sure=sure.get(row.kind, row.sure)) for row in report.rejections
    ]
    return msgspec.structs.replace(report, calibration=calibration, rejections=rejections)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder under model/")
    for name in parser.parse_args(arguments).names or model_names():
        report = refit(name)
        checksums.record(files.save_report(report, folder_of(name)))
        limits = ", ".join(
            f"{label} {report.calibration.sure_of(k):.4f}" for k, label in enumerate(report.labels)
        )
        print(f"{name}: sure from {limits}", file=sys.stderr, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
