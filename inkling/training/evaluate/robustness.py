"""What a trained model does with test digits that are not as they were: `model/<name>/depth.json`.

    python train_model.py --depth digits lenet5

Corruptions and sweeps show how far a digit may be from the test set's own and still be read;
histograms, the embedding and the hardest digits show what the network makes of them. Nothing here
is learnt from. `measure` needs no Keras, `measure_model` does.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from inkling.imaging import corruptions
from inkling.imaging.distortions import DISTORTIONS, distort
from inkling.imaging.pixels import Pixels
from inkling.paths import folder_of
from inkling.recognition.classifier import Classifier
from inkling.reports.files import MEASURED_FILE, save_robustness
from inkling.reports.robustness import (
    ROBUSTNESS_SCHEMA,
    ConfidenceHistogram,
    CorruptionResult,
    Embedding,
    HardImage,
    Projection,
    Robustness,
    Sweep,
    SweepPoint,
)
from inkling.reports.schema import encode_image
from inkling.reports.statistics import wilson
from inkling.training.data import datasets, negatives
from inkling.training.data.formats import Labels
from inkling.training.evaluate.calibration import Probabilities

# The first so many test digits: for the severities that were not published, sweeps and embedding.
FEW = 2000
# Of each kind of what is no digit.
STRANGERS = 1000
BINS = 20
HARDEST = 100
# Principal axes that t-SNE starts from, and those of the room.
AXES = 32
ROOM = 3
PERPLEXITY = 30.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A trained model to be measured.

    Attributes:
        name, sha256: see `reports.Robustness`.
        labels: how many there are; further probabilities are of "no digit" and never an answer.
        dataset: its test split is used.
        predict: glyphs uint8 (n, 28, 28) to probabilities float32 (n, labels or more); called from
            many threads at once.
        features: glyphs to what the last layer is given, float32 (n, d).
    """

    name: str
    sha256: str
    labels: int
    dataset: str
    predict: Callable[[Pixels], Probabilities]
    features: Callable[[Pixels], NDArray[np.float32]]

    def probabilities(self, glyphs: Pixels) -> Probabilities:
        """Of the labels alone, float32 (n, labels)."""
        return self.predict(glyphs)[:, : self.labels]

    def errors(self, glyphs: Pixels, y: Labels) -> int:
        """How many of the glyphs are taken for another label than theirs."""
        return int((self.probabilities(glyphs).argmax(axis=1) != y).sum())


def measure_model(name: str, *, command: str, seed: int = 0) -> Path:
    """Measure `model/<name>/` and write its `depth.json`; that file is returned.

    Answers are those of `model.tflite`, features those of `model.keras`.

    Raises:
        ReportError: there is no such model, or a file is not the one its report describes.
        datasets.DatasetError: its data set is not to be had.
    """
    from inkling.training.evaluate import report
    from inkling.training.export import tflite

    classifier = Classifier(name)
    hidden = tflite.up_to_softmax(tflite.load_trained(name))
    subject = Subject(
        name=name,
        sha256=classifier.report.files[MEASURED_FILE].sha256,
        labels=len(classifier.labels),
        dataset=classifier.report.datasets[0].name,
        predict=classifier.probabilities,
        features=lambda glyphs: report.predict(hidden, glyphs),
    )
    x, y = datasets.load(subject.dataset, "test")
    no_digits = negatives.kinds("test", seed, STRANGERS)
    depth = measure(subject, x, y, no_digits, command=command, seed=seed)
    return save_robustness(depth, folder_of(name))


def measure(
    subject: Subject,
    x: Pixels,
    y: Labels,
    no_digits: Iterable[tuple[str, Pixels]] = (),
    *,
    command: str,
    seed: int = 0,
    say: Say = lambda line: print(line, file=sys.stderr, flush=True),
) -> Robustness:
    """Measure everything `reports.Robustness` holds, on all processors.

    Args:
        subject: the model.
        x, y: test digits uint8 (n, 28, 28) and their labels (n,).
        no_digits: kinds of what is no digit, each with its glyphs.
        command: what was typed, for the report.
        seed: of all chance.
        say: is told about the progress, a line at a time.
    """
    started = time.monotonic()
    few, y_few = x[:FEW], y[:FEW]
    # A single thread each: whole conditions side by side share nothing and wait for nothing.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # The longest first.
        plane = pool.submit(embed, subject, few, y_few, seed)
        corrupted = [
            pool.submit(_corrupted, subject, name, severity, x, y, seed)
            for name in corruptions.NAMES
            for severity in corruptions.severities(name)
        ]
        swept = {
            kind: [
                pool.submit(_distorted, subject, kind, value, few, y_few, seed)
                for value in distortion.values()
            ]
            for kind, distortion in DISTORTIONS.items()
        }
        results = []
        for future in corrupted:
            results.append(row := future.result())
            if row.published:
                say(f"{subject.name}: {row.corruption}: {row.errors} of {row.n} wrong")
        sweeps = []
        for kind, futures in swept.items():
            points = [future.result() for future in futures]
            sweeps.append(Sweep(kind, DISTORTIONS[kind].unit, points))
            worst = max(points, key=lambda point: point.errors)
            say(f"{subject.name}: {kind}: up to {worst.errors} of {worst.n} wrong")
        p = subject.probabilities(x)
        say(f"{subject.name}: histograms and hardest digits")
        met = [(kind, subject.probabilities(glyphs)) for kind, glyphs in no_digits]
        say(f"{subject.name}: embedding")
        embedding = plane.result()
    return Robustness(
        schema=ROBUSTNESS_SCHEMA,
        name=subject.name,
        sha256=subject.sha256,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=command,
        dataset=subject.dataset,
        seed=seed,
        seconds=round(time.monotonic() - started, 1),
        corruptions=results,
        sweeps=sweeps,
        histograms=histograms(p, y, met),
        embedding=embedding,
        hardest=hardest(x, p, y),
    )


def _corrupted(
    subject: Subject, name: str, severity: int, x: Pixels, y: Labels, seed: int
) -> CorruptionResult:
    is_published = severity == corruptions.published(name)
    if not is_published:
        x, y = x[:FEW], y[:FEW]
    rng = np.random.default_rng([seed, corruptions.NAMES.index(name), severity])
    errors = subject.errors(corruptions.corrupt(x, name, rng, severity), y)
    accuracy = wilson(len(y) - errors, len(y))
    return CorruptionResult(name, severity, is_published, len(y), errors, accuracy)


def _distorted(
    subject: Subject, kind: str, value: float, x: Pixels, y: Labels, seed: int
) -> SweepPoint:
    # The same chance at every value: a curve then shows the value's doing alone.
    errors = subject.errors(distort(x, kind, value, np.random.default_rng(seed)), y)
    return SweepPoint(value, len(y), errors, wilson(len(y) - errors, len(y)))


def histograms(
    p: Probabilities, y: Labels, strangers: Iterable[tuple[str, Probabilities]] = ()
) -> list[ConfidenceHistogram]:
    """Confidences of right and of wrong answers, and of answers to each kind of stranger.

    Args:
        p, y: of test digits, (n, labels) and (n,).
        strangers: kinds, each with its probabilities (m, labels).
    """
    right = p.argmax(axis=1) == y
    groups = [("right", p[right]), ("wrong", p[~right]), *strangers]
    edges = np.linspace(0.0, 1.0, BINS + 1)
    return [
        # Rounding may leave a float32 probability a hair above 1.
        ConfidenceHistogram(
            kind,
            len(group),
            np.histogram(np.minimum(group.max(axis=1), 1.0), edges)[0].tolist(),
        )
        for kind, group in groups
    ]


def hardest(x: Pixels, p: Probabilities, y: Labels, count: int = HARDEST) -> list[HardImage]:
    """The test digits with the highest losses, the hardest first."""
    losses = -np.log(np.maximum(p[np.arange(len(y)), y].astype(np.float64), 1e-30))
    return [
        HardImage(
            index=int(i),
            true=int(y[i]),
            predicted=int(p[i].argmax()),
            probabilities=[round(float(value), 6) for value in p[i]],
            image=encode_image(x[i]),
            loss=round(float(losses[i]), 4),
        )
        for i in np.argsort(-losses, kind="stable")[:count]
    ]


def embed(subject: Subject, x: Pixels, y: Labels, seed: int) -> Embedding:
    """Test digits by what the last layer is given: standardised, to principal axes, to a plane.

    Args:
        subject: the model.
        x, y: uint8 (n, 28, 28) and (n,).
        seed: t-SNE's.
    """
    features = subject.features(x).reshape(len(x), -1)
    p = subject.probabilities(x)
    scaler = StandardScaler().fit(features)
    pca = PCA(min(AXES, *features.shape), svd_solver="full").fit(scaler.transform(features))
    axes = pca.transform(scaler.transform(features))
    perplexity = min(PERPLEXITY, (len(x) - 1) / 3.0)
    # One thread: t-SNE's own would fight with this pool's, and add up in an order of their own.
    with threadpool_limits(1):
        plane = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(axes)
    step = float(np.abs(axes).max()) / 127.0
    parts = pca.explained_variance_ratio_
    return Embedding(
        index=list(range(len(x))),
        label=y.tolist(),
        predicted=p.argmax(axis=1).tolist(),
        confidence=_rounded(p.max(axis=1), 4),
        tsne=[_rounded(column, 2) for column in plane.T],
        pca=[_rounded(column, 2) for column in axes.T[:ROOM]],
        explained_variance=_rounded(np.array([parts[:ROOM].sum(), parts.sum()]), 4),
        seed=seed,
        perplexity=perplexity,
        projection=Projection(
            mean=_packed(scaler.mean_, "<f4"),
            weights=_packed(pca.components_.T / scaler.scale_[:, None], "<f4"),
            points=_packed(np.rint(axes / step), "i1"),
            step=step,
        ),
    )


def _rounded(values: NDArray[np.floating], digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _packed(values: NDArray[np.floating], kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode("ascii")
