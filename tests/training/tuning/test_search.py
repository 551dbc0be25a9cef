"""The search for settings, and what it survives."""

from __future__ import annotations

import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

import train_model
from inkling.paths import ROOT
from inkling.reports.schema import Epoch
from inkling.training import trainer
from inkling.training.data.batches import SplitDataset
from inkling.training.evaluate.temperature import fit_temperature, temper
from inkling.training.settings import Settings, SettingsError, arguments
from inkling.training.tuning import report
from inkling.training.tuning import search as tuning_search
from inkling.training.tuning import study as tuning_study
from inkling.training.tuning.search import SPACE, calibrated_loss, tune

TINY = Settings(
    name="tiny", network="lenet5", epochs=1, limit=256, validation=0.005, precision="float32"
)


@pytest.fixture(autouse=True)
def learns_at_once(monkeypatch):
    """The search learns from the first trial on, and notices a killed one within a second."""
    monkeypatch.setattr(tuning_search, "STARTUP_TRIALS", 1)
    monkeypatch.setattr(tuning_study, "STARTUP_TRIALS", 1)
    monkeypatch.setattr(tuning_study, "HEARTBEAT_INTERVAL", 1)
    monkeypatch.setattr(tuning_study, "HEARTBEAT_TIMEOUT", 1)


@pytest.fixture
def no_training(monkeypatch):
    """Trials that take no time: they call the callback like a training and learn nothing."""
    y = np.arange(10, dtype=np.uint8)
    x = np.zeros((10, 28, 28), np.uint8)
    parts = [SplitDataset("mnist", (x,), y, x, y)]

    def fit(settings, parts, folder, *, verbose, callbacks):
        monitor = callbacks[0]
        monitor.set_model(type("Model", (), {"stop_training": False})())
        history = []
        for epoch in range(settings.epochs):
            monitor.on_epoch_end(epoch)
            history.append(Epoch(epoch + 1, 0, 0, -epoch, 0, 0, 0))
            if monitor.model.stop_training:
                break
        return monitor.model, history

    def predict(model, glyphs):
        return np.full((len(glyphs), 10), 0.1, np.float32)

    monkeypatch.setattr(tuning_search, "fit", fit)
    monkeypatch.setattr(tuning_search, "predict", predict)
    monkeypatch.setattr(tuning_search, "prepare", lambda settings: parts)
    monkeypatch.setattr(report, "page", lambda search, study: "")


def losses(monkeypatch, values):
    """Let the trials have these losses, one per epoch."""
    each = iter(values)
    monkeypatch.setattr(tuning_search, "calibrated_loss", lambda p, y, labels: next(each))


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.4, 2.5))
def test_more_or_less_confident_answers_gain_nothing(seed, temperature):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 10, 400).astype(np.uint8)
    raised = rng.dirichlet(np.ones(10), 400)
    raised[np.arange(400), y] += rng.random(400)
    p: Any = raised / raised.sum(axis=1, keepdims=True)
    loss = calibrated_loss(p, y, 10)
    assert calibrated_loss(temper(p, temperature), y, 10) == pytest.approx(loss, abs=1e-3)
    assert loss <= log_loss(y, p) + 1e-6


def test_the_probability_of_no_digit_is_spread_over_the_labels():
    p = np.array([[0.5, 0.1, 0.4], [0.1, 0.6, 0.3]], np.float32)
    y = np.array([0, 1], np.uint8)
    temperature = fit_temperature(p, y)
    q = temper(p, temperature)
    spread = [q[0, 0] + q[0, 2] / 2, q[1, 1] + q[1, 2] / 2]
    assert calibrated_loss(p, y, 2) == pytest.approx(-np.log(spread).mean())


@pytest.mark.learning
def test_a_search_finds_settings_and_the_command_to_train_with_them(tmp_path, capsys):
    search = tune(TINY, 2, tmp_path)
    assert [trial.state for trial in search.trials] == ["whole", "whole"]
    first, second = search.trials
    assert first.settings == {name: getattr(TINY, name) for name in SPACE}
    assert second.settings != first.settings
    assert first.loss is not None and second.loss is not None
    assert search.best_loss == min(first.loss, second.loss)
    best = train_model.settings_of(train_model.parse(shlex.split(search.command)[2:]))
    assert search.best == best.as_dict()
    assert best.name == "tiny-tuned"
    assert capsys.readouterr().err.count("Trial ") == 2

    assert report.load(tmp_path / "tiny") == round_trip(search)
    page = (tmp_path / "tiny" / "report.html").read_text(encoding="utf-8")
    assert page.count("Plotly.newPlot(") >= 3
    assert page.count("plotly.js v") == 1
    assert 'src="http' not in page and "link href" not in page
    assert search.command in page


def round_trip(search):
    return msgspec.json.decode(msgspec.json.encode(search), type=report.Search)


def test_a_resumed_study_continues_as_if_unbroken(tmp_path, no_training, monkeypatch):
    values = [0.5, 0.4, 0.6, 0.3, 0.35]
    losses(monkeypatch, values)
    whole = tune(TINY, 5, tmp_path / "whole")
    losses(monkeypatch, values)
    # Two machines share a database, and the second knows the results of the first.
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    tune(TINY, 2, tmp_path / "one", storage=url)
    both = tune(TINY, 3, tmp_path / "other", storage=url)
    assert [trial.settings for trial in both.trials] == [trial.settings for trial in whole.trials]
    assert [trial.loss for trial in both.trials] == values
    assert (both.best_trial, both.best_loss) == (3, 0.3)
    assert sum(both.importances.values()) == pytest.approx(1.0)
    # Without another trial the result is the same.
    assert tune(TINY, 0, tmp_path / "third", storage=url).trials == both.trials


def test_bad_trials_are_cut_short(tmp_path, no_training, monkeypatch):
    good, bad = [0.3, 0.2, 0.1], [0.9, 0.8, 0.7]
    losses(monkeypatch, [*good, *bad, *good])
    search = tune(replace(TINY, epochs=3), 2, tmp_path)
    first, second = search.trials
    assert (first.state, first.losses, first.loss) == ("whole", good, 0.1)
    assert (second.state, second.losses) == ("cut short", bad[: len(second.losses)])
    assert len(second.losses) < 3
    assert search.best_trial == 0


def test_given_settings_are_not_searched(tmp_path, no_training):
    settings = replace(TINY, loss="sparse", learning_rate=3e-3)
    search = tune(settings, 2, tmp_path, fixed=["learning_rate", "network"])
    assert search.best is not None and search.best["learning_rate"] == 3e-3
    for trial in search.trials:
        assert set(trial.settings) == {"batch_size", "augmentation", "schedule"}
    with pytest.raises(SettingsError, match="another label_smoothing, learning_rate"):
        tune(replace(settings, loss="categorical"), 1, tmp_path)
    with pytest.raises(SettingsError, match="so none is left"):
        tune(settings, 1, tmp_path, fixed=set(SPACE) - {"label_smoothing"})


def test_a_study_keeps_its_settings(tmp_path, no_training):
    tune(TINY, 1, tmp_path)
    with pytest.raises(SettingsError, match=r"started with another epochs, seed$") as problem:
        tune(replace(TINY, epochs=2, seed=1), 1, tmp_path)
    assert problem.value.settings == ("epochs", "seed", "study")
    tune(replace(TINY, epochs=2), 1, tmp_path, study="another")


def test_the_next_search_begins_with_the_trial_that_ctrl_c_interrupted(
    tmp_path, no_training, monkeypatch
):
    fit = trainer.fit

    def stopped(*_, **__):
        raise KeyboardInterrupt

    tune(TINY, 1, tmp_path)
    monkeypatch.setattr(tuning_search, "fit", stopped)
    with pytest.raises(KeyboardInterrupt):
        tune(TINY, 5, tmp_path)
    states = [trial.state for trial in report.load(tmp_path / "tiny").trials]
    assert states == ["whole", "failed", "waiting"]
    monkeypatch.setattr(tuning_search, "fit", fit)
    _, failed, again = tune(TINY, 1, tmp_path).trials
    assert again.state == "whole"
    assert again.settings == failed.settings


@pytest.mark.learning
def test_a_trial_whose_process_was_killed_is_tried_again(tmp_path, no_training):
    big = replace(TINY, epochs=500)
    command = [sys.executable, "train_model.py", *arguments(big), "--batch-size", "64"]
    command += ["--tune", "1", "--output", str(tmp_path)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    study = tmp_path / "tuning" / "tiny"
    deadline = time.monotonic() + 300
    while not reported(study / "study.db") and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(2.5)  # Longer than `HEARTBEAT_TIMEOUT`.
    fixed = {"batch_size", *vars(train_model.parse(arguments(big)))}
    search = tune(replace(big, batch_size=64), 1, study.parent, fixed=fixed)
    killed, again = search.trials
    assert (killed.state, again.state) == ("failed", "whole")
    assert again.settings == killed.settings
    assert search.best_trial == again.number


def reported(database):
    """Whether a trial has reported an epoch."""
    if not database.exists():
        return False
    try:
        with sqlite3.connect(database, timeout=10) as connection:
            return bool(connection.execute("select 1 from trial_intermediate_values").fetchone())
    except sqlite3.OperationalError:
        return False


def test_a_study_without_trials_and_bad_names(tmp_path, capsys):
    line = [*arguments(TINY), "--output", str(tmp_path), "--tune", "0"]
    assert train_model.main(line) == 0
    assert "No trial is complete yet" in capsys.readouterr().err
    assert train_model.main([*line, "--study", "../x"]) == 2
    assert "cannot name a study" in capsys.readouterr().err
    assert train_model.main([*line, "--network", "nothing"]) == 2
    assert "there is no network “nothing”" in capsys.readouterr().err
