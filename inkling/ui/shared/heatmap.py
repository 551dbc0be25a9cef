"""Pictures of a drawing with something laid over it: its box, what mattered, a piece of stroke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkling.ui.shared import images
from inkling.ui.shared.feature_maps import NEGATIVE, POSITIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.explain.layers import Floats
    from inkling.imaging.glyph import Glyph
    from inkling.imaging.pixels import Pixels

SIDE = 280
# How strongly the strongest colour covers the drawing.
COVER = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a drawing that a glyph shows, enlarged or shrunk to `SIDE` pixels a side.

    Attributes:
        ink: uint8 (SIDE, SIDE).
        matrix: from the glyph's pixels to the window's, float64 (2, 3).
    """

    ink: Pixels
    matrix: NDArray[np.float64]

    def laid_over(self, values: Floats, zoom: float = 1.0) -> Floats:
        """Numbers at a glyph's pixels, at the window's: float32 (SIDE, SIDE).

        Args:
            values: (28, 28), or of a glyph enlarged `zoom` times.
        """
        import cv2
        import numpy as np

        matrix = self.matrix.copy()
        # Pixel k of the enlarged glyph lies at (k + 0.5) / zoom - 0.5.
        matrix[:, 2] += matrix[:, :2] @ np.full(2, 0.5 / zoom - 0.5)
        matrix[:, :2] /= zoom
        laid = cv2.warpAffine(values.astype(np.float32), matrix, (SIDE, SIDE))
        return np.asarray(laid, np.float32)


def window(ink: Pixels, glyph: Glyph) -> Window:
    """Where a glyph was drawn.

    Args:
        ink: the whole drawing, uint8 (h, w).
        glyph: one of its characters.
    """
    import cv2
    import numpy as np

    from inkling.imaging.glyph import GLYPH_SIZE
    from inkling.imaging.pixels import bounding_box

    x, y, width, height = glyph.box
    in_glyph = bounding_box(glyph.pixels) or (0, 0, GLYPH_SIZE, GLYPH_SIZE)
    # The drawing's pixels for one of the glyph's, and the window's for one of those.
    scale = max(width, height) / max(in_glyph[2:])
    zoom = SIDE / (GLYPH_SIZE * scale)
    # The glyph's own paper around the ink is shown as well.
    left, top = x - in_glyph[0] * scale, y - in_glyph[1] * scale
    matrix = np.array([[zoom, 0.0, 0.0], [0.0, zoom, 0.0]])
    matrix[:, 2] = zoom * (np.array([0.5, 0.5]) - (left, top)) - 0.5
    drawn = cv2.warpAffine(ink, matrix, (SIDE, SIDE))
    step = SIDE / GLYPH_SIZE
    return Window(
        np.asarray(drawn, np.uint8),
        np.array([[step, 0.0, 0.5 * step - 0.5], [0.0, step, 0.5 * step - 0.5]]),
    )


def window_of(pixels: Pixels) -> Window:
    """A glyph itself as the window, enlarged; for those that were never drawn.

    Args:
        pixels: uint8 (28, 28).
    """
    import cv2
    import numpy as np

    step = SIDE / len(pixels)
    drawn = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    matrix = np.array([[step, 0.0, 0.5 * step - 0.5], [0.0, step, 0.5 * step - 0.5]])
    return Window(np.asarray(drawn, np.uint8), matrix)


def heat_png(where: Window, heat: Floats) -> bytes:
    """What spoke for the answer in orange and what against it in blue, over the drawing."""
    import numpy as np

    laid = where.laid_over(heat)
    share = np.clip(laid / max(1e-6, float(np.abs(heat).max())), -1.0, 1.0)[..., None]
    colour = np.where(share >= 0, np.array(NEGATIVE), np.array(POSITIVE))
    drawn = images.toned(where.ink // 2)
    cover = COVER * np.abs(share)
    mixed = np.rint(drawn * (1.0 - cover) + colour * cover)
    return images.encoded(np.asarray(mixed, np.uint8), ".png")


def piece_png(where: Window, piece: NDArray[np.bool_]) -> bytes:
    """A piece of the drawing's ink in orange.

    Args:
        where: the drawing.
        piece: bool, of the glyph enlarged.
    """
    import numpy as np

    from inkling.imaging.glyph import GLYPH_SIZE

    laid = where.laid_over(piece.astype(np.float32), piece.shape[0] / GLYPH_SIZE)
    share = np.clip(laid, 0.0, 1.0)[..., None] * (where.ink / 255.0)[..., None]
    drawn = images.toned(where.ink)
    mixed = np.rint(drawn * (1.0 - share) + np.array(NEGATIVE) * share)
    return images.encoded(np.asarray(mixed, np.uint8), ".png")


def sheet_png(ink: Pixels, box: tuple[int, int, int, int] | None = None) -> bytes:
    """The whole drawing, with a frame around a box of it."""
    import cv2

    picture = images.toned(ink)
    if box is not None:
        x, y, width, height = box
        line = max(2, ink.shape[1] // 160)
        rim = 2 * line
        cv2.rectangle(
            picture, (x - rim, y - rim), (x + width + rim, y + height + rim), NEGATIVE, line
        )
    return images.encoded(picture, ".png")


def centred_png(glyph: Pixels, factor: int = 10) -> bytes:
    """A glyph enlarged, the box of 20 pixels' side and the middle of its ink marked."""
    import cv2
    import numpy as np

    picture = np.repeat(np.repeat(images.toned(glyph), factor, axis=0), factor, axis=1)
    mass = glyph.astype(np.float64)
    if mass.any():
        rows, columns = (
            float((mass.sum(axis=axis) * np.arange(len(glyph))).sum() / mass.sum())
            for axis in (1, 0)
        )
        centre = round((columns + 0.5) * factor), round((rows + 0.5) * factor)
        cv2.drawMarker(picture, centre, NEGATIVE, cv2.MARKER_CROSS, 5 * factor, 3, cv2.LINE_AA)
    return images.encoded(picture, ".png")
