"""What a cut says: digits and the signs between them, where each stands, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.alignment import align
from inkling.recognition.ctc import beam_search, ctc_log_likelihood, merge_blanks
from inkling.recognition.line_model import LineModel

# Texts that are compared, and prefixes that the search for them keeps.
HYPOTHESES, BEAM = 8, 12
# Columns of a line image per column of the model's answer.
COLUMN = 2


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a cut.

    Attributes:
        label: such as "7" or ".".
        x: the middle of its columns, in pixels of the cut.
        log_p: for each label of the model its log-probability where the character stands, float64
            (labels,); they sum to 1.
        posterior: of all texts that have this character at its place, 0 to 1.
    """

    label: str
    x: float
    log_p: NDArray[np.float64]
    posterior: float


@dataclass(frozen=True, slots=True)
class CutText:
    """What a cut says.

    Attributes:
        characters: from left to right.
        posterior: of this text among all that were compared, 0 to 1.
        rivals: the other texts with their posteriors, the most probable first.
    """

    characters: tuple[Character, ...]
    posterior: float
    rivals: tuple[tuple[tuple[str, ...], float], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its characters."""
        return tuple(character.label for character in self.characters)


def read_cut(model: LineModel, image: Pixels) -> CutText:
    """Read one cut.

    Args:
        model: the line model.
        image: uint8 (IMAGE_HEIGHT, width), as `layout.cut` makes it.
    """
    log_p = model.columns(image)
    merged = merge_blanks(log_p)
    texts = beam_search(merged, HYPOTHESES, BEAM)
    likelihood = np.array([ctc_log_likelihood(merged, text) for text in texts])
    posterior = np.exp(likelihood - np.logaddexp.reduce(likelihood))
    order = np.argsort(-posterior, kind="stable")
    texts, posterior = [texts[k] for k in order], posterior[order]
    names = [tuple(model.labels[k] for k in text) for text in texts]
    best = texts[0]
    places = [_same_place(best, text) for text in texts]
    characters = tuple(
        Character(
            model.labels[label],
            COLUMN * (first + last) / 2.0,
            _labels_at(log_p, first, last),
            float(sum(p for p, same in zip(posterior, places, strict=True) if same[k])),
        )
        for k, (label, (first, last)) in enumerate(zip(best, align(log_p, best), strict=True))
    )
    rivals = tuple(zip(names[1:], posterior[1:].tolist(), strict=True))
    return CutText(characters, float(posterior[0]), rivals)


def _labels_at(log_p: NDArray[np.float64], first: int, last: int) -> NDArray[np.float64]:
    """The log-probabilities of the labels in a character's columns: float64 (labels,)."""
    most = log_p[first:last, :-1].max(axis=0)
    return np.asarray(most - np.logaddexp.reduce(most), np.float64)


def _same_place(text: tuple[int, ...], other: tuple[int, ...]) -> list[bool]:
    """Whether each label of a text is matched by one of another, in order."""
    same = [False] * len(text)
    for start, _, size in SequenceMatcher(None, text, other, False).get_matching_blocks():
        same[start : start + size] = [True] * size
    return same
