"""Draw: a sheet of paper, and what the network reads on it while you draw."""

import streamlit as st

from inkling.ui.draw import (
    challenge,
    explanation,
    feedback,
    history,
    live,
    prediction,
    stress_test,
    url_state,
)
from inkling.ui.draw.canvas import Paper, paper
from inkling.ui.draw.downloads import section
from inkling.ui.shared import phrases, resources
from inkling.ui.shared.entry import enter_by_app

PEN, ERASER = ":material/edit: Pen", ":material/ink_eraser: Eraser"
# Everything on the page is sized by the root's letters.
PROJECTOR = "<style>:root, html { font-size: 21px !important }</style>"


@st.fragment
def drawing() -> None:
    """The sheet and the answer; lifting the pen reruns only this."""
    url_state.publish()
    sheet = paper()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sheet.surface(int(url_state.value("pen")), erases=st.session_state.get("tool") == ERASER)
        place = st.container()
    with right:
        digits, looked, classifier = answer(sheet)
    with place:
        tools(sheet, digits, classifier)
    history.section(sheet)
    extras(sheet, digits, looked, classifier)


def tools(sheet: Paper, digits: prediction.Digits, classifier) -> None:
    """What is done to the sheet."""
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
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            on_click=sheet.undo,
            disabled=not sheet.strokes,
            help="Take the last stroke away (Ctrl+Z)",
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="redo",
            on_click=sheet.redo,
            disabled=not sheet.undone,
            help="Bring it back (Ctrl+Y)",
        )
        st.button(
            "Clear",
            icon=":material/delete:",
            key="clear",
            on_click=history.clear,
            args=(sheet,),
            disabled=not sheet.strokes,
            help="A fresh sheet (Delete)",
        )
        settings = st.popover(
            ":material/tune:", help="Pen, model and view", key="draw-settings", on_change="rerun"
        )
        if settings.open:
            with settings:
                choices()
        downloads = st.popover(
            ":material/download:", help="Download", key="draw-downloads", on_change="rerun"
        )
        if downloads.open:
            with downloads:
                section(sheet, digits, classifier)


def choices() -> None:
    """The pen's width, the model, and letters for a large room."""
    st.slider(
        "Pen width (pixels)",
        min_value=url_state.THINNEST,
        max_value=url_state.WIDEST,
        value=int(url_state.value("pen")),
        key="pen-width",
        on_change=url_state.keep,
        args=("pen", "pen-width"),
    )
    resources.model_picker("draw-model")
    st.toggle(
        "Projector: large letters",
        value=bool(url_state.value("projector")),
        key="projector",
        on_change=url_state.keep,
        args=("projector", "projector"),
    )


def answer(sheet: Paper):
    """What the drawing says: its digits, which of them is shown, and who read them."""
    classifier = None
    if sheet.pixels is not None:
        classifier = resources.classifier_or_sentence(resources.chosen_model("draw-model"))
    digits = prediction.read(sheet.pixels, classifier) if classifier else ()
    sheet.sign = phrases.number_sign(digits)
    top = st.container()
    place = chosen_digit(digits)
    shown = prediction.shown(sheet.pixels, digits, place, classifier) if digits else None
    with top:
        live.panel(sheet, shown, prediction.INVITATION, prediction.HOW)
    if digits:
        feedback.section(sheet, digits[place], classifier)
    return digits, place, classifier


def chosen_digit(digits: prediction.Digits) -> int:
    """Which digit of a number is explained."""
    if len(digits) < 2:
        return 0
    chosen = st.segmented_control(
        "Look at",
        range(len(digits)),
        format_func=lambda place: phrases.digit_sign(digits[place]),
        default=0,
        required=True,
        key=f"digit-{len(digits)}",
        label_visibility="collapsed",
    )
    return chosen or 0


def extras(sheet: Paper, digits: prediction.Digits, place: int, classifier) -> None:
    """What can be done beyond drawing; nothing is computed before it is opened."""
    if digits:
        explanation.section(digits[place], sheet.pixels, classifier)
        bench = st.expander(
            "Break it", icon=":material/build:", key="break", on_change="rerun", bind="query-params"
        )
        if bench.open:
            with bench:
                stress_test.section(digits[place], classifier)
    game = st.expander(
        "Challenge: fool the network",
        icon=":material/trophy:",
        key="challenge",
        on_change="rerun",
        bind="query-params",
    )
    if game.open:
        with game:
            challenge.section(sheet, digits, challenge.labels_of(classifier))


enter_by_app()
url_state.restore()
if url_state.value("projector"):
    st.html(PROJECTOR)
st.title("Draw a digit")
live.network()
drawing()
resources.warm_up()
