"""The queue of trainings: one at a time, stopped, kept, resumed, and never a shipped model.

A stand-in for `train_model.py --worker` does to its folders what the real one does. A real training
is started from the app in tests/browser/test_insights.py.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from inkling import jobs, paths
from inkling.jobs import JobError, JobRecord, Progress, Queue, TrainingRequest, heartbeat, records
from inkling.jobs.records import MeasuringRequest, TeachingRequest
from inkling.jobs.status import State
from inkling.reports import files
from inkling.reports.names import REPORT_FILE, model_names

STAND_IN = """
import os, shutil, signal, sys, time
from pathlib import Path
sys.path.insert(0, os.getcwd())
from inkling.reports import files as reports
from inkling.paths import model_folder, write_atomically
from inkling.jobs.heartbeat import heartbeat
from inkling.jobs.records import PROGRESS_FILE, STOP_FILE, Progress
import msgspec

from inkling.jobs.worker import serve

def work(given):
    def option(name): return given[given.index(name) + 1]
    folder = Path(option("--output")) / option("--name")
    with heartbeat(folder):
        if "--robustness" in given:
            time.sleep(0.3)
            return 0
        assert "--live" in given and "--lean" in given
        if option("--network") == "broken":
            print("something before", file=sys.stderr)
            print("train_model.py: no network 'broken'", file=sys.stderr)
            print("I0000 00:00:1.2 1 cuda_executor.cc:1] could not open", file=sys.stderr)
            sys.exit(2)
        if option("--network") in ("killed", "crashed"):
            print("2026-11-28 10:00:00.1: E external/cuda.cc:152] no CUDA", file=sys.stderr)
            kind = signal.SIGKILL if option("--network") == "killed" else signal.SIGSEGV
            os.kill(os.getpid(), kind)
            time.sleep(60)
        (folder / "checkpoint").mkdir(exist_ok=True)
        shutil.copy(Path(__file__).with_name("state.json"), folder / "checkpoint")
        first = 3 if "--resume" in given else 1
        for epoch in range(first, int(option("--epochs")) + 1):
            trace, confusion = [(0.5, 1.0, 0.5)], [[3, 1], [0, 4]]
            progress = Progress("training", epoch, int(option("--epochs")), 1, 2, trace, confusion)
            write_atomically(folder / PROGRESS_FILE, msgspec.json.encode(progress))
            if (folder / STOP_FILE).exists():
                break
            time.sleep(0.15)
        shutil.rmtree(folder / "checkpoint")
        source = model_folder() / "lenet5"
        for name in (reports.REPORT_FILE, "model.tflite"):
            shutil.copy(source / name, folder)
    return 0

serve(work)
"""


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN, "utf-8")
    history = files.load_report("lenet5").history[:2]
    (tmp_path / "state.json").write_bytes(msgspec.json.encode({"history": history, "rate": 0.1}))
    made = Queue(tmp_path / "runs", (sys.executable, str(script)))
    yield made
    made.close()


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds. A stand-in takes a second, on a busy machine some more."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.02)


def state(queue: Queue, name: str) -> str:
    return queue.status(name).state


def test_a_run_is_trained_watched_and_kept_apart_from_the_shipped_models(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("INKLING_RUNS", str(queue.folder))
    shipped = sorted(path.name for path in paths.model_folder().iterdir())
    name = queue.add(TrainingRequest(epochs=4))
    assert name.startswith(paths.RUN)
    wait_for(lambda: queue.status(name).progress.stage == "training")
    wait_for(lambda: queue.status(name).history)
    status = queue.status(name)
    assert status.state == "training" and status.progress.confusion_total == 8
    assert len(status.history) == 2
    wait_for(lambda: state(queue, name) == "done")
    assert sorted(path.name for path in paths.model_folder().iterdir()) == shipped
    assert model_names()[-1] == name
    assert paths.folder_of(name) == queue.folder / name
    assert files.load_report(name).network == "lenet5"
    assert sorted(path.name for path in (queue.folder / name).iterdir()) == [
        "live.json",
        "log.txt",
        "model.tflite",
        "report.json",
        "run.json",
    ]
    queue.remove(name)
    assert name not in model_names() and not queue.statuses()


def test_one_run_at_a_time_in_the_order_of_arrival(queue: Queue):
    for _ in range(3):
        queue.add(TrainingRequest(epochs=3))
    seen: list[list[State]] = []
    while True:
        states = [status.state for status in queue.statuses()]
        assert states.count("training") <= 1
        if not seen or states != seen[-1]:
            seen.append(states)
        if states == ["done"] * 3:
            break
        time.sleep(0.01)
    # No run overtakes an earlier one.
    rank = {"queued": 0, "training": 1, "done": 2}
    for states in seen:
        numbers = [rank[one] for one in states]
        assert numbers == sorted(numbers, reverse=True)


def test_stopping_keeps_the_model_so_far_and_removes_a_queued_run(queue: Queue):
    first, second = queue.add(TrainingRequest(epochs=400)), queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: queue.status(first).progress.stage == "training")
    queue.stop(second)
    with pytest.raises(JobError, match="There is no run"):
        queue.status(second)
    queue.stop(first)
    wait_for(lambda: state(queue, first) == "done")
    assert not queue.status(first).is_stopping


def test_removing_the_run_in_training_starts_the_next(queue: Queue):
    first, second = queue.add(TrainingRequest(epochs=400)), queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: state(queue, first) == "training")
    queue.remove(first)
    wait_for(lambda: state(queue, second) == "done")
    assert [status.name for status in queue.statuses()] == [second]


def test_a_failure_shows_the_last_line_of_the_log_and_the_next_run_starts(queue: Queue):
    first, second = (
        queue.add(TrainingRequest(network="broken")),
        queue.add(TrainingRequest(epochs=1)),
    )
    wait_for(lambda: state(queue, second) == "done")
    assert queue.status(first).problem == "no network 'broken'"
    assert state(queue, first) == "failed"


@pytest.mark.parametrize(
    ("network", "reason"), [("killed", "was killed (SIGKILL)"), ("crashed", "crashed (SIGSEGV)")]
)
def test_a_process_that_was_killed_is_not_explained_by_what_it_wrote_last(
    queue: Queue, network: str, reason: str
):
    name = queue.add(TrainingRequest(network=network))
    wait_for(lambda: state(queue, name) == "failed")
    problem = queue.status(name).problem
    assert reason in problem and "CUDA" not in problem


def test_a_run_that_a_stopped_server_left_is_resumed(queue: Queue, tmp_path: Path):
    name = queue.add(TrainingRequest(epochs=400))
    wait_for(lambda: queue.status(name).history)
    queue.close()
    wait_for(lambda: not queue._worker.is_running)
    # As if its last heartbeat were long ago.
    (queue.folder / name / records.HEARTBEAT_FILE).unlink(missing_ok=True)
    after = Queue(queue.folder, queue._worker.command)
    after.ensure_worker()
    assert state(after, name) == "interrupted"
    # A resumed stand-in begins with the third epoch, so three are enough now.
    record = JobRecord(TrainingRequest(epochs=3), after.status(name).created, is_started=True)
    paths.write_atomically(queue.folder / name / records.RECORD_FILE, msgspec.json.encode(record))
    after.resume(name)
    wait_for(lambda: state(after, name) == "done")
    after.close()


def test_a_training_of_another_process_is_waited_for(queue: Queue):
    elsewhere = f"{paths.RUN}20260101-000000-lenet5"
    folder = queue.folder / elsewhere
    with heartbeat.heartbeat(folder):
        wait_for((folder / records.HEARTBEAT_FILE).exists)
        record = JobRecord(TrainingRequest(), "2026-01-01T00:00:00+00:00", is_started=True)
        paths.write_atomically(folder / records.RECORD_FILE, msgspec.json.encode(record))
        name = queue.add(TrainingRequest(epochs=1))
        time.sleep(0.3)
        assert (state(queue, elsewhere), state(queue, name)) == ("training", "queued")
    wait_for(lambda: state(queue, name) == "done")
    assert state(queue, elsewhere) == "interrupted"


def test_the_number_of_queued_runs_is_limited(queue: Queue):
    """docs/operations.md says so: five wait, beside the one that runs."""
    running = queue.add(TrainingRequest(epochs=400))
    wait_for(lambda: state(queue, running) == "training")
    for _ in range(5):
        queue.add(TrainingRequest(epochs=1))
    with pytest.raises(JobError, match="are waiting"):
        queue.add(TrainingRequest(epochs=1))


@pytest.mark.parametrize("name", ["digits", "../run-x", "run-/../digits", "run-nothing", ""])
def test_only_runs_have_a_status_and_can_be_removed(queue: Queue, name: str):
    with pytest.raises(JobError):
        queue.status(name)
    if name != "run-nothing":
        with pytest.raises(JobError):
            queue.remove(name)


def test_a_damaged_record_gives_a_sentence_and_damaged_progress_is_ignored(queue: Queue):
    name = queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: state(queue, name) == "done")
    (queue.folder / name / records.PROGRESS_FILE).write_bytes(b"{")
    assert queue.status(name).progress == Progress()
    (queue.folder / name / records.RECORD_FILE).write_bytes(b"\xff")
    with pytest.raises(JobError, match="damaged"):
        queue.status(name)
    assert queue.statuses() == []


def test_a_folder_that_cannot_be_written_to_gives_a_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    blocked = Queue(tmp_path / "file" / "runs")
    with pytest.raises(JobError, match="cannot be created"):
        blocked.add(TrainingRequest())


def test_trainings_can_be_disabled(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    assert jobs.is_enabled()
    monkeypatch.setenv("INKLING_TRAINING", "off")
    assert not jobs.is_enabled()
    with pytest.raises(JobError, match="switched off"):
        queue.add(TrainingRequest())
    queue.look()
    assert not queue._worker.is_running and not queue.statuses()


def test_only_the_visit_that_asked_may_change_a_run(queue: Queue):
    name = queue.add(TrainingRequest(epochs=400), "ann")
    for change in (queue.stop, queue.remove, queue.resume):
        with pytest.raises(JobError, match="somebody else"):
            change(name, "bob")
    assert not queue.status(name).may_be_changed_by("bob")
    queue.remove(name, "ann")
    assert not queue.statuses()


def test_one_process_does_job_after_job_and_another_one_replaces_it_if_killed(queue: Queue):
    queue.look()
    wait_for(lambda: queue.is_ready)
    process = queue._worker._process
    assert process is not None
    first = queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: state(queue, first) == "done")
    second = queue.add(TrainingRequest(epochs=400))
    wait_for(lambda: queue.status(second).history)
    assert queue._worker._process is process
    queue.remove(second)
    third = queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: state(queue, third) == "done")
    assert process.popen.poll() is not None and queue._worker._process is not process


def test_the_process_ends_when_nobody_has_looked_for_long(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("inkling.jobs.queue.KEEP_WARM", 0.1)
    monkeypatch.setattr("inkling.jobs.queue.POLL_INTERVAL", 0.05)
    queue.look()
    wait_for(lambda: not queue._worker.is_running)
    name = queue.add(TrainingRequest(epochs=1))
    wait_for(lambda: state(queue, name) == "done")


def test_a_measurement_leaves_nothing_but_its_result(queue: Queue):
    name = queue.add(MeasuringRequest("run-x"))
    assert isinstance(queue.status(name).request, MeasuringRequest)
    wait_for(lambda: not queue.statuses())


def test_what_is_taught_comes_first_and_replaces_what_was_taught_before(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    training = queue.add(TrainingRequest(epochs=400))
    waiting = queue.add(TeachingRequest("digits", []), "ann")
    other = queue.add(TeachingRequest("digits", []), "bob")
    assert "ann" not in waiting and [one.name for one in queue.taught("bob")] == [other]
    (queue.folder / waiting / REPORT_FILE).touch()
    newer = queue.add(TeachingRequest("lenet5", []), "ann")
    newest = queue.add(TeachingRequest("digits", []), "ann")
    # A finished model serves until the next one is done; a waiting one is of no use any more.
    assert newer not in [one.name for one in queue.statuses()]
    assert {one.name for one in queue.taught("ann")} == {waiting, newest}
    assert queue._next()[0] in (other, newest)
    queue._active = newest
    (queue.folder / newest / REPORT_FILE).touch()
    queue._finish(newest, 0)
    assert [one.name for one in queue.taught("ann")] == [newest]
    assert training in [one.name for one in queue.statuses()]


def test_a_new_job_may_have_the_name_of_one_that_was_removed(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queue, "ensure_worker", lambda: None)
    name = queue.add(TrainingRequest(epochs=400))
    record = queue._record(name)
    assert queue._next()[0] == name
    queue.remove(name)
    (queue.folder / name).mkdir()
    queue._save(name, record)
    # The end of the removed job says nothing about the new one.
    queue._finish(name, 1)
    assert queue.status(name).state == "queued" and not queue.status(name).problem
