"""Stored drawings as CSV, JSON lines and labelled glyphs."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Sequence

import msgspec
import numpy as np

from inkling.imaging.glyph import GLYPH_SIZE
from inkling.imaging.pixels import Pixels
from inkling.storage.store import NO_DIGIT, Drawing

# Every so many-th drawing measures a model that learns from the others.
HELD_OUT = 5


def as_csv(drawings: Sequence[Drawing]) -> bytes:
    """Labelled digits in MNIST's layout: a header, then `label,pixel0,…,pixel783` a drawing.

    Drawings without a label, and those that are no digit, have no place in it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["label", *(f"pixel{k}" for k in range(GLYPH_SIZE * GLYPH_SIZE))])
    for one in drawings:
        if one.correction not in (None, NO_DIGIT):
            writer.writerow([one.correction, *one.glyph.ravel().tolist()])
    return text.getvalue().encode("ascii")


def as_json_lines(drawings: Sequence[Drawing]) -> bytes:
    """All that is kept of each drawing, one JSON object a line; pictures in base64.

    The session's name, which would let others in, is left out.
    """
    lines = [
        msgspec.json.encode(
            {
                "number": one.number,
                "created": one.created.isoformat(timespec="seconds"),
                "label": one.correction,
                "answer": one.answer,
                "confidence": one.confidence,
                "model": one.model,
                "model_version": one.model_version,
                "class": one.class_code,
                "author": one.author,
                "pixels": one.glyph.ravel().tolist(),
                "ink_png": b64encode(one.ink_png).decode("ascii"),
                "strokes": list(one.strokes),
            }
        )
        for one in drawings
    ]
    return b"".join(line + b"\n" for line in lines)


def labelled(
    drawings: Sequence[Drawing], labels: Sequence[str], split: str
) -> tuple[Pixels, Pixels]:
    """Corrected drawings as a data set: glyphs uint8 (n, 28, 28) and label numbers uint8 (n,).

    Every fifth drawing, by its number, is held out for the test split: also when more are drawn
    later, what once measured never teaches.

    Args:
        drawings: any; those without one of the labels are left out.
        labels: names of the labels, in their order.
        split: "train" or "test".
    """
    kept = [
        one
        for one in drawings
        if one.correction in labels and (one.number % HELD_OUT == 0) == (split == "test")
    ]
    glyphs = np.array([one.glyph for one in kept], np.uint8).reshape(-1, GLYPH_SIZE, GLYPH_SIZE)
    numbers = [list(labels).index(one.correction or "") for one in kept]
    return glyphs, np.array(numbers, np.uint8)
