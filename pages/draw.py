"""Draw: a sheet of paper, and what the network reads on it while you draw."""

import streamlit as st

from inkling.ui import (
    answers,
    breaking,
    challenge,
    inside,
    live,
    resources,
    strip,
    takeaway,
    teach,
    view,
    words,
)
from inkling.ui.door import enter_by_app
from inkling.ui.paper import Paper, paper

PEN, ERASER = ":material/edit: Pen", ":material/ink_eraser: Eraser"
# Everything on the page is sized by the root's letters.
PROJECTOR = "<style>:root, html { font-size: 21px !important }</style>"


@st.fragment
def drawing() -> None:
    """The sheet and the answer; lifting the pen reruns only this."""
    view.publish()
    sheet = paper()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sheet.surface(int(view.value("pen")), erases=st.session_state.get("tool") == ERASER)
        place = st.container()
    with right:
        digits, looked, classifier = answer(sheet)
    with place:
        tools(sheet, digits, classifier)
    strip.section(sheet)
    extras(sheet, digits, looked, classifier)


def tools(sheet: Paper, digits: answers.Digits, classifier) -> None:
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
            on_click=strip.clear,
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
                takeaway.section(sheet, digits, classifier)


def choices() -> None:
    """The pen's width, the model, and letters for a large room."""
    st.slider(
        "Pen width (pixels)",
        min_value=view.THINNEST,
        max_value=view.WIDEST,
        value=int(view.value("pen")),
        key="pen-width",
        on_change=view.keep,
        args=("pen", "pen-width"),
    )
    resources.model_picker("draw-model")
    st.toggle(
        "Projector: large letters",
        value=bool(view.value("projector")),
        key="projector",
        on_change=view.keep,
        args=("projector", "projector"),
    )


def answer(sheet: Paper):
    """What the drawing says: its digits, which of them is shown, and who read them."""
    classifier = None
    if sheet.pixels is not None:
        classifier = resources.classifier_or_sentence(resources.chosen_model("draw-model"))
    digits = answers.read(sheet.pixels, classifier) if classifier else ()
    sheet.sign = words.number_sign(digits)
    top = st.container()
    place = chosen_digit(digits)
    shown = answers.shown(sheet.pixels, digits, place, classifier) if digits else None
    with top:
        live.panel(sheet, shown, answers.INVITATION, answers.HOW)
    if digits:
        teach.section(sheet, digits[place], classifier)
    return digits, place, classifier


def chosen_digit(digits: answers.Digits) -> int:
    """Which digit of a number is explained."""
    if len(digits) < 2:
        return 0
    chosen = st.segmented_control(
        "Look at",
        range(len(digits)),
        format_func=lambda place: words.digit_sign(digits[place]),
        default=0,
        required=True,
        key=f"digit-{len(digits)}",
        label_visibility="collapsed",
    )
    return chosen or 0


def extras(sheet: Paper, digits: answers.Digits, place: int, classifier) -> None:
    """What can be done beyond drawing; nothing is computed before it is opened."""
    if digits:
        inside.section(digits[place], sheet.pixels, classifier)
        bench = st.expander(
            "Break it", icon=":material/build:", key="break", on_change="rerun", bind="query-params"
        )
        if bench.open:
            with bench:
                breaking.section(digits[place], classifier)
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
view.restore()
if view.value("projector"):
    st.html(PROJECTOR)
st.title("Draw a digit")
live.network()
drawing()
resources.warm_up()
