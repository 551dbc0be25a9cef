"""Downloads of a drawing: its picture, its strokes, and its digits with their labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import trails
from inkling.ui.shared import images, phrases

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit
    from inkling.ui.draw.canvas import Canvas

# By a file name's ending.
MIME_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "png": "image/png",
}


def strokes_json(canvas: Canvas, recorded: Sequence[trails.Trail] = ()) -> bytes:
    """The strokes with their points and times, and the size of the canvas in pixels.

    Args:
        canvas: with the drawing.
        recorded: the pen's ways, as the browser recorded them (see `trails.timed`).
    """
    size = {"width": canvas.width, "height": canvas.height}
    return json.dumps(size | trails.timed(canvas.strokes, recorded)).encode()


def labelled_csv(digits: Sequence[Digit], labels: Sequence[str]) -> bytes:
    """The digits in MNIST's layout: `label,pixel0,…,pixel783`.

    Args:
        digits: from left to right.
        labels: one for each digit.
    """
    from inkling.storage.dataset import as_csv
    from inkling.storage.drawings import Drawing

    return as_csv(
        [
            Drawing("", digit.glyph.pixels, correction=label)
            for digit, label in zip(digits, labels, strict=True)
        ]
    )


def section(canvas: Canvas, digits: Sequence[Digit], classifier: Classifier | None) -> None:
    """Show three downloads. The labels in the last one are the answer, unless they are edited."""
    if canvas.pixels is None or classifier is None or not digits:
        st.caption("Draw something first.")
        return
    pixels = canvas.pixels
    button("Picture (PNG)", lambda: images.drawing_png(pixels), "drawing.png", ":material/image:")
    # What asks the browser shows nothing and takes no space.
    with st.container(gap=None):
        recorded = trails.recorded(canvas.version)
        button(
            "Strokes (JSON)",
            lambda: strokes_json(canvas, recorded),
            "strokes.json",
            ":material/gesture:",
        )
    labels = st.text_input(
        "Labels",
        phrases.number_text(digits).replace("?", ""),
        key=f"csv-labels-{canvas.version}",
        help="The label of each digit in the file below. Correct them where the answer is wrong.",
    )
    is_complete = len(labels) == len(digits) and set(labels) <= set(classifier.labels)
    if not is_complete:
        st.caption(f"Enter {phrases.plural(len(digits), 'label')}, one per digit.")
    button(
        "Pixels with labels (CSV)",
        lambda: labelled_csv(digits, list(labels)),
        "digits.csv",
        ":material/table:",
        disabled=not is_complete,
    )


def button(
    title: str,
    data: bytes | Callable[[], bytes],
    file_name: str,
    icon: str = ":material/download:",
    *,
    disabled: bool = False,
) -> None:
    """A download as wide as its container; a function is called only once somebody clicks."""
    st.download_button(
        title,
        data,
        file_name,
        MIME_TYPES[file_name.rpartition(".")[2]],
        icon=icon,
        on_click="ignore",
        width="stretch",
        disabled=disabled,
    )
