"""Progress of a long command on stderr: a bar on a terminal, otherwise a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Seconds between two lines where no bar is drawn.
LINE_INTERVAL = 10.0


def print_message(line: str) -> None:
    """Print a sentence for the user to stderr, apart from the results on stdout."""
    print(line, file=sys.stderr, flush=True)


class ProgressBar:
    """Counts finished files and shows the progress; a context manager.

    Args:
        total: the number of files.
        show_bar: whether a bar may be drawn; False where results scroll by on the same terminal.

    Attributes:
        done: files finished so far.
        failed: files among them that could not be read.
    """

    def __init__(self, total: int, show_bar: bool) -> None:
        self.total = total
        self.done = 0
        self.failed = 0
        self._started = self._last_line_at = time.monotonic()
        self._bar: Progress | None = None
        if show_bar and total > 1 and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("Reading"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[failed]}", style="red"),
                console=Console(stderr=True),
                transient=True,
                # Results on stdout are data, so Rich must not touch that stream.
                redirect_stdout=False,
            )
            self._task = self._bar.add_task("", total=total, failed="")

    def __enter__(self) -> ProgressBar:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, failed: bool) -> None:
        """Count one more finished file."""
        self.done += 1
        self.failed += failed
        failures = f"{self.failed:,} could not be read" if self.failed else ""
        if self._bar:
            self._bar.update(self._task, completed=self.done, failed=failures)
            return
        now = time.monotonic()
        if now - self._last_line_at >= LINE_INTERVAL and self.done < self.total:
            self._last_line_at = now
            rate = self.done / (now - self._started)
            print_message(
                f"{self.done:,} of {self.total:,} files, {rate:.1f} per second"
                + (f"; {failures}." if failures else ".")
            )
