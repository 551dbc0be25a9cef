"""The page model: for every place of a picture, what ink is there and which digit it belongs to.

A fully convolutional network looks at the picture at several scales, so that digits of any size are
in its range at one of them. `centres` makes digits of what it says.
"""

from __future__ import annotations

import json
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from inkling.engine import EnginePool, Floats, ModelFileError, verified
from inkling.imaging.pixels import Pixels
from inkling.paths import model_folder

NAME = "page"
MODEL_FILE = "model.tflite"
NOTES_FILE = "page.json"
# The model answers for each square of this many pixels, and takes pictures whose sides are
# multiples of the other number.
STRIDE, MULTIPLE = 4, 64
# The window in which a pixel's grey level is compared with its surroundings, in pixels, and the
# least spread of grey levels in it.
WINDOW, MIN_SPREAD = 63, 6.0
# Where the channels of the answer lie: the class of the ink (paper, digit, other), the logit of a
# digit's centre, the way to it in digit heights, the logarithm of its width and height in pixels,
# the logit of light ink on dark paper, the digit (and "crossed out"), the logit that another digit
# of the number follows and the way to it in digit heights, the direction of the line of writing in
# radians, and how the page lies (upright, or turned by 90, 180, 270 degrees anticlockwise).
INK = slice(0, 3)
CENTRE = 3
OFFSET = slice(4, 6)
SIZE = slice(6, 8)
IS_LIGHT = 8
CLASSES = slice(9, 20)
HAS_NEXT = 20
NEXT = slice(21, 23)
ANGLE = 23
TURN = slice(24, 28)
CHANNELS = 28
# How often the pages that it learned from were upright, or turned by 90, 180, 270 degrees.
TURN_PRIOR = (0.85, 0.05, 0.05, 0.05)
# The number in CLASSES that says that a digit is crossed out.
STRUCK = 10

_COLOUR_SCALE = (np.arange(256) / 127.5 - 1.0).astype(np.float32)


def to_input(image: Pixels, answer: Floats | None = None) -> Floats:
    """A picture as the page model takes it.

    Args:
        image: uint8 (height, width, 3), RGB.
        answer: where to write it; by default a new array.

    Returns:
        float32 (height, width, 4): the colours in -1..1, and the grey level relative to its
        surroundings.
    """
    if answer is None:
        answer = np.empty((*image.shape[:2], 4), np.float32)
    # In place where that is possible: for the largest picture each plane has 9 megabytes.
    relative = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    window = (WINDOW, WINDOW)
    cv2.subtract(relative, cv2.blur(relative, window), dst=relative)
    spread = cv2.blur(cv2.multiply(relative, relative), window)
    cv2.sqrt(np.maximum(spread, 0.0, out=spread), dst=spread)
    np.add(spread, np.float32(MIN_SPREAD), out=spread)
    cv2.divide(relative, spread, dst=relative, scale=0.5)
    del spread
    # Faster than assigning to slices.
    cv2.mixChannels([relative], [answer], [0, 3])
    for channel in range(3):
        plane = cv2.LUT(cv2.extractChannel(image, channel), _COLOUR_SCALE)
        cv2.mixChannels([plane], [answer], [0, channel])
    return answer


class PageModel:
    """The trained page model. Safe to share between threads.

    Args:
        content: a LiteRT model, float32 (1, height, width, 4) to (1, height / STRIDE,
            width / STRIDE, CHANNELS).

    Raises:
        ModelFileError: the content is no such model.
    """

    def __init__(self, content: bytes) -> None:
        self._engines = EnginePool(content, 1, shape=(None, None, None, 4), outputs=CHANNELS)

    def run(self, image: Pixels) -> NDArray[np.float32]:
        """What each square of a picture shows.

        Args:
            image: uint8 (height, width, 3), RGB.

        Returns:
            float32 (⌈height / STRIDE⌉, ⌈width / STRIDE⌉, CHANNELS).
        """
        height, width = image.shape[:2]
        below, right = -height % MULTIPLE, -width % MULTIPLE
        padded = np.asarray(
            cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
        )

        def fill(target: Floats) -> None:
            to_input(padded, target[0])

        answer = self._engines.run_filled((1, *padded.shape[:2], 4), fill)[0]
        return np.asarray(answer[: -(-height // STRIDE), : -(-width // STRIDE)], np.float32)

    def release(self) -> None:
        """Give back the memory that the largest picture has taken, some 200 megabytes."""
        self._engines.release()


@lru_cache(maxsize=2)
def load(name: str = NAME) -> PageModel:
    """The page model in a folder under `model/`, loaded once per process.

    Raises:
        ModelFileError: it is missing, or is not the file its notes describe.
    """
    folder = model_folder() / name
    try:
        notes = json.loads((folder / NOTES_FILE).read_text(encoding="utf-8"))
        digest = str(notes["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelFileError(f"{name}/{NOTES_FILE} is missing or damaged.") from None
    return PageModel(verified(folder / MODEL_FILE, digest))
