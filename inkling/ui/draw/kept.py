"""What is kept of the Draw page for a visit: a room of `inkling.ui.shared.visit`.

It is the canvas, the earlier drawings, the settings, what was saved for training, and the
challenge's score.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import streamlit as st
from msgspec import Struct

from inkling.ui.draw import challenge, feedback, history, url_state
from inkling.ui.draw.canvas import STATE_KEY, Canvas, Stroke
from inkling.ui.draw.challenge import Challenge
from inkling.ui.draw.feedback import Feedback
from inkling.ui.draw.history import PastDrawing
from inkling.ui.shared import images
from inkling.ui.shared.visit import Item

if TYPE_CHECKING:
    from inkling.imaging.pixels import Pixels

log = logging.getLogger(__name__)

PREFIX = "draw/"
CANVAS, PAST, SETTINGS = f"{PREFIX}canvas", f"{PREFIX}past/", f"{PREFIX}settings"
FEEDBACK, CHALLENGE = f"{PREFIX}feedback", f"{PREFIX}challenge"
# Of the names of earlier drawings, by number, in the session state. Two tabs number theirs alike,
# so each drawing gets a name that no other one has. It begins with the time.
NAMES_KEY = "past-names"


class CanvasPart(Struct):
    """A `Canvas`; `picture` is its pixels as PNG, empty where it is blank."""

    strokes: list[Stroke]
    undone: list[Stroke]
    width: int
    text: str
    picture: bytes


class PastPart(Struct):
    """A `PastDrawing`."""

    strokes: list[Stroke]
    picture: bytes
    text: str


class FeedbackPart(Struct):
    """A session's `Feedback`: its name, and glyph, number and label of each answer."""

    session: str
    answers: list[tuple[bytes, int, str]]


def items() -> list[Item]:
    """What there is to keep."""
    return [*_canvas_items(), *_settings_items(), *_game_items(), *_answer_items(), *_past_items()]


def take_back(parts: Mapping[str, bytes]) -> None:
    """Add what was kept to what there is; what is damaged is left out."""
    takers: dict[str, Callable[[bytes], None]] = {
        CANVAS: _take_canvas,
        SETTINGS: _take_settings,
        CHALLENGE: _take_game,
        FEEDBACK: _take_answers,
    }
    earlier = []
    # Sorted, earlier drawings are in the order of their times.
    for name in sorted(parts):
        try:
            if name.startswith(PAST):
                earlier.append((name, msgspec.json.decode(parts[name], type=PastPart)))
            elif name in takers:
                takers[name](parts[name])
        except (msgspec.MsgspecError, ValueError):
            log.exception("%s of a visit is damaged", name)
    _take_past(earlier)


def has_work() -> bool:
    """Whether there is a drawing, on the canvas or among the earlier ones."""
    canvas = _canvas()
    return bool(_past()) or (canvas is not None and bool(canvas.strokes))


def _canvas() -> Canvas | None:
    canvas: Canvas | None = st.session_state.get(STATE_KEY)
    return canvas


def _past() -> list[PastDrawing]:
    past: list[PastDrawing] = st.session_state.get(history.STATE_KEY, [])
    return past


def _canvas_items() -> list[Item]:
    canvas = _canvas()
    if canvas is None or not (canvas.strokes or canvas.undone):
        return []
    version = (canvas.version, canvas.redraws, len(canvas.strokes), len(canvas.undone))
    return [Item(CANVAS, version, lambda: _canvas_part(canvas))]


def _canvas_part(canvas: Canvas) -> bytes:
    picture = b"" if canvas.pixels is None else images.rgba_png(canvas.pixels)
    part = CanvasPart(canvas.strokes, canvas.undone, canvas.width, canvas.text, picture)
    return msgspec.json.encode(part)


def _take_canvas(content: bytes) -> None:
    part = msgspec.json.decode(content, type=CanvasPart)
    canvas = _canvas()
    if canvas is not None and (canvas.strokes or canvas.undone):
        # Another tab's drawing does not replace the one that is being drawn.
        return
    pixels: Pixels | None = images.rgba(part.picture) if part.picture else None
    st.session_state[STATE_KEY] = Canvas(
        part.strokes, part.undone, pixels, part.width, part.text, version=1
    )


def _settings_items() -> list[Item]:
    settings = {
        name: url_state.value(name)
        for name, setting in url_state.SETTINGS.items()
        if url_state.value(name) != setting.default
    }
    if not settings:
        return []
    return [Item(SETTINGS, tuple(settings.items()), lambda: msgspec.json.encode(settings))]


def _take_settings(content: bytes) -> None:
    for name, value in msgspec.json.decode(content, type=dict[str, int | str | bool]).items():
        if name in url_state.SETTINGS:
            setting = url_state.SETTINGS[name]
            text = str(int(value) if isinstance(value, bool) else value)
            # The address comes later and counts more.
            st.session_state.setdefault(setting.state, setting.parse(text))


def _game_items() -> list[Item]:
    game: Challenge | None = st.session_state.get(challenge.STATE_KEY)
    if game is None:
        return []
    version = (game.target, game.fooled, game.tries)
    return [Item(CHALLENGE, version, lambda: msgspec.json.encode(game))]


def _take_game(content: bytes) -> None:
    game = msgspec.json.decode(content, type=Challenge)
    st.session_state.setdefault(challenge.STATE_KEY, game)


def _answer_items() -> list[Item]:
    said: Feedback | None = st.session_state.get(feedback.STATE_KEY)
    if said is None or not said.answers:
        return []
    answers = [(glyph, number, label) for glyph, (number, label) in said.answers.items()]
    part = FeedbackPart(said.session, answers)
    return [Item(FEEDBACK, tuple(answers), lambda: msgspec.json.encode(part))]


def _take_answers(content: bytes) -> None:
    part = msgspec.json.decode(content, type=FeedbackPart)
    answers = {glyph: (number, label) for glyph, number, label in part.answers}
    st.session_state.setdefault(feedback.STATE_KEY, Feedback(part.session, answers))


def _past_items() -> list[Item]:
    names = _names()
    for drawing in _past():
        names.setdefault(drawing.number, f"{PAST}{time.time_ns():020d}-{secrets.token_hex(4)}")
    return [_past_item(names[drawing.number], drawing) for drawing in _past()]


def _past_item(name: str, drawing: PastDrawing) -> Item:
    part = PastPart(drawing.strokes, drawing.picture, drawing.text)
    return Item(name, drawing, lambda: msgspec.json.encode(part), replaces=False)


def _names() -> dict[int, str]:
    names: dict[int, str] = st.session_state.setdefault(NAMES_KEY, {})
    return names


def _take_past(parts: list[tuple[str, PastPart]]) -> None:
    """Put earlier drawings before those of this session, which get other numbers."""
    own = [(_names().get(each.number), each) for each in _past()]
    taken = [(name, PastDrawing(0, part.strokes, part.picture, part.text)) for name, part in parts]
    both = [*taken, *own][-history.MAX_SAVED :]
    drawings: list[PastDrawing] = []
    names: dict[int, str] = {}
    st.session_state[NAMES_KEY] = names
    for number, (name, drawing) in enumerate(both, 1):
        drawings.append(replace(drawing, number=number))
        if name is not None:
            names[number] = name
    if drawings:
        st.session_state[history.STATE_KEY] = drawings
