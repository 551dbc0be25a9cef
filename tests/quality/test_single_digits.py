"""One digit per picture: accuracy of the classifier, and rejection of what is not a digit."""

from __future__ import annotations

import numpy as np
import pytest

from inkling.imaging import ink
from inkling.imaging.glyph import to_glyph, to_glyphs
from inkling.imaging.pixels import Pixels
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from inkling.training.data import negatives
from tests.fixtures.pages_made import mnist_test
from tests.fixtures.redrawn import on_canvas

REDRAWN = 3000
PHOTOS = 300
NEGATIVES_PER_KIND = 500


@pytest.fixture(scope="module")
def redrawn() -> Pixels:
    rng = np.random.default_rng(0)
    return to_glyphs(ink.from_canvas(on_canvas(digit, rng)) for digit in mnist_test()[0][:REDRAWN])


@pytest.mark.parametrize("name", ["digits", "lenet5"])
def test_redrawn_digits_are_read_like_the_originals(redrawn: Pixels, name: str) -> None:
    """MNIST test digits, redrawn at any size and place on a canvas.

    Accuracy on 3000 originals is above 98 %, and after redrawing it differs by 0.5 points at most.
    """
    x, y = mnist_test()
    model = classifier.load(name)
    originals = (model.probabilities(x[:REDRAWN]).argmax(axis=1) == y[:REDRAWN]).mean()
    again = (model.probabilities(redrawn).argmax(axis=1) == y[:REDRAWN]).mean()
    print(f"{name}: {originals:.4f} of the originals, {again:.4f} redrawn")
    assert originals > 0.98
    assert abs(originals - again) <= 0.005


def test_photos_of_either_polarity_are_read(digits: Classifier) -> None:
    """MNIST test digits as photos with falling light and noise, every second one light on dark.

    At least 97 % of 300 are right.
    """
    x, y = mnist_test()
    rng = np.random.default_rng(3)
    glyphs = []
    for i, digit in enumerate(x[:PHOTOS]):
        picture = on_canvas(digit, rng)[..., :3].astype(float) * 0.6 + 60
        # Light falls off towards one side, and the sensor is noisy.
        picture *= np.linspace(1.0, 0.6, picture.shape[1])[None, :, None]
        photo = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
        glyphs.append(to_glyph(ink.from_image(255 - photo if i % 2 else photo)).pixels)
    answers = digits.probabilities(np.stack(glyphs)).argmax(axis=1)
    accuracy = (answers == y[:PHOTOS]).mean()
    print(f"photos of either polarity: {accuracy:.4f}")
    assert accuracy >= 0.97


def test_what_is_not_a_digit_is_rejected(digits: Classifier) -> None:
    """Test negatives: letters, signs, scribbles, pairs and halves of digits, 500 of each kind.

    Of each kind, fewer than 15 % count as a digit and fewer than 4 % as a sure one.
    """
    for kind, glyphs in negatives.by_kind("test", seed=7, limit=NEGATIVES_PER_KIND):
        predictions = digits.predict(glyphs)
        accepted = np.mean([prediction.is_digit for prediction in predictions])
        sure = np.mean([prediction.is_sure for prediction in predictions])
        print(f"{kind}: {accepted:.3f} accepted, {sure:.3f} sure")
        assert accepted < 0.15, kind
        assert sure < 0.04, kind
