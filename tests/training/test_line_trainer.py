"""Training the line model: the folder it writes, and starting from a model with fewer labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from inkling.recognition import line_model
from inkling.recognition.line_image import IMAGE_HEIGHT
from inkling.training import line_trainer
from inkling.training.line_network import network
from inkling.training.settings import LineSettings, SettingsError
from inkling.training.synthesis.pages import characters, cuts, line_batches
from inkling.training.synthesis.pages.characters import PageCharacters, load_page_characters

SMALL = LineSettings(
    seed=1, epochs=1, steps_per_epoch=1, batch_size=2, validation=6, warm_up=1, cool_down=0.0
)


@pytest.fixture
def in_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on a handful of cuts, made in this process."""
    known = load_page_characters("validation")
    made = line_batches.cuts_of_pages(known, np.random.default_rng(2))

    def batches(seed: int, processes: int, size: int) -> Iterator[line_batches.LineBatch]:
        del seed, processes
        narrow = (cut for cut in made if cut[0].shape[1] <= 128)
        while True:
            yield line_batches.to_batch([next(narrow) for _ in range(size)])

    def loaded(split: str = "train") -> PageCharacters:
        del split
        return known

    monkeypatch.setattr(line_batches, "make_line_batches", batches)
    monkeypatch.setattr(line_trainer, "prefetch", lambda source, depth: source)
    monkeypatch.setattr(characters, "load_page_characters", loaded)


def test_training_writes_the_folder(
    tmp_path: Path, in_small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "line"
    line_trainer.train(folder, SMALL, command="make it")
    notes = json.loads((folder / line_model.NOTES_FILE).read_text())
    content = (folder / line_model.MODEL_FILE).read_bytes()
    assert notes["sha256"] == hashlib.sha256(content).hexdigest()
    assert notes["command"] == "make it"
    assert notes["settings"]["epochs"] == 1
    assert notes["labels"] == list(cuts.LABELS)
    assert 0 <= notes["validation"]["right"] <= notes["validation"]["n"] == 6
    trained = keras.saving.load_model(folder / "model.keras", compile=False)
    assert notes["parameters"] == trained.count_params()
    # A finished training that is resumed only exports its model again.
    line_trainer.train(folder, SMALL, command="make it", resume=True)
    again = keras.saving.load_model(folder / "model.keras", compile=False)
    for before, after in zip(trained.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    # The app can load the folder.
    line_model.load_once.cache_clear()
    monkeypatch.setattr(line_model, "model_folder", lambda: tmp_path)
    loaded = line_model.load()
    line_model.load_once.cache_clear()
    assert loaded is not None
    columns = loaded.columns(np.zeros((IMAGE_HEIGHT, 64), np.uint8))
    assert columns.shape == (32, len(cuts.LABELS) + 1)


def test_a_start_with_fewer_labels_says_what_it_said_before(tmp_path: Path) -> None:
    old = network(10)
    folder = tmp_path / "old"
    folder.mkdir()
    old.save(folder / "model.keras")
    notes = {"labels": list("0123456789"), "sha256": "abc"}
    (folder / line_model.NOTES_FILE).write_text(json.dumps(notes))
    new, digest, known = line_trainer._initial_model(folder)
    assert digest == "abc"
    assert known == [*range(10), len(cuts.LABELS)]
    image = np.random.default_rng(0).random((1, IMAGE_HEIGHT, 64, 1)).astype(np.float32)
    before, after = (np.asarray(model(image, training=False))[0, 0] for model in (old, new))
    digits_and_blank = [*range(10), len(cuts.LABELS)]
    np.testing.assert_allclose(after[:, digits_and_blank], before, atol=1e-4)


def test_the_result_keeps_a_share_of_the_start(
    tmp_path: Path, in_small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    old = network(10)
    old.save(folder / "model.keras")
    notes = {"labels": list("0123456789"), "sha256": "abc"}
    (folder / line_model.NOTES_FILE).write_text(json.dumps(notes))
    # What is exported for LiteRT does not matter here.
    monkeypatch.setattr(line_trainer, "to_tflite", lambda model: b"")
    monkeypatch.setattr(line_trainer, "LineModel", lambda content, labels: None)
    monkeypatch.setattr(line_trainer, "measure", lambda model, count: (0, count))
    results = {}
    for share in (0.0, 0.5):
        settings = replace(SMALL, start_share=share)
        line_trainer.train(tmp_path / "line", settings, command="", resume=True, start=folder)
        results[share] = keras.saving.load_model(tmp_path / "line/model.keras", compile=False)
    first = old.layers[1].get_weights()[0]
    trained, mixed = (results[share].layers[1].get_weights()[0] for share in (0.0, 0.5))
    np.testing.assert_allclose(mixed, (first + trained) / 2.0, atol=1e-6)
    new = len(cuts.LABELS) - 1
    trained, mixed = (results[share].get_layer("logits").get_weights()[1] for share in (0.0, 0.5))
    assert mixed[new] == trained[new]


def test_a_start_that_is_missing_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no line model in") as problem:
        line_trainer.train(tmp_path / "line", SMALL, command="", start=tmp_path / "nothing")
    assert problem.value.settings == ("start",)
