"""The process that does the jobs: it imports TensorFlow once and then does one after another.

    worker = Worker((sys.executable, "train_model.py", "--worker"), log)
    worker.start()                              # imports TensorFlow in the background
    status = worker.run(arguments, job_log)     # 0, or why it failed is in the job's log

`Worker` is the side of the app. `serve` is the side of the process, in train_model.py. Orders go
through the process's standard input, one a line, and exit statuses come back through its standard
output. When the app ends, the input ends, and with it the process once its job is done.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from inkling.paths import ROOT

# What the process says once it has imported everything.
READY = "ready"


class Order(msgspec.Struct, frozen=True):
    """A job for the process.

    Attributes:
        arguments: the options of train_model.py.
        log: the file that the job's output goes to.
    """

    arguments: list[str]
    log: str


@dataclass(eq=False)
class _Process:
    """A running process, with what it has said.

    Attributes:
        is_ready: whether it has imported everything.
        is_dismissed: whether it gets no more orders.
        statuses: the exit status of each job, and at last the process's own.
    """

    popen: subprocess.Popen[str]
    is_ready: bool = False
    is_dismissed: bool = False
    statuses: queue.Queue[int] = field(default_factory=queue.Queue)

    def listen(self) -> None:
        """Take in what the process says until it ends."""
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            word = line.strip()
            if word == READY:
                self.is_ready = True
            else:
                self.statuses.put(int(word))
        self.is_ready = False
        # A process that ends without an answer has not done its job, whatever its status is.
        self.statuses.put(self.popen.wait() or 1)


class Worker:
    """A process that is started when it is needed and again after it has ended.

    Args:
        command: what starts it.
        log: the file for its output outside of jobs.
    """

    def __init__(self, command: tuple[str, ...], log: Path) -> None:
        self.command = command
        self._log = log
        self._lock = threading.Lock()
        self._process: _Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a process."""
        process = self._process
        return process is not None and process.popen.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether the process has imported everything, so that a job begins at once."""
        process = self._process
        return process is not None and process.is_ready

    def start(self) -> None:
        """Start the process unless it is running.

        Raises:
            OSError: its log cannot be written.
        """
        self._started()

    def run(self, arguments: list[str], log: Path) -> int:
        """Do a job, and wait until it has ended.

        Args:
            arguments: the options of train_model.py.
            log: the file for the job's output.

        Returns:
            0, or the exit status if it failed.
        """
        process = self._started()
        assert process.popen.stdin is not None
        order = msgspec.json.encode(Order(arguments, str(log))).decode()
        # If the process has just ended, the status says so.
        with contextlib.suppress(OSError):
            process.popen.stdin.write(order + "\n")
            process.popen.stdin.flush()
        return process.statuses.get()

    def dismiss(self) -> None:
        """Let the process end when it has done its job."""
        process = self._process
        if process is not None and process.popen.stdin is not None:
            process.is_dismissed = True
            with contextlib.suppress(OSError):
                process.popen.stdin.close()

    def kill(self) -> None:
        """End the process and its job at once, and wait for that."""
        process = self._process
        if process is not None:
            process.popen.kill()
            process.popen.wait()

    def terminate(self) -> None:
        """Ask the process to end at once."""
        process = self._process
        if process is not None and process.popen.poll() is None:
            process.popen.terminate()

    def _started(self) -> _Process:
        with self._lock:
            process = self._process
            if process is None or process.is_dismissed or not self.is_running:
                process = self._process = self._new_process()
            return process

    def _new_process(self) -> _Process:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        process = _Process(popen)
        threading.Thread(target=process.listen, daemon=True, name="worker").start()
        return process


def serve(work: Callable[[list[str]], int]) -> None:
    """Do the jobs that come through the standard input until it ends.

    Args:
        work: does one job, given the options of train_model.py; returns the exit status.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    # Nothing but answers may go to the app.
    os.dup2(2, 1)
    answers.write(f"{READY}\n")
    with contextlib.suppress(KeyboardInterrupt):
        for line in sys.stdin:
            answers.write(f"{_do(work, msgspec.json.decode(line, type=Order))}\n")


def _do(work: Callable[[list[str]], int], order: Order) -> int:
    """Do one job; its output, with any traceback, goes to its log."""
    try:
        with _output_to(Path(order.log)):
            try:
                return work(order.arguments)
            except SystemExit as end:
                return end.code if isinstance(end.code, int) else 1
            except Exception:
                traceback.print_exc()
                return 1
    except OSError:
        # Without its log, the job's folder was removed while it waited.
        return 1


@contextlib.contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send everything that this process writes to a file, also what libraries in C++ write."""
    kept = os.dup(1), os.dup(2)
    try:
        with log.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for target, original in enumerate(kept, start=1):
            os.dup2(original, target)
            os.close(original)
