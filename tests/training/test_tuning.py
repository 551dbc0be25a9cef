"""The search for settings, what it survives, and the quick preset."""

from __future__ import annotations

import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

import train_model
from benchmarks import time_to_99
from inkling.paths import ROOT
from inkling.reports.schema import Epoch
from inkling.training import trainer
from inkling.training.data.batches import Part
from inkling.training.evaluate.calibration import fit_temperature, temper
from inkling.training.settings import Settings, arguments, preset
from inkling.training.tuning import report
from inkling.training.tuning import search as tuning_search
from inkling.training.tuning.search import SPACE, address, calibrated_loss, tune

TINY = Settings(
    name="tiny", network="lenet5", epochs=1, limit=256, validation=0.005, precision="float32"
)


@pytest.fixture(autouse=True)
def learns_at_once(monkeypatch):
    """The search learns from the first trial on, and notices a killed one within a second."""
    monkeypatch.setattr(tuning_search, "FIRST", 1)
    monkeypatch.setattr(tuning_search, "HEARTBEAT", 1)
    monkeypatch.setattr(tuning_search, "GRACE", 1)


@pytest.fixture
def no_training(monkeypatch):
    """Trials that take no time: they begin and end as training does, and learn nothing."""
    y = np.arange(10, dtype=np.uint8)
    x = np.zeros((10, 28, 28), np.uint8)
    parts = [Part("mnist", (x,), y, x, y)]

    def fit(settings, parts, folder, *, verbose, callbacks):
        watch = callbacks[0]
        watch.set_model(type("Model", (), {"stop_training": False})())
        history = []
        for epoch in range(settings.epochs):
            watch.on_epoch_end(epoch)
            history.append(Epoch(epoch + 1, 0, 0, -epoch, 0, 0, 0))
            if watch.model.stop_training:
                break
        return watch.model, history

    def predict(model, glyphs):
        return np.full((len(glyphs), 10), 0.1, np.float32)

    monkeypatch.setattr(tuning_search, "fit", fit)
    monkeypatch.setattr(tuning_search, "predict", predict)
    monkeypatch.setattr(tuning_search, "prepare", lambda settings: parts)
    monkeypatch.setattr(report, "page", lambda search, study: "")


def losses(monkeypatch, values):
    """Let the trials have these losses, one an epoch."""
    each = iter(values)
    monkeypatch.setattr(tuning_search, "calibrated_loss", lambda p, y, labels: next(each))


# --- the settings as a command line ---------------------------------------------------------------


SETTINGS = st.builds(
    Settings,
    name=st.sampled_from(["digits", "lenet5", "a b", "tiny"]),
    network=st.sampled_from(["inkling", "lenet5", "sprint"]),
    datasets=st.sampled_from([("mnist",), ("mnist", "usps")]),
    epochs=st.integers(1, 100),
    batch_size=st.integers(1, 1024),
    learning_rate=st.floats(1e-9, 10.0),
    schedule=st.sampled_from(["plateau", "cosine", "one-cycle", "constant"]),
    loss=st.sampled_from(["categorical", "sparse"]),
    label_smoothing=st.floats(0.0, 0.9),
    augmentation=st.sampled_from(["none", "affine", "handwriting"]),
    variants=st.booleans(),
    validation=st.floats(0.01, 0.5),
    patience=st.integers(0, 9),
    limit=st.integers(0, 60_000),
    seed=st.integers(0, 2**31),
    precision=st.sampled_from(["auto", "float32", "mixed_bfloat16"]),
)


@hypothesis_settings(max_examples=100, deadline=None)
@given(SETTINGS)
def test_settings_survive_the_command_line(settings):
    line = shlex.join(arguments(settings))
    assert train_model.settings_of(train_model.parse(shlex.split(line))) == settings


@pytest.mark.parametrize(
    "line",
    [
        "--study x",
        "--storage sqlite://",
        "--tune -1",
        "--tune 1 --resume",
        "--tune 1 --report-only",
    ],
)
def test_options_that_do_not_go_together(line, capsys):
    with pytest.raises(SystemExit) as end:
        train_model.parse(line.split())
    assert end.value.code == 2
    assert "--tune" in capsys.readouterr().err


# --- the objective --------------------------------------------------------------------------------


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.4, 2.5))
def test_bolder_or_shyer_answers_gain_nothing(seed, temperature):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 10, 400).astype(np.uint8)
    p = rng.dirichlet(np.ones(10), 400)
    p[np.arange(400), y] += rng.random(400)
    p /= p.sum(axis=1, keepdims=True)
    loss = calibrated_loss(p, y, 10)
    assert calibrated_loss(temper(p, temperature), y, 10) == pytest.approx(loss, abs=1e-3)
    assert loss <= log_loss(y, p) + 1e-6


def test_what_is_given_to_no_digit_is_shared_out():
    p = np.array([[0.5, 0.1, 0.4], [0.1, 0.6, 0.3]], np.float32)
    y = np.array([0, 1], np.uint8)
    temperature = fit_temperature(p, y)
    q = temper(p, temperature)
    shared = [q[0, 0] + q[0, 2] / 2, q[1, 1] + q[1, 2] / 2]
    assert calibrated_loss(p, y, 2) == pytest.approx(-np.log(shared).mean())


# --- a search -------------------------------------------------------------------------------------


@pytest.mark.learning
def test_a_search_finds_and_says_how_to_train_with_it(tmp_path, capsys):
    search = tune(TINY, 2, tmp_path)
    assert [trial.state for trial in search.trials] == ["whole", "whole"]
    first, second = search.trials
    assert first.settings == {name: getattr(TINY, name) for name in SPACE}
    assert second.settings != first.settings
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


def test_a_study_taken_up_goes_on_as_if_unbroken(tmp_path, no_training, monkeypatch):
    values = [0.5, 0.4, 0.6, 0.3, 0.35]
    losses(monkeypatch, values)
    whole = tune(TINY, 5, tmp_path / "whole")
    losses(monkeypatch, values)
    # Two machines with one database; the second knows what the first has found.
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    tune(TINY, 2, tmp_path / "one", storage=url)
    both = tune(TINY, 3, tmp_path / "other", storage=url)
    assert [trial.settings for trial in both.trials] == [trial.settings for trial in whole.trials]
    assert [trial.loss for trial in both.trials] == values
    assert (both.best_trial, both.best_loss) == (3, 0.3)
    assert sum(both.importances.values()) == pytest.approx(1.0)
    # Nothing more, the same again.
    assert tune(TINY, 0, tmp_path / "third", storage=url).trials == both.trials


def test_hopeless_trials_are_cut_short(tmp_path, no_training, monkeypatch):
    good, bad = [0.3, 0.2, 0.1], [0.9, 0.8, 0.7]
    losses(monkeypatch, [*good, *bad, *good])
    search = tune(replace(TINY, epochs=3), 2, tmp_path)
    first, second = search.trials
    assert (first.state, first.losses, first.loss) == ("whole", good, 0.1)
    assert (second.state, second.losses) == ("cut short", bad[: len(second.losses)])
    assert len(second.losses) < 3
    assert search.best_trial == 0


def test_what_is_given_is_not_searched(tmp_path, no_training):
    settings = replace(TINY, loss="sparse", learning_rate=3e-3)
    search = tune(settings, 2, tmp_path, fixed=["learning_rate", "network"])
    assert search.best["learning_rate"] == 3e-3
    for trial in search.trials:
        assert set(trial.settings) == {"batch_size", "augmentation", "schedule"}
    with pytest.raises(ValueError, match="begun with another label_smoothing, learning_rate"):
        tune(replace(settings, loss="categorical"), 1, tmp_path)
    with pytest.raises(ValueError, match="nothing is left to search"):
        tune(settings, 1, tmp_path, fixed=set(SPACE) - {"label_smoothing"})


def test_a_study_keeps_to_its_settings(tmp_path, no_training):
    tune(TINY, 1, tmp_path)
    with pytest.raises(ValueError, match="begun with another epochs, seed: give the same"):
        tune(replace(TINY, epochs=2, seed=1), 1, tmp_path)
    tune(replace(TINY, epochs=2), 1, tmp_path, study="another")


def test_ctrl_c_keeps_all_and_the_next_search_begins_with_it(tmp_path, no_training, monkeypatch):
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
def test_a_trial_whose_process_was_killed_is_done_again(tmp_path, no_training):
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
    time.sleep(2.5)  # Longer than `GRACE`.
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


# --- storages that cannot be ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "the storage is to be sqlite:///FILE or postgresql://"),
        ("mysql://me:secret@host/x", "the storage is to be sqlite:///FILE or postgresql://"),
        ("sqlite:////no/such/folder/study.db", "does not answer: unable to open"),
        ("postgresql://me:secret@127.0.0.1:1/x", "postgresql+psycopg://me:***@127.0.0.1:1/x does"),
        ("postgres://me:secret@127.0.0.1:1/x", "does not answer"),
    ],
)
def test_a_bad_storage_gives_a_sentence(url, said, tmp_path, capsys):
    line = [*arguments(TINY), "--tune", "0", "--storage", url, "--output", str(tmp_path)]
    assert train_model.main(line) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error and "Traceback" not in error


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ValueError, match=r'pip install "psycopg\[binary\]"'):
        address("postgresql://host/database")


def test_no_trial_and_bad_names(tmp_path, capsys):
    line = [*arguments(TINY), "--output", str(tmp_path), "--tune", "0"]
    assert train_model.main(line) == 0
    assert "No trial is whole yet" in capsys.readouterr().err
    assert train_model.main([*line, "--study", "../x"]) == 2
    assert "cannot name a study" in capsys.readouterr().err
    assert train_model.main([*line, "--network", "nothing"]) == 2
    assert "no network 'nothing'" in capsys.readouterr().err


# --- the quick preset -----------------------------------------------------------------------------


def test_quick_is_a_sprint_unless_a_network_is_named():
    assert preset("quick").network == "sprint"
    assert preset("quick", "inkling").network == preset("").network == "inkling"
    options = train_model.parse(["--preset", "quick"])
    assert train_model.settings_of(options) == preset("quick")


@pytest.mark.learning
def test_a_sprint_is_small():
    from inkling.training import networks
    from inkling.training.export import tflite

    model = networks.build("sprint")
    # By hand: kernels 5x5x24 and 3x3x24x32, 800 to 256 to 10; each norm has four a channel.
    weights = 600 + 6_912 + 800 * 256 + 2_560 + 10
    assert model.count_params() == weights + 4 * (24 + 32 + 256)
    assert tflite.multiply_adds(model) == 24 * 24 * 600 + 10 * 10 * 6_912 + 800 * 256 + 2_560


@pytest.mark.learning
def test_one_cycle_rises_and_falls_step_by_step(tmp_path):
    import keras

    from inkling.training.data.batches import prepare
    from inkling.training.trainer import fit

    class Rates(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.seen = []

        def on_train_batch_end(self, batch, logs=None):
            self.seen.append(float(self.model.optimizer.learning_rate))

    settings = replace(TINY, epochs=2, batch_size=64, learning_rate=0.004, schedule="one-cycle")
    rates = Rates()
    fit(settings, prepare(settings), tmp_path, verbose=0, callbacks=[rates])
    # Eight steps: from nearly nothing to the top at the third, then down by a sixth of it each.
    wanted = [0.00004, 0.002, *(0.004 * part / 6 for part in (6, 5, 4, 3, 2, 1))]
    assert rates.seen == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("accuracy", "place"),
    [
        ([], None),
        ([0.98], None),
        ([0.99], 0),
        ([0.98, 0.991, 0.9899, 0.99, 0.995], 3),
        ([0.995, 0.98], None),
    ],
)
def test_a_target_counts_once_it_is_kept(accuracy, place):
    assert time_to_99.kept_from(accuracy) == place


@pytest.mark.learning
def test_the_benchmark_measures_a_quick_training(capsys):
    settings = replace(preset("quick"), limit=256, validation=0.005, precision="float32")
    curve = time_to_99.measure(settings, every=2)
    # Two epochs of two steps, and what is kept.
    assert curve.steps == [2, 4, 4]
    assert 0 < curve.started < curve.seconds[0] < curve.seconds[1] < curve.seconds[2]
    assert all(0 <= value <= 1 for value in curve.accuracy)
    time_to_99.show(settings, [curve])
    assert "never reached" in capsys.readouterr().out
