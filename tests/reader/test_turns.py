"""How a page lies, from all four sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inkling.imaging.pixels import Pixels
from inkling.layout import centres
from inkling.layout.centres import Digits, InkMap
from inkling.layout.page_model import PageModel
from inkling.reader.turns import quarter_turns
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


def test_a_doubtful_page_is_not_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    views = _Views(0.2, 0.2, 0.2, 0.2)
    monkeypatch.setattr(centres, "detect", views.detect)
    image = np.ascontiguousarray(np.rot90(UPRIGHT, 2))
    assert quarter_turns(MODEL, image, views.digits(image)) == 0


def test_a_page_without_digits_is_not_turned() -> None:
    assert quarter_turns(MODEL, UPRIGHT, found_digits([])) == 0
