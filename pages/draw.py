"""Draw: a sheet of paper, and what the network reads on it."""

import streamlit as st

from inkling.ui import answers, figures, pictures, resources, words
from inkling.ui.door import enter_by_app
from inkling.ui.paper import DEFAULT_BRUSH, Paper, paper


@st.fragment
def drawing() -> None:
    """The sheet and the answer; lifting the pen reruns only this."""
    sheet = paper()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        sheet.surface(st.session_state.get("brush-kept", DEFAULT_BRUSH))
        tools(sheet)
    with right:
        answer(sheet)


def tools(sheet: Paper) -> None:
    """What is done to the sheet."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            "Undo",
            icon=":material/undo:",
            key="undo",
            on_click=sheet.undo,
            disabled=not sheet.strokes,
        )
        st.button(
            "Redo",
            icon=":material/redo:",
            key="redo",
            on_click=sheet.redo,
            disabled=not sheet.undone,
        )
        st.button(
            "Clear",
            icon=":material/ink_eraser:",
            key="clear",
            on_click=sheet.clear,
            disabled=not sheet.strokes,
        )
        settings = st.popover(
            ":material/tune:", help="Pen and model", key="draw-settings", on_change="rerun"
        )
        if settings.open:
            with settings:
                pen_width()
                resources.model_picker("draw-model")


def pen_width() -> None:
    """The pen's width; kept while the slider is not on the page."""

    def keep() -> None:
        st.session_state["brush-kept"] = st.session_state["brush"]

    st.slider(
        "Pen width (pixels)",
        min_value=6,
        max_value=36,
        value=st.session_state.get("brush-kept", DEFAULT_BRUSH),
        key="brush",
        on_change=keep,
    )


def answer(sheet: Paper) -> None:
    """What the drawing says, and how the network came to it."""
    if sheet.pixels is None:
        with st.container(border=True, horizontal_alignment="center", key="invitation"):
            st.space("medium")
            st.image(resources.ICON, width=72, alt="")
            st.markdown(f"**{answers.INVITATION}**", text_alignment="center")
            st.caption(
                "A finger, a pen or a mouse will do. Several digits side by side make a number.",
                text_alignment="center",
            )
            st.space("medium")
        return
    classifier = resources.classifier_or_sentence(resources.chosen_model("draw-model"))
    if classifier is None:
        return
    digits = answers.read(sheet.pixels, classifier)
    if not digits:
        st.markdown(f"**{answers.INVITATION}**")
        return
    with st.container(border=True, key="answer"):
        text, picture = st.columns([4, 3], vertical_alignment="center", wrap=False)
        shown = digits[chosen_digit(digits)]
        text.html(answers.answer_html(digits, classifier.labels))
        picture.image(
            pictures.glyph_png(shown.glyph.pixels),
            width=128,
            caption="The network’s view",
            alt=f"The drawing, shrunk to 28 by 28 pixels, read as {words.digit_sign(shown)}",
        )
    if words.is_dot(shown):
        # Ten probabilities of what is no digit would only mislead.
        return
    st.plotly_chart(
        figures.probabilities(
            shown.prediction.probabilities, classifier.labels, shown.prediction.is_sure
        ),
        config=figures.CONFIG,
        key="bars",
        alt=answers.bars_alt(shown, classifier.labels),
    )


def chosen_digit(digits: answers.Digits) -> int:
    """Which digit of a number is explained."""
    if len(digits) == 1:
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


enter_by_app()
st.title("Draw a digit")
drawing()
resources.warm_up()
