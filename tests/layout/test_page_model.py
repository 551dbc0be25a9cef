"""The page model's hand-over: shapes, and what it refuses. What it finds is measured in quality."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inkling.engine import ModelFileError
from inkling.layout import page_model
from inkling.layout.page_model import CHANNELS, STRIDE, TURN_PRIOR, PageModel, to_input


@pytest.mark.parametrize(("height", "width"), [(64, 128), (65, 130), (63, 61), (8, 8), (200, 77)])
def test_each_square_of_the_picture_has_an_answer(height: int, width: int) -> None:
    answer = page_model.load().run(np.full((height, width, 3), 230, np.uint8))
    assert answer.shape == (int(np.ceil(height / STRIDE)), int(np.ceil(width / STRIDE)), CHANNELS)
    assert answer.dtype == np.float32 and np.isfinite(answer).all()


def test_the_border_is_continued_so_that_it_changes_little() -> None:
    """A picture of another size, whose model input is padded, says the same in its middle."""
    rng = np.random.default_rng(1)
    whole = np.full((128, 128, 3), 230, np.uint8)
    whole[50:70, 60:64] = rng.integers(20, 60, (20, 4, 1), np.uint8)
    part = whole[:120, :120]
    model = page_model.load()
    assert np.abs(model.run(whole)[12:18, 14:17] - model.run(part)[12:18, 14:17]).max() < 0.5


def test_how_pages_lie_is_a_distribution() -> None:
    assert sum(TURN_PRIOR) == pytest.approx(1.0)
    assert max(TURN_PRIOR) == TURN_PRIOR[0] and min(TURN_PRIOR) > 0.0


def test_the_input_is_colours_and_the_grey_level_among_its_surroundings() -> None:
    image = np.full((100, 100, 3), 200, np.uint8)
    image[50, 50] = (200, 0, 100)
    found = to_input(image)
    assert found.shape == (100, 100, 4)
    assert found[50, 50, :3] == pytest.approx([200 / 127.5 - 1, -1.0, 100 / 127.5 - 1], abs=1e-6)
    assert found[0, 0, 3] == pytest.approx(0.0, abs=0.05)
    # Weights of a grey level (ITU-R BT.601), against the mean of the window of 63 pixels.
    grey = 0.299 * 200 + 0.114 * 100
    mean = 200 + (grey - 200) / 63**2
    spread = (((np.array([grey - mean])) ** 2).sum() / 63**2) ** 0.5
    assert found[50, 50, 3] == pytest.approx((grey - mean) / (spread + 6.0) / 2.0, rel=0.05)


def test_another_network_is_refused() -> None:
    with pytest.raises(ModelFileError, match="not a LiteRT file"):
        PageModel(b"nothing of the kind" * 20)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for models in place of the real one, empty."""
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    page_model.load.cache_clear()
    yield tmp_path
    page_model.load.cache_clear()


@pytest.mark.parametrize("notes", [None, "{", "{}", "[]", '{"sha256": 7}'])
def test_without_its_notes_the_model_is_refused_by_name(models: Path, notes: str | None) -> None:
    folder = models / page_model.NAME
    folder.mkdir()
    if notes is not None:
        (folder / page_model.NOTES_FILE).write_text(notes)
    with pytest.raises(ModelFileError, match=r"page/(page\.json|model\.tflite)") as raised:
        page_model.load()
    assert str(models) not in str(raised.value)
