"""Lets others watch a training and end it early: `live.json`, `pulse` and `stop` in its folder.

The page begins trainings as processes of their own (`inkling.runs`); these files are all that
passes between the two.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import keras
import msgspec
import numpy as np
from numpy.typing import NDArray

from inkling.jobs import LIVE_FILE, STOP_FILE, Moment, write
from inkling.training.data.formats import Labels

# Seconds between two notes, at least.
EVERY = 0.5
# So many times as long as the last confusion took is trained before the next.
REST = 15.0
# Of what is kept aside, so many digits are looked at for the live confusion.
CHECKED = 1000
# Notes kept; then every second one is dropped, and only every second one is made.
NOTES = 400


class Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes how far a training is, and ends it when it is asked to.

    Args:
        folder: the run's.
        x: validation digits as the network takes them, float32 (n, 28, 28, 1).
        y: their labels.
        labels: how many there are.
    """

    def __init__(self, folder: Path, x: NDArray[np.float32], y: Labels, labels: int) -> None:
        super().__init__()
        self._folder = folder
        # Spread over what is kept aside: it may be in some order.
        rows = np.unique(np.linspace(0, len(y) - 1, CHECKED).astype(int))
        self._x, self._y, self._labels = x[rows], y[rows], labels
        self._moment = Moment()
        self._noted = self._confused = 0.0
        self._cost = 0.0
        self._gap = 0.0

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        self._moment.stage = "training"
        self._moment.epochs = self.params["epochs"]
        self._moment.steps = self.params["steps"]
        self._note()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._moment.epoch, self._moment.step = epoch + 1, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        moment = self._moment
        moment.step = batch + 1
        if (self._folder / STOP_FILE).exists():
            self.model.stop_training = True
        now = time.monotonic()
        if now - self._noted < EVERY and moment.step < moment.steps:
            return
        self._trace(logs or {})
        if now - self._confused > REST * self._cost:
            self._confuse()
        self._note()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._confuse()
        self._note()

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        self._moment.stage = "measuring"
        self._note()

    def _trace(self, logs: dict[str, Any]) -> None:
        moment = self._moment
        done = moment.epoch - 1 + moment.step / moment.steps
        if moment.trace and done - moment.trace[-1][0] < self._gap and moment.step < moment.steps:
            return
        moment.trace.append((done, float(logs["loss"]), float(logs["accuracy"])))
        if len(moment.trace) > NOTES:
            moment.trace = moment.trace[::2]
            self._gap = 2.0 * done / NOTES

    def _confuse(self) -> None:
        began = time.monotonic()
        # What has an output after the labels is no digit to the network; its best label counts.
        p = np.asarray(self.model(self._x, training=False), np.float32)[:, : self._labels]
        counts = np.zeros((self._labels, self._labels), int)
        np.add.at(counts, (self._y, p.argmax(axis=1)), 1)
        self._moment.confusion = counts.tolist()
        self._confused = time.monotonic()
        self._cost = self._confused - began

    def _note(self) -> None:
        self._noted = time.monotonic()
        write(self._folder / LIVE_FILE, msgspec.json.encode(self._moment))
