"""Robustness: every figure compared with one computed in another way, on a few digits."""

from __future__ import annotations

import shutil
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

import train_model
from inkling.imaging import corruptions
from inkling.imaging.distortions import DISTORTIONS, distort
from inkling.paths import ROOT, digest_of
from inkling.reports import files
from inkling.reports.files import ROBUSTNESS_FILE, ReportError, load_robustness, save_robustness
from inkling.reports.robustness import CorruptionResult, mean_corruption_error
from inkling.reports.statistics import wilson
from inkling.training.data import datasets, negatives
from inkling.training.evaluate import robustness
from inkling.training.evaluate.robustness import Subject, measure

N, FEW = 80, 60


@pytest.fixture(scope="module")
def digits():
    x, y = datasets.load("mnist", "test")
    return x[:N], y[:N]


@pytest.fixture(scope="module")
def subject():
    """A model of ten mean digits, with a last output, "no digit", that always wins."""
    x, y = datasets.load("mnist", "train")
    x, y = x[:2000], y[:2000]
    means = np.stack([x[y == k].mean(axis=0).ravel() for k in range(10)]) / 255.0

    def features(glyphs):
        flat = glyphs.reshape(len(glyphs), 784).astype(np.float32) / np.float32(255.0)
        return ((flat[:, None] - means[None]) ** 2).sum(axis=2).astype(np.float32)

    def predict(glyphs):
        p = softmax(-features(glyphs) / 5.0, axis=1) / 3.0
        return np.column_stack([p, np.full(len(p), 2.0 / 3.0)]).astype(np.float32)

    return Subject("means", "0" * 64, 10, "mnist", predict, features)


@pytest.fixture(scope="module")
def lines():
    return []


@pytest.fixture(scope="module")
def measured(subject, digits, lines):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "FEW", FEW)
        negative_kinds = [("blank", np.zeros((7, 28, 28), np.uint8))]
        x, y = digits
        return measure(subject, x, y, negative_kinds, command="a test", seed=3, log=lines.append)


# --- corruptions and sweeps -----------------------------------------------------------------------


def test_every_corruption_at_every_severity(measured):
    rows = {(row.corruption, row.severity): row for row in measured.corruptions}
    wanted = {(name, s) for name in corruptions.NAMES for s in corruptions.severities(name)}
    assert set(rows) == wanted
    assert len(wanted) == 11 * 5 + 4
    assert list(measured.published()) == list(corruptions.NAMES)
    for (name, severity), row in rows.items():
        assert row.published == (severity == corruptions.published(name))
        assert row.n == (N if row.published else FEW)
        assert row.accuracy == wilson(row.n - row.errors, row.n)


def test_errors_count_the_ten_labels_only(measured, subject, digits):
    x, y = digits
    rng = np.random.default_rng([3, corruptions.NAMES.index("translate"), 5])
    moved = corruptions.corrupt(x[:FEW], "translate", rng, 5)
    nearest = subject.features(moved).argmin(axis=1)
    row = next(
        row for row in measured.corruptions if (row.corruption, row.severity) == ("translate", 5)
    )
    assert row.errors == (nearest != y[:FEW]).sum() > 0


def test_sweeps_cover_every_distortion(measured, subject, digits):
    x, y = digits
    assert [sweep.kind for sweep in measured.sweeps] == list(DISTORTIONS)
    clean = (subject.features(x[:FEW]).argmin(axis=1) != y[:FEW]).sum()
    for sweep in measured.sweeps:
        distortion = DISTORTIONS[sweep.kind]
        assert sweep.unit == distortion.unit
        assert [point.value for point in sweep.points] == distortion.values()
        at = {point.value: point for point in sweep.points}
        assert at[distortion.neutral].errors == clean
        assert all(point.n == FEW for point in sweep.points)
    tilted = distort(x[:FEW], "rotation", 60.0, np.random.default_rng(3))
    wrong = (subject.features(tilted).argmin(axis=1) != y[:FEW]).sum()
    assert measured.sweeps[0].points[-1].errors == wrong > clean


def test_the_seed_decides_everything(measured, subject, digits, monkeypatch):
    monkeypatch.setattr(robustness, "FEW", FEW)
    negative_kinds = [("blank", np.zeros((7, 28, 28), np.uint8))]
    x, y = digits
    again = measure(subject, x, y, negative_kinds, command="a test", seed=3, log=lambda line: None)
    same = {"created": "", "seconds": 0.0}
    assert msgspec.structs.replace(again, **same) == msgspec.structs.replace(measured, **same)
    rng = np.random.default_rng(4)
    assert robustness.measure_corruption(subject, "impulse_noise", 4, x, y, 4).n == N
    assert not np.array_equal(
        corruptions.corrupt(digits[0], "impulse_noise", rng),
        corruptions.corrupt(digits[0], "impulse_noise", np.random.default_rng(3)),
    )


def test_progress_is_logged_in_lines(lines, measured):
    assert len(lines) == len(corruptions.NAMES) + len(DISTORTIONS) + 2
    assert lines[0].startswith("means: shot_noise: ")
    assert lines[0].endswith(f" of {N} wrong")


# --- histograms, hardest, embedding ---------------------------------------------------------------


def test_histograms_count_every_answer(measured, subject, digits):
    x, y = digits
    p = subject.predict(x)[:, :10]
    right = p.argmax(axis=1) == y
    groups = {row.kind: row for row in measured.histograms}
    assert list(groups) == ["right", "wrong", "blank"]
    assert [row.n for row in groups.values()] == [right.sum(), (~right).sum(), 7]
    for row in groups.values():
        assert sum(row.counts) == row.n
        assert len(row.counts) == 20
    bins = np.minimum((p[right].max(axis=1) * 20).astype(int), 19)
    assert groups["right"].counts == np.bincount(bins, minlength=20).tolist()
    certain = np.float32(1.0) + np.finfo(np.float32).eps
    (row, _) = robustness.histograms(
        np.eye(10, dtype=np.float32) * certain, np.arange(10, dtype=np.uint8)
    )
    assert row.counts[-1] == 10


def test_the_hardest_digits_come_first_with_their_loss(measured, subject, digits):
    x, y = digits
    p = subject.predict(x)[:, :10].astype(float)
    losses = [-np.log(row[label]) for row, label in zip(p, y, strict=True)]
    hardest = measured.hardest
    assert [image.index for image in hardest] == np.argsort(losses)[::-1].tolist()
    assert len(robustness.hardest(x, subject.predict(x)[:, :10], y, count=9)) == 9
    for image in hardest:
        assert np.array_equal(image.pixels, x[image.index])
        assert image.true == y[image.index]
        assert image.probabilities == pytest.approx(p[image.index], abs=1e-6)
        assert image.loss == pytest.approx(losses[image.index], abs=1e-4)
    normal = p / p.sum(axis=1, keepdims=True)
    mean = log_loss(y, normal, labels=range(10)) - np.log(p.sum(axis=1)).mean()
    assert np.mean([image.loss for image in hardest]) == pytest.approx(mean, abs=1e-3)


def test_an_embedding_keeps_neighbours_and_places_new_drawings(measured, subject, digits):
    x, y = digits
    embedding = measured.embedding
    assert embedding.index == list(range(FEW))
    assert embedding.label == y[:FEW].tolist()
    assert embedding.predicted == subject.features(x[:FEW]).argmin(axis=1).tolist()
    confidence = subject.predict(x[:FEW])[:, :10].max(axis=1)
    assert embedding.confidence == pytest.approx(confidence, abs=1e-4)
    assert [len(column) for column in [*embedding.tsne, *embedding.pca]] == [FEW] * 5
    assert 0 < embedding.explained_variance[0] < embedding.explained_variance[1] == pytest.approx(1)

    features = subject.features(x[:FEW])
    # Principal components by numpy's decomposition; their signs are arbitrary.
    normal = (features - features.mean(axis=0)) / features.std(axis=0)
    left, sizes, _ = np.linalg.svd(normal.astype(float), full_matrices=False)
    axes = (left * sizes)[:, :3]
    assert np.abs(np.array(embedding.pca).T) == pytest.approx(np.abs(axes), abs=0.02)

    plane, room = embedding.place(features)
    assert plane.shape == (FEW, 2)
    assert room == pytest.approx(np.array(embedding.pca).T, abs=0.02)
    nearest = embedding.projection.nearest(embedding.projection.project(features), 5)
    assert nearest[:, 0].tolist() == list(range(FEW))
    distances = ((normal[:, None] - normal[None]) ** 2).sum(axis=2)
    theirs = np.argsort(distances, axis=1)[:, :5]
    shared = [len(set(a) & set(b)) for a, b in zip(nearest, theirs, strict=True)]
    # Coordinates are rounded to a 127th of the extent, which may change the last of the five.
    assert np.mean(shared) > 4.5
    # The mean of its neighbours is near a digit's own place, relative to the extent of the plane.
    own = np.array(embedding.tsne).T
    extent = np.ptp(own, axis=0).max()
    assert np.median(np.hypot(*(plane - own).T)) < 0.2 * extent


# --- the mean corruption error --------------------------------------------------------------------


def with_errors(measured, name, errors):
    rows = [
        CorruptionResult(row.corruption, row.severity, row.published, 200, wrong, row.accuracy)
        for row, wrong in zip(measured.published().values(), errors, strict=True)
    ]
    return msgspec.structs.replace(measured, name=name, corruptions=rows)


def test_mean_corruption_error_is_relative_to_a_baseline(measured):
    base = with_errors(measured, "base", [100] * 15)
    assert mean_corruption_error(base, base) == 100.0
    assert mean_corruption_error(with_errors(measured, "a", [50] * 15), base) == 50.0
    # Every corruption has the same weight, however hard it is.
    hard = with_errors(measured, "hard", [200] + [10] * 14)
    half = with_errors(measured, "half", [200] + [5] * 14)
    assert mean_corruption_error(half, hard) == pytest.approx(100 * (1 + 14 * 0.5) / 15)


def test_a_mean_corruption_error_that_is_not_defined_says_why(measured):
    perfect = with_errors(measured, "perfect", [0] + [10] * 14)
    with pytest.raises(ValueError, match="“perfect” makes no error on shot_noise"):
        mean_corruption_error(measured, perfect)
    fewer = msgspec.structs.replace(measured, corruptions=measured.corruptions[:5])
    with pytest.raises(ValueError, match="were measured on different corruptions"):
        mean_corruption_error(fewer, measured)


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder of models that contains lenet5."""
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    shutil.copytree(ROOT / "model" / "lenet5", tmp_path / "lenet5")
    (tmp_path / "lenet5" / ROBUSTNESS_FILE).unlink(missing_ok=True)
    return tmp_path


def test_saving_and_loading_keeps_everything(measured, models):
    digest = files.load_report("lenet5").files["model.keras"].sha256
    mine = msgspec.structs.replace(measured, sha256=digest)
    path = save_robustness(mine, models / "lenet5")
    assert path == models / "lenet5" / "depth.json"
    assert load_robustness("lenet5") == mine


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "has not been measured yet"),
        (b"", "is damaged"),
        (b"[]", "is damaged"),
        (b'{"schema": 99}', "has version 99"),
        (b'{"schema": 1}', "is damaged"),
        ("another model's", "has been retrained since its robustness was measured"),
    ],
)
def test_a_bad_file_gives_a_sentence(content, sentence, measured, models):
    if isinstance(content, str):
        save_robustness(measured, models / "lenet5")
    elif content is not None:
        (models / "lenet5" / ROBUSTNESS_FILE).write_bytes(content)
    with pytest.raises(ReportError, match=sentence) as caught:
        load_robustness("lenet5")
    assert caught.value.remedy == "python train_model.py --robustness lenet5"


@pytest.mark.learning
def test_the_command_names_a_missing_model(models, capsys):
    assert train_model.main(["--robustness", "nothing"]) == 2
    assert "There is no model “nothing”. Available models: lenet5." in capsys.readouterr().err


@pytest.mark.learning
def test_the_command_measures_a_trained_model(models, monkeypatch, capsys):
    load = datasets.load
    part = {"mnist": lambda *a, **k: tuple(array[:50] for array in load(*a, **k))}
    monkeypatch.setattr(datasets, "load", lambda name, *a, **k: part[name](name, *a, **k))
    monkeypatch.setattr(negatives, "by_kind", lambda *a: [("squares", np.ones((2, 28, 28), "u1"))])
    monkeypatch.setattr(
        robustness, "DISTORTIONS", {"shift": replace(DISTORTIONS["shift"], high=1.0)}
    )
    monkeypatch.setattr(corruptions, "NAMES", ("stripe", "brightness"))
    assert train_model.main(["--robustness", "lenet5"]) == 0
    assert "lenet5: brightness: " in capsys.readouterr().err
    found = load_robustness("lenet5")
    assert found.command == "python train_model.py --robustness lenet5"
    assert found.dataset == "mnist"
    assert found.sha256 == digest_of(models / "lenet5" / "model.keras")
    # LeNet-5 reads nearly all of them, and its last layer has 84 inputs.
    assert found.sweeps[0].points[0].errors <= 2
    assert found.histograms[-1].kind == "squares"
    projected, _ = found.embedding.place(np.zeros((1, 84), np.float32))
    assert projected.shape == (1, 2)
    (models / "lenet5" / "model.keras").write_bytes(b"another")
    assert train_model.main(["--robustness", "lenet5"]) == 2
    assert "model.keras of “lenet5” is not the file" in capsys.readouterr().err
