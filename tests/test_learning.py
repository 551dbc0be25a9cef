"""Augmentation, metrics, settings and training, small enough to run anywhere."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

import train_model
from inkling import reports
from inkling.learning import augment, datasets, evaluation, strangers
from inkling.learning.settings import Settings, preset
from inkling.paths import ROOT

# --- augmentation ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def glyphs():
    return datasets.load("mnist", "train")[0][:256]


def test_augmentation_depends_on_its_seed_alone(glyphs):
    before = glyphs.copy()
    one = augment.augment(glyphs, np.random.default_rng(7))
    two = augment.augment(glyphs, np.random.default_rng(7))
    other = augment.augment(glyphs, np.random.default_rng(8))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(glyphs, before)
    assert (one.shape, one.dtype) == (glyphs.shape, np.uint8)


def test_augmented_glyphs_keep_their_ink(glyphs):
    bent = augment.augment(glyphs, np.random.default_rng(0))
    assert (bent.reshape(256, -1).max(axis=1) > 60).all()
    ratio = bent.sum(axis=(1, 2), dtype=float) / glyphs.sum(axis=(1, 2), dtype=float)
    assert 0.6 < np.median(ratio) < 1.4


def test_no_augmentation_changes_nothing(glyphs):
    assert np.array_equal(augment.augment(glyphs, np.random.default_rng(0), augment.NONE), glyphs)


def test_a_shift_moves_the_centre_of_mass(glyphs):
    how = augment.Augmentation(0, 0, 0, 2.0, 0, 0, 0, 0, 0, 0)
    bent = augment.augment(glyphs, np.random.default_rng(0), how).astype(float)
    column = np.arange(28)

    def centre(x):
        return (x.sum(axis=1) * column).sum(axis=1) / x.sum(axis=(1, 2))

    moved = centre(bent) - centre(glyphs.astype(float))
    assert 1.5 < np.abs(moved).max() <= 2.1


# --- metrics --------------------------------------------------------------------------------------


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.2, 5.0))
def test_tempering_keeps_answers_and_is_undone(seed, temperature):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(10), 50).astype(np.float32)
    tempered = evaluation.temper(p, temperature)
    assert np.allclose(tempered.sum(axis=1), 1.0, atol=1e-5)
    assert np.array_equal(tempered.argmax(axis=1), p.argmax(axis=1))


def test_temperature_finds_what_was_distorted():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random((20_000, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 9).astype(np.uint8)
    overconfident = evaluation.temper(p.astype(np.float32), 0.4)
    assert evaluation.fit_temperature(overconfident, y) == pytest.approx(2.5, rel=0.05)
    assert evaluation.calibration_error(p, y) < 0.02
    assert evaluation.calibration_error(overconfident, y) > 0.1


def test_split_result_counts():
    p = np.eye(10, dtype=np.float32)[[1, 2, 3, 4]] * 0.9 + 0.01
    y = np.array([1, 2, 3, 5], np.uint8)
    result = evaluation.split_result("made", "test", p, y)
    assert (result.n, result.errors) == (4, 1)
    assert result.accuracy.value == accuracy_score(y, p.argmax(axis=1))


def test_thresholds_hold_on_what_they_were_fitted_on():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(10, 0.1), 5000).astype(np.float32)
    y = p.argmax(axis=1).astype(np.uint8)
    wrong = rng.random(5000) > p.max(axis=1)
    y[wrong] = (y[wrong] + 1) % 10
    limits = evaluation.fit_thresholds(p, y)
    sure = p.max(axis=1) >= limits.sure
    assert sure.any()
    assert (p.argmax(axis=1) != y)[sure].mean() <= evaluation.SURE_ERROR
    assert (p.max(axis=1) < limits.digit).mean() <= evaluation.REJECTED
    assert limits.digit <= limits.sure


def test_thresholds_shut_strangers_out():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 10, 4000).astype(np.uint8)
    p = np.full((4000, 10), 0.002, np.float32)
    p[np.arange(4000), y] = 0.982
    strange = rng.dirichlet(np.ones(10), 1000).astype(np.float32)
    strange[:3] = p[:3]  # Three are as confident as digits: fewer than may be.
    limits = evaluation.fit_thresholds(p, y, strange)
    assert 0.5 < limits.digit <= 0.982
    row = evaluation.rejection("made", strange, limits)
    assert (row.kind, row.n) == ("made", 1000)
    assert row.sure <= row.taken <= 5


# --- strangers ------------------------------------------------------------------------------------


def test_strangers_need_nothing_but_mnist():
    one = dict(strangers.kinds("train", seed=1, limit=5))
    again = dict(strangers.kinds("train", seed=1, limit=5))
    other = dict(strangers.kinds("test", seed=1, limit=5))
    assert set(one) == {"scribbles", "blots", "pairs"}
    for kind, glyphs in one.items():
        assert (glyphs.shape, glyphs.dtype) == ((5, 28, 28), np.uint8)
        assert (glyphs.reshape(5, -1).max(axis=1) > 200).all()
        assert np.array_equal(glyphs, again[kind])
        assert not np.array_equal(glyphs, other[kind])


def test_what_has_no_label_gets_all_labels_alike():
    from inkling.learning.training import targets

    y = np.array([3, strangers.NO_LABEL], np.uint8)
    rows = targets(y, Settings(), 10)
    assert rows[0].tolist() == np.eye(10)[3].tolist()
    assert rows[1] == pytest.approx(np.full(10, 0.1))


# --- settings -------------------------------------------------------------------------------------


def test_a_quick_try_never_replaces_a_shipped_model():
    assert preset("quick", "inkling").name != preset("full", "inkling").name == "digits"
    assert preset("quick", "lenet5").name != preset("full", "lenet5").name == "lenet5"


def test_options_override_the_preset():
    options = train_model.parse(["--preset", "full", "--epochs", "3", "--dataset", "mnist", "usps"])
    settings = train_model.settings_of(options)
    assert settings.epochs == 3
    assert settings.datasets == ("mnist", "usps")
    assert settings.label_smoothing == preset("full", "inkling").label_smoothing


# --- training, as a user types it -----------------------------------------------------------------

TINY = ["--network", "lenet5", "--limit", "3000", "--name", "tiny", "--precision", "float32"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "train_model.py", *TINY, *arguments]


@pytest.fixture(autouse=True)
def only_mnist(monkeypatch, tmp_path):
    """Whatever else lies on this machine: these runs measure on MNIST alone."""
    monkeypatch.delenv("INKLING_DATA", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


def weights_of(folder):
    import keras

    model = keras.saving.load_model(folder / "tiny" / "model.keras")
    return [np.asarray(weight) for weight in model.weights]


@pytest.mark.learning
def test_a_killed_run_resumes_to_the_same_model(tmp_path, monkeypatch):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    done = run("--epochs", "3", "--output", str(whole))
    assert done.returncode == 0, done.stderr
    state = killed / "tiny" / "checkpoint" / "state.json"
    process = subprocess.Popen(
        command("--epochs", "3", "--output", str(killed)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not state.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert state.exists()
    before = len(json.loads(state.read_bytes())["history"])
    assert before < 3

    other = run("--epochs", "3", "--learning-rate", "0.1", "--resume", "--output", str(killed))
    assert other.returncode == 2
    assert "other settings" in other.stderr

    resumed = run("--epochs", "3", "--resume", "--output", str(killed))
    assert resumed.returncode == 0, resumed.stderr
    for one, two in zip(weights_of(whole), weights_of(killed), strict=True):
        assert np.allclose(one, two, atol=1e-4)

    monkeypatch.setenv("INKLING_MODEL", str(killed))
    report = reports.load("tiny")
    assert [epoch.epoch for epoch in report.history] == [1, 2, 3]
    assert report.split("test").accuracy.value > 0.8
    assert report.split("train").n == 3000
    assert report.split("validation").n == 5000
    assert not (killed / "tiny" / "checkpoint").exists()
    shutil.rmtree(whole)


@pytest.mark.learning
@pytest.mark.parametrize("network", ["plain", "batchnorm", "inkling"])
def test_every_network_trains_with_either_loss(network, tmp_path, monkeypatch):
    from inkling import classifier
    from inkling.learning.run import train

    loss = "sparse" if network == "plain" else "categorical"
    settings = Settings(
        name="tiny",
        network=network,
        epochs=1,
        limit=640,
        loss=loss,
        augmentation="none",
        strangers=network == "inkling",
    )
    train(settings, tmp_path, command="in a test")
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    report = reports.load("tiny")
    assert report.settings["loss"] == loss
    assert [row.kind for row in report.rejections] == ["scribbles", "blots", "pairs"]
    if settings.strangers:
        assert report.datasets[-1].name == "strangers"
    assert report.timing.epochs == 1
    x, _ = datasets.load("mnist", "test")
    assert classifier.Classifier("tiny").probabilities(x[:5]).shape == (5, 10)


@pytest.mark.learning
def test_lenet5_has_the_papers_size():
    from inkling.learning import export, networks

    model = networks.build("lenet5")
    assert model.count_params() == 61_706
    # By hand: 28*28*6*25 + 10*10*16*150 + 120*400 + 120*84 + 84*10.
    assert export.multiply_adds(model) == 117_600 + 240_000 + 48_000 + 10_080 + 840


@pytest.mark.learning
def test_early_stopping_and_the_falling_rate(tmp_path):
    from inkling.learning.training import fit, prepare

    # A hopeless rate: the loss cannot fall, so patience must end it and the plateau must halve it.
    settings = Settings(
        network="lenet5", epochs=12, limit=256, learning_rate=5.0, patience=4, augmentation="none"
    )
    _, history = fit(settings, prepare(settings), tmp_path, verbose=0)
    best = min(history, key=lambda epoch: epoch.val_loss).epoch
    assert len(history) == min(12, best + 4)
    if len(history) >= best + 4:
        assert history[-1].learning_rate < history[0].learning_rate


@pytest.mark.learning
def test_bad_options_give_a_sentence(tmp_path):
    done = run("--network", "nothing", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "there are batchnorm, inkling, lenet5, plain" in done.stderr
    done = run("--strangers", "--loss", "sparse", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "--strangers needs --loss categorical" in done.stderr
    done = run("--dataset", "nothing", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "there is no data set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("report.json"))
