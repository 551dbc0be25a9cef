"""What can be taken along of a drawing: its picture, its strokes, its digits with labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import images, phrases

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit
    from inkling.ui.draw.canvas import Paper


def strokes_json(sheet: Paper) -> str:
    """The strokes as the canvas describes them, and the canvas' size in pixels."""
    return json.dumps({"width": sheet.width, "height": sheet.height, "strokes": sheet.strokes})


def labelled_csv(digits: Sequence[Digit], labels: Sequence[str]) -> bytes:
    """The digits in MNIST's layout: `label,pixel0,…,pixel783`.

    Args:
        digits: from left to right.
        labels: what each is; as many.
    """
    from inkling.storage.dataset import as_csv
    from inkling.storage.drawings import Drawing

    return as_csv(
        [
            Drawing("", digit.glyph.pixels, correction=label)
            for digit, label in zip(digits, labels, strict=True)
        ]
    )


def section(sheet: Paper, digits: Sequence[Digit], classifier: Classifier | None) -> None:
    """Three downloads; the labels of the last are the answer until somebody puts them right."""
    if sheet.pixels is None or classifier is None or not digits:
        st.caption("Draw something first.")
        return
    pixels = sheet.pixels
    st.download_button(
        "Picture (PNG)",
        lambda: images.drawing_png(pixels),
        "drawing.png",
        "image/png",
        icon=":material/image:",
        on_click="ignore",
        width="stretch",
    )
    st.download_button(
        "Strokes (JSON)",
        strokes_json(sheet),
        "strokes.json",
        "application/json",
        icon=":material/gesture:",
        on_click="ignore",
        width="stretch",
    )
    said = st.text_input(
        "It says",
        phrases.number_sign(digits).replace("?", ""),
        key=f"csv-labels-{sheet.version}",
        help="The labels in the file. Put them right where the answer is wrong.",
    )
    fits = len(said) == len(digits) and set(said) <= set(classifier.labels)
    if not fits:
        st.caption(f"Say what each of the {phrases.plural(len(digits), 'digit')} is.")
    st.download_button(
        "Pixels with labels (CSV)",
        lambda: labelled_csv(digits, list(said)),
        "digits.csv",
        "text/csv",
        icon=":material/table:",
        on_click="ignore",
        disabled=not fits,
        width="stretch",
    )
