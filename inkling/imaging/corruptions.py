"""The fifteen corruptions of MNIST-C: noise, blur, tilt, light and dirt on test digits.

    corrupted = corrupt(glyphs, "fog", rng)              # as in the published data set
    corrupted = corrupt(glyphs, "fog", rng, severity=1)  # the lightest of five severities

Reimplemented from the paper (Mu and Gilmer, "MNIST-C: a robustness benchmark for computer vision",
2019, arXiv 1906.02337) and the parameters in its public code, google-research/mnist-c. Eleven
corruptions have five severities. The published data set was made with one of them, the default in
that code. stripe, dotted_line, zigzag and canny_edges have a single strength.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkling.imaging import corruption_filters as filters
from inkling.imaging.pixels import Pixels

# Ink, parameters and a random generator to ink; ink is float32 (n, 28, 28), 0 paper and 1 pen.
Filter = Callable[
    [NDArray[np.float32], tuple[float, ...], np.random.Generator], NDArray[np.float32]
]

# The severity of a corruption that has a single strength.
ONLY = 0


@dataclass(frozen=True, slots=True)
class Corruption:
    """A filter and its parameters at each severity.

    Attributes:
        apply: the filter (see `corruption_filters`); values outside 0..1 are clipped later.
        parameters: of severities 1 to 5; a single entry when there is a single strength.
        published: the severity used in the published data set, from 1.
    """

    apply: Filter
    parameters: tuple[tuple[float, ...], ...] = ((),)
    published: int = 1


# By name, in the paper's order.
CORRUPTIONS: dict[str, Corruption] = {
    "shot_noise": Corruption(filters.shot_noise, ((60,), (25,), (12,), (5,), (3,)), 5),
    "impulse_noise": Corruption(
        filters.impulse_noise, ((0.03,), (0.06,), (0.09,), (0.17,), (0.27,)), 4
    ),
    "glass_blur": Corruption(
        filters.glass_blur, ((0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)), 1
    ),
    "motion_blur": Corruption(
        filters.motion_blur, ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15)), 1
    ),
    "shear": Corruption(filters.shear, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), 2),
    "scale": Corruption(filters.scale, ((0.9,), (0.8,), (0.7,), (0.6,), (0.5,)), 3),
    "rotate": Corruption(filters.rotate, ((0.2,), (0.4,), (0.6,), (0.8,), (1.0,)), 2),
    "brightness": Corruption(filters.brightness, ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,)), 5),
    "translate": Corruption(filters.translate, ((1,), (2,), (3,), (4,), (5,)), 3),
    "stripe": Corruption(filters.stripe),
    "fog": Corruption(filters.fog, ((1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)), 5),
    "spatter": Corruption(
        filters.spatter,
        (
            (0.65, 0.3, 4, 0.69, 0.6),
            (0.65, 0.3, 3, 0.68, 0.6),
            (0.65, 0.3, 2, 0.68, 0.5),
            (0.65, 0.3, 1, 0.65, 1.5),
            (0.67, 0.4, 1, 0.65, 1.5),
        ),
        4,
    ),
    "dotted_line": Corruption(filters.dotted_line),
    "zigzag": Corruption(filters.zigzag),
    "canny_edges": Corruption(filters.canny_edges),
}
NAMES = tuple(CORRUPTIONS)


def corrupt(
    glyphs: Pixels, name: str, rng: np.random.Generator, severity: int | None = None
) -> Pixels:
    """Corrupt every glyph of a batch, each with random numbers of its own.

    Args:
        glyphs: uint8 (n, 28, 28); not changed.
        name: one of `NAMES`.
        rng: the only source of randomness.
        severity: one of `severities(name)`; by default that of the published data set.

    Returns:
        uint8 (n, 28, 28).

    Raises:
        KeyError: there is no such corruption.
        ValueError: the corruption has no such severity.
    """
    if name not in CORRUPTIONS:
        raise KeyError(f"no corruption {name!r}; there are {', '.join(NAMES)}")
    corruption = CORRUPTIONS[name]
    if severity is None:
        severity = published(name)
    if severity not in severities(name):
        raise ValueError(f"{name} has the severities {list(severities(name))}, not {severity}")
    ink = glyphs.astype(np.float32) / np.float32(255.0)
    ink = corruption.apply(ink, corruption.parameters[max(0, severity - 1)], rng)
    return np.asarray(np.rint(np.clip(ink, 0.0, 1.0) * np.float32(255.0)), np.uint8)


def severities(name: str) -> range:
    """A corruption's severities: 1 to 5, or `ONLY` when it has a single strength."""
    count = len(CORRUPTIONS[name].parameters)
    return range(1, count + 1) if count > 1 else range(ONLY, ONLY + 1)


def published(name: str) -> int:
    """The severity used in the published data set."""
    return CORRUPTIONS[name].published if len(severities(name)) > 1 else ONLY
