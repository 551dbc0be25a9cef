"""The command that trains models, as it is typed."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import train_model
from inkling.paths import ROOT
from inkling.reports import checksums, files
from inkling.training.settings import ENDLESS, LineSettings, Settings, arguments, preset

TINY = ["--network", "lenet5", "--limit", "3000", "--name", "tiny", "--precision", "float32"]
# Measured on the test split alone, which takes less time than all else.
TINY += ["--lean"]
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


@pytest.fixture(autouse=True)
def only_mnist(monkeypatch, tmp_path):
    """Measure on MNIST alone, whatever data sets this machine has."""
    monkeypatch.delenv("INKLING_DATA", raising=False)
    monkeypatch.setenv("INKLING_CACHE", str(tmp_path / "cache"))


def weights_of(folder):
    import keras

    model = keras.saving.load_model(folder / "tiny" / "model.keras")
    return [np.asarray(weight) for weight in model.weights]


@settings(max_examples=100, deadline=None)
@given(SETTINGS)
def test_settings_survive_the_command_line(wanted):
    line = shlex.join(arguments(wanted))
    assert train_model.settings_of(train_model.parse(shlex.split(line))) == wanted


def test_options_override_the_preset():
    options = train_model.parse(["--preset", "full", "--epochs", "3", "--dataset", "mnist", "usps"])
    found = train_model.settings_of(options)
    assert found.epochs == 3
    assert found.datasets == ("mnist", "usps")
    assert found.label_smoothing == preset("full", "inkling").label_smoothing


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


def test_a_full_disk_is_said_in_a_sentence(monkeypatch, capsys, tmp_path):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "model.keras"))

    monkeypatch.setattr(train_model, "_run", full)
    assert train_model.main(TINY) == 2
    said = capsys.readouterr().err
    assert said == (
        "train_model.py: a file cannot be read or written (no space left on device). Is the disk "
        "full?\n"
    )


@pytest.mark.learning
def test_a_killed_run_resumes_to_the_same_model(tmp_path, monkeypatch, capsys):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    three = [*TINY, "--epochs", "3", "--validation", "0.01"]
    # As in the repository, where the folder of models has a list of digests.
    (whole / "other").mkdir(parents=True)
    (whole / "other" / "report.json").write_text("{}")
    checksums.write(whole)
    assert train_model.main([*three, "--output", str(whole)]) == 0
    assert list(checksums.verify(whole)) == []
    assert {"tiny/model.keras", "tiny/report.json"} <= set(checksums.load(whole))
    state = killed / "tiny" / "checkpoint" / "state.json"
    process = subprocess.Popen(
        [sys.executable, "train_model.py", *three, "--output", str(killed)],
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

    resumed = [*three, "--resume", "--output", str(killed)]
    capsys.readouterr()
    assert train_model.main([*resumed, "--learning-rate", "0.1"]) == 2
    assert "other settings" in capsys.readouterr().err

    assert train_model.main(resumed) == 0
    for one, two in zip(weights_of(whole), weights_of(killed), strict=True):
        assert np.allclose(one, two, atol=1e-4)

    monkeypatch.setenv("INKLING_MODEL", str(killed))
    report = files.load_report("tiny")
    assert [epoch.epoch for epoch in report.history] == [1, 2, 3]
    splits = {result.split: result for result in report.splits}
    assert splits["test"].accuracy.value > 0.8
    assert splits["train"].n == 3000
    assert splits["validation"].n == 600
    assert not (killed / "tiny" / "checkpoint").exists()
    shutil.rmtree(whole)


@pytest.mark.learning
@pytest.mark.parametrize(
    ("options", "sentence", "which"),
    [
        ("--network nothing", "there are batchnorm, inkling", "(see --network)"),
        (
            "--strangers output --loss sparse",
            "negatives have no label number, so they need the categorical loss",
            "(see --negatives, --loss)",
        ),
        ("--dataset nothing", "there is no data set", ""),
    ],
)
def test_bad_options_give_a_sentence(options, sentence, which, tmp_path, capsys):
    assert train_model.main([*TINY, *options.split(), "--output", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.rstrip().endswith(which)
    assert "Traceback" not in error
    assert not list(tmp_path.rglob("report.json"))


def test_earlier_names_of_options_still_work():
    options = train_model.parse(["--strangers", "uniform", "--depth", "lenet5"])
    assert (options.negatives, options.robustness) == ("uniform", ["lenet5"])
    assert train_model.settings_of(options).negatives == "uniform"


def test_the_help_shows_the_plain_names_only(capsys):
    with pytest.raises(SystemExit):
        train_model.parse(["--help"])
    text = capsys.readouterr().out
    assert "--negatives" in text and "--robustness" in text
    assert "--strangers" not in text and "--depth" not in text


@pytest.mark.learning
def test_a_bug_is_not_turned_into_a_sentence(monkeypatch):
    from inkling.training import run

    def broken(*_, **__):
        raise KeyError("a bug")

    monkeypatch.setattr(run, "train", broken)
    with pytest.raises(KeyError, match="a bug"):
        train_model.main(TINY)


@pytest.mark.learning
@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--epochs", "epochs cannot be 0 without a start (see --epochs)"),
        ("--batch-size", "batch size cannot be 0 (see --batch-size)"),
    ],
)
def test_bad_options_of_the_line_model_give_a_sentence(option, sentence, tmp_path, capsys):
    arguments = ["--network", "line", option, "0", "--output", str(tmp_path)]
    assert train_model.main(arguments) == 2
    assert capsys.readouterr().err.rstrip() == f"train_model.py: {sentence}"
    assert not list(tmp_path.iterdir())


def test_the_settings_of_the_page_and_line_models():
    options = train_model.parse(["--network", "line", "--epochs", "3", "--batch-size", "16"])
    found = train_model.endless_settings_of(options)
    assert found == LineSettings(**{**asdict(ENDLESS["line"]), "epochs": 3, "batch_size": 16})
    options = train_model.parse(["--network", "page", "--seed", "5", "--learning-rate", "0.1"])
    found = train_model.endless_settings_of(options)
    assert found == replace(ENDLESS["page"], seed=5, learning_rate=0.1)
