"""Teach now as a visitor sees it; `tests/training/test_teach.py` does the teaching itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from inkling import jobs
from inkling.jobs import records
from inkling.paths import model_folder, write_atomically
from inkling.reports import files
from inkling.reports.teaching import TaughtDrawing, Teaching, save_teaching
from tests.fixtures.app import texts
from tests.ui.draw.test_feedback import file, page

__all__ = ["file"]


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: Path) -> Path:
    """A folder of runs that no worker looks at, so that nothing starts; and an empty store."""
    runs = tmp_path / "runs"
    monkeypatch.setenv("INKLING_RUNS", str(runs))
    monkeypatch.setattr(jobs.Queue, "ensure_worker", lambda queue: None)
    monkeypatch.setattr(jobs.Queue, "look", lambda queue: None)
    return runs


def finish(status: jobs.JobStatus, idle: Path) -> None:
    """Give a teaching the files of a model that has learnt one of its two drawings."""
    folder = idle / status.name
    assert isinstance(status.request, records.TeachingRequest)
    image = status.request.corrections[0].image
    drawings = [
        TaughtDrawing(image, "1", "7", 0.99, "1", 0.98),
        TaughtDrawing(image, "none", "7", 0.99, "7", 0.6),
    ]
    save_teaching(Teaching("digits", drawings, 1.0, 9.0), folder)
    base = files.load_report("digits")
    before = [one for one in base.splits if one.split == "test"]
    shutil.copy(model_folder() / "digits" / "model.tflite", folder)
    files.save_report(msgspec.structs.replace(base, name=status.name, before=before), folder)


def corrected() -> AppTest:
    """The page after a first correction: a 7 of MNIST is called a 1."""
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not [button for button in app.button if button.key == "teach-now"]
    app.pills[0].select("1").run()
    return app


def test_a_correction_is_taught_shown_and_taken_back(idle: Path) -> None:
    app = corrected()
    assert "Teach now to make the network learn it" in texts(app)
    app.button(key="teach-now").click().run()
    (status,) = jobs.Queue(idle).statuses()
    assert isinstance(status.request, records.TeachingRequest)
    assert status.request.base == "digits" and status.visit not in ("", status.name)
    assert [one.label for one in status.request.corrections] == ["1"]
    # While it runs, there is a bar and no second button.
    (idle / status.name / records.HEARTBEAT_FILE).touch()
    progress = jobs.Progress("training", 5, 25, 1, 1)
    write_atomically(idle / status.name / records.PROGRESS_FILE, msgspec.json.encode(progress))
    app.run()
    assert not [button for button in app.button if button.key == "teach-now"]
    assert "You can go on drawing" in texts(app)
    (idle / status.name / records.HEARTBEAT_FILE).unlink()
    finish(status, idle)
    app.run()
    assert "reads 1 of 2 drawings as you said" in texts(app)
    assert "before, it was" in texts(app)
    app.button(key="teach-reset").click().run()
    assert jobs.Queue(idle).statuses() == []
    assert [button.key for button in app.button if button.key == "teach-now"]
    assert not app.exception


def test_a_failed_teaching_says_why_and_loses_nothing(idle: Path) -> None:
    app = corrected()
    app.button(key="teach-now").click().run()
    (status,) = jobs.Queue(idle).statuses()
    record = jobs.JobRecord(status.request, status.created, True, "the disk is full", status.visit)
    write_atomically(idle / status.name / records.RECORD_FILE, msgspec.json.encode(record))
    app.run()
    assert "the disk is full" in app.error[0].value and "still saved" in app.error[0].value
    app.button(key="teach-now").click().run()
    (again,) = jobs.Queue(idle).statuses()
    assert again.state == "queued"


def test_nothing_is_promised_where_trainings_are_off(
    idle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKLING_TRAINING", "off")
    app = corrected()
    assert "Teach now" not in texts(app)
    assert "this one stays as is" in texts(app)
    assert not [button for button in app.button if button.key == "teach-now"]
