"""A picture of all misread test images, with labels and answers."""

from __future__ import annotations

import cv2
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.reports.schema import WrongImage

SHEET_FILE = "wrong.png"
# How much each glyph is enlarged, and the height of a caption and the gap between cells, in pixels.
ZOOM, CAPTION, GAP = 3, 16, 6


def contact_sheet(wrong: list[WrongImage], labels: list[str], columns: int = 12) -> Pixels:
    """All wrong images, enlarged, each with "true > answer confidence" below it.

    Args:
        wrong: from `metrics.wrong_images`.
        labels: what the label numbers mean.
        columns: images per row.

    Returns:
        uint8 (h, w), black on white.
    """
    cell_h, cell_w = GLYPH_SIZE * ZOOM + CAPTION + GAP, GLYPH_SIZE * ZOOM + GAP
    rows = max(1, -(-len(wrong) // columns))
    sheet = np.full((rows * cell_h + GAP, columns * cell_w + GAP), 255, np.uint8)
    for k, image in enumerate(wrong):
        top = GAP + (k // columns) * cell_h
        left = GAP + (k % columns) * cell_w
        tile = np.kron(255 - image.pixels, np.ones((ZOOM, ZOOM), np.uint8))
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        confidence = round(100 * max(image.probabilities))
        text = f"{labels[image.true]} > {labels[image.predicted]} {confidence}%"
        baseline = (left, top + tile.shape[0] + CAPTION - 4)
        cv2.putText(sheet, text, baseline, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0, 1, cv2.LINE_AA)
    return sheet
