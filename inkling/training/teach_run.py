"""A whole teaching, from the corrections in a run's folder to a model in it.

corrections → learn → export → verify → report
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from inkling.engine import Engine, as_input
from inkling.imaging.pixels import Pixels
from inkling.jobs.records import RECORD_FILE, Correction, JobRecord, Progress, TeachingRequest
from inkling.paths import digest_of
from inkling.recognition.classifier import MODEL_FILE
from inkling.recognition.confidence import predict as prediction_of
from inkling.reports import files
from inkling.reports.schema import Answers, Epoch, FileInfo, Report, Timing, decode_image
from inkling.reports.teaching import TaughtDrawing, Teaching, save_teaching
from inkling.storage.drawings import NO_DIGIT
from inkling.training import teach
from inkling.training.data import datasets
from inkling.training.data.formats import NO_LABEL, Labels
from inkling.training.evaluate import metrics
from inkling.training.evaluate.probabilities import Probabilities, predict
from inkling.training.export.keras_model import KERAS_FILE, load_trained
from inkling.training.export.tflite import latency_ms, to_tflite
from inkling.training.live import show_progress
from inkling.training.settings import SettingsError

# The most corrections that are learnt; the latest count.
MAX_CORRECTIONS = 100
# The largest difference between a probability of the exported model and of Keras.
TOLERANCE = 1e-3


def teach_run(folder: Path) -> Report:
    """Teach a model the corrections of a run's record, and make the run's folder a model.

    Args:
        folder: the run's folder, with its `run.json`.

    Raises:
        ReportError: the model to teach is missing or damaged.
        SettingsError: there is nothing to learn, or the exported model differs from Keras's.
    """
    start = time.monotonic()
    show = show_progress(folder)
    show(Progress("preparing"))
    request = JobRecord.decode((folder / RECORD_FILE).read_bytes()).request
    if not isinstance(request, TeachingRequest):
        raise SettingsError(f"{folder.name} asks for something else than teaching")
    base = files.load_report(request.base)
    corrections = _usable(request.corrections, base.labels)
    glyphs, y = decoded(corrections, base.labels)
    parts = teach.cut(load_trained(base.name), len(base.labels))
    known = teach.known(
        base.name, base.files[KERAS_FILE].sha256, base.datasets[0].name, len(base.labels)
    )
    features = parts.features(glyphs)
    before, tested_before = parts.probabilities(features), parts.probabilities(known.test)
    history, new_weight = teach.learn(
        parts,
        known,
        glyphs,
        y,
        lambda epoch, epochs: show(Progress("training", epoch, epochs, 1, 1)),
    )
    show(Progress("measuring"))
    after, tested = parts.probabilities(features), parts.probabilities(known.test)
    export(parts, glyphs, folder)
    seconds = round(time.monotonic() - start, 1)
    drawings = _drawings(corrections, before, after, base)
    save_teaching(Teaching(base.name, drawings, new_weight, seconds), folder)
    report = taught_report(base, history, tested_before, tested, folder, seconds)
    # Last, because a folder with a report is a model that is done.
    files.save_report(report, folder)
    return report


def decoded(corrections: Sequence[Correction], labels: Sequence[str]) -> tuple[Pixels, Labels]:
    """Corrections as glyphs uint8 (n, 28, 28) and label numbers uint8 (n,)."""
    numbers = {**{label: k for k, label in enumerate(labels)}, NO_DIGIT: NO_LABEL}
    glyphs = np.stack([decode_image(one.image) for one in corrections])
    return glyphs, np.array([numbers[one.label] for one in corrections], np.uint8)


def export(parts: teach.Parts, glyphs: Pixels, folder: Path) -> None:
    """Write the Keras and the LiteRT file of a taught model.

    Args:
        parts: the model.
        glyphs: the corrected drawings, for which the two must agree.
        folder: the run's folder.

    Raises:
        SettingsError: the two differ.
    """
    content = to_tflite(parts.model)
    difference = np.abs(Engine(content).run(as_input(glyphs)) - predict(parts.model, glyphs)).max()
    if difference > TOLERANCE:
        raise SettingsError(f"the exported model differs from Keras's by {difference:.3g}")
    parts.model.save(folder / KERAS_FILE)
    (folder / MODEL_FILE).write_bytes(content)


def taught_report(
    base: Report,
    history: list[Epoch],
    before: Probabilities,
    after: Probabilities,
    folder: Path,
    seconds: float,
) -> Report:
    """The report of a taught model: what was measured again, and else what its base's report says.

    Args:
        base: the report of the model that was taught.
        history: the epochs of the teaching.
        before, after: probabilities of the test digits.
        folder: the run's folder, with the files of the model.
        seconds: the time that the teaching took.
    """
    name = base.datasets[0].name
    x, y = datasets.load(name, "test")
    content = (folder / MODEL_FILE).read_bytes()
    best = min(history, key=lambda epoch: epoch.val_loss).epoch
    return replace(
        base,
        name=folder.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=f"python train_model.py --teach {folder.name}",
        settings={**base.settings, "name": folder.name, "start": base.name},
        history=history,
        splits=[metrics.split_result(name, "test", after, y)],
        before=[metrics.split_result(name, "test", before, y)],
        per_label=metrics.label_results(after, y, base.labels),
        confusion=metrics.confusion(after, y),
        wrong=metrics.wrong_images(x, after, y),
        calibration=replace(
            base.calibration,
            ece=metrics.calibration_error(after, y),
            reliability=[metrics.reliability(name, after, y)],
        ),
        timing=Timing(seconds, len(history), best, latency_ms(content)),
        files={
            file: FileInfo((folder / file).stat().st_size, digest_of(folder / file))
            for file in (KERAS_FILE, MODEL_FILE)
        },
        others=[],
        rejections=[],
        variants=[],
        separation=None,
        int8=None,
        answers=Answers.of(after),
    )


def _usable(corrections: Sequence[Correction], labels: Sequence[str]) -> list[Correction]:
    """The latest corrections to one of the labels or to "not a digit".

    Raises:
        SettingsError: there are none.
    """
    usable = [one for one in corrections if one.label in (*labels, NO_DIGIT)]
    if not usable:
        raise SettingsError("there are no corrections to learn")
    return usable[-MAX_CORRECTIONS:]


def _drawings(
    corrections: Sequence[Correction], before: Probabilities, after: Probabilities, base: Report
) -> list[TaughtDrawing]:
    """What the model said of each corrected drawing before and after."""
    drawings = []
    for one, *rows in zip(corrections, before, after, strict=True):
        was, now = (prediction_of(row, base.labels, base.calibration) for row in rows)
        drawings.append(
            TaughtDrawing(
                one.image,
                one.label,
                was.label if was.is_digit else NO_DIGIT,
                was.confidence,
                now.label if now.is_digit else NO_DIGIT,
                now.confidence,
            )
        )
    return drawings
