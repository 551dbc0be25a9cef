"""Why a job failed, for people."""

from __future__ import annotations

import re
import signal
from pathlib import Path

# What ends a process from outside; the kernel sends the first when the memory runs out.
KILLED = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
# How the lines begin that TensorFlow's C++ parts write, about processors and CUDA: a date, or a
# letter for the level and four digits.
REMARK = re.compile(r"\d{4}-\d\d-\d\d |[IWEF]\d{4} |WARNING: All log messages before ")
# The part of a failed job's last line that is shown, in characters.
PROBLEM_LENGTH = 300


def reason(exit_status: int, *logs: Path) -> str:
    """Why a job failed, as the end of a sentence.

    Args:
        exit_status: of the job; that of its process, if this ended. Then it is below 0 if a signal
            ended it, and what was last written has nothing to do with it.
        logs: what the job has written, and what its process has written beside jobs.
    """
    if exit_status < 0:
        name = signal.Signals(-exit_status).name
        if -exit_status in KILLED:
            return f"its process was killed ({name}), perhaps because the memory ran out"
        return f"its process crashed ({name})"
    return next(filter(None, map(_last_line, logs)), f"it ended with status {exit_status}")


def _last_line(log: Path) -> str:
    """The last line that a job has written, without the program's name and TensorFlow's remarks."""
    try:
        lines = log.read_text("utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    lines = [line.strip() for line in lines if line.strip() and not REMARK.match(line)]
    return lines[-1].removeprefix("train_model.py: ")[:PROBLEM_LENGTH] if lines else ""
