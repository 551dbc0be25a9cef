"""What a cut says: digits and the signs between them, where each stands, and how sure that is.

The line model proposes texts. The digits that the page model found in the cut count for or against
a text. So does what the page model and the classifier say about each of them that stands apart: a
box around a digit that touches another shows some of that, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from inkling.imaging.pixels import Pixels
from inkling.recognition.alignment import align
from inkling.recognition.ctc import beam_search, ctc_log_likelihoods, merge_blanks
from inkling.recognition.expectation import Expectation
from inkling.recognition.line_model import LineModel

# Texts that are compared, and prefixes that the search for them keeps.
HYPOTHESES, BEAM = 8, 12
# Labels of the line model for a character that is crossed out, and for one that is neither digit
# nor sign.
STRUCK, ELSE = "struck", "other"
# Columns of a line image per column of the model's answer.
COLUMN = 2
# A character is a digit that the page model found if they are at most this far apart, in digit
# heights.
MAX_APART = 0.45
# What speaks for or against a text, in order: see `Hypothesis.evidence`.
EVIDENCE = (
    "log-likelihood of the line model's columns, and how common its signs are",
    "log-probability of each digit apart by the page model",
    "log-probability of each digit apart by the classifier",
    "digits in the text where the page model found none, negative",
    "log of how much of the ink in each of those is a digit's by the page model",
)
# Half of a digit's usual width, in digit heights.
HALF_WIDTH = 0.3
# The line model alone.
LINE_MODEL_ALONE = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
# No probability of the others counts as lower than this.
LOWEST = 0.02
# How much rarer a slash is in people's numbers than in the cuts that the line model learned from,
# as a logarithm. There it stands beside seven 1s, whose stroke is often the same.
SLASH_PRIOR = -1.4


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigits:
    """The digits that the page model found in a cut, from left to right.

    Attributes:
        x: float64 (n,), of their middles, in pixels of the cut.
        height: that is usual, in pixels of the cut.
        is_apart: bool (n,), that it does not touch the ones beside it.
        log_p: float32 (n, at least 10), log-probabilities of the digits by the page model.
        glyph_log_p: likewise, by the classifier.
        ink: float64 (width, 2), of each column of the cut: the sum of its ink, and of what of that
            is a digit's by the page model.
    """

    x: NDArray[np.float64]
    height: float
    is_apart: NDArray[np.bool_]
    log_p: NDArray[np.float32]
    glyph_log_p: NDArray[np.float32]
    ink: NDArray[np.float64]

    def share_of_ink(self, x: float) -> float:
        """How much of the ink around a place is a digit's, beside that at the digits found: 0 to 1.

        Args:
            x: in pixels of the cut.
        """
        usual = max((self._digits_part(place) for place in self.x.tolist()), default=1.0)
        return min(1.0, self._digits_part(x) / max(usual, LOWEST))

    def _digits_part(self, x: float) -> float:
        """Which part of the ink around a place is a digit's, by the page model, 0 to 1."""
        half = HALF_WIDTH * self.height
        around = self.ink[max(0, round(x - half)) : max(1, round(x + half))].sum(axis=0)
        return float(around[1] / max(around[0], 1e-6))


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A text that a cut may say.

    Attributes:
        labels: numbers of the line model's labels.
        columns: for each label its first column and the one after its last.
        evidence: float64 (len(EVIDENCE),).
        log_prior: how much it counts before the cut is seen, in nats.
    """

    labels: tuple[int, ...]
    columns: list[tuple[int, int]]
    evidence: NDArray[np.float64]
    log_prior: float = 0.0


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a cut.

    Attributes:
        label: such as "7" or ".".
        x: the middle of its columns, in pixels of the cut.
        log_p: for each label of the model its log-probability where the character stands, float64
            (labels,); they sum to 1.
        posterior: of all texts that have this character at its place, 0 to 1.
        log_p_other: log-probability of a character that is neither digit nor sign, or is crossed
            out; of the line model's labels.
    """

    label: str
    x: float
    log_p: NDArray[np.float64]
    posterior: float
    log_p_other: float = -np.inf


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


def read_cut(
    model: LineModel,
    image: Pixels,
    found: FoundDigits | None = None,
    weights: NDArray[np.float64] = LINE_MODEL_ALONE,
    *,
    has_digits: bool = False,
    expected: Expectation | None = None,
) -> CutText:
    """Read one cut.

    Args:
        model: the line model.
        image: uint8 (IMAGE_HEIGHT, width), as `layout.cut` makes it.
        found: the digits that the page model found in it.
        weights: float64 (len(EVIDENCE),), of the evidence for a text.
        has_digits: whether texts without a digit are out of the question.
        expected: which texts are probable before the cut is seen.
    """
    log_p = model.columns(image)
    texts = hypotheses(log_p, model.labels, found, expected)
    if has_digits:
        texts = [text for text in texts if _has_digit(text, model.labels)] or texts
    logits = np.array([text.evidence @ weights + text.log_prior for text in texts])
    posterior = np.exp(logits - np.logaddexp.reduce(logits))
    order = np.argsort(-posterior, kind="stable")
    texts, posterior = [texts[k] for k in order], posterior[order]
    names = [tuple(model.labels[k] for k in text.labels) for text in texts]
    best = texts[0]
    places = [_same_place(best.labels, text.labels) for text in texts]
    others = [k for k, label in enumerate(model.labels) if label in (STRUCK, ELSE)]
    characters = []
    for k, (label, (first, last)) in enumerate(zip(best.labels, best.columns, strict=True)):
        here = _labels_at(log_p, first, last)
        characters.append(
            Character(
                model.labels[label],
                COLUMN * (first + last) / 2.0,
                here,
                float(sum(p for p, same in zip(posterior, places, strict=True) if same[k])),
                float(np.logaddexp.reduce(here[others])) if others else -np.inf,
            )
        )
    rivals = tuple(zip(names[1:], posterior[1:].tolist(), strict=True))
    return CutText(tuple(characters), float(posterior[0]), rivals)


def hypotheses(
    log_p: NDArray[np.float64],
    labels: Sequence[str],
    found: FoundDigits | None,
    expected: Expectation | None = None,
) -> list[Hypothesis]:
    """The texts that the line model proposes, and what speaks for each.

    Args:
        log_p: float64 (columns, labels + 1), as the line model gives it.
        labels: of the line model.
        found: the digits that the page model found in the cut.
        expected: adds variants of these texts, and says how probable each is beforehand.
    """
    merged = merge_blanks(log_p)
    texts = beam_search(merged, HYPOTHESES, BEAM)
    if expected is not None:
        texts = _with_variants(texts, labels, expected, len(log_p))
    likelihoods = ctc_log_likelihoods(merged, texts)
    made = []
    for text, columns, likelihood in zip(texts, align(log_p, texts), likelihoods, strict=True):
        evidence = np.zeros(len(EVIDENCE))
        written = [labels[k] for k in text]
        evidence[0] = likelihood + SLASH_PRIOR * written.count("/")
        if found is not None:
            evidence[1:] = _support(written, columns, found)
        prior = expected.log_prior("".join(written)) if expected is not None else 0.0
        made.append(Hypothesis(text, columns, evidence, prior))
    return made


def _with_variants(
    texts: list[tuple[int, ...]], labels: Sequence[str], expected: Expectation, room: int
) -> list[tuple[int, ...]]:
    """Texts with their variants, each once; without those too long for so many columns."""
    numbers = {label: number for number, label in enumerate(labels)}
    variants = [
        tuple(numbers[sign] for sign in variant)
        for text in texts
        if all(len(labels[k]) == 1 for k in text)
        for variant in expected.variants("".join(labels[k] for k in text))
    ]
    fitting = (variant for variant in variants if 2 * len(variant) <= room)
    return list(dict.fromkeys([*texts, *fitting]))


def _has_digit(text: Hypothesis, labels: Sequence[str]) -> bool:
    return any(labels[k].isdecimal() for k in text.labels)


def match_found(
    labels: Sequence[str], x: NDArray[np.float64], places: NDArray[np.float64], height: float
) -> list[int | None]:
    """For each character the digit that was found there, in order, so that most are matched.

    Args:
        labels: of the characters, from left to right.
        x: float64 (n,), their middles, in pixels of the cut.
        places: float64 (m,), where the digits are, from left to right.
        height: of digits, in pixels of the cut.
    """
    rows, columns = len(labels), len(places)
    is_digit = np.array([label.isdecimal() for label in labels], np.bool_)
    apart = np.abs(x[:, None] - places[None, :]) / height
    gain = np.where(is_digit[:, None] & (apart < MAX_APART), 1.0 - apart, -1.0)
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i, j] = max(best[i + 1, j], best[i, j + 1], best[i + 1, j + 1] + gain[i, j])
    found: list[int | None] = []
    j = 0
    for i in range(rows):
        while j < columns and best[i, j] == best[i, j + 1]:
            j += 1
        is_match = j < columns and gain[i, j] > 0 and best[i, j] > best[i + 1, j]
        found.append(j if is_match else None)
        j += is_match
    return found


def _support(
    labels: list[str], columns: list[tuple[int, int]], found: FoundDigits
) -> tuple[float, ...]:
    """The evidence of the page model and of the classifier for or against a text."""
    x = np.array([COLUMN * (first + last) / 2.0 for first, last in columns], np.float64)
    match = match_found(labels, x, found.x, found.height)
    least = float(np.log(LOWEST))
    pairs = [(int(labels[k]), row) for k, row in enumerate(match) if row is not None]
    by_page, by_glyph = (
        sum(max(least, float(log_p[row, label])) for label, row in pairs if found.is_apart[row])
        for log_p in (found.log_p, found.glyph_log_p)
    )
    not_found = [
        float(x[k]) for k, row in enumerate(match) if row is None and labels[k].isdecimal()
    ]
    by_ink = sum(
        max(least, float(np.log(max(found.share_of_ink(place), LOWEST)))) for place in not_found
    )
    return by_page, by_glyph, -float(len(not_found)), by_ink


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
