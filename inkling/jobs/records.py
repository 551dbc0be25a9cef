"""The files of a run's folder, and their contents as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from inkling.paths import RUN, taught_prefix

# A `JobRecord`: what was asked for, and whether it was started.
RECORD_FILE = "run.json"
# A `Progress`, written by the training process.
PROGRESS_FILE = "live.json"
# Its modification time says when the training process was last alive.
HEARTBEAT_FILE = "pulse"
# Exists once somebody has asked the training to end early.
STOP_FILE = "stop"
LOG_FILE = "log.txt"
# Written by the trainer after every epoch; see `inkling.training.trainer`.
CHECKPOINT_FILE = Path("checkpoint", "state.json")
# Names of the folders in which models are measured start with this.
MEASURE = "measure-"


class TrainingRequest(msgspec.Struct, frozen=True, tag_field="kind", tag="training"):
    """A training on MNIST that somebody asks for; see `inkling.training.settings.Settings`.

    Attributes:
        limit: the number of training digits to use; 0 for all.
    """

    network: str = "lenet5"
    limit: int = 0
    epochs: int = 2
    learning_rate: float = 1e-3
    augmentation: str = "affine"
    seed: int = 0
    schedule: Literal["cosine", "one-cycle"] = "cosine"

    def folder_name(self, time: str, visit: str) -> str:  # noqa: ARG002  (every request takes it)
        """The name of the run and of its model.

        Args:
            time: when it was asked for, as digits.
            visit: who asks.
        """
        return f"{RUN}{time}-{self.network}"

    def arguments(self, name: str, folder: Path) -> list[str]:
        """The command-line arguments for train_model.py.

        Args:
            name: the run's name.
            folder: the folder of all runs.
        """
        options = {
            "--network": self.network,
            "--epochs": self.epochs,
            "--learning-rate": self.learning_rate,
            "--augmentation": self.augmentation,
            "--limit": self.limit,
            "--seed": self.seed,
            "--schedule": self.schedule,
            "--patience": 0,
            "--name": name,
            "--output": folder,
        }
        return [*(str(part) for pair in options.items() for part in pair), "--lean", "--live"]


class Correction(msgspec.Struct, frozen=True):
    """A drawing that a person has named.

    Attributes:
        image: its glyph as a PNG in base64 (see `reports.schema.encode_image`).
        label: the right label, or `NO_DIGIT` of `storage.drawings`.
    """

    image: str
    label: str


class TeachingRequest(msgspec.Struct, frozen=True, tag_field="kind", tag="teaching"):
    """A visit's corrections that a model is to learn; see `inkling.training.teach`.

    Attributes:
        base: the trained model.
    """

    base: str
    corrections: list[Correction]

    def folder_name(self, time: str, visit: str) -> str:
        """See `TrainingRequest.folder_name`."""
        return f"{taught_prefix(visit)}{time}-{self.base}"

    def arguments(self, name: str, folder: Path) -> list[str]:
        """See `TrainingRequest.arguments`."""
        return ["--teach", str(folder / name)]


class MeasuringRequest(msgspec.Struct, frozen=True, tag_field="kind", tag="measuring"):
    """A model whose robustness and embedding are to be measured."""

    model: str

    def folder_name(self, time: str, visit: str) -> str:  # noqa: ARG002  (every request takes it)
        """See `TrainingRequest.folder_name`."""
        return f"{MEASURE}{time}-{self.model}"

    def arguments(self, name: str, folder: Path) -> list[str]:
        """See `TrainingRequest.arguments`."""
        return ["--robustness", self.model, "--name", name, "--output", str(folder), "--live"]


Request = TrainingRequest | TeachingRequest | MeasuringRequest


class JobRecord(msgspec.Struct, frozen=True, rename={"request": "wish", "is_started": "begun"}):
    """All of `run.json`.

    Attributes:
        request: stored as `wish`.
        created: ISO 8601, with seconds.
        is_started: whether its process was ever started; stored as `begun`.
        problem: why it failed, for people; empty if it did not.
        visit: who asked for it and may change it; empty for everyone.
    """

    request: Request
    created: str
    is_started: bool = False
    problem: str = ""
    visit: str = ""

    @classmethod
    def decode(cls, content: bytes) -> JobRecord:
        """Decode the content of `run.json`.

        Raises:
            msgspec.DecodeError: it is damaged.
        """
        stored: dict[str, Any] = msgspec.json.decode(content, type=dict)
        wish = stored.get("wish")
        if isinstance(wish, dict):
            # Records from before there were other jobs do not say that they are trainings.
            wish.setdefault("kind", "training")
        return msgspec.convert(stored, cls)


class Progress(msgspec.Struct):
    """All of `live.json`: how far a training has come.

    Attributes:
        stage: what the process is doing.
        epoch, step: the current ones, from 1.
        epochs, steps: the number of epochs at most, and of steps in an epoch.
        trace: sampled points of the learning curve: the epochs done (1.5 is half of the second),
            then the mean loss (nats) and accuracy (0..1) on training data since that epoch began.
        confusion: counts over `confusion_total` validation digits, true label by row and predicted
            label by column.
    """

    stage: Literal["preparing", "training", "measuring"] = "preparing"
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    trace: list[tuple[float, float, float]] = []
    confusion: list[list[int]] = []

    @property
    def confusion_total(self) -> int:
        """The number of digits that the confusion matrix counts."""
        return sum(map(sum, self.confusion))

    @property
    def fraction(self) -> float:
        """How much of the training is done, 0..1. The measuring after it is not included."""
        if not self.epochs or not self.steps:
            return 0.0
        done = self.epoch - 1 + self.step / self.steps
        return min(1.0, max(0.0, done / self.epochs))
