"""The queue of trainings: each is a process of its own, and one runs at a time.

    queue = Queue(runs_folder())
    name = queue.add(TrainingRequest(network="lenet5", limit=6000, epochs=2))
    queue.status(name).history    # grows during the training
    queue.stop(name)              # ends it early; the model so far is measured and kept

A run is a folder of `runs_folder()` and is laid out like a model, so a finished run is a model like
any other. The shipped models are never written to. `records` lists the other files of the folder.
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
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import msgspec

from inkling.jobs.records import (
    CHECKPOINT_FILE,
    HEARTBEAT_FILE,
    LOG_FILE,
    PROGRESS_FILE,
    RECORD_FILE,
    STOP_FILE,
    JobRecord,
    TrainingRequest,
)
from inkling.jobs.status import JobStatus, State, read_status, state_of
from inkling.paths import ROOT, RUN, write_atomically
from inkling.reports.names import REPORT_FILE

# Seconds between two looks at a run that another process trains.
POLL_INTERVAL = 1.0
# The number of trainings that may wait for their turn.
MAX_QUEUED = 5
# The part of a failed process's last line that is shown, in characters.
PROBLEM_LENGTH = 300


class JobError(Exception):
    """A run does not exist or cannot be started; the message is for people."""


def is_enabled() -> bool:
    """Whether trainings may be started here.

    False where `INKLING_TRAINING` is off, as on a public server, or TensorFlow is not installed.
    """
    is_wanted = os.environ.get("INKLING_TRAINING", "on").lower() not in ("off", "0", "no", "false")
    return is_wanted and find_spec("tensorflow") is not None


class Queue:
    """The runs of a folder. Safe to share between threads; make one per process.

    Args:
        folder: created when it is first needed.
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

    # --- changing runs ----------------------------------------------------------------------------

    def add(self, request: TrainingRequest) -> str:
        """Queue a training and return the run's name.

        Raises:
            JobError: too many are waiting, or the folder cannot be written to.
        """
        now = datetime.now().astimezone()
        try:
            with self._lock:
                if sum(one.state == "queued" for one in self.statuses()) >= MAX_QUEUED:
                    raise JobError(
                        "Too many trainings are waiting. Try again when one has finished."
                    )
                name = self._free_name(f"{RUN}{now:%Y%m%d-%H%M%S}-{request.network}")
                (self.folder / name).mkdir(parents=True)
                self._save(name, JobRecord(request, now.isoformat(timespec="seconds")))
        except OSError as problem:
            raise JobError(f"The run's folder cannot be created: {problem.strerror}.") from None
        self.ensure_worker()
        return name

    def stop(self, name: str) -> None:
        """End a training early; the model so far is measured and kept.

        A run that is waiting or was interrupted is removed.
        """
        with self._lock:
            state = self._state(name, self._record(name))
            if state == "training":
                (self.folder / name / STOP_FILE).touch()
            elif state in ("queued", "interrupted"):
                self.remove(name)

    def remove(self, name: str) -> None:
        """Delete a run with all its files. Its training is killed first."""
        with self._lock:
            folder = self._folder_of(name)
            if name == self._active and self._process is not None:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(folder, ignore_errors=True)
        self._wake.set()

    def resume(self, name: str) -> None:
        """Queue an interrupted or failed run again, from its last complete epoch."""
        with self._lock:
            record = self._record(name)
            if self._state(name, record) in ("interrupted", "failed"):
                for leftover in (STOP_FILE, HEARTBEAT_FILE):
                    (self.folder / name / leftover).unlink(missing_ok=True)
                self._save(name, JobRecord(record.request, record.created))
        self.ensure_worker()

    # --- looking at runs --------------------------------------------------------------------------

    def status(self, name: str) -> JobStatus:
        """A run as it is now.

        Raises:
            JobError: there is no run of that name, or its file is damaged.
        """
        with self._lock:
            record = self._record(name)
            state = self._state(name, record)
        return read_status(self.folder / name, record, state)

    def statuses(self) -> list[JobStatus]:
        """All readable runs at one moment, oldest first."""
        statuses = []
        with self._lock:
            for path in sorted(self.folder.glob(f"{RUN}*/{RECORD_FILE}")):
                with contextlib.suppress(JobError):
                    statuses.append(self.status(path.parent.name))
        return sorted(statuses, key=lambda one: (one.created, one.name))

    # --- the worker -------------------------------------------------------------------------------

    def ensure_worker(self) -> None:
        """Start the thread that runs the queue, unless it is running already, and wake it."""
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, daemon=True, name="jobs")
                self._worker.start()
        self._wake.set()

    def close(self) -> None:
        """Terminate the training that this process has started; it can be resumed later."""
        with self._lock:
            self._closed = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
        self._wake.set()

    def _work(self) -> None:
        while not self._closed:
            name, process = self._start_next()
            if process is not None:
                process.wait()
                self._finish(name, process.returncode)
                continue
            if not any(one.state in ("queued", "training") for one in self.statuses()):
                self._wake.clear()
                self._wake.wait()
            else:
                time.sleep(POLL_INTERVAL)

    def _start_next(self) -> tuple[str, subprocess.Popen[bytes] | None]:
        """Start the oldest queued run, unless a run is being trained, here or elsewhere."""
        with self._lock:
            statuses = self.statuses()
            queued = [one for one in statuses if one.state == "queued"]
            if self._closed or not queued or any(one.state == "training" for one in statuses):
                return "", None
            name, request = queued[0].name, queued[0].request
            folder = self.folder / name
            command = [*self._command, *request.arguments(name, self.folder)]
            if (folder / CHECKPOINT_FILE).exists():
                command.append("--resume")
            self._save(name, JobRecord(request, queued[0].created, is_started=True))
            with (folder / LOG_FILE).open("wb") as log:
                self._process = subprocess.Popen(
                    command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            self._active = name
            return name, self._process

    def _finish(self, name: str, exit_status: int) -> None:
        """Tidy up after a training process: remove leftovers, or record why it failed."""
        with self._lock:
            self._process, self._active = None, ""
            folder = self.folder / name
            (folder / HEARTBEAT_FILE).unlink(missing_ok=True)
            if self._closed or not folder.exists():
                return
            if exit_status == 0 and (folder / REPORT_FILE).exists():
                for leftover in (STOP_FILE, PROGRESS_FILE):
                    (folder / leftover).unlink(missing_ok=True)
                return
            problem = _last_line(folder / LOG_FILE) or f"it ended with status {exit_status}"
            record = msgspec.structs.replace(self._record(name), is_started=True, problem=problem)
            self._save(name, record)

    # --- files ------------------------------------------------------------------------------------

    def _free_name(self, base: str) -> str:
        """`base`, or `base-2`, `base-3` … where a run of that name exists."""
        names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
        return next((name for name in names if not (self.folder / name).exists()), names[-1])

    def _folder_of(self, name: str) -> Path:
        if not name.startswith(RUN) or Path(name).name != name:
            raise JobError(f"“{name}” is not the name of a run.")
        return self.folder / name

    def _record(self, name: str) -> JobRecord:
        path = self._folder_of(name) / RECORD_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=JobRecord)
        except OSError:
            raise JobError(f"There is no run “{name}”.") from None
        except msgspec.DecodeError:
            raise JobError(f"{RECORD_FILE} of “{name}” is damaged and cannot be read.") from None

    def _save(self, name: str, record: JobRecord) -> None:
        write_atomically(self.folder / name / RECORD_FILE, msgspec.json.encode(record))

    def _state(self, name: str, record: JobRecord) -> State:
        return state_of(self.folder / name, record, is_active=name == self._active)


def _last_line(log: Path) -> str:
    """The last line that a process has written, without the program's name."""
    try:
        lines = log.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    lines = [line.strip() for line in lines if line.strip()]
    return lines[-1].removeprefix("train_model.py: ")[:PROBLEM_LENGTH] if lines else ""
