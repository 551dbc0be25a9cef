"""How a page lies, from all four sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout import centres
from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import PageModel
from inkling.reader.turns import is_upside_down, quarter_turns
from inkling.recognition.line_model import LineModel
from tests.fixtures.found_digits import found_digits

MODEL = PageModel.__new__(PageModel)
UPRIGHT = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
DIGITS = found_digits([(0.0, 0.0), (20.0, 0.0), (40.0, 0.0)])


class _Views:
    """A page model whose digits say how each view of `UPRIGHT` lies, more or less clearly."""

    def __init__(self, *nats: float) -> None:
        self.nats = nats
        self.count = 0

    def digits(self, image: Pixels) -> Digits:
        """The digits of a view; the evidence is that of its turn."""
        (lies,) = (k for k in range(4) if np.array_equal(image, np.rot90(UPRIGHT, k)))
        turn = np.zeros((len(DIGITS), 4), np.float32)
        turn[:, lies] = self.nats[lies]
        return replace(DIGITS, turn=turn)

    def detect(self, model: object, image: Pixels, at: list[float]) -> tuple[Digits, list[InkMap]]:
        """As `centres.detect`."""
        del model
        assert at == [1.0]
        self.count += 1
        return self.digits(image), []


@pytest.mark.parametrize("lies", [0, 1, 2, 3])
def test_a_page_is_turned_back_by_what_its_sides_say(
    lies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Seen from the side that is upright, digits say most clearly how they lie.
    views = _Views(2.0, 0.5, 0.5, -0.2)
    monkeypatch.setattr(centres, "detect", views.detect)
    image = np.ascontiguousarray(np.rot90(UPRIGHT, lies))
    back = quarter_turns(MODEL, image, views.digits(image))
    assert np.array_equal(np.rot90(image, back), UPRIGHT)
    assert views.count == 3


def test_a_page_that_is_clearly_upright_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    views = _Views(4.0, 4.0, 4.0, 4.0)
    monkeypatch.setattr(centres, "detect", views.detect)
    assert quarter_turns(MODEL, UPRIGHT, views.digits(UPRIGHT)) == 0
    assert views.count == 0


@pytest.mark.parametrize(("nats", "looks"), [(3.1, 0), (2.9, 3)])
def test_digits_say_clearly_from_3_nats_each_that_a_page_is_upright(
    nats: float, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = _Views(nats, nats, nats, nats)
    monkeypatch.setattr(centres, "detect", views.detect)
    assert quarter_turns(MODEL, UPRIGHT, views.digits(UPRIGHT)) == 0
    assert views.count == looks


def test_a_page_that_may_be_upside_down_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    views = _Views(4.0, 4.0, 4.0, 4.0)
    monkeypatch.setattr(centres, "detect", views.detect)
    digits = views.digits(UPRIGHT)
    digits.turn[:, 2] = 4.5
    assert quarter_turns(MODEL, UPRIGHT, digits) == 0
    assert views.count == 3


@pytest.mark.parametrize(("nats", "back"), [(0.65, 0), (0.69, 2)])
def test_a_page_is_turned_from_8_nats_on(
    nats: float, back: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three digits are seen from four sides: 7.8 nats in all are too few, and 8.3 are enough."""
    views = _Views(nats, nats, nats, nats)
    monkeypatch.setattr(centres, "detect", views.detect)
    image = np.ascontiguousarray(np.rot90(UPRIGHT, 2))
    assert quarter_turns(MODEL, image, views.digits(image)) == back


def test_a_doubtful_page_is_not_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    views = _Views(0.2, 0.2, 0.2, 0.2)
    monkeypatch.setattr(centres, "detect", views.detect)
    image = np.ascontiguousarray(np.rot90(UPRIGHT, 2))
    assert quarter_turns(MODEL, image, views.digits(image)) == 0


def test_a_page_without_digits_is_not_turned() -> None:
    assert quarter_turns(MODEL, UPRIGHT, found_digits([])) == 0


class _Readers(LineModel):
    """A line model that reads a seven surely where it sees dark ink over light ink."""

    def __init__(self) -> None:
        self.labels = tuple("0123456789")

    def columns(self, image: Pixels) -> NDArray[np.float64]:
        """As `LineModel.columns`."""
        middle = len(image) // 2
        is_upright = image[:middle].sum(dtype=int) > image[middle:].sum(dtype=int)
        p = np.full((image.shape[1] // 2, 11), 1e-4)
        p[:, 10] = 1.0
        p[len(p) // 2] = 0.01
        p[len(p) // 2, [7, 10]] = (0.9, 0.01) if is_upright else (0.1, 0.8)
        return np.asarray(np.log(p / p.sum(axis=1, keepdims=True)), np.float64)


@pytest.mark.parametrize(
    ("is_turned", "vote", "count", "answer"),
    [
        (True, 0.0, 6, True),
        (False, 0.0, 6, False),
        # The digits say clearly how they lie.
        (True, 2.0, 6, False),
        # The line model's three cuts say 0.3 nats, and six digits 0.6 less than usual: too little.
        (True, 0.1, 6, False),
        # The line model reads the page as it lies.
        (False, -2.0, 6, False),
        # Too few digits.
        (True, 0.0, 5, False),
        (True, -1.0, 5, False),
    ],
)
def test_a_page_that_reads_better_upside_down_is(
    is_turned: bool, vote: float, count: int, answer: bool
) -> None:
    image = np.full((200, 300, 3), 240, np.uint8)
    places = [(40.0 + 40.0 * k, 100.0) for k in range(count)]
    for x, y in places:
        image[int(y) - 10 : int(y), int(x) - 4 : int(x) + 4] = 20
        image[int(y) : int(y) + 10, int(x) - 4 : int(x) + 4] = 150
    if is_turned:
        image = np.ascontiguousarray(np.flipud(image))
        places = [(x, 200.0 - y) for x, y in places]
    turn = np.zeros((count, 4), np.float32)
    turn[:, 0] = vote
    digits = replace(found_digits(places), turn=turn)
    empty = np.zeros((50, 75), np.float32)
    found = digits, [InkMap(1.0, empty, empty)]
    assert is_upside_down(image, found, _Readers()) == answer
