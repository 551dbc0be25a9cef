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
from inkling.reports import files
from inkling.training.augment.config import AUGMENTATIONS
from inkling.training.settings import Settings
from inkling.ui.insights import training_options
from inkling.ui.shared import resources
from tests.ui.insights.page import charts, numbers, open_page, texts


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder of runs that no worker looks at, so that nothing starts."""
    monkeypatch.setenv("INKLING_RUNS", str(tmp_path))
    monkeypatch.setattr(jobs.Queue, "ensure_worker", lambda queue: None)
    monkeypatch.setattr(jobs.Queue, "look", lambda queue: None)
    yield tmp_path


def finish(name: str, idle: Path) -> None:
    """Give a run the report of a model that was trained."""
    report = msgspec.structs.replace(files.load_report("lenet5"), name=name)
    files.save_report(report, idle / name)


def in_visit(status: jobs.JobStatus, visit: str, idle: Path) -> None:
    """Let a run belong to a visit."""
    record = jobs.JobRecord(status.request, status.created, visit=visit)
    write_atomically(idle / status.name / records.RECORD_FILE, msgspec.json.encode(record))


def test_the_form_queues_what_it_says(idle: Path):
    test = open_page("Train here")
    test.selectbox(key="train-network").set_value("keras-io")
    test.selectbox(key="train-augmentation").set_value("none")
    test.select_slider(key="train-limit").set_value(600)
    test.select_slider(key="train-rate").set_value(5e-3)
    test.selectbox(key="train-schedule").set_value("cosine")
    test.slider(key="train-epochs").set_value(7)
    test.button(key="train-start").click().run()
    assert not test.exception
    (status,) = jobs.Queue(idle).statuses()
    assert status.request == jobs.TrainingRequest("keras-io", 600, 7, 5e-3, "none")
    assert "is waiting for its turn" in texts(test)
    # The form keeps its values while another section and another page are open.
    test.session_state["view"] = "Overview"
    test.run()
    test.switch_page("draw.py").run()
    test.session_state["view"] = "Train here"
    test.switch_page("insights.py").run()
    assert test.selectbox(key="train-network").value == "keras-io"
    assert test.select_slider(key="train-limit").value == 600
    assert test.slider(key="train-epochs").value == 7
    test.button(key=f"remove-{status.name}").click().run()
    assert "No models have been trained here yet" in texts(test)


def test_the_defaults_are_those_that_the_benchmark_measures(idle: Path):
    test = open_page("Train here")
    test.button(key="train-start").click().run()
    (status,) = jobs.Queue(idle).statuses()
    assert status.request == training_options.DEFAULT_REQUEST


def test_others_see_a_training_but_cannot_change_it(idle: Path):
    queue = jobs.Queue(idle)
    running, failed, done = (queue.add(jobs.TrainingRequest()) for _ in range(3))
    for name in (running, failed, done):
        in_visit(queue.status(name), "somebody else", idle)
    (idle / running / records.HEARTBEAT_FILE).touch()
    record = jobs.JobRecord(jobs.TrainingRequest(), "2026-01-01T00:00:00+00:00", True, "oh", "bob")
    write_atomically(idle / failed / records.RECORD_FILE, msgspec.json.encode(record))
    finish(done, idle)
    test = open_page("Train here")
    assert "Somebody else started it" in texts(test)
    keys = [str(button.key) for button in test.button]
    assert f"show-{done}" in keys
    forbidden = ("stop-", "resume-", "remove-", "delete-")
    assert not [key for key in keys if key.startswith(forbidden)]


def test_the_trainings_of_a_visit_are_laid_over_each_other(idle: Path):
    queue = jobs.Queue(idle)
    done, running = (queue.add(jobs.TrainingRequest()) for _ in range(2))
    finish(done, idle)
    progress = jobs.Progress("training", 1, 2, 5, 10, [(0.1, 2.0, 0.2), (0.5, 1.0, 0.6)])
    write_atomically(idle / running / records.PROGRESS_FILE, msgspec.json.encode(progress))
    (idle / running / records.HEARTBEAT_FILE).touch()
    loss, accuracy = charts(open_page("Train here"))
    assert "loss" in loss["layout"]["title"]["text"].lower()
    names = [curve["name"] for curve in accuracy["data"] if curve.get("showlegend") is not False]
    assert len({name.split(",")[1] for name in names}) >= 1 and len(names) == 4
    assert numbers(accuracy["data"][3]["x"]) == [0.1, 0.5]


def test_the_robustness_of_ones_own_model_is_measured_from_the_page(idle: Path):
    queue = jobs.Queue(idle)
    name = queue.add(jobs.TrainingRequest())
    finish(name, idle)
    test = open_page("Embedding", name)
    assert "has not been measured yet" in texts(test)
    test.button(key="measure-start").click().run()
    (job,) = [one for one in queue.statuses() if one.name != name]
    assert job.request == records.MeasuringRequest(name)
    assert "Measuring" in texts(test) or "Waiting" in test.get("progress")[0].proto.text
    write_atomically(
        idle / job.name / records.RECORD_FILE,
        msgspec.json.encode(jobs.JobRecord(job.request, job.created, True, "the disk is full")),
    )
    test.run()
    assert "the disk is full" in test.error[0].value
    test.button(key="measure-start").click().run()
    assert [one.state for one in queue.statuses()].count("queued") == 1
    in_visit(queue.status(name), "somebody else", idle)
    for one in queue.statuses():
        if one.name != name:
            queue.remove(one.name, one.visit)
    test.run()
    assert "Whoever trained this model" in texts(test)


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
    assert not [button for button in test.button if button.key == f"resume-{name}"]
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
