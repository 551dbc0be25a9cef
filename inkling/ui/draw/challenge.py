"""The challenge: draw a digit that every person can read, and the network cannot."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from inkling.ui.draw import history
from inkling.ui.shared import phrases

if TYPE_CHECKING:
    from inkling.recognition.classifier import Classifier
    from inkling.recognition.results import Digit
    from inkling.ui.draw.canvas import Paper


@dataclass
class Challenge:
    """How it stands.

    Attributes:
        target: the label to draw.
        fooled: how often the network was wrong about it.
        tries: how many drawings were put to it.
    """

    target: str
    fooled: int = 0
    tries: int = 0

    def is_fooled(self, digits: Sequence[Digit]) -> bool:
        """Whether the drawing is read as anything but the target."""
        return bool(digits) and phrases.number_sign(digits) != self.target

    def next(self, labels: Sequence[str]) -> None:
        """Another digit to draw."""
        self.target = random.choice([label for label in labels if label != self.target])


def labels_of(classifier: Classifier | None) -> tuple[str, ...]:
    """The labels to choose from; the digits while no classifier is there yet."""
    return classifier.labels if classifier else tuple("0123456789")


def challenge(labels: Sequence[str]) -> Challenge:
    """This session's."""
    found: Challenge | None = st.session_state.get("challenge-game")
    if found is None or found.target not in labels:
        found = st.session_state["challenge-game"] = Challenge(random.choice(list(labels)))
    return found


def _go_on(sheet: Paper, game: Challenge, labels: Sequence[str], fooled: bool | None) -> None:
    if fooled is not None:
        game.tries += 1
        game.fooled += fooled
    game.next(labels)
    history.clear(sheet)


def section(sheet: Paper, digits: Sequence[Digit], labels: Sequence[str]) -> None:
    """The task, how the drawing fares, and the score.

    Args:
        sheet: what is drawn on.
        digits: what the server read on it; empty for a blank sheet.
        labels: the model's.
    """
    game = challenge(labels)
    st.markdown(
        f"Draw **{phrases.an_or_a(game.target)}** that anybody would read as one, "
        "and that the network takes for something else."
    )
    fooled = game.is_fooled(digits) if digits else None
    if fooled:
        sign = phrases.number_sign(digits)
        what = "says that this is no digit" if sign == "?" else f"reads {sign}"
        st.success(
            f"It {what}. If everybody else sees {phrases.an_or_a(game.target)}, you fooled it.",
            icon=":material/trophy:",
        )
    elif digits:
        st.info(
            f"It still reads {game.target} ({phrases.percent(digits[0].confidence)}).",
            icon=":material/visibility:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Count it, and go on" if fooled else "Another digit",
            key="challenge-next",
            icon=":material/arrow_forward:",
            on_click=_go_on,
            args=(sheet, game, labels, fooled),
        )
        if game.tries:
            tries = phrases.plural(game.tries, "try", "tries")
            st.markdown(f"Fooled {phrases.plural(game.fooled, 'time')} in {tries}.")
