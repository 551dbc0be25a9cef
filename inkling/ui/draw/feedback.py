"""Feedback: a person says what a drawing was, and manages the drawings saved for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import downloads, teaching
from inkling.ui.shared import images, lazy, visit
from inkling.ui.shared.phrases import plain, plural, with_article

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit
    from inkling.storage.drawings import Drawing, Store
    from inkling.ui.draw.canvas import Canvas

NO_DIGIT = "Not a digit"
INVITATION = "Click the right answer to save this drawing for training."
# Of the feedback in the session state.
STATE_KEY = "feedback"
# The keys of all answer buttons begin with this.
KEY_PREFIX = "feedback-"


@dataclass
class Feedback:
    """What a visit has said about its drawings.

    Attributes:
        session: the visit's name among the stored drawings, which nobody else knows.
        answers: by glyph, the number of its drawing in the store and the label a person chose.
        problem: a sentence on why the last answer could not be saved, or empty.
    """

    session: str = field(default_factory=visit.drawings_of)
    answers: dict[bytes, tuple[int, str]] = field(default_factory=dict)
    problem: str = ""


def section(canvas: Canvas, digit: Digit, classifier: Classifier, base: str) -> None:
    """Show a button for each answer, thanks for a given one, the saved drawings and teaching.

    Call it once, inside the drawing's fragment. Nothing is shown where storing is switched off
    (INKLING_STORE=off), and no database is opened before something is saved.

    Args:
        canvas: the drawing.
        digit: the digit in it that is shown and may be corrected.
        classifier: the model that answered.
        base: the model that was chosen; it may have been taught to become `classifier`.
    """
    from inkling.storage.rules import storing_is_on

    if not storing_is_on() or canvas.pixels is None:
        return
    feedback = _session_feedback()
    glyph = digit.glyph.pixels.tobytes()
    given = feedback.answers[glyph][1] if glyph in feedback.answers else None
    key = f"{KEY_PREFIX}{hash(glyph)}"
    st.pills(
        "What did you draw?",
        [*classifier.labels, NO_DIGIT],
        default=given,
        key=key,
        wrap=True,
        on_change=_save,
        args=(key, canvas, digit, classifier),
    )
    if feedback.problem:
        st.warning(plain(feedback.problem), icon=":material/save:")
    elif given is not None:
        _thank(given, canvas, digit, classifier)
    if feedback.answers:
        lazy.popover(
            f"{plural(len(feedback.answers), 'drawing')} saved",
            "saved-drawings",
            lambda: _saved_drawings(feedback),
            icon=":material/inventory_2:",
        )
    elif not feedback.problem:
        st.caption(INVITATION)
    if feedback.answers or classifier.name != base:
        teaching.section(feedback.session, base)


def _session_feedback() -> Feedback:
    """This session's feedback."""
    if STATE_KEY not in st.session_state:
        st.session_state[STATE_KEY] = Feedback()
    feedback: Feedback = st.session_state[STATE_KEY]
    return feedback


def _save(key: str, canvas: Canvas, digit: Digit, classifier: Classifier) -> None:
    """Save the answer that was just chosen; another one, or none, replaces it."""
    from inkling.storage.rules import StoreError

    feedback = _session_feedback()
    label = st.session_state[key]
    glyph = digit.glyph.pixels.tobytes()
    feedback.problem = ""
    try:
        store = _store()
        number = store.add(_drawing(label, canvas, digit, classifier)) if label else 0
        if glyph in feedback.answers:
            store.remove(feedback.session, feedback.answers.pop(glyph)[0])
        if label:
            feedback.answers[glyph] = (number, label)
    except StoreError as problem:
        feedback.problem = str(problem)


def _store() -> Store:
    """The store.

    Raises:
        StoreError: it is switched off, or cannot be used.
    """
    from inkling.storage.drawings import open_store
    from inkling.storage.rules import StoreError

    store = open_store()
    if store is None:
        raise StoreError("Nothing can be saved here: INKLING_STORE is off.")
    return store


def _drawing(label: str, canvas: Canvas, digit: Digit, classifier: Classifier) -> Drawing:
    from inkling.imaging import ink
    from inkling.storage import drawings

    assert canvas.pixels is not None
    prediction = digit.prediction
    return drawings.Drawing(
        session=_session_feedback().session,
        glyph=digit.glyph.pixels,
        ink_png=images.ink_png(ink.from_canvas(canvas.pixels)),
        strokes=canvas.strokes,
        answer=prediction.label if prediction.is_digit else None,
        confidence=prediction.confidence,
        correction=drawings.NO_DIGIT if label == NO_DIGIT else label,
        model=classifier.name,
        model_version=classifier.version,
    )


def _thank(label: str, canvas: Canvas, digit: Digit, classifier: Classifier) -> None:
    """Thank for an answer; where a sure prediction was wrong, say what may have caused it."""
    answer = digit.label if digit.prediction.is_digit else NO_DIGIT
    if label == answer:
        st.markdown(":material/check: Thank you! Saved as one more example.")
        return
    what = "not a digit" if label == NO_DIGIT else with_article(label)
    sentences = [f":material/check: Saved as **{what}**."]
    if teaching.is_possible():
        sentences.append("Teach now to make the network learn it.")
    else:
        sentences.append("Whoever runs this app may train a network on it; this one stays as is.")
    if digit.prediction.is_sure:
        from inkling.explain.advice import advice_on
        from inkling.imaging import ink

        assert canvas.pixels is not None
        sentences.append(advice_on(ink.from_canvas(canvas.pixels), [digit], classifier))
    st.markdown(" ".join(filter(None, sentences)))


def _saved_drawings(feedback: Feedback) -> None:
    """Show what this session may do with the drawings it has saved."""
    from inkling.storage.dataset import as_csv, as_json_lines
    from inkling.storage.rules import StoreError

    try:
        drawings = _store().of_session(feedback.session)
    except StoreError as problem:
        st.warning(plain(str(problem)), icon=":material/save:")
        return
    st.caption(
        "Only you can see them here. Whoever runs this app may train a network on them. Deleting "
        "them also deletes what you have taught."
    )
    downloads.button("Pixels with labels (CSV)", as_csv(drawings), "digits.csv")
    downloads.button("Everything (JSON Lines)", as_json_lines(drawings), "drawings.jsonl")
    st.button(
        "Delete them all",
        icon=":material/delete:",
        key="delete-drawings",
        on_click=_delete_all,
        width="stretch",
    )


def _delete_all() -> None:
    from inkling.storage.rules import StoreError

    feedback = _session_feedback()
    feedback.problem = ""
    try:
        _store().erase(feedback.session)
    except StoreError as problem:
        feedback.problem = str(problem)
    else:
        feedback.answers.clear()
        teaching.forget()
        for key in [key for key in st.session_state if str(key).startswith(KEY_PREFIX)]:
            del st.session_state[key]
