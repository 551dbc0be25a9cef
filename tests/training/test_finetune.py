"""Fine-tuning: a model learns from corrected drawings and forgets little."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import train_model
from inkling.imaging.distortions import distort
from inkling.paths import model_folder
from inkling.reports import files
from inkling.storage.drawings import NO_DIGIT, Drawing, Store
from inkling.training import finetune
from inkling.training.data import datasets
from inkling.training.data.sources import DatasetError
from inkling.training.evaluate import measure
from inkling.training.settings import FINETUNE

pytestmark = pytest.mark.learning
# A shipped network that learns fast, in place of `digits`.
START = "lenet5"
SMALL = ("--network", START, "--negatives", "none", "--no-variants", "--augmentation", "none")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store, no data set but MNIST, and few negatives."""
    monkeypatch.setattr(measure, "NEGATIVES", 100)
    url = f"sqlite:///{tmp_path / 'drawings.sqlite3'}"
    monkeypatch.setenv("INKLING_DATABASE", url)
    monkeypatch.delenv("INKLING_STORE", raising=False)
    monkeypatch.setenv("INKLING_DATA", str(tmp_path))
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))
    opened = Store(url)
    yield opened
    opened.close()


def correct(store: Store, count: int) -> None:
    """Store corrected drawings of someone whose fives lie on their side."""
    x, y = datasets.load("mnist", "train")
    rng = np.random.default_rng(0)
    for glyph in distort(x[y == 5][:count], "rotation", -65.0, rng):
        store.add(Drawing("ann", glyph, answer="2", correction="5", model=START))


def test_corrections_are_a_private_data_set(store: Store) -> None:
    assert not datasets.is_local("corrections")
    with pytest.raises(DatasetError, match="nobody has corrected enough drawings yet"):
        datasets.load("corrections", "train")
    correct(store, 10)
    x, y = datasets.load("corrections", "train")
    assert (x.shape, x.dtype, set(y)) == ((8, 28, 28), np.uint8, {5})
    assert len(datasets.load("corrections", "test")[1]) == 2
    assert datasets.is_local("corrections")
    assert datasets.get("corrections").is_private
    first = datasets.checksum("corrections")
    assert len(first) == 64
    correct(store, 1)
    assert datasets.checksum("corrections") != first


def test_asking_for_corrections_creates_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INKLING_DATABASE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert not datasets.is_local("corrections")
    assert not (tmp_path / "home").exists()


def test_the_command_fine_tunes_the_shipped_model_on_mnist_too() -> None:
    settings = train_model.settings_of(train_model.parse(["--dataset", "corrections"]))
    assert settings == FINETUNE
    assert settings.datasets == ("mnist", "corrections")
    assert (settings.start, settings.name) == ("digits", "digits-taught")
    options = ["--dataset", "corrections", "--epochs", "2", "--name", "ours"]
    settings = train_model.settings_of(train_model.parse(options))
    assert (settings.epochs, settings.name, settings.start) == (2, "ours", "digits")


def test_fine_tuning_learns_without_forgetting_and_reports_both(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    correct(store, 100)
    store.add(Drawing("ann", np.zeros((28, 28), np.uint8), correction=NO_DIGIT))
    shipped = files.load_report(START)
    models = tmp_path / "model"
    finetuning = ["--dataset", "corrections", "--start", START, "--epochs", "2", "--limit", "1500"]
    assert train_model.main([*SMALL, *finetuning, "--output", str(models)]) == 0
    monkeypatch.setenv("INKLING_MODEL", str(models))

    report = files.load_report("digits-taught")
    before = {result.dataset: result for result in report.before}
    after = report.split("test")
    (corrected,) = [one for one in report.others if one.dataset == "corrections"]
    shipped_test = shipped.split("test")
    assert shipped_test is not None and before["mnist"].errors == shipped_test.errors
    assert before["corrections"].n == corrected.n == 20
    # Turned fives are mostly misread before, and less often afterwards.
    assert before["corrections"].errors >= 10
    assert corrected.errors <= 0.75 * before["corrections"].errors
    assert after is not None
    assert after.errors <= before["mnist"].errors + 25
    assert {use.name: use.n for use in report.datasets}["corrections"] == 73
    text = capsys.readouterr().err
    assert f"corrections, test: {before['corrections'].errors} of 20 wrong before" in text


def test_a_model_trained_from_random_weights_is_never_overwritten(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(store, 10)
    shutil.copytree(model_folder() / START, tmp_path / "model" / START)
    before = {path: path.read_bytes() for path in (tmp_path / "model" / START).iterdir()}
    finetuning = ["--dataset", "corrections", "--start", START, "--name", START]
    assert train_model.main([*SMALL, *finetuning, "--output", str(tmp_path / "model")]) == 2
    error = capsys.readouterr().err
    assert "a fine-tuned model cannot replace it" in error and "(see --name)" in error
    assert {path: path.read_bytes() for path in (tmp_path / "model" / START).iterdir()} == before


def test_a_start_with_other_layers_gives_a_sentence(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(store, 10)
    finetuning = ["--dataset", "corrections", "--start", "pocket", "--epochs", "1", "--limit", "50"]
    assert train_model.main([*SMALL, *finetuning, "--output", str(tmp_path / "model")]) == 2
    assert "the network “lenet5” cannot start from “pocket”" in capsys.readouterr().err


def test_interpolated_weights_forget_nothing() -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, use_bias=False)])
    identity = np.eye(3, dtype=np.float32)
    x = np.tile(identity, (4, 1))
    y = x.argmax(axis=1).astype(np.uint8)

    def interpolated(new: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> float:
        monkeypatch.setattr(
            finetune, "start_from", lambda model, name: model.set_weights([identity])
        )
        model.set_weights([new.astype(np.float32)])
        return finetune.interpolate_weights(model, "old", x, y)

    with pytest.MonkeyPatch.context() as monkeypatch:
        assert interpolated(2 * identity, monkeypatch) == 1.0
        # Off the diagonal (1 - s) + 2 s against 4 s: right up to a third of the way.
        off = 2 * identity + 4 * np.roll(identity, 1, axis=1)
        assert interpolated(off, monkeypatch) == 0.25
        np.testing.assert_allclose(model.get_weights()[0], 0.75 * identity + 0.25 * off, rtol=1e-6)
        # All answers are wrong with every weight, so the smallest is used.
        assert interpolated(99 * np.roll(identity, 1, axis=1), monkeypatch) == 0.25
