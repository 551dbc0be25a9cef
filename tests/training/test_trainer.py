"""Augmentation, metrics, settings and training, small enough to run anywhere."""

from __future__ import annotations

import json
import math
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, roc_auc_score

import train_model
from inkling.imaging.pixels import bounding_box
from inkling.paths import ROOT
from inkling.recognition.confidence import evidence
from inkling.reports import comparison, files
from inkling.training.augment import glyphs as augment_glyphs
from inkling.training.augment.config import BY_NAME, HANDWRITING, NONE, Augmentation
from inkling.training.data import datasets, negatives, variants
from inkling.training.evaluate.calibration import (
    REJECTED,
    SURE_ERROR,
    fit_temperature,
    fit_thresholds,
    temper,
)
from inkling.training.evaluate.metrics import (
    calibration_error,
    rejection,
    reliability,
    split_result,
)
from inkling.training.settings import Settings, preset

PHOTO_RATES = [
    field.name
    for field in fields(Augmentation)
    if field.name.endswith("_rate") and getattr(HANDWRITING, field.name) == 0
]

# --- augmentation ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def glyphs():
    return datasets.load("mnist", "train")[0][:256]


@pytest.mark.parametrize("name", ["affine", "handwriting", "everything"])
def test_augmentation_depends_on_its_seed_alone(name, glyphs):
    before = glyphs.copy()
    how = BY_NAME[name]
    one = augment_glyphs.augment(glyphs, np.random.default_rng(7), how)
    two = augment_glyphs.augment(glyphs, np.random.default_rng(7), how)
    other = augment_glyphs.augment(glyphs, np.random.default_rng(8), how)
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(glyphs, before)
    assert (one.shape, one.dtype) == (glyphs.shape, np.uint8)


def test_augmented_glyphs_keep_their_ink(glyphs):
    bent = augment_glyphs.augment(glyphs, np.random.default_rng(0))
    assert (bent.reshape(256, -1).max(axis=1) > 60).all()
    ratio = bent.sum(axis=(1, 2), dtype=float) / glyphs.sum(axis=(1, 2), dtype=float)
    assert 0.6 < np.median(ratio) < 1.4


@pytest.mark.parametrize("rate", PHOTO_RATES)
def test_what_a_photo_adds_leaves_the_digit_legible(rate, glyphs):
    how = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, **{rate: 1.0})
    changed = augment_glyphs.augment(glyphs, np.random.default_rng(0), how)
    assert not np.array_equal(changed, glyphs)
    if rate in ("stray_rate", "outline_rate"):
        return  # Moved or hollow: not the same pixels.
    likeness = [
        np.corrcoef(one.ravel(), other.ravel())[0, 1]
        for one, other in zip(changed.astype(float), glyphs.astype(float), strict=True)
    ]
    assert np.median(likeness) > 0.5


def test_no_augmentation_changes_nothing(glyphs):
    assert np.array_equal(augment_glyphs.augment(glyphs, np.random.default_rng(0), NONE), glyphs)


def test_a_shift_moves_the_centre_of_mass(glyphs):
    how = Augmentation(0, 0, 0, 2.0, 0, 0, 0, 0, 0, 0)
    bent = augment_glyphs.augment(glyphs, np.random.default_rng(0), how).astype(float)
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
    tempered = temper(p, temperature)
    assert np.allclose(tempered.sum(axis=1), 1.0, atol=1e-5)
    assert np.array_equal(tempered.argmax(axis=1), p.argmax(axis=1))


def test_temperature_finds_what_was_distorted():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = (rng.random((20_000, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 9).astype(np.uint8)
    overconfident = temper(p.astype(np.float32), 0.4)
    assert fit_temperature(overconfident, y) == pytest.approx(2.5, rel=0.05)
    assert calibration_error(p, y) < 0.02
    assert calibration_error(overconfident, y) > 0.1


def test_split_result_counts():
    p = np.eye(10, dtype=np.float32)[[1, 2, 3, 4]] * 0.9 + 0.01
    y = np.array([1, 2, 3, 5], np.uint8)
    result = split_result("made", "test", p, y)
    assert (result.n, result.errors) == (4, 1)
    assert result.accuracy.value == accuracy_score(y, p.argmax(axis=1))


def test_thresholds_hold_on_what_they_were_fitted_on():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.full(10, 0.1), 5000).astype(np.float32)
    y = p.argmax(axis=1).astype(np.uint8)
    wrong = rng.random(5000) > p.max(axis=1)
    y[wrong] = (y[wrong] + 1) % 10
    limits = fit_thresholds(p, y)
    sure = p.max(axis=1) >= limits.sure
    assert sure.any()
    assert (p.argmax(axis=1) != y)[sure].mean() <= SURE_ERROR
    assert (evidence(p) < limits.digit).mean() <= REJECTED


def test_thresholds_shut_strangers_out():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 10, 4000).astype(np.uint8)
    p = np.full((4000, 10), 0.002, np.float32)
    p[np.arange(4000), y] = 0.982
    strange = rng.dirichlet(np.full(10, 50.0), 1000).astype(np.float32)
    strange[:3] = p[:3]  # Three are as confident as digits: fewer than may be.
    limits = fit_thresholds(p, y, strange)
    assert limits.digit == pytest.approx(0.98)
    row = rejection("made", strange, limits, p)
    assert (row.kind, row.n) == ("made", 1000)
    assert row.sure <= row.accepted <= 5
    is_digit = np.r_[np.ones(len(p)), np.zeros(len(strange))]
    scores = np.r_[evidence(p), evidence(strange)]
    assert row.auroc == pytest.approx(roc_auc_score(is_digit, scores))
    assert row.rejected == pytest.approx(1 - 3 / 1000)


def test_evidence_is_what_not_every_label_has():
    p = np.full((3, 10), 0.1, np.float32)
    p[1] = np.eye(10)[4]
    p[2] = 0.5 * np.eye(10)[4] + 0.05
    assert evidence(p) == pytest.approx([0.0, 1.0, 0.5], abs=1e-6)


def test_reliability_is_scikit_learns_and_adds_up_to_the_error():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.full(10, 0.2), 4000).astype(np.float32)
    y = rng.integers(0, 10, 4000).astype(np.uint8)
    diagram = reliability("made", p, y)
    right, mean = calibration_curve(p.argmax(axis=1) == y, p.max(axis=1), n_bins=15)
    assert [one.accuracy for one in diagram.bins] == pytest.approx(right.tolist())
    assert [one.confidence for one in diagram.bins] == pytest.approx(mean.tolist(), rel=1e-5)
    assert sum(one.n for one in diagram.bins) == diagram.n == 4000
    gaps = [one.n / 4000 * abs(one.accuracy - one.confidence) for one in diagram.bins]
    assert diagram.ece == pytest.approx(sum(gaps))


def test_variants_keep_the_digit_and_add_a_stroke():
    x, y = variants.load("train", seed=1, limit=40)
    assert (x.shape, x.dtype, y.shape) == ((120, 28, 28), np.uint8, (120,))
    assert np.bincount(y, minlength=10).tolist() == [40, 40, 0, 0, 0, 0, 0, 40, 0, 0]
    again, _ = variants.load("train", seed=1, limit=40)
    assert np.array_equal(x, again)
    slashed, _ = variants.kinds("train", 1, 40)["slashed zeros"]
    # The ring's hole is crossed: some ink lies in the middle of every one.
    assert (slashed[:, 11:17, 11:17].reshape(40, -1).max(axis=1) > 120).all()
    # Glyphs are the normaliser's own.
    for glyph in x[::10]:
        _, _, width, height = bounding_box(glyph)
        assert 18 <= max(width, height) <= 22


def answers_apart(only_a, only_b, both=50):
    a = np.array([True] * only_a + [False] * only_b + [True] * both + [False] * 3)
    b = np.array([False] * only_a + [True] * only_b + [True] * both + [False] * 3)
    return a, b


@given(st.integers(0, 24), st.integers(0, 24))
def test_mcnemar_is_the_binomial_sum_where_few_answers_differ(only_a, only_b):
    found = comparison.mcnemar(*answers_apart(only_a, only_b))
    assert (found.only_a_right, found.only_b_right) == (only_a, only_b)
    n = only_a + only_b
    if n < comparison.MIN_DISCORDANT_FOR_CHI_SQUARE:
        tail = sum(math.comb(n, k) for k in range(max(only_a, only_b), n + 1))
        assert found.p_value == pytest.approx(min(1.0, 2 * tail / 2**n), abs=1e-12)


def test_mcnemar_of_many_answers():
    # Raschka, "Model evaluation, model selection, and algorithm selection in machine learning"
    # (2018), McNemar example: 25 against 15, chi-square 2.025, p 0.155.
    a, b = answers_apart(25, 15)
    found = comparison.mcnemar(a, b)
    assert found.p_value == pytest.approx(0.1547, abs=5e-5)
    assert comparison.mcnemar(b, a).p_value == found.p_value
    assert comparison.mcnemar(*answers_apart(40, 40)).p_value == 1.0
    tail = sum(math.comb(300, k) for k in range(180, 301)) / 2**300
    assert comparison.mcnemar(*answers_apart(180, 120)).p_value == pytest.approx(2 * tail, rel=0.05)
    with pytest.raises(ValueError, match="not to the same images"):
        comparison.mcnemar(a, b[1:])


# --- strangers ------------------------------------------------------------------------------------


def test_strangers_need_nothing_but_mnist():
    one = dict(negatives.kinds("train", seed=1, limit=5))
    again = dict(negatives.kinds("train", seed=1, limit=5))
    other = dict(negatives.kinds("test", seed=1, limit=5))
    assert set(one) == {"scribbles", "blots", "rules", "pairs", "halves", "cuts"}
    for kind, glyphs in one.items():
        assert (glyphs.shape, glyphs.dtype) == ((5, 28, 28), np.uint8)
        assert (glyphs.reshape(5, -1).max(axis=1) > 200).all()
        assert np.array_equal(glyphs, again[kind])
        assert not np.array_equal(glyphs, other[kind])


def test_what_has_no_label_gets_all_labels_alike():
    from inkling.training.data.batches import targets

    y = np.array([3, negatives.NO_LABEL], np.uint8)
    rows = targets(y, Settings(), 10)
    assert rows[0].tolist() == np.eye(10)[3].tolist()
    assert rows[1] == pytest.approx(np.full(10, 0.1))
    rows = targets(y, Settings(strangers="output"), 10)
    assert rows.tolist() == np.eye(11)[[3, 10]].tolist()


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
    report = files.load_report("tiny")
    assert [epoch.epoch for epoch in report.history] == [1, 2, 3]
    assert report.split("test").accuracy.value > 0.8
    assert report.split("train").n == 3000
    assert report.split("validation").n == 5000
    assert not (killed / "tiny" / "checkpoint").exists()
    shutil.rmtree(whole)


@pytest.mark.learning
@pytest.mark.parametrize("network", ["plain", "batchnorm", "inkling", "pocket"])
def test_every_network_trains_with_either_loss(network, tmp_path, monkeypatch):
    from inkling.recognition import classifier
    from inkling.training.run import train

    loss = "sparse" if network == "plain" else "categorical"
    settings = Settings(
        name="tiny",
        network=network,
        epochs=1,
        limit=640,
        loss=loss,
        augmentation="none",
        variants=network == "inkling",
        strangers={"inkling": "output", "pocket": "uniform"}.get(network, "none"),
        teacher="digits" if network == "pocket" else "",
    )
    train(settings, tmp_path, command="in a test")
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    report = files.load_report("tiny")
    assert report.settings["loss"] == loss
    kinds = ["scribbles", "blots", "rules", "pairs", "halves", "cuts"]
    assert [row.kind for row in report.rejections] == kinds
    assert [row.dataset for row in report.variants] == list(variants.kinds("test", limit=1))
    if settings.variants:
        assert report.datasets[1].name == "variants"
    if settings.strangers != "none":
        assert report.datasets[-1].name == "strangers"
    assert report.timing.epochs == 1
    x, y = datasets.load("mnist", "test")
    p = classifier.Classifier("tiny").probabilities(x)
    assert p.shape == (10_000, 10)
    assert p.sum(axis=1) == pytest.approx(np.ones(10_000), abs=1e-4)
    predicted, confidence = report.answers.arrays()
    assert (predicted != y).sum() == report.split("test").errors
    assert np.array_equal(predicted, p.argmax(axis=1))
    assert confidence == pytest.approx(p.max(axis=1), abs=1e-4)
    # Eight bits may cost little, even of a network that has learnt little.
    assert abs(report.int8.errors - report.split("test").errors) < 200
    assert (tmp_path / "tiny" / "weights.bin").exists() == (network == "pocket")
    assert report.files.keys() >= {"model.tflite", "model.int8.tflite"}


@pytest.mark.learning
def test_pocket_fits_a_pocket():
    from inkling.training import networks
    from inkling.training.export import tflite

    model = networks.build("pocket")
    assert model.count_params() <= 60_000
    assert tflite.multiply_adds(model) <= 2_500_000


@pytest.mark.learning
def test_folding_norms_changes_nothing_but_the_last_bits():
    from inkling.training import networks
    from inkling.training.evaluate.report import predict
    from inkling.training.export import tflite

    model = networks.build("pocket")
    rng = np.random.default_rng(0)
    for layer in model.layers:
        # Norms as training would leave them, not as they are born.
        if layer.name.endswith("_norm"):
            n = layer.gamma.shape[0]
            moved = [rng.uniform(0.5, 1.5, n), rng.normal(0, 0.2, n)]
            layer.set_weights([*moved, rng.normal(0, 0.2, n), rng.uniform(0.5, 1.5, n)])
    folded = tflite.fold_norms(model)
    assert not [layer for layer in folded.layers if "norm" in layer.name]
    assert all((w == w.astype(np.float16)).all() for w in folded.get_weights())
    x = datasets.load("mnist", "train")[0][:200]
    assert predict(folded, x) == pytest.approx(predict(model, x), abs=5e-3)


@pytest.mark.learning
def test_the_output_for_none_is_shared_out():
    from inkling.training import networks
    from inkling.training.evaluate.report import predict
    from inkling.training.export import tflite

    model = networks.build("lenet5", 11)
    x = datasets.load("mnist", "train")[0][:50]
    eleven = predict(model, x)
    spread = tflite.spread_last(model, 10)
    assert predict(spread, x) == pytest.approx(eleven[:, :10] + eleven[:, 10:] / 10, abs=1e-6)
    ten = networks.build("lenet5", 10)
    assert tflite.spread_last(ten, 10) is ten


@pytest.mark.learning
def test_lenet5_has_the_papers_size():
    from inkling.training import networks
    from inkling.training.export import tflite

    model = networks.build("lenet5")
    assert model.count_params() == 61_706
    # By hand: 28*28*6*25 + 10*10*16*150 + 120*400 + 120*84 + 84*10.
    assert tflite.multiply_adds(model) == 117_600 + 240_000 + 48_000 + 10_080 + 840


@pytest.mark.learning
def test_dropout_takes_a_factor_and_kernels_alone_decay_by_the_rate():
    import keras

    from inkling.training import networks
    from inkling.training.trainer import compile_model

    def rates(model):
        return [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]

    own, fewer = rates(networks.build("inkling")), networks.build("inkling", dropout=0.4)
    assert rates(fewer) == pytest.approx([0.4 * rate for rate in own]) and len(own) == 2
    settings = Settings(network="inkling", learning_rate=0.01, weight_decay=0.5)
    compile_model(fewer, settings, 10)
    before = [weight.numpy() for weight in fewer.trainable_variables]
    still = [np.zeros(weight.shape, np.float32) for weight in before]
    fewer.optimizer.apply(still, fewer.trainable_variables)
    names = {weight.name for weight in fewer.trainable_variables}
    assert names == {"kernel", "bias", "gamma", "beta"}
    for old, weight in zip(before, fewer.trainable_variables, strict=True):
        left = 1.0 - 0.01 * 0.5 if weight.name == "kernel" else 1.0
        np.testing.assert_allclose(weight.numpy(), old * left, rtol=1e-5)


@pytest.mark.learning
def test_early_stopping_and_the_falling_rate(tmp_path):
    from inkling.training.data.batches import prepare
    from inkling.training.trainer import fit

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
    assert "there are batchnorm, inkling" in done.stderr
    done = run("--strangers", "output", "--loss", "sparse", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "--strangers needs --loss categorical" in done.stderr
    done = run("--dataset", "nothing", "--output", str(tmp_path))
    assert done.returncode == 2
    assert "there is no data set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("report.json"))
