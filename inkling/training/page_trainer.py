"""Training the page model, which finds the digits of a page, on made pages (`synthesis.pages`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from inkling.engine import Floats
from inkling.layout import page_model
from inkling.training import endless, page_network
from inkling.training.export.keras_model import KERAS_FILE
from inkling.training.export.tflite import to_tflite
from inkling.training.finetune import transfer_weights
from inkling.training.settings import EndlessSettings, SettingsError, check_endless
from inkling.training.synthesis.pages.batches import make_batches
from inkling.training.synthesis.streams import prefetch, vary_first_widths

# Batches that are prepared in advance.
PREFETCHED = 4


def train(
    folder: Path,
    settings: EndlessSettings,
    *,
    command: str,
    resume: bool = False,
    start: Path | None = None,
) -> None:
    """Train the page model and write its folder: model.keras, model.tflite and page.json.

    Args:
        folder: `model/page/`.
        settings: of the training.
        command: the command line, for page.json.
        resume: continue from the last checkpoint in the folder, if there is one.
        start: the folder of a page model to continue from; None for random weights.

    Raises:
        SettingsError: a setting is out of its range, there is no page model in `start`, or its
            layers are others.
        DatasetError: the characters to write pages with are not available.
    """
    check_endless(settings, has_start=start is not None)
    keras.utils.set_random_seed(settings.seed)
    model = page_network.network()
    if start is not None:
        source = start / KERAS_FILE
        if not source.is_file():
            raise SettingsError(f"there is no page model in {start}", "start")
        transfer_weights(
            model, keras.saving.load_model(source, compile=False, safe_mode=True), start.name
        )

    def examples(first: int) -> Iterator[tuple[Floats, Floats]]:
        made = make_batches(settings.seed * 1000 + first, settings.processes)
        prepared = (
            (np.stack([page_model.to_input(image) for image in images]), targets)
            for images, targets in made
        )
        return vary_first_widths(prefetch(prepared, PREFETCHED))

    endless.fit(
        model,
        examples,
        settings,
        folder / "checkpoint",
        loss=page_network.loss,
        metrics=[_part(name) for name in page_network.PART_WEIGHTS],
        resume=resume,
    )
    notes = {"command": command, "settings": asdict(settings)}
    files = (page_model.MODEL_FILE, page_model.NOTES_FILE)
    endless.write_model(model, to_tflite(model), folder, files, notes)


def _part(name: str) -> Any:
    """A metric: one part of the loss."""

    def part(y_true: Any, y_pred: Any) -> Any:
        return page_network.losses(y_true, y_pred)[name]

    part.__name__ = name
    return part
