"""MNIST's test images, as bundled with the clone: the pictures behind the figures of a report."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.paths import ASSETS
from inkling.reports.files import ReportError
from inkling.reports.schema import Report

NAME = "mnist"


def load_test_images(report: Report) -> Pixels:
    """The images of a report's main test split, uint8 (n, 28, 28), in its order.

    Raises:
        ReportError: the model was tested on another data set, or the images are missing.
    """
    test = report.split("test")
    if test is None:
        raise ReportError(f"“{report.name}” was not tested on any data set.")
    if test.dataset != NAME:
        raise ReportError(
            f"“{report.name}” was tested on {test.dataset}, whose images are not bundled."
        )
    try:
        return _mnist_test_images()
    except (OSError, ValueError, KeyError):
        raise ReportError(
            "MNIST's test images cannot be loaded: assets/mnist.npz is missing or damaged."
        ) from None


@lru_cache(maxsize=1)
def _mnist_test_images() -> Pixels:
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        pixels: Pixels = file["x_test"]
    pixels.setflags(write=False)
    return pixels
