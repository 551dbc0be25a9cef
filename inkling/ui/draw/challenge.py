"""The challenge: draw a digit that anyone can read, but the network takes for another one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import history, url_state
from inkling.ui.draw.canvas import Stroke
from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.recognition.results import Digit
    from inkling.ui.draw.canvas import Canvas

# Of the game in the session state; the name of the setting in the address.
STATE_KEY, SETTING = "challenge-game", "challenge"


@dataclass
class Challenge:
    """The state of the game.

    Attributes:
        target: the label to draw.
        fooled: how often the network took a drawing for another digit.
        tries: how many drawings were tried.
        earlier: the strokes that were drawn before this round began. They count for nothing.
    """

    target: str
    fooled: int = 0
    tries: int = 0
    earlier: list[Stroke] = field(default_factory=list)

    def is_fooled(self, digits: Sequence[Digit]) -> bool:
        """Whether the network is sure that the drawing is one digit, but not the target.

        What it does not take for a digit, or is unsure of, may be a scribble.
        """
        return len(digits) == 1 and digits[0].prediction.is_sure and digits[0].label != self.target

    def is_new(self, strokes: Sequence[Stroke]) -> bool:
        """Whether all of a drawing was drawn in this round."""
        return not any(stroke in self.earlier for stroke in strokes)

    def begin_round(self, canvas: Canvas, labels: Sequence[str]) -> None:
        """Choose another digit to draw, and clear the canvas."""
        # A game, no secret.
        others = [label for label in labels if label != self.target]
        self.target = random.choice(others)  # nosec B311
        history.clear(canvas)
        self.earlier = history.strokes()


def is_on() -> bool:
    """Whether the challenge is on."""
    return url_state.value(SETTING) == url_state.ON


def start_button(canvas: Canvas, labels: Sequence[str]) -> None:
    """Show the button that starts the challenge; none where the model cannot be read."""
    if labels:
        st.button(
            "Challenge: fool the network",
            key="challenge-start",
            icon=":material/trophy:",
            type="tertiary",
            on_click=_start,
            args=(canvas, labels),
        )


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
    game = _session_game(canvas, labels)
    with st.container(border=True, key="challenge", gap="small"):
        target = phrases.with_article(game.target)
        st.markdown(
            f":material/trophy: Draw **{target}** that anyone can read, but that the network "
            "takes for another digit."
        )
        is_new = game.is_new(canvas.strokes)
        fooled = is_new and game.is_fooled(digits)
        if digits:
            st.markdown(_outcome(game, digits, is_new=is_new))
        _buttons(canvas, game, labels, fooled=fooled, is_try=bool(digits) and is_new)


def _session_game(canvas: Canvas, labels: Sequence[str]) -> Challenge:
    """This session's game."""
    game: Challenge | None = st.session_state.get(STATE_KEY)
    if game is None or game.target not in labels:
        earlier = [*history.strokes(), *canvas.strokes]
        game = Challenge(random.choice(list(labels)), earlier=earlier)  # nosec B311
        st.session_state[STATE_KEY] = game
    return game


def _outcome(game: Challenge, digits: Sequence[Digit], *, is_new: bool) -> str:
    """How a drawing does, in words."""
    text = phrases.number_text(digits)
    if not is_new:
        return "What was drawn before does not count. Clear the canvas first."
    if game.is_fooled(digits):
        target = phrases.with_article(game.target)
        return f":green[**It reads {text}.** If everyone else sees {target}, you fooled it.]"
    if text == game.target:
        return f"It still reads {text} ({phrases.percent(digits[0].confidence)})."
    if len(digits) > 1:
        return f"It sees {len(digits)} characters. Draw a single digit."
    if text == "?":
        return "It sees no digit. That does not count, because a scribble is none."
    share = phrases.percent(digits[0].confidence)
    return f"It reads {text}, but is not sure ({share}). Make it sure, and it counts."


def _buttons(
    canvas: Canvas, game: Challenge, labels: Sequence[str], *, fooled: bool, is_try: bool
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Count it and continue" if fooled else "Another digit",
            key="challenge-next",
            icon=":material/arrow_forward:",
            on_click=_finish_round,
            args=(canvas, game, labels, fooled, is_try),
        )
        st.button("Stop", key="challenge-stop", icon=":material/close:", on_click=_stop)
        if game.tries:
            tries = phrases.plural(game.tries, "try", "tries")
            st.markdown(f"You fooled it {phrases.plural(game.fooled, 'time')} in {tries}.")


def _start(canvas: Canvas, labels: Sequence[str]) -> None:
    """Start a game, or continue this session's, with a blank canvas."""
    url_state.choose(SETTING, url_state.ON)
    _session_game(canvas, labels).begin_round(canvas, labels)


def _stop() -> None:
    url_state.choose(SETTING, "")


def _finish_round(
    canvas: Canvas, game: Challenge, labels: Sequence[str], fooled: bool, is_try: bool
) -> None:
    """Count the drawing, if it is one of this round, and begin the next round."""
    game.tries += is_try
    game.fooled += fooled
    game.begin_round(canvas, labels)
