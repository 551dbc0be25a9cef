"""Pictures of a drawing with an overlay: its box, a heatmap, a piece of stroke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkling.ui.shared import images
from inkling.ui.shared.feature_maps import NEGATIVE, POSITIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.explain.layers import Floats
    from inkling.geometry import Box
    from inkling.imaging.glyph import Glyph
    from inkling.imaging.pixels import Pixels

# Side of a window, in pixels.
SIDE = 280
# Opacity of the heatmap where it is strongest.
MAX_OPACITY = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a drawing that a glyph shows, resized to `SIDE` pixels a side.

    Attributes:
        ink: uint8 (SIDE, SIDE).
        matrix: affine, from glyph pixels to window pixels, float64 (2, 3).
    """

    ink: Pixels
    matrix: NDArray[np.float64]

    def warped(self, values: Floats, zoom: float = 1.0) -> Floats:
        """Warp values from glyph pixels to window pixels: float32 (SIDE, SIDE).

        Args:
            values: float (28, 28), or as many for a glyph enlarged `zoom` times.
            zoom: pixels of `values` per glyph pixel.
        """
        import cv2
        import numpy as np

        matrix = self.matrix.copy()
        # The centre of pixel k of the enlarged glyph lies at (k + 0.5) / zoom - 0.5.
        matrix[:, 2] += matrix[:, :2] @ np.full(2, 0.5 / zoom - 0.5)
        matrix[:, :2] /= zoom
        warped = cv2.warpAffine(values.astype(np.float32), matrix, (SIDE, SIDE))
        return np.asarray(warped, np.float32)


def window(ink: Pixels, glyph: Glyph) -> Window:
    """Cut the window out of a drawing that one of its glyphs shows.

    Args:
        ink: the whole drawing, uint8 (h, w).
        glyph: of one of its characters.
    """
    import cv2
    import numpy as np

    from inkling.imaging.glyph import GLYPH_SIZE
    from inkling.imaging.pixels import bounding_box

    x, y, width, height = glyph.box
    in_glyph = bounding_box(glyph.pixels) or (0, 0, GLYPH_SIZE, GLYPH_SIZE)
    # Drawing pixels per glyph pixel, and window pixels per drawing pixel.
    scale = max(width, height) / max(in_glyph[2:])
    zoom = SIDE / (GLYPH_SIZE * scale)
    # The window also shows the paper that the glyph has around its ink.
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
    """Enlarge a glyph that was never drawn to a window.

    Args:
        pixels: uint8 (28, 28).
    """
    import cv2
    import numpy as np

    step = SIDE / len(pixels)
    drawn = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    matrix = np.array([[step, 0.0, 0.5 * step - 0.5], [0.0, step, 0.5 * step - 0.5]])
    return Window(np.asarray(drawn, np.uint8), matrix)


def heat_png(window: Window, heat: Floats) -> bytes:
    """A heatmap over a drawing, as PNG: orange is what speaks for the answer, blue against it.

    Args:
        window: the drawing.
        heat: float (28, 28), as `attribution.occlusion` gives it.
    """
    import numpy as np

    warped = window.warped(heat)
    share = np.clip(warped / max(1e-6, float(np.abs(heat).max())), -1.0, 1.0)[..., None]
    colour = np.where(share >= 0, np.array(NEGATIVE), np.array(POSITIVE))
    drawn = images.toned(window.ink // 2)
    opacity = MAX_OPACITY * np.abs(share)
    mixed = np.rint(drawn * (1.0 - opacity) + colour * opacity)
    return images.encoded(np.asarray(mixed, np.uint8), ".png")


def legend(label: str) -> str:
    """What the colours of a heatmap mean, as Markdown.

    Args:
        label: the answer that it explains.
    """
    return (
        f"Parts of the digit were covered, one at a time. **Orange** ink speaks for the {label}: "
        "with it covered, the network is less sure. **Blue** ink speaks against it."
    )


def piece_png(window: Window, piece: NDArray[np.bool_]) -> bytes:
    """A drawing with a piece of its ink in orange, as PNG.

    Args:
        window: the drawing.
        piece: bool, square: which pixels of the glyph, at any size, belong to the piece.
    """
    import numpy as np

    from inkling.imaging.glyph import GLYPH_SIZE

    warped = window.warped(piece.astype(np.float32), piece.shape[0] / GLYPH_SIZE)
    share = np.clip(warped, 0.0, 1.0)[..., None] * (window.ink / 255.0)[..., None]
    drawn = images.toned(window.ink)
    mixed = np.rint(drawn * (1.0 - share) + np.array(NEGATIVE) * share)
    return images.encoded(np.asarray(mixed, np.uint8), ".png")


def drawing_png(ink: Pixels, box: Box | None = None) -> bytes:
    """The whole drawing, with a frame around a box if there is one, as PNG."""
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
    """A glyph enlarged `factor` times with a cross at its centre of mass, as PNG."""
    import cv2
    import numpy as np

    picture = images.enlarged(images.toned(glyph), factor)
    mass = glyph.astype(np.float64)
    if mass.any():
        rows, columns = (
            float((mass.sum(axis=axis) * np.arange(len(glyph))).sum() / mass.sum())
            for axis in (1, 0)
        )
        centre = round((columns + 0.5) * factor), round((rows + 0.5) * factor)
        cv2.drawMarker(picture, centre, NEGATIVE, cv2.MARKER_CROSS, 5 * factor, 3, cv2.LINE_AA)
    return images.encoded(picture, ".png")
