"""What `analyse` finds in a picture, and what recognition reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.layout.components import Component
from inkling.layout.tables import Table


def _identity() -> NDArray[np.float64]:
    return np.eye(3)


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """A picture taken apart: components in lines, and tables.

    Attributes:
        ink: uint8 (h, w), at the size at which the lines are read best.
        labels: int32 (h, w), the number of the connected component of each pixel; 0 is paper.
        lines: components from left to right, in lines from top to bottom.
        stroke: mean width of the strokes in pixels.
        darkness: uint8 (h, w), how dark the picture is, with grain, ruling lines and all; None when
            only the ink is known.
        is_crop: whether the picture is cut close around a line or two.
        to_page: float64 (3, 3), takes (x, y, 1) of `ink` to the page.
        tables: printed tables, whose ink is not in `ink`.
        page_ink: uint8 (H, W), the whole page's ink without ruling lines, before it was resized;
            None for a drawing.
        ink_to_page: float64 (3, 3), takes (x, y, 1) of `page_ink` and of the tables to the page.
    """

    ink: Pixels
    labels: NDArray[np.int32]
    lines: tuple[tuple[Component, ...], ...]
    stroke: float
    darkness: Pixels | None = None
    is_crop: bool = False
    to_page: NDArray[np.float64] = field(default_factory=_identity)
    tables: tuple[Table, ...] = ()
    page_ink: Pixels | None = None
    ink_to_page: NDArray[np.float64] = field(default_factory=_identity)
