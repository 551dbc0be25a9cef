"""The end of a run: calibrate, export, measure once, and write everything down."""

from __future__ import annotations

import csv
import platform
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import keras
import msgspec
import numpy as np

from inkling.engine import Engine, as_input
from inkling.imaging.pixels import Pixels
from inkling.recognition.classifier import BATCH, INT8_FILE, MODEL_FILE, Classifier
from inkling.recognition.confidence import evidence
from inkling.reports import files
from inkling.reports.schema import (
    SCHEMA,
    Answers,
    Calibration,
    DatasetUse,
    Epoch,
    Report,
    Separation,
    SplitResult,
    Timing,
)
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.batches import DRAWN, Part, to_input
from inkling.training.data.formats import Labels
from inkling.training.evaluate.calibration import Probabilities, fit_temperature, fit_thresholds
from inkling.training.evaluate.metrics import (
    calibration_error,
    confusion,
    label_results,
    rejection,
    reliability,
    separate,
    split_result,
    wrong_images,
)
from inkling.training.export import javascript, tflite
from inkling.training.settings import Settings

# Of each kind of stranger, so many are measured.
REJECTIONS = 1000
# Glyphs from which int8 learns its ranges.
EXAMPLES = 1000
# Networks that a browser runs as well.
BROWSER = ("pocket",)
LIBRARIES = ("keras", "tensorflow", "ai-edge-litert", "numpy", "opencv-python-headless")


def predict(model: keras.Model, glyphs: Pixels) -> Probabilities:
    """Keras' own probabilities of glyphs uint8 (n, 28, 28): float32 (n, labels)."""
    parts = [
        np.asarray(model(to_input(glyphs[i : i + 500]), training=False))
        for i in range(0, len(glyphs), 500)
    ]
    return np.concatenate(parts).astype(np.float32)


def finish(
    model: keras.Model,
    history: list[Epoch],
    settings: Settings,
    parts: list[Part],
    folder: Path,
    *,
    command: str,
    lean: bool = False,
) -> Report:
    """Turn the best weights of a run into `model/<name>/`; the test set is read here, once.

    Args:
        model: float32, with the best epoch's weights; its last layer is tempered in place.
        history: every epoch.
        settings, parts: the run's.
        folder: `model/<name>/`, made already; its checkpoint is removed at the end.
        command: what was typed.
        lean: leave out other data sets, variants and strangers, which a mere comparison of networks
            does not ask for.
    """
    labels = list(datasets.get(settings.datasets[0]).labels)
    main = parts[0]
    known = [part for part in parts if part.has_labels]
    x = np.concatenate([part.x_validation for part in known])
    y = np.concatenate([part.y_validation for part in known])
    temperature = fit_temperature(predict(model, x), y)
    tflite.divide_logits(model, temperature)
    model = tflite.spread_last(model, len(labels))
    if settings.network in BROWSER:
        model = tflite.fold_norms(model)
        javascript.write(model, labels, folder)
    strange = [predict(model, part.x_validation) for part in parts if not part.has_labels]
    limits = fit_thresholds(predict(model, x), y, strange[0] if strange else None)
    tflite.write(model, folder, main.drawings[0][:EXAMPLES])
    _write_history(history, folder)

    x_test, y_test = datasets.load(main.name, "test")
    p_test = predict(model, x_test)
    found = () if lean else _others(settings)
    others = {name: (predict(model, glyphs), y) for name, glyphs, y in found}
    drawn = [name for name in DRAWN if name in others]
    p_drawn, y_drawn = (
        (np.concatenate([others[name][k] for name in drawn]) for k in range(2))
        if drawn
        else (p_test, y_test)
    )
    shown = () if lean else negatives.kinds("test", settings.seed, REJECTIONS)
    met = {kind: predict(model, glyphs) for kind, glyphs in shown}
    written = {} if lean else variants.kinds("test", settings.seed)
    wrong = wrong_images(x_test, p_test, y_test)
    sheet = tflite.contact_sheet(wrong, labels)
    cv2.imwrite(str(folder / tflite.SHEET_FILE), sheet)
    best = min(history, key=lambda epoch: epoch.val_loss)
    report = Report(
        schema=SCHEMA,
        name=settings.name,
        network=settings.network,
        labels=labels,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
        parameters=int(model.count_params()),
        multiply_adds=tflite.multiply_adds(model),
        seed=settings.seed,
        settings=settings.as_dict(),
        versions=_versions(),
        datasets=[_use(part) for part in parts],
        history=history,
        splits=[
            _measure(model, main.name, "train", main.drawings[0], main.y),
            _measure(model, main.name, "validation", main.x_validation, main.y_validation),
            split_result(main.name, "test", p_test, y_test),
        ],
        per_label=label_results(p_test, y_test, labels),
        confusion=confusion(p_test, y_test),
        wrong=wrong,
        calibration=Calibration(
            temperature=temperature,
            ece=calibration_error(p_test, y_test),
            sure=limits.sure,
            digit=limits.digit,
            reliability=[
                reliability("+".join(names), p, y)
                for names, p, y in (([main.name], p_test, y_test), (drawn, p_drawn, y_drawn))
                if names
            ],
        ),
        timing=Timing(
            training_seconds=sum(epoch.seconds for epoch in history),
            epochs=len(history),
            best_epoch=best.epoch,
            latency_ms=tflite.latency_ms((folder / MODEL_FILE).read_bytes()),
            latency_int8_ms=tflite.latency_ms((folder / INT8_FILE).read_bytes()),
        ),
        files=tflite.file_infos(folder),
        others=[split_result(name, "test", p, y) for name, (p, y) in others.items()],
        rejections=[rejection(kind, p, limits, p_drawn) for kind, p in met.items()],
        variants=[
            _measure(model, kind, "test", glyphs, np.full(len(glyphs), digit, np.uint8))
            for kind, (glyphs, digit) in written.items()
        ],
        separation=_separation(drawn or [main.name], p_drawn, met) if met else None,
        int8=split_result(
            main.name, "test", _int8_answers((folder / INT8_FILE).read_bytes(), x_test), y_test
        ),
        answers=Answers.of(p_test),
        before=_before(settings, {main.name: (x_test, y_test)}),
    )
    files.save_report(report, folder)
    shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    return report


def _measure(model: keras.Model, name: str, split: str, x: Pixels, y: Labels) -> SplitResult:
    return split_result(name, split, predict(model, x), y)


def _others(settings: Settings) -> Iterator[tuple[str, Pixels, Labels]]:
    """Name and test split of every other set that is at hand and has the same labels."""
    main, *taught = settings.datasets
    wanted = datasets.get(main).labels
    for name in datasets.names():
        dataset = datasets.get(name)
        if name == main or dataset.labels != wanted or (dataset.is_private and name not in taught):
            continue
        if datasets.is_local(name):
            yield name, *datasets.load(name, "test")


def _before(settings: Settings, tests: dict[str, tuple[Pixels, Labels]]) -> list[SplitResult]:
    """How the model that was started from does on the main test split and on what taught it."""
    if not settings.start:
        return []
    for name in settings.datasets[1:]:
        if datasets.is_local(name):
            tests[name] = datasets.load(name, "test")
    start = Classifier(settings.start)
    return [split_result(name, "test", start.probabilities(x), y) for name, (x, y) in tests.items()]


def _separation(
    names: list[str], digits: Probabilities, met: dict[str, Probabilities]
) -> Separation:
    p = np.concatenate(list(met.values()))
    area, rejected = separate(evidence(digits), evidence(p))
    return Separation(names, len(digits), area, rejected)


def _int8_answers(content: bytes, glyphs: Pixels) -> Probabilities:
    """What the eight-bit model answers: float32 (n, labels)."""
    engine = Engine(content)
    parts = [engine.run(as_input(glyphs[i : i + BATCH])) for i in range(0, len(glyphs), BATCH)]
    return np.concatenate(parts)


def _use(part: Part) -> DatasetUse:
    if part.name == variants.NAME:
        mnist = datasets.get("mnist")
        return DatasetUse(
            name=part.name,
            n=len(part.y),
            sha256=datasets.checksum("mnist"),
            licence=mnist.licence,
            attribution=f"Strokes added here to digits of {mnist.attribution}",
        )
    if not part.has_labels:
        letters = datasets.is_local("unipen-letters")
        return DatasetUse(
            name=part.name,
            n=len(part.y),
            sha256=datasets.checksum("unipen-letters") if letters else "",
            licence="CC BY 4.0 and CC BY-SA 3.0",
            attribution="Letters and signs of UNIPEN train_r01_v07 where at hand, "
            "pairs of MNIST digits, and scribbles and blots made here",
        )
    dataset = datasets.get(part.name)
    return DatasetUse(
        name=part.name,
        n=len(part.y),
        sha256=datasets.checksum(part.name),
        licence=dataset.licence,
        attribution=dataset.attribution,
    )


def _write_history(history: list[Epoch], folder: Path) -> None:
    with (folder / "history.csv").open("w", newline="", encoding="utf-8") as file:
        names = [field.name for field in msgspec.structs.fields(Epoch)]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(msgspec.structs.asdict(epoch) for epoch in history)


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "backend": keras.backend.backend(), **found}
