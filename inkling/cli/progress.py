"""How far a long command is, on stderr: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Seconds between two plain lines.
EVERY = 10.0


def remark(line: str) -> None:
    """A sentence for the person at the terminal, beside the results."""
    print(line, file=sys.stderr, flush=True)


class Count:
    """Counts files; a context manager.

    Args:
        total: how many there are.
        bar: whether a bar may be drawn: not where the results scroll by on the same terminal.
    """

    def __init__(self, total: int, bar: bool) -> None:
        self.total = total
        self.done = 0
        self.failed = 0
        self._begun = self._said = time.monotonic()
        self._bar: Progress | None = None
        if bar and total > 1 and sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("Reading"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[failed]}", style="red"),
                console=Console(stderr=True),
                transient=True,
                # Results on stdout are data: nothing may come between them.
                redirect_stdout=False,
            )
            self._task = self._bar.add_task("", total=total, failed="")

    def __enter__(self) -> Count:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def one_more(self, failed: bool) -> None:
        """Another file is done."""
        self.done += 1
        self.failed += failed
        bad = f"{self.failed:,} could not be read" if self.failed else ""
        if self._bar:
            self._bar.update(self._task, completed=self.done, failed=bad)
            return
        now = time.monotonic()
        if now - self._said >= EVERY and self.done < self.total:
            self._said = now
            pace = self.done / (now - self._begun)
            remark(
                f"{self.done:,} of {self.total:,} files, {pace:.1f} a second"
                + (f"; {bad}." if bad else ".")
            )
