"""Stress test: distort the glyph until the network fails, next to the measured accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from inkling.paths import TAUGHT
from inkling.ui.shared import figures, images, phrases, resources

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit

# By the names of `distortions.DISTORTIONS`.
TITLES = {
    "rotation": "Rotation",
    "size": "Size",
    "thickness": "Thickness",
    "shift": "Shift",
    "blur": "Blur",
    "noise": "Noise",
}
# For the noise, so that a slider at the same place always gives the same picture.
SEED = 7
# Steps of the slider per step of the measured curve.
FINENESS = 5


def section(digit: Digit, classifier: Classifier) -> None:
    """Show a slider for one distortion, the answer to the result, and the measured curve.

    Args:
        digit: the one that is distorted.
        classifier: the model that answers.
    """
    from inkling.imaging.distortions import DISTORTIONS

    kind = st.segmented_control(
        "Distortion",
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
        distortion.step / FINENESS,
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
    answer = "not a digit"
    if prediction.is_digit:
        sure = "sure" if prediction.is_sure else "not sure"
        answer = f"{prediction.label}, {sure} ({phrases.percent(prediction.confidence)})"
    with st.container(horizontal_alignment="center"):
        st.image(
            images.glyph_png(glyph[0], 6),
            width=168,
            alt=f"The distorted drawing, read as {answer}",
        )
        st.markdown(f"Read as **{answer}**", text_alignment="center")


def _curve(kind: str, value: float, classifier: Classifier) -> None:
    from inkling.reports.files import ReportError

    if classifier.name.startswith(TAUGHT):
        st.caption("What you have taught was not measured under distortions.")
        return
    try:
        robustness = resources.robustness(classifier.name)
    except ReportError as problem:
        st.caption(phrases.report_problem(problem))
        return
    sweep = next((sweep for sweep in robustness.sweeps if sweep.kind == kind), None)
    if sweep is None:
        st.caption("This distortion was not measured for this model.")
        return
    st.plotly_chart(
        figures.sweep(sweep, value),
        config=figures.CONFIG,
        key=f"break-curve-{kind}",
        alt=f"Measured accuracy by {sweep.unit}",
    )
    st.caption(
        f"Measured on {sweep.points[0].n:,} {robustness.dataset.upper()} test digits. "
        "The dotted line marks the value of the slider."
    )
