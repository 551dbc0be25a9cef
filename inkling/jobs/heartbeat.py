"""A sign of life: a training process touches a file once a second, others look at its age."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from inkling.jobs.records import HEARTBEAT_FILE

# Seconds between two heartbeats.
INTERVAL = 1.0
# Seconds without a heartbeat after which a process counts as dead.
TIMEOUT = 15.0


@contextlib.contextmanager
def heartbeat(folder: Path) -> Iterator[None]:
    """Show that this process is alive while the block runs.

    Args:
        folder: the run's folder; created if it does not exist.
    """
    is_over = threading.Event()

    def beat() -> None:
        while not is_over.is_set():
            with contextlib.suppress(OSError):
                (folder / HEARTBEAT_FILE).touch()
            is_over.wait(INTERVAL)

    folder.mkdir(parents=True, exist_ok=True)
    thread = threading.Thread(target=beat, daemon=True, name="heartbeat")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        # A beat on its way would put the file back, and the run would seem alive.
        thread.join()
        (folder / HEARTBEAT_FILE).unlink(missing_ok=True)


def is_alive(folder: Path) -> bool:
    """Whether a process, here or elsewhere, is training in a run's folder."""
    try:
        return time.time() - (folder / HEARTBEAT_FILE).stat().st_mtime < TIMEOUT
    except OSError:
        return False
