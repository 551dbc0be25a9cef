"""The line model of drawings: what it reads, its output, threads, and its absence."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inkling.engine import ModelFileError
from inkling.imaging.pixels import Pixels
from inkling.layout.drawing import canvas_layout
from inkling.reader.drawing import read_ink
from inkling.recognition import classifier, ctc, line_model
from inkling.recognition.candidates import line_height
from inkling.recognition.ctc import beam_search, ctc_log_likelihood
from inkling.recognition.line_image import IMAGE_HEIGHT, ink_image
from inkling.recognition.line_model import MIN_LOG_PROBABILITY, WIDTH_STEP, LineModel
from tests.fixtures.pages_made import number_ink


def image_of(ink: Pixels) -> Pixels:
    layout = canvas_layout(ink)
    return ink_image(layout, line_height(layout.line))


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for models in place of the real one, empty."""
    monkeypatch.setattr(line_model, "model_folder", lambda: tmp_path)
    line_model.load_once.cache_clear()
    yield tmp_path
    line_model.load_once.cache_clear()


def test_each_column_holds_probabilities(shipped_line_model: LineModel) -> None:
    found = image_of(number_ink("3058", 3))
    log_p = shipped_line_model.log_probabilities(found)
    assert (
        log_p.shape[1] == len(shipped_line_model.labels) + 1
        and 4 < len(log_p) <= found.shape[1] / 2 + WIDTH_STEP
    )
    assert log_p.dtype == np.float64
    assert log_p.max() <= 0.0 and log_p.min() >= MIN_LOG_PROBABILITY
    np.testing.assert_allclose(np.exp(log_p).sum(axis=1), 1.0, atol=1e-6)
    # An image of another width in between changes nothing.
    shipped_line_model.log_probabilities(np.zeros((IMAGE_HEIGHT, 400), np.uint8))
    np.testing.assert_array_equal(shipped_line_model.log_probabilities(found), log_p)


def test_merging_blanks_changes_no_reading(
    shipped_line_model: LineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, text in enumerate(("3058", "27", "40055", "9")):
        found = image_of(number_ink(text, seed))
        short = shipped_line_model.log_probabilities(found)
        with monkeypatch.context() as every:
            every.setattr(ctc, "CERTAIN_BLANK", 1.0)
            whole = shipped_line_model.log_probabilities(found)
        assert len(whole) == math.ceil(found.shape[1] / WIDTH_STEP) * WIDTH_STEP // 2
        assert len(short) < len(whole)
        best = beam_search(whole, 3)
        assert beam_search(short, 1) == best[:1]
        for labels in best[:2]:
            assert ctc_log_likelihood(short, labels) == pytest.approx(
                ctc_log_likelihood(whole, labels), abs=0.15
            )


def test_many_threads_get_the_same_answers(shipped_line_model: LineModel) -> None:
    images = [image_of(number_ink(text, seed)) for seed, text in enumerate(("1", "204", "77385"))]
    alone = [shipped_line_model.log_probabilities(each) for each in images]
    wrong: list[int] = []

    def work(start: int) -> None:
        for turn in range(12):
            index = (start + turn) % len(images)
            if not np.array_equal(
                shipped_line_model.log_probabilities(images[index]), alone[index]
            ):
                wrong.append(index)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def damage(models: Path, how: str) -> None:
    folder = models / line_model.DRAWN
    if how == "missing":
        return
    folder.mkdir()
    content = b"no model"
    (folder / line_model.MODEL_FILE).write_bytes(content)
    notes = {
        "no notes": None,
        "broken notes": "{",
        "another digest": json.dumps({"sha256": "0" * 64, "labels": list("0123456789")}),
        "no digest": "{}",
    }[how]
    if notes is not None:
        (folder / line_model.NOTES_FILE).write_text(notes)


@pytest.mark.parametrize(
    "how", ["missing", "no notes", "broken notes", "another digest", "no digest"]
)
def test_without_the_model_drawings_are_read_by_their_lattices(models: Path, how: str) -> None:
    damage(models, how)
    with pytest.raises(ModelFileError, match=r"drawn/(line\.json|model\.tflite) is ") as raised:
        line_model.load(line_model.DRAWN)
    assert str(models) not in str(raised.value)
    reading = read_ink(number_ink("3058", 3), classifier.load("digits"))
    assert reading.text == "3058"
    (warning,) = reading.warnings
    assert (
        warning.startswith("Digits that touch are read less well") and str(raised.value) in warning
    )


def test_a_model_with_other_labels_is_not_helped(
    shipped_line_model: LineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line model's labels decide whether it is asked, not how many there are."""
    asked: list[int] = []

    def watched(image: Pixels) -> np.ndarray:
        asked.append(image.shape[1])
        return LineModel.log_probabilities(shipped_line_model, image)

    digits = classifier.load("digits")
    ink = number_ink("3058", 1, gap=(-0.06, 0.02))
    monkeypatch.setattr(shipped_line_model, "log_probabilities", watched)
    read_ink(ink, digits)
    assert asked
    asked.clear()
    monkeypatch.setattr(shipped_line_model, "labels", tuple("abcdefghij"))
    read_ink(ink, digits)
    assert not asked
