"""Correct and teach: "That was a …", and what a person may do with what is kept of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st

from inkling.ui.shared import images
from inkling.ui.shared.phrases import an_or_a, plural

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit
    from inkling.storage.drawings import Drawing, Store
    from inkling.ui.draw.canvas import Paper

NO_DIGIT = "No digit"
PILLS = "that-was-"
KEPT = "Pressing one of these keeps the drawing, so that the network can learn from it."


@dataclass
class Lessons:
    """What this visit has said about its drawings.

    Attributes:
        visit: the session's name in the store; nobody else knows it.
        said: by glyph, the drawing's number in the store and what it was said to be.
        problem: why the last one could not be kept; a sentence.
    """

    visit: str = field(default_factory=lambda: uuid4().hex)
    said: dict[bytes, tuple[int, str]] = field(default_factory=dict)
    problem: str = ""


def lessons() -> Lessons:
    """This session's."""
    if "lessons" not in st.session_state:
        st.session_state["lessons"] = Lessons()
    found: Lessons = st.session_state["lessons"]
    return found


def section(sheet: Paper, digit: Digit, classifier: Classifier) -> None:
    """Buttons that say what the drawing was, the thanks, and what is kept of it.

    Call it inside the drawing's fragment, once. Nothing is shown where storing is switched off
    (INKLING_STORE=off), and no database is opened before something is kept.

    Args:
        sheet: the drawing.
        digit: the digit of it that is shown, and corrected.
        classifier: the model that answered.
    """
    from inkling.storage.database import storing_is_on

    if not storing_is_on() or sheet.pixels is None:
        return
    mine = lessons()
    about = digit.glyph.pixels.tobytes()
    key = f"{PILLS}{hash(about)}"
    st.pills(
        "That was a …",
        [*classifier.labels, NO_DIGIT],
        default=mine.said[about][1] if about in mine.said else None,
        key=key,
        wrap=True,
        on_change=_keep,
        args=(key, sheet, digit, classifier),
    )
    if mine.problem:
        st.warning(mine.problem, icon=":material/save:")
    elif about in mine.said:
        _thank(mine.said[about][1], sheet, digit, classifier)
    if mine.said:
        _own(mine)
    elif not mine.problem:
        st.caption(KEPT)


def _keep(key: str, sheet: Paper, digit: Digit, classifier: Classifier) -> None:
    """Keep what was just said; saying something else, or nothing, takes it back."""
    from inkling.storage.database import StoreError

    mine = lessons()
    label = st.session_state[key]
    about = digit.glyph.pixels.tobytes()
    mine.problem = ""
    try:
        kept = _store()
        number = kept.add(_drawing(label, sheet, digit, classifier)) if label else 0
        if about in mine.said:
            kept.remove(mine.visit, mine.said.pop(about)[0])
        if label:
            mine.said[about] = (number, label)
    except StoreError as problem:
        mine.problem = str(problem)


def _store() -> Store:
    from inkling.storage.database import StoreError
    from inkling.storage.drawings import open_store

    found = open_store()
    if found is None:
        raise StoreError("Nothing is kept here: storing is switched off (INKLING_STORE).")
    return found


def _drawing(label: str, sheet: Paper, digit: Digit, classifier: Classifier) -> Drawing:
    from inkling.imaging import ink
    from inkling.storage import drawings

    assert sheet.pixels is not None
    said = digit.prediction
    return drawings.Drawing(
        session=lessons().visit,
        glyph=digit.glyph.pixels,
        ink_png=images.ink_png(ink.from_canvas(sheet.pixels)),
        strokes=sheet.strokes,
        answer=said.label if said.is_digit else None,
        confidence=said.confidence,
        correction=drawings.NO_DIGIT if label == NO_DIGIT else label,
        model=classifier.name,
        model_version=classifier.version,
    )


def _thank(label: str, sheet: Paper, digit: Digit, classifier: Classifier) -> None:
    """Thanks, and where a sure answer was wrong after all, what may have misled it."""
    answer = digit.label if digit.prediction.is_digit else NO_DIGIT
    if label == answer:
        st.markdown(":material/check: Thank you: one more example to learn from.")
        return
    what = "no digit" if label == NO_DIGIT else an_or_a(label)
    lines = [f":material/check: Thank you. I shall remember it as **{what}**."]
    if digit.prediction.is_sure:
        from inkling.explain import advice
        from inkling.imaging import ink

        assert sheet.pixels is not None
        found = advice.facts(ink.from_canvas(sheet.pixels), [digit], classifier)
        lines.append(advice.advice(found))
    st.markdown(" ".join(filter(None, lines)))


def _own(mine: Lessons) -> None:
    """How many drawings are kept; take them along, or erase them."""
    from inkling.storage.database import StoreError
    from inkling.storage.dataset import as_csv, as_json_lines

    kept = plural(len(mine.said), "drawing")
    menu = st.popover(
        f"{kept} kept", icon=":material/inventory_2:", key="own-drawings", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        try:
            drawings = _store().of_session(mine.visit)
        except StoreError as problem:
            st.warning(str(problem), icon=":material/save:")
            return
        st.caption("Only you see them here. Whoever runs this page may teach the network them.")
        exports: tuple[tuple[str, Callable[..., bytes], str, str], ...] = (
            ("Pixels with labels (CSV)", as_csv, "digits.csv", "text/csv"),
            ("Everything (JSON lines)", as_json_lines, "drawings.jsonl", "application/jsonl"),
        )
        for title, made, name, mime in exports:
            st.download_button(
                title,
                made(drawings),
                name,
                mime,
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
        st.button(
            "Erase them all",
            icon=":material/delete:",
            key="erase-drawings",
            on_click=_erase,
            width="stretch",
        )


def _erase() -> None:
    from inkling.storage.database import StoreError

    mine = lessons()
    mine.problem = ""
    try:
        _store().erase(mine.visit)
    except StoreError as problem:
        mine.problem = str(problem)
    else:
        mine.said.clear()
        for key in [key for key in st.session_state if str(key).startswith(PILLS)]:
            del st.session_state[key]
