"""The last stage of a run: `report.json`, and the two files that show parts of it."""

from __future__ import annotations

import csv
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import keras
import msgspec

from inkling.paths import digest_of
from inkling.recognition.classifier import INT8_FILE, MODEL_FILE
from inkling.reports import files
from inkling.reports.schema import (
    SCHEMA,
    Calibration,
    DatasetUse,
    Epoch,
    FileInfo,
    Report,
    Timing,
)
from inkling.training.data import datasets, variants
from inkling.training.data.batches import SplitDataset
from inkling.training.evaluate.calibration import CalibratedModel
from inkling.training.evaluate.contact_sheet import SHEET_FILE, contact_sheet
from inkling.training.evaluate.measure import Measurements
from inkling.training.export.javascript import BROWSER_FILE
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.export.model_files import H5_FILE
from inkling.training.settings import Settings

HISTORY_FILE = "history.csv"
# The files that the report lists, where a model has them.
MODEL_FILES = (
    KERAS_FILE,
    H5_FILE,
    MODEL_FILE,
    INT8_FILE,
    BROWSER_FILE,
    HISTORY_FILE,
    SHEET_FILE,
)
# The libraries whose versions are recorded.
LIBRARIES = ("keras", "tensorflow", "ai-edge-litert", "numpy", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Training:
    """A training that has ended.

    Attributes:
        settings, sets: what it was given.
        history: its epochs.
        command: the command line that started it.
    """

    settings: Settings
    sets: list[SplitDataset]
    history: list[Epoch]
    command: str


def write_report(
    training: Training, calibrated: CalibratedModel, measured: Measurements, folder: Path
) -> Report:
    """Write `report.json`, `history.csv` and `wrong.png` into a model's folder.

    Args:
        training: the training that the model comes from.
        calibrated: the model.
        measured: what was measured about it.
        folder: `model/<name>/`, with the model's other files.
    """
    _write_history(training.history, folder)
    sheet = contact_sheet(measured.wrong, calibrated.labels)
    cv2.imwrite(str(folder / SHEET_FILE), sheet)
    settings = training.settings
    report = Report(
        schema=SCHEMA,
        name=settings.name,
        network=settings.network,
        labels=calibrated.labels,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=training.command,
        parameters=measured.parameters,
        multiply_adds=measured.multiply_adds,
        seed=settings.seed,
        settings=settings.as_dict(),
        versions=_versions(),
        datasets=[_dataset_use(one) for one in training.sets],
        history=training.history,
        splits=measured.splits,
        per_label=measured.per_label,
        confusion=measured.confusion,
        wrong=measured.wrong,
        calibration=_calibration(calibrated, measured),
        timing=_timing(training.history, measured),
        files=_file_infos(folder),
        others=measured.others,
        rejections=measured.rejections,
        variants=measured.variants,
        separation=measured.separation,
        int8=measured.int8,
        answers=measured.answers,
        before=measured.before,
    )
    files.save_report(report, folder)
    return report


def _calibration(calibrated: CalibratedModel, measured: Measurements) -> Calibration:
    return Calibration(
        temperature=calibrated.temperature,
        ece=measured.ece,
        sure=max(calibrated.thresholds.sure),
        sure_by_label=list(calibrated.thresholds.sure),
        digit=calibrated.thresholds.digit,
        reliability=measured.reliability,
    )


def _timing(history: list[Epoch], measured: Measurements) -> Timing:
    return Timing(
        training_seconds=sum(epoch.seconds for epoch in history),
        epochs=len(history),
        best_epoch=min(history, key=lambda epoch: epoch.val_loss).epoch,
        latency_ms=measured.latency_ms,
        latency_int8_ms=measured.latency_int8_ms,
    )


def _dataset_use(used: SplitDataset) -> DatasetUse:
    """A data set of the training, with its licence."""
    n = len(used.y)
    if used.name == variants.NAME:
        mnist = datasets.get("mnist")
        return DatasetUse(
            name=used.name,
            n=n,
            sha256=datasets.checksum("mnist"),
            licence=mnist.licence,
            attribution=f"Strokes added here to digits of {mnist.attribution}",
        )
    if not used.has_labels:
        has_letters = datasets.is_local("unipen-letters")
        return DatasetUse(
            name=used.name,
            n=n,
            sha256=datasets.checksum("unipen-letters") if has_letters else "",
            licence="CC BY 4.0 and CC BY-SA 3.0",
            attribution="Letters and signs of UNIPEN train_r01_v07 where at hand, "
            "pairs of MNIST digits, and scribbles and blots made here",
        )
    dataset = datasets.get(used.name)
    return DatasetUse(
        name=used.name,
        n=n,
        sha256=datasets.checksum(used.name),
        licence=dataset.licence,
        attribution=dataset.attribution,
    )


def _write_history(history: list[Epoch], folder: Path) -> None:
    with (folder / HISTORY_FILE).open("w", newline="", encoding="utf-8") as file:
        columns = [field.name for field in msgspec.structs.fields(Epoch)]
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(msgspec.structs.asdict(epoch) for epoch in history)


def _file_infos(folder: Path) -> dict[str, FileInfo]:
    """By name, size and sha256 of the files in a model's folder."""
    paths = [folder / name for name in MODEL_FILES]
    return {
        path.name: FileInfo(path.stat().st_size, digest_of(path))
        for path in paths
        if path.is_file()
    }


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "backend": keras.backend.backend(), **libraries}
