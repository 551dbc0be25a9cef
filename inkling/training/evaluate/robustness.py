"""A trained model under corruption, and what it makes of test digits: `model/<name>/depth.json`.

    python train_model.py --robustness digits lenet5

Corruptions and sweeps show how far a digit may differ from the test set's and still be read.
Histograms, the embedding and the hardest digits show what the network makes of the test set.
`measure` needs no Keras, `measure_model` does.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inkling.imaging import corruptions
from inkling.imaging.distortions import DISTORTIONS, distort
from inkling.imaging.pixels import Pixels
from inkling.jobs.records import Progress
from inkling.paths import folder_of
from inkling.recognition.classifier import Classifier
from inkling.reports import checksums
from inkling.reports.files import MEASURED_FILE, save_robustness
from inkling.reports.robustness import (
    ROBUSTNESS_SCHEMA,
    ConfidenceHistogram,
    CorruptionResult,
    Embedding,
    HardImage,
    Robustness,
    Sweep,
    SweepPoint,
)
from inkling.reports.statistics import wilson
from inkling.training.data import datasets, negatives
from inkling.training.data.formats import Labels
from inkling.training.evaluate.embedding import embed
from inkling.training.evaluate.metrics import image_fields
from inkling.training.evaluate.probabilities import Probabilities, predict

# Unpublished severities, sweeps and the embedding use this many test digits, the first ones.
FEW = 2000
# The number of negatives of each kind.
NEGATIVES = 1000
# Bins of the confidence histograms.
BINS = 20
# The number of hardest digits to store.
HARDEST = 100

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A trained model to measure.

    Attributes:
        name, sha256: see `reports.robustness.Robustness`.
        labels: the number of labels; outputs after them are for "no digit" and are never answers.
        dataset: the data set whose test split is used.
        predict: maps glyphs uint8 (n, 28, 28) to probabilities float32 (n, labels or more); called
            by many threads at once.
        features: maps glyphs to the inputs of the last layer, float32 (n, d).
    """

    name: str
    sha256: str
    labels: int
    dataset: str
    predict: Callable[[Pixels], Probabilities]
    features: Callable[[Pixels], NDArray[np.float32]]

    def probabilities(self, glyphs: Pixels) -> Probabilities:
        """The probabilities of the labels alone, float32 (n, labels)."""
        return self.predict(glyphs)[:, : self.labels]

    def errors(self, glyphs: Pixels, y: Labels) -> int:
        """The number of glyphs that are not read as their label."""
        return int((self.probabilities(glyphs).argmax(axis=1) != y).sum())


def measure_model(
    name: str,
    *,
    command: str,
    seed: int = 0,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Measure `model/<name>/`, write its `depth.json` and return that file.

    Answers are those of `model.tflite`, features those of `model.keras`.

    Args:
        name: the model.
        command: the command line, for the report.
        seed: of all random choices.
        progress: called after each measurement.

    Raises:
        ReportError: there is no such model, or a file is not the one its report describes.
        DatasetError: its data set is not available.
    """
    from inkling.training.export.keras_model import feature_model, load_trained

    classifier = Classifier(name)
    hidden = feature_model(load_trained(name))
    subject = Subject(
        name=name,
        sha256=classifier.report.files[MEASURED_FILE].sha256,
        labels=len(classifier.labels),
        dataset=classifier.report.datasets[0].name,
        predict=classifier.probabilities,
        features=lambda glyphs: predict(hidden, glyphs),
    )
    x, y = datasets.load(subject.dataset, "test")
    kinds = negatives.by_kind("test", seed, NEGATIVES)
    done = Progress("measuring", epoch=1, epochs=1, steps=_measurements())

    def log(line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        done.step += 1
        progress(done)

    progress(done)
    robustness = measure(subject, x, y, kinds, command=command, seed=seed, log=log)
    path = save_robustness(robustness, folder_of(name))
    checksums.record(path)
    return path


def _measurements() -> int:
    """The number of lines that `measure` logs."""
    # Besides: the histograms and the embedding.
    return len(corruptions.NAMES) + len(DISTORTIONS) + 2


def measure(
    subject: Subject,
    x: Pixels,
    y: Labels,
    negative_kinds: Iterable[tuple[str, Pixels]] = (),
    *,
    command: str,
    seed: int = 0,
    log: Log = lambda line: print(line, file=sys.stderr, flush=True),
) -> Robustness:
    """Measure everything that `Robustness` holds, on all processors.

    Args:
        subject: the model.
        x: test digits, uint8 (n, 28, 28).
        y: their labels, (n,).
        negative_kinds: kinds of negatives, each with its glyphs.
        command: the command line, for the report.
        seed: of all random choices.
        log: called with each line of progress.
    """
    start = time.monotonic()
    # Each task uses one thread and shares nothing, so all of them can run side by side.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # First, because it takes longest.
        embedding = pool.submit(_embed, subject, x[:FEW], y[:FEW], seed)
        corrupted = _submit_corruptions(pool, subject, x, y, seed)
        swept = _submit_sweeps(pool, subject, x[:FEW], y[:FEW], seed)
        corruption_results = _collect_corruptions(corrupted, subject, log)
        sweeps = _collect_sweeps(swept, subject, log)
        p = subject.probabilities(x)
        log(f"{subject.name}: histograms and hardest digits")
        p_negatives = [(kind, subject.probabilities(glyphs)) for kind, glyphs in negative_kinds]
        log(f"{subject.name}: embedding")
        placed = embedding.result()
    return Robustness(
        schema=ROBUSTNESS_SCHEMA,
        name=subject.name,
        sha256=subject.sha256,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
        dataset=subject.dataset,
        seed=seed,
        seconds=round(time.monotonic() - start, 1),
        corruptions=corruption_results,
        sweeps=sweeps,
        histograms=histograms(p, y, p_negatives),
        embedding=placed,
        hardest=hardest(x, p, y),
    )


def measure_corruption(
    subject: Subject, name: str, severity: int, x: Pixels, y: Labels, seed: int
) -> CorruptionResult:
    """The errors under one corruption; severities that were not published use fewer digits."""
    is_published = severity == corruptions.published(name)
    if not is_published:
        x, y = x[:FEW], y[:FEW]
    rng = np.random.default_rng([seed, corruptions.NAMES.index(name), severity])
    errors = subject.errors(corruptions.corrupt(x, name, rng, severity), y)
    accuracy = wilson(len(y) - errors, len(y))
    return CorruptionResult(name, severity, is_published, len(y), errors, accuracy)


def histograms(
    p: Probabilities, y: Labels, negatives: Iterable[tuple[str, Probabilities]] = ()
) -> list[ConfidenceHistogram]:
    """Confidences of right and of wrong answers, and of answers to each kind of negatives.

    Args:
        p: of test digits, (n, labels).
        y: their labels, (n,).
        negatives: kinds, each with its probabilities (m, labels).
    """
    right = p.argmax(axis=1) == y
    groups = [("right", p[right]), ("wrong", p[~right]), *negatives]
    edges = np.linspace(0.0, 1.0, BINS + 1)
    results = []
    for kind, group in groups:
        # Rounding may leave a float32 probability slightly above 1.
        confidences = np.minimum(group.max(axis=1), 1.0)
        counts = np.histogram(confidences, edges)[0].tolist()
        results.append(ConfidenceHistogram(kind, len(group), counts))
    return results


def hardest(x: Pixels, p: Probabilities, y: Labels, count: int = HARDEST) -> list[HardImage]:
    """The test digits with the highest losses, the highest first."""
    losses = -np.log(np.maximum(p[np.arange(len(y)), y].astype(np.float64), 1e-30))
    rows = np.argsort(-losses, kind="stable")[:count].tolist()
    return [HardImage(**image_fields(i, x, p, y), loss=round(float(losses[i]), 4)) for i in rows]


def _submit_corruptions(
    pool: Executor, subject: Subject, x: Pixels, y: Labels, seed: int
) -> list[Future[CorruptionResult]]:
    return [
        pool.submit(measure_corruption, subject, name, severity, x, y, seed)
        for name in corruptions.NAMES
        for severity in corruptions.severities(name)
    ]


def _submit_sweeps(
    pool: Executor, subject: Subject, x: Pixels, y: Labels, seed: int
) -> dict[str, list[Future[SweepPoint]]]:
    return {
        kind: [
            pool.submit(_measure_distortion, subject, kind, value, x, y, seed)
            for value in distortion.values()
        ]
        for kind, distortion in DISTORTIONS.items()
    }


def _collect_corruptions(
    futures: list[Future[CorruptionResult]], subject: Subject, log: Log
) -> list[CorruptionResult]:
    results = []
    for future in futures:
        results.append(row := future.result())
        if row.published:
            log(f"{subject.name}: {row.corruption}: {row.errors} of {row.n} wrong")
    return results


def _collect_sweeps(
    futures: dict[str, list[Future[SweepPoint]]], subject: Subject, log: Log
) -> list[Sweep]:
    sweeps = []
    for kind, each in futures.items():
        points = [future.result() for future in each]
        sweeps.append(Sweep(kind, DISTORTIONS[kind].unit, points))
        worst = max(points, key=lambda point: point.errors)
        log(f"{subject.name}: {kind}: up to {worst.errors} of {worst.n} wrong")
    return sweeps


def _measure_distortion(
    subject: Subject, kind: str, value: float, x: Pixels, y: Labels, seed: int
) -> SweepPoint:
    # The same random choices at every value, so that a curve shows the effect of the value alone.
    errors = subject.errors(distort(x, kind, value, np.random.default_rng(seed)), y)
    return SweepPoint(value, len(y), errors, wilson(len(y) - errors, len(y)))


def _embed(subject: Subject, x: Pixels, y: Labels, seed: int) -> Embedding:
    features = subject.features(x).reshape(len(x), -1)
    return embed(features, subject.probabilities(x), y, seed)
