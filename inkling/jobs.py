"""Trainings begun from the page: one at a time, each a process of its own, the rest queue.

    queue = Queue(runs_folder())
    name = queue.add(Wish(network="lenet5", limit=6000, epochs=2))
    queue.look(name).history      # grows while it trains
    queue.stop(name)              # what it has learnt so far is measured and kept

A run is a folder of `runs_folder()`, laid out as a model is, so what is kept there is a model like
any other; the shipped ones are never written to. Beside them lie `run.json` (what was wished),
`live.json` (how far it is) and `pulse` (that its process lives). No Streamlit and no Keras here.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import msgspec

from inkling.paths import ROOT, RUN
from inkling.reports.files import FILE_NAME
from inkling.reports.schema import Epoch

RUN_FILE, LIVE_FILE, PULSE_FILE, STOP_FILE = "run.json", "live.json", "pulse", "stop"
LOG_FILE = "log.txt"
# Seconds without a pulse, which beats once a second, until a process counts as gone.
GONE = 15.0
# Seconds between two looks at what another process trains.
EVERY = 1.0
# So many may wait for their turn.
MOST_WAITING = 5
State = Literal["queued", "training", "done", "failed", "interrupted"]


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants trained on MNIST; see `inkling.learning.settings.Settings`.

    Attributes:
        limit: so many of the training digits; 0: all.
    """

    network: str = "lenet5"
    limit: int = 0
    epochs: int = 2
    learning_rate: float = 1e-3
    augmentation: str = "affine"
    seed: int = 0

    def arguments(self, name: str, folder: Path) -> list[str]:
        """What train_model.py is to be given."""
        options = {
            "--network": self.network,
            "--epochs": self.epochs,
            "--learning-rate": self.learning_rate,
            "--augmentation": self.augmentation,
            "--limit": self.limit,
            "--seed": self.seed,
            "--schedule": "cosine",
            "--patience": 0,
            "--name": name,
            "--output": folder,
        }
        return [*(str(part) for pair in options.items() for part in pair), "--lean", "--live"]


class Order(msgspec.Struct, frozen=True):
    """All of `run.json`.

    Attributes:
        created: ISO 8601, with seconds.
        begun: whether its process was ever started.
        problem: why it failed, for people; else empty.
    """

    wish: Wish
    created: str
    begun: bool = False
    problem: str = ""


class Moment(msgspec.Struct):
    """All of `live.json`: how far a training is.

    Attributes:
        stage: what it is doing.
        epoch, step: the current ones, from 1.
        epochs, steps: how many there are at most, and in an epoch.
        trace: now and then, epochs done (1.5: half of the second), and the mean loss (nats) and
            accuracy (0..1) on what was trained on since that epoch began.
        confusion: of `checked` digits kept aside, true label by row and answer by column.
    """

    stage: Literal["preparing", "training", "measuring"] = "preparing"
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    trace: list[tuple[float, float, float]] = []
    confusion: list[list[int]] = []

    @property
    def checked(self) -> int:
        """How many digits the confusion counts."""
        return sum(map(sum, self.confusion))

    @property
    def part(self) -> float:
        """How much of the training is done, 0..1; what follows it is not counted."""
        if not self.epochs or not self.steps:
            return 0.0
        done = self.epoch - 1 + self.step / self.steps
        return min(1.0, max(0.0, done / self.epochs))


class _Checkpoint(msgspec.Struct):
    history: list[Epoch]


@dataclass(frozen=True, slots=True)
class Look:
    """A run as it is now."""

    name: str
    wish: Wish
    created: str
    state: State
    stops: bool
    problem: str
    moment: Moment
    history: list[Epoch]


def is_on() -> bool:
    """Whether trainings may be begun here: off where `INKLING_TRAINING` says so, as a server open
    to everybody should, and where TensorFlow is not installed."""
    is_wanted = os.environ.get("INKLING_TRAINING", "on").lower() not in ("off", "0", "no", "false")
    return is_wanted and find_spec("tensorflow") is not None


class RunError(Exception):
    """A run cannot be had or begun; the message is for people."""


class Queue:
    """The runs of a folder. Safe to share between threads; make one a process.

    Args:
        folder: made when it is first needed.
        command: what starts a training; for tests.
    """

    def __init__(self, folder: Path, command: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._command = command or (sys.executable, str(ROOT / "train_model.py"))
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._active = ""
        self._closed = False
        self._worker: threading.Thread | None = None
        atexit.register(self.close)

    # --- what people do ---------------------------------------------------------------------------

    def add(self, wish: Wish) -> str:
        """Queue a training; its name.

        Raises:
            RunError: too many wait already, or the folder cannot be written to.
        """
        now = datetime.now().astimezone()
        name = base = f"{RUN}{now:%Y%m%d-%H%M%S}-{wish.network}"
        try:
            with self._lock:
                if sum(look.state == "queued" for look in self.looks()) >= MOST_WAITING:
                    raise RunError("Enough trainings wait already: try again when one is over.")
                for number in range(2, 1000):
                    if not (self.folder / name).exists():
                        break
                    name = f"{base}-{number}"
                (self.folder / name).mkdir(parents=True)
                self._save(name, Order(wish, now.isoformat(timespec="seconds")))
        except OSError as problem:
            raise RunError(f"The run's folder cannot be made: {problem.strerror}.") from None
        self.tend()
        return name

    def stop(self, name: str) -> None:
        """End a training early: what it has learnt so far is measured and kept. One that waits or
        was interrupted is taken out."""
        with self._lock:
            state = self._state(name, self._order(name))
            if state == "training":
                (self.folder / name / STOP_FILE).touch()
            elif state in ("queued", "interrupted"):
                self.remove(name)

    def remove(self, name: str) -> None:
        """Delete a run and all it has made; ends its training first."""
        with self._lock:
            self._checked(name)
            if name == self._active and self._process is not None:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self._wake.set()

    def go_on(self, name: str) -> None:
        """Queue again what was interrupted or has failed; it goes on from its last whole epoch."""
        with self._lock:
            order = self._order(name)
            if self._state(name, order) in ("interrupted", "failed"):
                (self.folder / name / STOP_FILE).unlink(missing_ok=True)
                (self.folder / name / PULSE_FILE).unlink(missing_ok=True)
                self._save(name, Order(order.wish, order.created))
        self.tend()

    # --- what people see --------------------------------------------------------------------------

    def look(self, name: str) -> Look:
        """A run as it is now.

        Raises:
            RunError: there is none of that name, or its file is damaged.
        """
        with self._lock:
            order = self._order(name)
            state = self._state(name, order)
        folder = self.folder / name
        moment, history = Moment(), []
        with contextlib.suppress(OSError, msgspec.DecodeError):
            moment = msgspec.json.decode((folder / LIVE_FILE).read_bytes(), type=Moment)
        with contextlib.suppress(OSError, msgspec.DecodeError):
            found = (folder / "checkpoint" / "state.json").read_bytes()
            history = msgspec.json.decode(found, type=_Checkpoint).history
        stops = state == "training" and (folder / STOP_FILE).exists()
        return Look(name, order.wish, order.created, state, stops, order.problem, moment, history)

    def looks(self) -> list[Look]:
        """All runs that can be read, the oldest first, as they are at one moment."""
        found = []
        with self._lock:
            for path in sorted(self.folder.glob(f"{RUN}*/{RUN_FILE}")):
                with contextlib.suppress(RunError):
                    found.append(self.look(path.parent.name))
        return sorted(found, key=lambda look: (look.created, look.name))

    # --- the worker -------------------------------------------------------------------------------

    def tend(self) -> None:
        """See to it that what is queued is begun, now or when its turn comes."""
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, daemon=True, name="runs")
                self._worker.start()
        self._wake.set()

    def close(self) -> None:
        """End the training of this process; it can be gone on with."""
        with self._lock:
            self._closed = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
        self._wake.set()

    def _work(self) -> None:
        while not self._closed:
            name, process = self._begin()
            if process is not None:
                process.wait()
                self._end(name, process.returncode)
                continue
            if not any(look.state in ("queued", "training") for look in self.looks()):
                self._wake.clear()
                self._wake.wait()
            else:
                time.sleep(EVERY)

    def _begin(self) -> tuple[str, subprocess.Popen[bytes] | None]:
        """Start the next that is queued, unless one is being trained, here or elsewhere."""
        with self._lock:
            looks = self.looks()
            waiting = [look for look in looks if look.state == "queued"]
            if self._closed or not waiting or any(look.state == "training" for look in looks):
                return "", None
            name, wish = waiting[0].name, waiting[0].wish
            folder = self.folder / name
            command = [*self._command, *wish.arguments(name, self.folder)]
            if (folder / "checkpoint" / "state.json").exists():
                command.append("--resume")
            self._save(name, Order(wish, waiting[0].created, begun=True))
            with (folder / LOG_FILE).open("wb") as log:
                self._process = subprocess.Popen(
                    command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            self._active = name
            return name, self._process

    def _end(self, name: str, status: int) -> None:
        with self._lock:
            self._process, self._active = None, ""
            folder = self.folder / name
            (folder / PULSE_FILE).unlink(missing_ok=True)
            if self._closed or not folder.exists():
                return
            if status == 0 and (folder / FILE_NAME).exists():
                for leftover in (STOP_FILE, LIVE_FILE):
                    (folder / leftover).unlink(missing_ok=True)
                return
            order = self._order(name)
            problem = _last_line(folder / LOG_FILE) or f"it ended with status {status}"
            self._save(name, Order(order.wish, order.created, True, problem))

    # --- files ------------------------------------------------------------------------------------

    def _checked(self, name: str) -> None:
        if not name.startswith(RUN) or Path(name).name != name:
            raise RunError(f"“{name}” is not a run's name.")

    def _order(self, name: str) -> Order:
        self._checked(name)
        try:
            return msgspec.json.decode((self.folder / name / RUN_FILE).read_bytes(), type=Order)
        except OSError:
            raise RunError(f"There is no run “{name}” any more.") from None
        except msgspec.DecodeError:
            raise RunError(
                f"What was wished of “{name}” cannot be read: its file is damaged."
            ) from None

    def _save(self, name: str, order: Order) -> None:
        write(self.folder / name / RUN_FILE, msgspec.json.encode(order))

    def _state(self, name: str, order: Order) -> State:
        folder = self.folder / name
        if name == self._active or _beats(folder / PULSE_FILE):
            return "training"
        if (folder / FILE_NAME).exists():
            return "done"
        if order.problem:
            return "failed"
        return "interrupted" if order.begun else "queued"


@contextlib.contextmanager
def pulse(folder: Path) -> Iterator[None]:
    """While this lasts, a run's folder says once a second that its process lives."""
    over = threading.Event()

    def beat() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                (folder / PULSE_FILE).touch()
            over.wait(EVERY)

    folder.mkdir(parents=True, exist_ok=True)
    threading.Thread(target=beat, daemon=True, name="pulse").start()
    try:
        yield
    finally:
        over.set()
        (folder / PULSE_FILE).unlink(missing_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: somebody may read it meanwhile."""
    draft = path.with_suffix(".tmp")
    draft.write_bytes(data)
    draft.replace(path)


def _beats(pulse: Path) -> bool:
    try:
        return time.time() - pulse.stat().st_mtime < GONE
    except OSError:
        return False


def _last_line(path: Path) -> str:
    """What a process said last, less its name."""
    try:
        lines = path.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].removeprefix("train_model.py: ")[:300] if said else ""
