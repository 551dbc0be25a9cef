"""Break it: turn, shift, blur … the glyph until the network fails, beside how often it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.shared import figures, images, phrases, resources

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

# In the order of `distortions.DISTORTIONS`.
TITLES = {
    "rotation": "Turn",
    "size": "Size",
    "thickness": "Thickness",
    "shift": "Shift",
    "blur": "Blur",
    "noise": "Noise",
}
SEED = 7


def section(digit: Digit, classifier: Classifier) -> None:
    """A slider for one distortion, what the network makes of the result, and the measured curve.

    Args:
        digit: what is distorted.
        classifier: the model that answers.
    """
    from inkling.imaging.distortions import DISTORTIONS

    kind = st.segmented_control(
        "What to do to it",
        list(TITLES),
        format_func=TITLES.__getitem__,
        default="rotation",
        required=True,
        key="break-kind",
        label_visibility="collapsed",
    )
    distortion = DISTORTIONS[kind or "rotation"]
    value = st.slider(
        f"{TITLES[kind]} ({distortion.unit})",
        distortion.low,
        distortion.high,
        distortion.neutral,
        # Finer than the sweep: the hand wants to feel where it tips over.
        distortion.step / 5,
        format="%g",
        key=f"break-{kind}",
        persist_state="session",
    )
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with left:
        _answer(digit, kind, value, classifier)
    with right:
        _curve(kind, value, classifier)


def _answer(digit: Digit, kind: str, value: float, classifier: Classifier) -> None:
    import numpy as np

    from inkling.imaging.distortions import distort

    glyph = distort(digit.glyph.pixels[None], kind, value, np.random.default_rng(SEED))
    prediction = classifier.predict(glyph)[0]
    sign = prediction.label if prediction.is_digit else "?"
    share = phrases.percent(prediction.confidence)
    sure = "sure" if prediction.is_sure else "not sure"
    said = f"{sign}, {sure} ({share})" if prediction.is_digit else "no digit"
    with st.container(horizontal_alignment="center"):
        st.image(
            images.glyph_png(glyph[0], 6),
            width=168,
            alt=f"The distorted drawing, read as {said}",
        )
        st.markdown(f"Reads **{said}**", text_alignment="center")


def _curve(kind: str, value: float, classifier: Classifier) -> None:
    from inkling.reports.files import ReportError

    try:
        depth = resources.robustness(classifier.name)
    except ReportError as problem:
        st.caption(phrases.report_problem(problem))
        return
    sweep = next((sweep for sweep in depth.sweeps if sweep.kind == kind), None)
    if sweep is None:
        st.caption("This was not measured for this model.")
        return
    st.plotly_chart(
        figures.sweep(sweep, value),
        config=figures.CONFIG,
        key=f"break-curve-{kind}",
        alt=f"Measured accuracy by {sweep.unit}",
    )
    st.caption(
        f"Measured on {sweep.points[0].n:,} test digits of {depth.dataset.upper()}; "
        "the dotted line is where your slider stands."
    )
