"""The queue of jobs that need TensorFlow. One process does them, one at a time.

    queue = Queue(runs_folder())
    queue.look()                  # starts the process, so that a job begins at once
    name = queue.add(TrainingRequest(network="lenet5", limit=6000, epochs=2), visit)
    queue.status(name).history    # grows during the training
    queue.stop(name, visit)       # ends it early; the model so far is measured and kept

A job is a folder of `runs_folder()`. That of a training or a teaching is laid out like a model, so
that it is a model like any other when the job is done. The shipped models are never written to.
`records` lists the other files of the folder.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import sys
import threading
import time
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import msgspec

from inkling.jobs.failure import reason
from inkling.jobs.records import (
    CHECKPOINT_FILE,
    HEARTBEAT_FILE,
    LOG_FILE,
    MEASURE,
    RECORD_FILE,
    STOP_FILE,
    JobRecord,
    MeasuringRequest,
    Request,
    TeachingRequest,
)
from inkling.jobs.status import JobStatus, State, read_status, state_of
from inkling.jobs.worker import Worker
from inkling.paths import ROOT, RUN, TAUGHT, is_on, taught_prefix, write_atomically
from inkling.reports.names import REPORT_FILE

# Seconds between two looks at a job that another process does.
POLL_INTERVAL = 1.0
# Seconds for which the process is kept after the last look and the last job.
KEEP_WARM = 300.0
# The number of jobs that may wait for their turn.
MAX_QUEUED = 5
# Days for which what a visit has taught is kept.
TAUGHT_DAYS = 30.0
# The output of the process outside of jobs; in the folder of all jobs.
WORKER_LOG = "worker.log"


class JobError(Exception):
    """A run does not exist, or may not be started or changed; the message is for people."""


def is_enabled() -> bool:
    """Whether trainings may be started here.

    False where `INKLING_TRAINING` is off, as on a public server, or TensorFlow is not installed.
    """
    return is_on("INKLING_TRAINING") and find_spec("tensorflow") is not None


class Queue:
    """The runs of a folder. Safe to share between threads; make one per process.

    Args:
        folder: created when it is first needed.
        command: what starts the process; for tests.
    """

    def __init__(self, folder: Path, command: tuple[str, ...] = ()) -> None:
        self.folder = folder
        command = command or (sys.executable, str(ROOT / "train_model.py"), "--worker")
        self._worker = Worker(command, folder / WORKER_LOG)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._active = ""
        self._closed = False
        self._thread: threading.Thread | None = None
        self._used_at = 0.0
        atexit.register(self.close)

    # --- changing runs ----------------------------------------------------------------------------

    def add(self, request: Request, visit: str = "") -> str:
        """Queue a job and return the run's name.

        Args:
            request: what to do.
            visit: who asks. Others cannot stop, resume or remove the run, unless this is empty.

        Raises:
            JobError: trainings are switched off, too many jobs are waiting, or the folder cannot be
                written to.
        """
        _check_enabled()
        now = datetime.now().astimezone()
        try:
            with self._lock:
                if isinstance(request, TeachingRequest):
                    self._remove_taught(visit)
                if sum(one.state == "queued" for one in self.statuses()) >= MAX_QUEUED:
                    raise JobError(
                        "Too many trainings are waiting. Try again when one has finished."
                    )
                name = self._free_name(request.folder_name(f"{now:%Y%m%d-%H%M%S}", visit))
                (self.folder / name).mkdir(parents=True)
                created = now.isoformat(timespec="seconds")
                self._save(name, JobRecord(request, created, visit=visit))
        except OSError as problem:
            raise JobError(f"The run's folder cannot be created: {problem.strerror}.") from None
        self.ensure_worker()
        return name

    def stop(self, name: str, visit: str = "") -> None:
        """End a training early; the model so far is measured and kept.

        A run that is waiting or was interrupted is removed.

        Raises:
            JobError: there is no such run, or it belongs to another visit.
        """
        with self._lock:
            record = self._record_to_change(name, visit)
            state = self._state(name, record)
            if state == "training":
                (self.folder / name / STOP_FILE).touch()
            elif state in ("queued", "interrupted"):
                self._remove(name)

    def remove(self, name: str, visit: str = "") -> None:
        """Delete a run with all its files. Its job is killed first.

        Raises:
            JobError: the name is not a run's, or the run belongs to another visit.
        """
        with self._lock:
            if self._folder_of(name).exists():
                self._record_to_change(name, visit)
            self._remove(name)
        self._wake.set()

    def resume(self, name: str, visit: str = "") -> None:
        """Queue an interrupted or failed run again, from its last complete epoch.

        Raises:
            JobError: trainings are switched off, there is no such run, or it belongs to another
                visit.
        """
        _check_enabled()
        with self._lock:
            record = self._record_to_change(name, visit)
            if self._state(name, record) in ("interrupted", "failed"):
                for leftover in (STOP_FILE, HEARTBEAT_FILE):
                    (self.folder / name / leftover).unlink(missing_ok=True)
                self._save(name, msgspec.structs.replace(record, is_started=False, problem=""))
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
            for path in sorted(self.folder.glob(f"*/{RECORD_FILE}")):
                with contextlib.suppress(JobError):
                    statuses.append(self.status(path.parent.name))
        return sorted(statuses, key=lambda one: (one.created, one.name))

    def taught(self, visit: str) -> list[JobStatus]:
        """What a visit has asked to be taught, oldest first."""
        prefix = taught_prefix(visit)
        return [status for status in self.statuses() if status.name.startswith(prefix)]

    # --- the worker -------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether the process has imported TensorFlow, so that a job begins at once."""
        return self._worker.is_ready

    def look(self) -> None:
        """Say that somebody may want something soon: the process is started, or kept longer.

        Call it now and then while a page that offers jobs is open.
        """
        self._used_at = time.monotonic()
        if is_enabled() and not self._closed:
            # Whoever adds a job is told what is wrong with the folder.
            with contextlib.suppress(OSError):
                self._worker.start()
            self.ensure_worker()

    def ensure_worker(self) -> None:
        """Start the thread that runs the queue, unless it is running already, and wake it."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, daemon=True, name="jobs")
                self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """Terminate the process and its job, which can be resumed later."""
        with self._lock:
            self._closed = True
            self._worker.terminate()
        self._wake.set()

    def _work(self) -> None:
        while not self._closed:
            name, arguments = self._next()
            if name:
                status = self._worker.run(arguments, self.folder / name / LOG_FILE)
                self._used_at = time.monotonic()
                self._finish(name, status)
            elif is_enabled() and any(
                one.state in ("queued", "training") for one in self.statuses()
            ):
                time.sleep(POLL_INTERVAL)
            else:
                self._rest()

    def _rest(self) -> None:
        """Wait for a job; meanwhile, let a process go that nobody has needed for long."""
        self._wake.clear()
        is_running = self._worker.is_running
        left = self._used_at + KEEP_WARM - time.monotonic()
        if is_running and left <= 0:
            self._worker.dismiss()
        self._wake.wait(max(left, POLL_INTERVAL) if is_running else None)

    def _next(self) -> tuple[str, list[str]]:
        """The name and the options of the next job, unless one is being done, here or elsewhere.

        Somebody waits in front of the page for what is taught, so that comes before trainings.
        """
        with self._lock:
            statuses = self.statuses()
            queued = [one for one in statuses if one.state == "queued"]
            is_busy = any(one.state == "training" for one in statuses)
            if self._closed or not queued or is_busy or not is_enabled():
                return "", []
            status = min(queued, key=lambda one: not isinstance(one.request, TeachingRequest))
            name = status.name
            arguments = status.request.arguments(name, self.folder)
            if (self.folder / name / CHECKPOINT_FILE).exists():
                arguments.append("--resume")
            self._save(name, msgspec.structs.replace(self._record(name), is_started=True))
            self._active = name
            return name, arguments

    def _finish(self, name: str, exit_status: int) -> None:
        """Tidy up after a job: remove leftovers, or record why it failed."""
        with self._lock:
            folder = self.folder / name
            # A new job may have taken the name of one that was removed.
            is_removed, self._active = self._active != name, ""
            if self._closed or is_removed or not folder.exists():
                return
            (folder / HEARTBEAT_FILE).unlink(missing_ok=True)
            record = self._record(name)
            if exit_status == 0 and isinstance(record.request, MeasuringRequest):
                # Its result is in the model's own folder.
                self._remove(name)
            elif exit_status == 0 and (folder / REPORT_FILE).exists():
                (folder / STOP_FILE).unlink(missing_ok=True)
                if isinstance(record.request, TeachingRequest):
                    self._remove_taught(record.visit, but=name)
            else:
                problem = reason(exit_status, folder / LOG_FILE, self.folder / WORKER_LOG)
                self._save(name, msgspec.structs.replace(record, problem=problem))

    def _remove(self, name: str) -> None:
        if name == self._active:
            self._active = ""
            self._worker.kill()
        shutil.rmtree(self._folder_of(name), ignore_errors=True)

    def _remove_taught(self, visit: str, *, but: str = "") -> None:
        """Remove what a visit's new teaching replaces, and what has been kept for too long.

        Args:
            visit: whose.
            but: the new model, once it is done; without it, finished models stay.
        """
        now = datetime.now().astimezone()
        mine = taught_prefix(visit)
        for status in self.statuses():
            if not isinstance(status.request, TeachingRequest) or status.name == but:
                continue
            age = now - datetime.fromisoformat(status.created)
            is_replaced = status.name.startswith(mine) and (but or status.state != "done")
            if is_replaced or age.days >= TAUGHT_DAYS:
                self._remove(status.name)

    # --- files ------------------------------------------------------------------------------------

    def _free_name(self, base: str) -> str:
        """`base`, or `base-2`, `base-3` … where a run of that name exists."""
        names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
        return next((name for name in names if not (self.folder / name).exists()), names[-1])

    def _folder_of(self, name: str) -> Path:
        if not name.startswith((RUN, TAUGHT, MEASURE)) or Path(name).name != name:
            raise JobError(f"“{name}” is not the name of a run.")
        return self.folder / name

    def _record(self, name: str) -> JobRecord:
        path = self._folder_of(name) / RECORD_FILE
        try:
            return JobRecord.decode(path.read_bytes())
        except OSError:
            raise JobError(f"There is no run “{name}”.") from None
        except msgspec.DecodeError:
            raise JobError(f"{RECORD_FILE} of “{name}” is damaged and cannot be read.") from None

    def _record_to_change(self, name: str, visit: str) -> JobRecord:
        """The record of a run that a visit wants to change.

        Raises:
            JobError: there is none, or it belongs to another visit.
        """
        record = self._record(name)
        if record.visit not in ("", visit):
            raise JobError("This was started by somebody else, who alone can stop or delete it.")
        return record

    def _save(self, name: str, record: JobRecord) -> None:
        write_atomically(self.folder / name / RECORD_FILE, msgspec.json.encode(record))

    def _state(self, name: str, record: JobRecord) -> State:
        return state_of(self.folder / name, record, is_active=name == self._active)


def _check_enabled() -> None:
    """Refuse jobs where they are not wanted.

    Raises:
        JobError: `INKLING_TRAINING` is off, or TensorFlow is not installed.
    """
    if not is_enabled():
        raise JobError(
            "Trainings are switched off here, or TensorFlow is not installed. On your own machine, "
            "install Inkling with `pip install -r requirements.txt` to train networks."
        )
