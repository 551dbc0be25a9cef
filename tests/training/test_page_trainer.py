"""Training the page model: the folder it writes, and the parts of its loss."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from inkling.layout import page_model
from inkling.training import page_network, page_trainer
from inkling.training.settings import EndlessSettings, SettingsError
from inkling.training.synthesis.pages import scenes, targets
from inkling.training.synthesis.pages.batches import PageBatch, Shape, make_batch
from inkling.training.synthesis.pages.characters import load_page_characters

SMALL = EndlessSettings(seed=1, epochs=1, steps_per_epoch=2, warm_up=1, cool_down=0.0)


def _batches(seed: int, processes: int) -> Iterator[PageBatch]:
    """Small batches, made in this process."""
    known, rng = load_page_characters("validation"), np.random.default_rng([seed, processes])
    while True:
        for size in ((64, 128), (64, 64)):
            yield make_batch(known, rng, Shape(size, 2, scenes.STRIP_SCENES, 1.0))


def test_training_writes_a_folder_that_the_app_can_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_trainer, "make_batches", _batches)
    monkeypatch.setattr(page_trainer, "prefetch", lambda source, depth: source)
    # A network of the same layers, but fewer.
    monkeypatch.setattr(page_network, "WIDTHS", (8, 16, 16, 16, 16))
    monkeypatch.setattr(page_network, "BLOCKS_DOWN", (1, 1, 1, 1, 1))
    folder = tmp_path / "page"
    page_trainer.train(folder, SMALL, command="make it")
    notes = json.loads((folder / page_model.NOTES_FILE).read_text())
    content = (folder / page_model.MODEL_FILE).read_bytes()
    assert notes["sha256"] == hashlib.sha256(content).hexdigest()
    assert notes["command"] == "make it"
    with zipfile.ZipFile(folder / "model.keras") as archive:
        weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    # The optimizer's state would be twice as large as the model.
    assert not any("optimizer" in name for name in weights)
    page_model.load.cache_clear()
    monkeypatch.setattr(page_model, "model_folder", lambda: tmp_path)
    loaded = page_model.load()
    page_model.load.cache_clear()
    image = np.random.default_rng(0).integers(0, 256, (70, 101, 3), np.uint8)
    answer = loaded.run(image)
    assert answer.shape == (18, 26, page_model.CHANNELS)
    # LiteRT computes what Keras computes.
    trained = keras.saving.load_model(folder / "model.keras", compile=False)
    padded = np.pad(image, ((0, 58), (0, 27), (0, 0)), mode="edge")
    expected = np.asarray(trained(page_model.to_input(padded)[None], training=False))[0]
    np.testing.assert_allclose(answer, expected[:18, :26], atol=2e-3)


def test_the_network_has_at_most_a_million_weights() -> None:
    assert page_network.network().count_params() <= 1_000_000


def test_a_start_that_is_missing_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no page model in") as problem:
        page_trainer.train(tmp_path / "page", SMALL, command="", start=tmp_path / "nothing")
    assert problem.value.settings == ("start",)


def test_a_perfect_answer_has_hardly_a_loss() -> None:
    _, truth = next(_batches(3, 1))
    answer = np.zeros((*truth.shape[:3], page_model.CHANNELS), np.float32)
    kind = np.minimum(truth[..., targets.INK], 2).astype(int)
    answer[..., page_model.INK] = 20.0 * np.eye(3, dtype=np.float32)[kind]
    is_centre = truth[..., targets.HEAT] > 0.999
    answer[..., page_model.CENTRE] = np.where(is_centre, 20.0, -20.0)
    answer[..., page_model.OFFSET] = truth[..., targets.OFFSET]
    answer[..., page_model.SIZE] = truth[..., targets.SIZE]
    answer[..., page_model.IS_LIGHT] = 40.0 * truth[..., targets.IS_LIGHT] - 20.0
    digit = truth[..., targets.DIGIT].astype(int)
    answer[..., page_model.CLASSES] = 20.0 * np.eye(11, dtype=np.float32)[digit]
    answer[..., page_model.HAS_NEXT] = 40.0 * np.maximum(truth[..., targets.HAS_NEXT], 0.0) - 20.0
    answer[..., page_model.NEXT] = truth[..., targets.NEXT]
    answer[..., page_model.ANGLE] = truth[..., targets.ANGLE]
    turn = truth[..., targets.TURN].astype(int)
    answer[..., page_model.TURN] = 20.0 * np.eye(4, dtype=np.float32)[turn]
    for name, part in page_network.losses(truth, answer).items():
        assert float(part) < 1e-3, name
    assert float(page_network.loss(truth, answer)) < 1e-2
    wrong = page_network.losses(truth, np.zeros_like(answer))
    assert all(float(wrong[name]) > 0.1 for name in ("ink", "centre", "box", "light", "digit"))
