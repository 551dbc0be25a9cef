"""Stored drawings as files and as a data set: CSV, JSON lines, labelled glyphs."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Sequence

import msgspec
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.storage.drawings import NO_DIGIT, Drawing

# Drawings whose number is a multiple of this are held out for the test split.
HELD_OUT_EVERY = 5


def as_csv(drawings: Sequence[Drawing]) -> bytes:
    """Write labelled digits in MNIST's layout: a header, then `label,pixel0,…,pixel783`.

    Drawings without a label, and those that are no digit, are left out.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["label", *(f"pixel{k}" for k in range(GLYPH_SIZE * GLYPH_SIZE))])
    for drawing in drawings:
        if drawing.correction not in (None, NO_DIGIT):
            writer.writerow([drawing.correction, *drawing.glyph.ravel().tolist()])
    return text.getvalue().encode("ascii")


def as_json_lines(drawings: Sequence[Drawing]) -> bytes:
    """Write everything stored of each drawing, one JSON object a line; pictures in base64.

    The session's name is left out: whoever knows it can see and erase the drawings.
    """
    lines = [
        msgspec.json.encode(
            {
                "number": drawing.number,
                "created": drawing.created.isoformat(timespec="seconds"),
                "label": drawing.correction,
                "answer": drawing.answer,
                "confidence": drawing.confidence,
                "model": drawing.model,
                "model_version": drawing.model_version,
                "class": drawing.class_code,
                "author": drawing.author,
                "pixels": drawing.glyph.ravel().tolist(),
                "ink_png": b64encode(drawing.ink_png).decode("ascii"),
                "strokes": list(drawing.strokes),
            }
        )
        for drawing in drawings
    ]
    return b"".join(line + b"\n" for line in lines)


def labelled(
    drawings: Sequence[Drawing], labels: Sequence[str], split: str
) -> tuple[Pixels, Pixels]:
    """Return corrected drawings as a data set.

    The split depends on a drawing's number only, so a drawing that was used for measuring is never
    used for training, also when more are drawn later.

    Args:
        drawings: any; those without one of the labels are left out.
        labels: the labels' names, in their order.
        split: "train" or "test".

    Returns:
        Glyphs, uint8 (n, 28, 28), and label indices, uint8 (n,).
    """
    chosen = [
        drawing
        for drawing in drawings
        if drawing.correction in labels
        and (drawing.number % HELD_OUT_EVERY == 0) == (split == "test")
    ]
    glyphs = np.array([one.glyph for one in chosen], np.uint8).reshape(-1, GLYPH_SIZE, GLYPH_SIZE)
    indices = [list(labels).index(one.correction or "") for one in chosen]
    return glyphs, np.array(indices, np.uint8)
