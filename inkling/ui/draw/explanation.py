"""How the network came to its answer: three expanders, computed only when one is opened.

`layer_steps` shows the first of them, the way through the layers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import streamlit as st

from inkling.ui.draw import layer_steps
from inkling.ui.shared import heatmap, images, lazy
from inkling.ui.shared.phrases import is_dot, percent, with_article

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inkling.explain.neighbours import Neighbour
    from inkling.imaging.pixels import Pixels
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

# Shows what an expander holds, for a digit, the ink of the whole drawing, and the model.
Show: TypeAlias = "Callable[[Digit, Pixels, Classifier], None]"


def section(digit: Digit, pixels: NDArray[np.uint8], classifier: Classifier) -> None:
    """Show the expanders "See inside", "What mattered" and "Similar digits".

    Call it once, inside the drawing's fragment.

    Args:
        digit: the one to explain.
        pixels: the canvas it was read from as RGBA, uint8 (h, w, 4) (`Canvas.pixels`).
        classifier: the model that answered.
    """
    if is_dot(digit):
        return
    # The keys are in the addresses that people have shared.
    parts: tuple[tuple[str, str, str, Show], ...] = (
        ("See inside", ":material/layers:", "inside", layer_steps.section),
        ("What mattered", ":material/target:", "mattered", _what_mattered),
        ("Similar digits", ":material/compare:", "alike", _similar_digits),
    )
    for title, icon, key, show in parts:
        lazy.expander(title, icon, key, partial(_with_ink, show, digit, pixels, classifier))


def _with_ink(show: Show, digit: Digit, pixels: NDArray[np.uint8], classifier: Classifier) -> None:
    from inkling.imaging import ink

    show(digit, ink.from_canvas(pixels), classifier)


def _what_mattered(digit: Digit, ink: Pixels, classifier: Classifier) -> None:
    """Show the ink that spoke for and against the answer, and what would change it."""
    window = heatmap.window(ink, digit.glyph)
    left, right = st.columns(2, gap="medium")
    with left:
        _occlusion(digit, window, classifier)
    with right:
        _counterfactual(digit, window, classifier)


def _occlusion(digit: Digit, window: heatmap.Window, classifier: Classifier) -> None:
    from inkling.explain import attribution

    st.image(
        heatmap.heat_png(window, attribution.occlusion(digit.glyph.pixels, classifier)),
        width=heatmap.SIDE,
        alt=f"The drawing, in orange where its ink speaks most for {with_article(digit.label)}",
    )
    st.markdown(heatmap.legend(digit.label))


def _counterfactual(digit: Digit, window: heatmap.Window, classifier: Classifier) -> None:
    from inkling.explain.counterfactual import counterfactual

    glyph = digit.glyph.pixels
    change = counterfactual(glyph, classifier)
    if change is None:
        st.image(heatmap.piece_png(window, glyph > 255), width=heatmap.SIDE, alt="The drawing")
        st.markdown(
            "**What would change the answer?** No single piece of a stroke: single pieces of up to "
            "nearly half of the ink were removed, and none of them made it another digit."
        )
        return
    other = with_article(change.prediction.label)
    subject = f"your {digit.label}" if digit.prediction.is_digit else "it"
    st.image(
        heatmap.piece_png(window, change.piece),
        width=heatmap.SIDE,
        alt=f"The drawing, in orange the piece without which it would be {other}",
    )
    st.markdown(
        f"**What would change the answer?** Without the orange piece, {percent(change.ink_share)} "
        f"of the ink, {subject} would be {other} ({percent(change.prediction.confidence)})."
    )


def _similar_digits(digit: Digit, _ink: Pixels, classifier: Classifier) -> None:
    """Show the test digits that the network finds most similar to the drawing."""
    from inkling.explain.neighbours import nearest

    try:
        with st.spinner("Comparing with MNIST …"):
            right, wrong = nearest(digit.glyph.pixels, classifier)
    except OSError:
        st.caption("MNIST is not available here, so there are no digits to compare with.")
        return
    st.markdown("These MNIST test digits look most like yours **to the network**:")
    _neighbours(right, classifier.labels)
    if wrong:
        st.markdown("These are the most similar ones that it reads **wrong** (label → answer):")
        _neighbours(wrong, classifier.labels)
    st.caption(
        "Two digits are similar if they activate the last layer before the scores in the same "
        "way. 100 % means identical."
    )


def _neighbours(neighbours: list[Neighbour], labels: tuple[str, ...]) -> None:
    with st.grid("auto", min_column_width=80, gap="small"):
        for one in neighbours:
            true, read = labels[one.label], labels[one.predicted]
            name = true if one.is_correct else f"{true} → {read}"
            st.image(
                images.glyph_png(one.pixels, factor=4),
                caption=f"**{name}**  \n{percent(max(0.0, one.similarity))}",
                alt=f"{with_article(true).capitalize()}, read as {with_article(read)}",
                width="stretch",
            )
