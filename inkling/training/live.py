"""Lets others watch a training and end it early, through files in the run's folder.

The app starts trainings as processes of their own (`inkling.jobs`). The files that
`inkling.jobs.records` lists are all that passes between the two.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np

from inkling.engine import as_input
from inkling.imaging.pixels import Pixels
from inkling.jobs.records import PROGRESS_FILE, STOP_FILE, Progress
from inkling.paths import write_atomically
from inkling.training.data.formats import Labels

# Seconds between two updates of the progress file, at least.
INTERVAL = 0.5
# Computing the confusion matrix takes at most one part in this many of the training time.
CONFUSION_SHARE = 15.0
# The number of validation digits in the live confusion matrix.
SAMPLES = 1000
# Points of the learning curve to keep. Above it every second one is dropped, and the distance
# between new points is doubled.
MAX_POINTS = 400


def show_progress(folder: Path | None) -> Callable[[Progress], None]:
    """A function that writes progress to a run's folder; without a folder it does nothing."""

    def show(progress: Progress) -> None:
        if folder is not None:
            write_atomically(folder / PROGRESS_FILE, msgspec.json.encode(progress))

    return show


class LiveMonitor(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes a training's progress to a file, and ends the training when it is asked to.

    Args:
        folder: the run's folder.
        x: validation digits, uint8 (n, 28, 28).
        y: their labels, uint8 (n,).
        labels: the number of labels.
    """

    def __init__(self, folder: Path, x: Pixels, y: Labels, labels: int) -> None:
        super().__init__()
        self._folder = folder
        self._show = show_progress(folder)
        # Spread evenly, because the validation digits may be in some order.
        rows = np.unique(np.linspace(0, len(y) - 1, SAMPLES).astype(int))
        self._x, self._y, self._labels = as_input(x[rows]), y[rows], labels
        self._progress = Progress()
        # Times of the last update and of the last confusion matrix, and what the latter took.
        self._saved_at = self._confusion_at = 0.0
        self._confusion_seconds = 0.0
        # The distance between two points of the learning curve, in epochs.
        self._gap = 0.0

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._progress.stage = "training"
        self._progress.epochs = self.params["epochs"]
        self._progress.steps = self.params["steps"]
        self._save()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._progress.epoch, self._progress.step = epoch + 1, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        progress = self._progress
        progress.step = batch + 1
        if (self._folder / STOP_FILE).exists():
            self.model.stop_training = True
        now = time.monotonic()
        if now - self._saved_at < INTERVAL and progress.step < progress.steps:
            return
        self._add_point(logs or {})
        if now - self._confusion_at > CONFUSION_SHARE * self._confusion_seconds:
            self._update_confusion()
        self._save()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._update_confusion()
        self._save()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        self._progress.stage = "measuring"
        self._save()

    def _add_point(self, logs: dict[str, Any]) -> None:
        """Add a point to the learning curve, unless the last one is too near."""
        progress = self._progress
        done = progress.epoch - 1 + progress.step / progress.steps
        trace, is_last_step = progress.trace, progress.step == progress.steps
        if trace and done - trace[-1][0] < self._gap and not is_last_step:
            return
        trace.append((done, float(logs["loss"]), float(logs["accuracy"])))
        if len(trace) > MAX_POINTS:
            progress.trace = trace[::2]
            self._gap = 2.0 * done / MAX_POINTS

    def _update_confusion(self) -> None:
        start = time.monotonic()
        # An output after the labels means "no digit" and is not an answer: the best label counts.
        p = np.asarray(self.model(self._x, training=False), np.float32)[:, : self._labels]
        counts = np.zeros((self._labels, self._labels), int)
        np.add.at(counts, (self._y, p.argmax(axis=1)), 1)
        self._progress.confusion = counts.tolist()
        self._confusion_at = time.monotonic()
        self._confusion_seconds = self._confusion_at - start

    def _save(self) -> None:
        self._saved_at = time.monotonic()
        self._show(self._progress)
