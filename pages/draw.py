"""The Draw page: a canvas, and what the network reads on it as you draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import (
    challenge,
    downloads,
    explanation,
    feedback,
    history,
    kept,
    live,
    prediction,
    stress_test,
    url_state,
)
from inkling.ui.draw.canvas import Canvas, session_canvas
from inkling.ui.shared import lazy, model_header, page_head, phrases, resources, taught, visit

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier

PEN, ERASER = ":material/edit: Pen", ":material/ink_eraser: Eraser"


@st.fragment
def drawing() -> None:
    """The canvas and the answer; lifting the pen reruns only this."""
    url_state.publish()
    canvas = session_canvas()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        canvas.show(int(url_state.value("pen")), erases=st.session_state.get("tool") == ERASER)
        visit.keep(kept)
        toolbar = st.container()
        visit.remark(kept)
    with right:
        digits, explained, classifier = answer(canvas)
    with toolbar:
        tools(canvas, digits, classifier)
    history.section(canvas)
    extras(canvas, digits, explained, classifier)


def answer(canvas: Canvas) -> tuple[prediction.Digits, int, Classifier | None]:
    """Read the drawing and show the answer.

    Returns:
        The digits from left to right, the place of the one that is explained, and the model.
    """
    base = resources.chosen_model("draw-model")
    name = taught.model_of(base)
    pixels = canvas.pixels
    classifier = resources.classifier_or_error(name) if pixels is not None else None
    digits = prediction.read(pixels, classifier) if pixels is not None and classifier else ()
    canvas.text = phrases.number_text(digits)
    labels = model_header.labels(name)
    if challenge.is_on():
        challenge.section(canvas, digits, labels)
    top = st.container()
    explained = explained_digit(digits)
    shown = None
    if pixels is not None and classifier and digits:
        shown = prediction.panel_answer(pixels, digits, explained, classifier)
    with top:
        live.panel(canvas, shown, labels)
        if digits:
            for sentence in prediction.warnings():
                st.warning(sentence, icon=":material/warning:")
    # What is drawn to fool the network is no example to learn from.
    if classifier and digits and not challenge.is_on():
        feedback.section(canvas, digits[explained], classifier, base)
    if not challenge.is_on():
        challenge.start_button(canvas, labels)
    return digits, explained, classifier


def explained_digit(digits: prediction.Digits) -> int:
    """Show a choice among the digits of a number; the place of the one to explain."""
    if len(digits) < 2:
        return 0
    chosen = st.segmented_control(
        "Digit to explain",
        range(len(digits)),
        format_func=lambda place: phrases.digit_text(digits[place]),
        default=0,
        required=True,
        key=f"digit-{len(digits)}",
        label_visibility="collapsed",
    )
    return chosen or 0


def tools(canvas: Canvas, digits: prediction.Digits, classifier: Classifier | None) -> None:
    """Show the row of buttons under the canvas."""
    buttons: tuple[tuple[str, str, Callable[[], None], bool, str], ...] = (
        ("Undo", "undo", canvas.undo, bool(canvas.strokes), "Remove the last stroke (Ctrl+Z)"),
        ("Redo", "redo", canvas.redo, bool(canvas.undone), "Restore the stroke (Ctrl+Y)"),
        (
            "Clear",
            "delete",
            lambda: history.clear(canvas),
            bool(canvas.strokes),
            "Start over (Delete)",
        ),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="tools"):
        st.segmented_control(
            "Tool",
            [PEN, ERASER],
            default=PEN,
            required=True,
            key="tool",
            label_visibility="collapsed",
            width="content",
        )
        for title, icon, act, is_possible, hint in buttons:
            st.button(
                title,
                icon=f":material/{icon}:",
                key=title.lower(),
                on_click=act,
                disabled=not is_possible,
                help=hint,
            )
        lazy.popover(":material/tune:", "draw-settings", settings, help="Pen, model and more")
        lazy.popover(
            ":material/download:",
            "draw-downloads",
            lambda: downloads.section(canvas, digits, classifier),
            help="Download the drawing",
        )


def settings() -> None:
    """Show the settings: the pen's width and the model."""
    st.slider(
        "Pen width (pixels)",
        min_value=url_state.MIN_PEN,
        max_value=url_state.MAX_PEN,
        value=int(url_state.value("pen")),
        key="pen-width",
        on_change=url_state.keep,
        args=("pen", "pen-width"),
    )
    resources.model_picker("draw-model")
    visit.section()


def extras(
    canvas: Canvas, digits: prediction.Digits, explained: int, classifier: Classifier | None
) -> None:
    """Show what there is beside drawing, each in an expander."""
    if classifier and digits and canvas.pixels is not None:
        explanation.section(digits[explained], canvas.pixels, classifier)
        lazy.expander(
            "Stress test",
            ":material/build:",
            "break",
            lambda: stress_test.section(digits[explained], classifier),
        )


visit.restore(kept)
url_state.restore()
page_head.show("Read a drawing")
live.send_network()
drawing()
resources.warm_up()
