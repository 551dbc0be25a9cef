"""The memory of reading processes, as the system counts it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

# Seconds between two looks.
STEP = 0.02


class Watch:
    """Looks at the memory of this process' children and of theirs until it is ended (Linux only).

    Attributes:
        ready: megabytes of a reading process that is ready, at the start.
        highest: the most megabytes of a reading process.
        highest_pdf: the most megabytes of one that draws a PDF for it.
        processes: the ids of all reading processes there were.
    """

    def __init__(self) -> None:
        self.processes = set(_readers())
        self.ready = min(resident(pid) for pid in self.processes)
        self.highest = self.highest_pdf = 0.0
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._has_ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._has_ended.wait(STEP):
            for pid in _readers():
                self.processes.add(pid)
                self.highest = max(self.highest, resident(pid))
                for below in children(pid):
                    self.highest_pdf = max(self.highest_pdf, resident(below))


def resident(pid: int) -> float:
    """A process' memory in megabytes; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    sizes = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(sizes[0]) * 1024 / 1e6 if sizes else 0.0


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used; 0 where it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    # After the name, which may hold spaces: the 12th and 13th of the other fields.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int = 0) -> list[int]:
    """The processes that a process has started; by default this one, on its main thread."""
    pid = pid or os.getpid()
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(each) for each in text.split()]


def _readers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]
