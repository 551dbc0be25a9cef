"""The measuring stage of a run. The test set is used here, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inkling.engine import Engine, as_input
from inkling.imaging.pixels import Pixels
from inkling.recognition.classifier import BATCH, Classifier
from inkling.recognition.confidence import evidence
from inkling.reports.schema import (
    Answers,
    LabelResult,
    Rejection,
    Reliability,
    Separation,
    SplitResult,
    WrongImage,
)
from inkling.training.data import datasets, negatives, variants
from inkling.training.data.batches import SplitDataset
from inkling.training.data.datasets import PEN_STROKE_SETS
from inkling.training.data.formats import Labels
from inkling.training.evaluate.calibration import CalibratedModel
from inkling.training.evaluate.metrics import (
    calibration_error,
    confusion,
    label_results,
    rejection,
    reliability,
    separability,
    split_result,
    wrong_images,
)
from inkling.training.evaluate.probabilities import Probabilities, predict
from inkling.training.export.keras_model import multiply_adds
from inkling.training.export.model_files import ExportedModel
from inkling.training.export.tflite import latency_ms
from inkling.training.settings import Settings

# The number of negatives of each kind.
NEGATIVES = 1000


@dataclass(frozen=True, slots=True)
class Measurements:
    """Everything measured about a model, as `reports.schema.Report` holds it."""

    parameters: int
    multiply_adds: int
    latency_ms: float
    latency_int8_ms: float
    splits: list[SplitResult]
    per_label: list[LabelResult]
    confusion: list[list[int]]
    wrong: list[WrongImage]
    ece: float
    reliability: list[Reliability]
    others: list[SplitResult]
    rejections: list[Rejection]
    variants: list[SplitResult]
    separation: Separation | None
    int8: SplitResult
    answers: Answers
    before: list[SplitResult]


@dataclass(frozen=True, slots=True)
class _Answered:
    """The answers to test digits: their data sets, probabilities (n, labels) and labels (n,)."""

    names: list[str]
    p: Probabilities
    y: Labels


def measure(
    calibrated: CalibratedModel,
    exported: ExportedModel,
    settings: Settings,
    sets: list[SplitDataset],
    *,
    lean: bool = False,
) -> Measurements:
    """Measure a calibrated model on test data, and the exported one's speed and int8 accuracy.

    Args:
        calibrated: from `calibrate`.
        exported: the same model, from `export`.
        settings: of the run.
        sets: the data sets of the run.
        lean: leave out other data sets, variants and negatives, which a comparison of networks does
            not need.
    """
    model, main = calibrated.model, sets[0]
    x, y = datasets.load(main.name, "test")
    p = predict(model, x)
    others = {} if lean else _answer_others(calibrated, settings)
    test, drawn = _Answered([main.name], p, y), _drawn(others)
    unseen = drawn or test
    p_negatives = {} if lean else _answer_negatives(calibrated, settings)
    thresholds = calibrated.thresholds
    return Measurements(
        parameters=int(model.count_params()),
        multiply_adds=multiply_adds(model),
        latency_ms=latency_ms(exported.float32),
        latency_int8_ms=latency_ms(exported.int8),
        splits=[
            _measure_split(calibrated, main.name, "train", main.renderings[0], main.y),
            _measure_split(
                calibrated, main.name, "validation", main.x_validation, main.y_validation
            ),
            split_result(main.name, "test", p, y),
        ],
        per_label=label_results(p, y, calibrated.labels),
        confusion=confusion(p, y),
        wrong=wrong_images(x, p, y),
        ece=calibration_error(p, y),
        reliability=[
            reliability("+".join(group.names), group.p, group.y) for group in (test, drawn) if group
        ],
        others=[split_result(name, "test", *answered) for name, answered in others.items()],
        rejections=[rejection(kind, q, thresholds, unseen.p) for kind, q in p_negatives.items()],
        variants=[] if lean else _measure_variants(calibrated, settings),
        separation=_measure_separation(unseen, p_negatives),
        int8=split_result(main.name, "test", _int8_probabilities(exported, x), y),
        answers=Answers.of(p),
        before=_measure_start(settings, main.name, x, y),
    )


def _measure_split(
    calibrated: CalibratedModel, name: str, split: str, x: Pixels, y: Labels
) -> SplitResult:
    return split_result(name, split, predict(calibrated.model, x), y)


def _answer_others(
    calibrated: CalibratedModel, settings: Settings
) -> dict[str, tuple[Probabilities, Labels]]:
    """By name, probabilities and labels of the test splits of other data sets."""
    return {name: (predict(calibrated.model, x), y) for name, x, y in _other_tests(settings)}


def _other_tests(settings: Settings) -> Iterator[tuple[str, Pixels, Labels]]:
    """Name and test split of each other data set that is here and has the same labels.

    Private data sets are only used for models that learnt from them.
    """
    main, *also_trained_on = settings.datasets
    labels = datasets.get(main).labels
    for name in datasets.names():
        dataset = datasets.get(name)
        is_hidden = dataset.is_private and name not in also_trained_on
        if name == main or dataset.labels != labels or is_hidden:
            continue
        if datasets.is_local(name):
            yield name, *datasets.load(name, "test")


def _drawn(others: dict[str, tuple[Probabilities, Labels]]) -> _Answered | None:
    """The answers to drawn digits of unseen writers; None if no such data set is here."""
    names = [name for name in PEN_STROKE_SETS if name in others]
    if not names:
        return None
    p, y = (np.concatenate([others[name][k] for name in names]) for k in range(2))
    return _Answered(names, p, y)


def _answer_negatives(calibrated: CalibratedModel, settings: Settings) -> dict[str, Probabilities]:
    """By kind, the probabilities of negatives that were not seen in training."""
    kinds = negatives.by_kind("test", settings.seed, NEGATIVES)
    return {kind: predict(calibrated.model, glyphs) for kind, glyphs in kinds}


def _measure_variants(calibrated: CalibratedModel, settings: Settings) -> list[SplitResult]:
    return [
        _measure_split(calibrated, kind, "test", glyphs, np.full(len(glyphs), digit, np.uint8))
        for kind, (glyphs, digit) in variants.by_kind("test", settings.seed).items()
    ]


def _measure_separation(
    digits: _Answered, p_negatives: dict[str, Probabilities]
) -> Separation | None:
    """How well digits stand out from all negatives together; None if there are no negatives."""
    if not p_negatives:
        return None
    p = np.concatenate(list(p_negatives.values()))
    auroc, rejected = separability(evidence(digits.p), evidence(p))
    return Separation(digits.names, len(digits.p), auroc, rejected)


def _int8_probabilities(exported: ExportedModel, glyphs: Pixels) -> Probabilities:
    """What the int8 model answers, float32 (n, labels)."""
    engine = Engine(exported.int8)
    parts = [engine.run(as_input(glyphs[i : i + BATCH])) for i in range(0, len(glyphs), BATCH)]
    return np.concatenate(parts)


def _measure_start(settings: Settings, main: str, x: Pixels, y: Labels) -> list[SplitResult]:
    """How well the model that the run started from does on its test splits; empty without one."""
    if not settings.start:
        return []
    tests = {main: (x, y)}
    for name in settings.datasets[1:]:
        if datasets.is_local(name):
            tests[name] = datasets.load(name, "test")
    start = Classifier(settings.start)
    return [split_result(name, "test", start.probabilities(x), y) for name, (x, y) in tests.items()]
