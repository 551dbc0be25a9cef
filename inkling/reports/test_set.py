"""MNIST's test digits, as they lie in the clone: the pictures behind the figures of a report."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from inkling.imaging.pixels import Pixels
from inkling.paths import ASSETS
from inkling.reports.files import ReportError
from inkling.reports.schema import Report

NAME = "mnist"


def digits(report: Report) -> Pixels:
    """The main test split of a report, uint8 (n, 28, 28), in its order.

    Raises:
        ReportError: it was tested on another set, or the pictures are not at hand.
    """
    test = report.split("test")
    if test is None or test.dataset != NAME:
        name = test.dataset if test else "no set"
        raise ReportError(
            f"“{report.name}” was tested on {name}, whose pictures are not kept here."
        )
    try:
        return _test()
    except (OSError, ValueError, KeyError):
        raise ReportError(
            "MNIST's pictures are not at hand: assets/mnist.npz is missing."
        ) from None


@lru_cache(maxsize=1)
def _test() -> Pixels:
    with np.load(ASSETS / "mnist.npz", allow_pickle=False) as file:
        pixels: Pixels = file["x_test"]
    pixels.setflags(write=False)
    return pixels
