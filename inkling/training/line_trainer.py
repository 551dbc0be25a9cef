"""Training the line model, which reads a whole cut of a page at once.

Connectionist temporal classification (CTC: Graves, Fernández, Gomez and Schmidhuber, 2006) trains
it without the position of each character, on cuts of made pages (`synthesis.pages.cuts`) and on
synthetic lines of digits (`synthesis.lines`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from inkling.engine import as_input
from inkling.recognition import line_model
from inkling.recognition.ctc import beam_search
from inkling.recognition.line_model import LineModel
from inkling.reports.statistics import wilson
from inkling.training import endless
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.export.tflite import to_tflite
from inkling.training.finetune import mean, transfer_weights
from inkling.training.line_network import loss, network
from inkling.training.settings import LineSettings, SettingsError, check_endless
from inkling.training.synthesis.pages import characters, line_batches
from inkling.training.synthesis.pages.cuts import LABELS
from inkling.training.synthesis.streams import Batch, prefetch, vary_first_widths

# Batches that are prepared in advance.
PREFETCHED = 8
# The bias of a label that the start did not have, and the factor of its initial weights: it is
# improbable until it is learned.
NEW_LABEL_BIAS, NEW_LABEL_WEIGHT = -4.0, 0.1


def train(
    folder: Path,
    settings: LineSettings,
    *,
    command: str,
    resume: bool = False,
    start: Path | None = None,
) -> None:
    """Train the line model and write its folder: model.keras, model.tflite and line.json.

    Args:
        folder: `model/line/`.
        settings: of the training.
        command: the command line, for line.json.
        resume: continue from the last checkpoint in the folder, if there is one.
        start: the folder of a line model to continue from, which may have fewer labels; None for
            random weights.

    Raises:
        SettingsError: a setting is out of its range, there is no line model in `start`, or its
            layers are others.
        DatasetError: the characters to write with are not available.
    """
    check_endless(settings, has_start=start is not None)
    keras.utils.set_random_seed(settings.seed)
    model, start_digest, known = _initial_model(start)
    before = model.get_weights()

    def examples(first: int) -> Iterator[Batch]:
        made = line_batches.make_line_batches(
            settings.seed * 1000 + first, settings.processes, settings.batch_size
        )
        prepared = ((as_input(images), labels) for images, labels in made)
        return vary_first_widths(prefetch(prepared, PREFETCHED))

    checkpoints = folder / "checkpoint"
    endless.fit(model, examples, settings, checkpoints, loss=loss, resume=resume)
    if start is not None:
        model.set_weights(_mixed(before, model.get_weights(), settings.start_share, known))
    _finish(model, folder, settings, command, start_digest)


def measure(model: LineModel, count: int, seed: int = 9) -> tuple[int, int]:
    """Read cuts of pages that are made of characters held out from the training.

    Args:
        model: the trained line model.
        count: the number of cuts.
        seed: of the pages.

    Returns:
        The number of cuts that are read without an error, and the number of cuts.
    """
    known = characters.load_page_characters("validation")
    cuts = line_batches.cuts_of_pages(known, np.random.default_rng(seed))
    narrow = (cut for cut in cuts if cut[0].shape[1] <= line_batches.MAX_WIDTH)
    right = total = 0
    for image, labels in islice(narrow, count):
        right += beam_search(model.log_probabilities(image), 1)[0] == labels
        total += 1
    return right, total


def _initial_model(start: Path | None) -> tuple[keras.Model, str, list[int]]:
    """A network to train.

    Returns:
        The network with the weights of the start, the sha256 of the start's model.tflite or "", and
        the numbers of the labels (and the blank) that the start has.
    """
    model = network(len(LABELS))
    if start is None:
        return model, "", []
    keras_file, notes_file = start / KERAS_FILE, start / line_model.NOTES_FILE
    if not keras_file.is_file() or not notes_file.is_file():
        raise SettingsError(f"there is no line model in {start}", "start")
    source = keras.saving.load_model(keras_file, compile=False, safe_mode=True)
    notes = json.loads(notes_file.read_text(encoding="utf-8"))
    labels = notes["labels"]
    last = model.get_layer("logits").get_weights()
    transfer_weights(model, source, start.name, may_grow=True)
    places = [*(LABELS.index(label) for label in labels), len(LABELS)]
    weights = _grown_labels(source.get_layer("logits").get_weights(), last, places)
    model.get_layer("logits").set_weights(weights)
    return model, str(notes["sha256"]), places


def _grown_labels(
    old: list[NDArray[np.float32]], initial: list[NDArray[np.float32]], places: list[int]
) -> list[NDArray[np.float32]]:
    """The weights of the last layer, with each label and the blank at its new place.

    Args:
        old: kernel (1, 1, channels, n + 1) and bias (n + 1,) of a model with n labels.
        initial: those of the new model.
        places: the new numbers of the old labels and the blank.
    """
    kernel, bias = NEW_LABEL_WEIGHT * initial[0], np.full_like(initial[1], NEW_LABEL_BIAS)
    kernel[..., places], bias[places] = old
    return [kernel, bias]


def _mixed(
    before: list[NDArray[np.float32]],
    after: list[NDArray[np.float32]],
    share: float,
    known: list[int],
) -> list[NDArray[np.float32]]:
    """The mean of a network's weights before and after its training; new labels keep theirs.

    Args:
        before: all weights, those of the last layer (kernel and bias) at the end.
        after: likewise.
        share: of `before`.
        known: the numbers of the labels that it had before.
    """
    mixed = [mean(old, new, 1.0 - share) for old, new in zip(before, after, strict=True)]
    for weights, new in zip(mixed[-2:], after[-2:], strict=True):
        is_new = np.ones(new.shape[-1], np.bool_)
        is_new[known] = False
        weights[..., is_new] = new[..., is_new]
    return mixed


def _finish(
    model: keras.Model, folder: Path, settings: LineSettings, command: str, start_digest: str
) -> None:
    """Export the model, and measure it on held-out characters."""
    content = to_tflite(model)
    right, total = measure(LineModel(content, LABELS), settings.validation)
    accuracy = wilson(right, total)
    notes = {
        "command": command,
        "settings": asdict(settings),
        "labels": list(LABELS),
        # The digest of the line model that the training started from; "" for random weights.
        "start": start_digest,
        "validation": {"n": total, "right": right, "low": accuracy.low, "high": accuracy.high},
    }
    files = (line_model.MODEL_FILE, line_model.NOTES_FILE)
    endless.write_model(model, content, folder, files, notes)
