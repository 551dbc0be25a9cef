"""Trainings begun from the page: one at a time, stopped, kept, gone on with, never a shipped model.

What trains here is a stand-in that does to its folder what train_model.py does; the real one is
trained from the page in test_insights_browser.py.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from inkling import jobs, paths
from inkling.jobs import Moment, Queue, RunError, Wish
from inkling.reports import files

STAND_IN = """
import os, shutil, sys, time
from pathlib import Path
sys.path.insert(0, os.getcwd())
from inkling.reports import files as reports
from inkling.paths import model_folder
from inkling.jobs import LIVE_FILE, STOP_FILE, Moment, pulse, write
import msgspec

given = sys.argv[1:]
def option(name): return given[given.index(name) + 1]
folder = Path(option("--output")) / option("--name")
assert "--live" in given and "--lean" in given
with pulse(folder):
    if option("--network") == "broken":
        print("something before", file=sys.stderr)
        print("train_model.py: no network 'broken'", file=sys.stderr)
        sys.exit(2)
    (folder / "checkpoint").mkdir(exist_ok=True)
    shutil.copy(Path(__file__).with_name("state.json"), folder / "checkpoint")
    first = 3 if "--resume" in given else 1
    for epoch in range(first, int(option("--epochs")) + 1):
        trace, confusion = [(0.5, 1.0, 0.5)], [[3, 1], [0, 4]]
        moment = Moment("training", epoch, int(option("--epochs")), 1, 2, trace, confusion)
        write(folder / LIVE_FILE, msgspec.json.encode(moment))
        if (folder / STOP_FILE).exists():
            break
        time.sleep(0.15)
    shutil.rmtree(folder / "checkpoint")
    source = model_folder() / "lenet5"
    for name in (reports.FILE_NAME, "model.tflite"):
        shutil.copy(source / name, folder)
"""


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN, "utf-8")
    history = files.load("lenet5").history[:2]
    (tmp_path / "state.json").write_bytes(msgspec.json.encode({"history": history, "rate": 0.1}))
    made = Queue(tmp_path / "runs", (sys.executable, str(script)))
    yield made
    made.close()


def wait_for(condition: Callable[[], object]) -> None:
    """Until it holds; a stand-in takes a second, a busy machine some more."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


def state(queue: Queue, name: str) -> str:
    return queue.look(name).state


def test_a_run_is_trained_watched_and_kept_beside_the_shipped_models(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("INKLING_RUNS", str(queue.folder))
    shipped = sorted(path.name for path in paths.model_folder().iterdir())
    name = queue.add(Wish(epochs=4))
    assert name.startswith(paths.RUN)
    wait_for(lambda: queue.look(name).moment.stage == "training")
    wait_for(lambda: queue.look(name).history)
    look = queue.look(name)
    assert look.state == "training" and look.moment.checked == 8
    assert len(look.history) == 2
    wait_for(lambda: state(queue, name) == "done")
    assert sorted(path.name for path in paths.model_folder().iterdir()) == shipped
    assert files.names()[-1] == name
    assert paths.folder_of(name) == queue.folder / name
    assert files.load(name).network == "lenet5"
    assert sorted(path.name for path in (queue.folder / name).iterdir()) == [
        "log.txt",
        "model.tflite",
        "report.json",
        "run.json",
    ]
    queue.remove(name)
    assert name not in files.names() and not queue.looks()


def test_one_at_a_time_the_rest_in_the_order_they_came(queue: Queue):
    for _ in range(3):
        queue.add(Wish(epochs=3))
    seen = []
    while True:
        states = [look.state for look in queue.looks()]
        assert states.count("training") <= 1
        if not seen or states != seen[-1]:
            seen.append(states)
        if states == ["done"] * 3:
            break
        time.sleep(0.01)
    # Nothing overtakes what came before it.
    rank = {"queued": 0, "training": 1, "done": 2}
    for states in seen:
        numbers = [rank[one] for one in states]
        assert numbers == sorted(numbers, reverse=True)


def test_stopping_keeps_what_was_learnt_and_a_waiting_one_goes_away(queue: Queue):
    first, second = queue.add(Wish(epochs=400)), queue.add(Wish(epochs=1))
    wait_for(lambda: queue.look(first).moment.stage == "training")
    queue.stop(second)
    with pytest.raises(RunError, match="There is no run"):
        queue.look(second)
    queue.stop(first)
    wait_for(lambda: state(queue, first) == "done")
    assert not queue.look(first).stops


def test_removing_the_one_that_trains_lets_the_next_begin(queue: Queue):
    first, second = queue.add(Wish(epochs=400)), queue.add(Wish(epochs=1))
    wait_for(lambda: state(queue, first) == "training")
    queue.remove(first)
    wait_for(lambda: state(queue, second) == "done")
    assert [look.name for look in queue.looks()] == [second]


def test_a_failure_says_what_the_training_said_and_the_next_begins(queue: Queue):
    first, second = queue.add(Wish(network="broken")), queue.add(Wish(epochs=1))
    wait_for(lambda: state(queue, second) == "done")
    assert queue.look(first).problem == "no network 'broken'"
    assert state(queue, first) == "failed"


def test_what_a_stopped_server_left_is_gone_on_with(queue: Queue, tmp_path: Path):
    name = queue.add(Wish(epochs=400))
    wait_for(lambda: queue.look(name).history)
    process = queue._process
    queue.close()
    assert process is not None
    process.wait(30)
    # Its last beat has to be long ago.
    (queue.folder / name / jobs.PULSE_FILE).unlink(missing_ok=True)
    after = Queue(queue.folder, queue._command)
    after.tend()
    assert state(after, name) == "interrupted"
    # The stand-in begins with the third epoch where it goes on: the wish is small now.
    order = jobs.Order(Wish(epochs=3), after.look(name).created, begun=True)
    jobs.write(queue.folder / name / jobs.RUN_FILE, msgspec.json.encode(order))
    after.go_on(name)
    wait_for(lambda: state(after, name) == "done")
    after.close()


def test_another_process_that_trains_is_waited_for(queue: Queue):
    elsewhere = f"{paths.RUN}20260101-000000-lenet5"
    folder = queue.folder / elsewhere
    with jobs.pulse(folder):
        wait_for((folder / jobs.PULSE_FILE).exists)
        order = jobs.Order(Wish(), "2026-01-01T00:00:00+00:00", begun=True)
        jobs.write(folder / jobs.RUN_FILE, msgspec.json.encode(order))
        name = queue.add(Wish(epochs=1))
        time.sleep(0.3)
        assert (state(queue, elsewhere), state(queue, name)) == ("training", "queued")
    wait_for(lambda: state(queue, name) == "done")
    assert state(queue, elsewhere) == "interrupted"


def test_not_more_wait_than_have_a_chance(queue: Queue):
    queue.add(Wish(epochs=400))
    for _ in range(jobs.MOST_WAITING + 1):
        try:
            queue.add(Wish(epochs=1))
        except RunError as problem:
            assert "wait already" in str(problem)
            break
    else:
        pytest.fail("any number may wait")


@pytest.mark.parametrize("name", ["digits", "../run-x", "run-/../digits", "run-nothing", ""])
def test_only_runs_can_be_looked_at_or_removed(queue: Queue, name: str):
    with pytest.raises(RunError):
        queue.look(name)
    if name != "run-nothing":
        with pytest.raises(RunError):
            queue.remove(name)


def test_damaged_files_are_a_sentence_or_left_out(queue: Queue):
    name = queue.add(Wish(epochs=1))
    wait_for(lambda: state(queue, name) == "done")
    (queue.folder / name / jobs.LIVE_FILE).write_bytes(b"{")
    assert queue.look(name).moment == Moment()
    (queue.folder / name / jobs.RUN_FILE).write_bytes(b"\xff")
    with pytest.raises(RunError, match="damaged"):
        queue.look(name)
    assert queue.looks() == []


def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    blocked = Queue(tmp_path / "file" / "runs")
    with pytest.raises(RunError, match="cannot be made"):
        blocked.add(Wish())


def test_how_much_is_done():
    assert Moment().part == Moment(epochs=2, steps=10).part == 0.0
    assert Moment(epoch=2, epochs=4, step=5, steps=10).part == 0.375
    assert Moment(epoch=4, epochs=4, step=10, steps=10).part == 1.0


def test_trainings_can_be_switched_off(monkeypatch: pytest.MonkeyPatch):
    assert jobs.is_on()
    monkeypatch.setenv("INKLING_TRAINING", "off")
    assert not jobs.is_on()
