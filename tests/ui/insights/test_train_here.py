"""Training from the page: the form, and every state of a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inkling import jobs
from inkling.jobs import records
from inkling.paths import model_folder, write_atomically
from inkling.training.augment.config import AUGMENTATIONS
from inkling.training.settings import Settings
from inkling.ui.insights import training_options
from inkling.ui.shared import resources
from tests.ui.insights.page import charts, open_page, texts


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of runs that no worker looks at, so that nothing starts."""
    monkeypatch.setenv("INKLING_RUNS", str(tmp_path))
    monkeypatch.setattr(jobs.Queue, "ensure_worker", lambda queue: None)
    yield tmp_path


def test_the_form_queues_what_it_says(idle: Path):
    test = open_page("Train here")
    test.selectbox(key="train-network").set_value("keras-io")
    test.selectbox(key="train-augmentation").set_value("none")
    test.select_slider(key="train-limit").set_value(600)
    test.select_slider(key="train-rate").set_value(5e-3)
    test.slider(key="train-epochs").set_value(7)
    test.button(key="train-start").click().run()
    assert not test.exception
    (status,) = jobs.Queue(idle).statuses()
    assert status.request == jobs.TrainingRequest("keras-io", 600, 7, 5e-3, "none")
    assert "is waiting for its turn" in texts(test)
    test.button(key=f"remove-{status.name}").click().run()
    assert "No models have been trained here yet" in texts(test)


def test_a_running_training_is_shown_and_can_be_stopped(idle: Path):
    queue = jobs.Queue(idle)
    name = queue.add(jobs.TrainingRequest())
    folder = idle / name
    progress = jobs.Progress(
        "training", 1, 2, 5, 10, [(0.1, 2.0, 0.2), (0.5, 1.0, 0.6)], [[8, 2], [1, 9]]
    )
    write_atomically(folder / records.PROGRESS_FILE, msgspec.json.encode(progress))
    (folder / records.HEARTBEAT_FILE).touch()
    test = open_page("Train here")
    assert "reads **17** of 20 validation digits correctly" in texts(test)
    assert len(charts(test)) == 3
    test.button(key=f"stop-{name}").click().run()
    assert (folder / records.STOP_FILE).exists()
    assert "measured and kept" in texts(test)


def test_a_failed_training_says_why_and_can_be_resumed(idle: Path):
    name = jobs.Queue(idle).add(jobs.TrainingRequest())
    created = "2026-01-01T00:00:00+00:00"
    record = jobs.JobRecord(jobs.TrainingRequest(), created, True, "the disk is full")
    write_atomically(idle / name / records.RECORD_FILE, msgspec.json.encode(record))
    test = open_page("Train here")
    assert "the disk is full" in test.error[0].value
    test.button(key=f"resume-{name}").click().run()
    assert jobs.Queue(idle).status(name).state == "queued"


def test_a_trained_model_can_be_picked_until_it_is_deleted(idle: Path):
    name = jobs.Queue(idle).add(jobs.TrainingRequest())
    for file in ("report.json", "model.tflite"):
        shutil.copy(model_folder() / "lenet5" / file, idle / name / file)
    test = open_page("Train here")
    assert name in test.selectbox(key="model").options or any(
        resources.model_title(name) == option for option in test.selectbox(key="model").options
    )
    test.button(key=f"show-{name}").click().run()
    assert not test.exception
    assert test.selectbox(key="model").value == name
    test.session_state["view"] = "Train here"
    test.run()
    test.button(key=f"delete-{name}").click().run()
    assert not test.exception
    assert test.selectbox(key="model").value == "digits"
    assert not (idle / name).exists()


def test_without_training_the_page_says_so(idle: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INKLING_TRAINING", "off")
    test = open_page("Train here")
    assert "Training is not available here" in texts(test)
    assert not [button for button in test.button if button.key == "train-start"]


def test_the_options_are_those_of_the_training():
    assert set(training_options.AUGMENTATIONS) <= set(AUGMENTATIONS)
    request = jobs.TrainingRequest(limit=600)
    options = request.arguments("run-x", Path("runs"))
    fields = {f"--{name.replace('_', '-')}" for name in Settings().as_dict()}
    known = fields | {"--output", "--lean", "--live"}
    assert {option for option in options if option.startswith("--")} <= known
