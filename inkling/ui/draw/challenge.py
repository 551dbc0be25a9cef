"""The challenge: draw a digit that anyone can read, but the network cannot."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import history
from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.recognition.results import Digit
    from inkling.ui.draw.canvas import Canvas

# Of the game in the session state.
STATE_KEY = "challenge-game"


@dataclass
class Challenge:
    """The state of the game.

    Attributes:
        target: the label to draw.
        fooled: how often the network was wrong about it.
        tries: how many drawings were tried.
    """

    target: str
    fooled: int = 0
    tries: int = 0

    def is_fooled(self, digits: Sequence[Digit]) -> bool:
        """Whether the drawing is read as anything but the target."""
        return bool(digits) and phrases.number_text(digits) != self.target

    def choose_next(self, labels: Sequence[str]) -> None:
        """Choose another digit to draw."""
        self.target = random.choice([label for label in labels if label != self.target])


def section(canvas: Canvas, digits: Sequence[Digit], labels: Sequence[str]) -> None:
    """Show the task, how the drawing does, and the score.

    Args:
        canvas: what is drawn on.
        digits: what the server read on it; empty for a blank canvas.
        labels: the model's; empty if it cannot be read.
    """
    if not labels:
        st.caption("This model cannot be read.")
        return
    game = _session_game(labels)
    target = phrases.with_article(game.target)
    st.markdown(f"Draw **{target}** that anyone can read, but the network gets wrong.")
    fooled = game.is_fooled(digits) if digits else None
    if fooled:
        text = phrases.number_text(digits)
        answer = "says that this is not a digit" if text == "?" else f"reads {text}"
        st.success(
            f"It {answer}. If everyone else sees {target}, you fooled it.",
            icon=":material/trophy:",
        )
    elif digits:
        st.info(
            f"It still reads {game.target} ({phrases.percent(digits[0].confidence)}).",
            icon=":material/visibility:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Count it and continue" if fooled else "Another digit",
            key="challenge-next",
            icon=":material/arrow_forward:",
            on_click=_start_next_round,
            args=(canvas, game, labels, fooled),
        )
        if game.tries:
            tries = phrases.plural(game.tries, "try", "tries")
            st.markdown(f"You fooled it {phrases.plural(game.fooled, 'time')} in {tries}.")


def _session_game(labels: Sequence[str]) -> Challenge:
    """This session's game."""
    game: Challenge | None = st.session_state.get(STATE_KEY)
    if game is None or game.target not in labels:
        game = st.session_state[STATE_KEY] = Challenge(random.choice(list(labels)))
    return game


def _start_next_round(
    canvas: Canvas, game: Challenge, labels: Sequence[str], fooled: bool | None
) -> None:
    """Count the drawing, if there is one, and clear the canvas for another digit."""
    if fooled is not None:
        game.tries += 1
        game.fooled += fooled
    game.choose_next(labels)
    history.clear(canvas)
