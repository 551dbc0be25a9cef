"""What the reader's weights are fitted on: cuts, neighbours and numbers of made pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inkling.geometry import Box
from inkling.layout import centres, rows, tilt
from inkling.layout.centres import Digits
from inkling.layout.cut import Pyramid, cut_line
from inkling.reader.context import Surroundings
from inkling.reader.page import Networks, detect, is_of_one_digit, read_tokens
from inkling.reader.tokens import found_digits
from inkling.reader.verdicts import number_features, surroundings
from inkling.recognition.classifier import Classifier
from inkling.recognition.cut_reader import hypotheses
from inkling.training.synthesis.pages import scenes
from inkling.training.synthesis.pages.characters import load_page_characters
from inkling.training.synthesis.pages.cuts import LABELS, MIN_PAGE_HEIGHT, labels_of
from inkling.training.synthesis.pages.make import MadePage, make_page
from inkling.training.synthesis.pages.scenes import Scene
from inkling.training.synthesis.pages.sheet import NO_NUMBER, Written

# Sizes of pages in pixels, what is on them, and how often each is made.
Pages = tuple[tuple[tuple[int, int], tuple[tuple[Scene, float], ...], float], ...]
PAGES: Pages = (
    ((512, 640), scenes.SCENES, 0.5),
    ((128, 384), scenes.STRIP_SCENES, 0.35),
    ((128, 128), scenes.SMALL_SCENES, 0.15),
)
# Pages of letters and doodles, on which what is read is mostly none, and tables, in which letters
# stand among numbers.
OTHER_PAGES: Pages = (
    ((512, 640), ((scenes.add_none, 0.7), (scenes.add_few, 0.3)), 0.5),
    ((512, 640), ((scenes.add_cells, 1.0),), 0.5),
)
# Neighbours that are taken of a page, at most.
MAX_NEIGHBOURS = 20
# A digit was found where it is written if it is at most this far away, in digit heights.
MATCHED = 0.35
# A number's box is enlarged by this part of its height to find what is written in it.
MARGIN = 0.1
# A tilt is right if it is this close to that of the digits, in radians; at least so many digits say
# what that is.
RIGHT_TILT, MIN_DIGITS = 0.018, 2

# The evidence for each text of a cut, or for each tilt of a page, float64 (n, kinds), and which of
# them are right.
Choices = tuple[NDArray[np.float64], NDArray[np.bool_]]


# `rows.joint_features` of some neighbours of a page, and whether both are digits of one number.
Neighbours = tuple[NDArray[np.float64], NDArray[np.bool_]]


class Example(NamedTuple):
    """A number that was read on a made page.

    Attributes:
        box: in pixels.
        features: float64 (len(reliability.FEATURES),).
        right: whether it is what is written there; None where nobody can say.
        exists: whether digits are written there at all.
    """

    box: Box
    features: NDArray[np.float64]
    right: bool | None
    exists: bool


class ReadPage(NamedTuple):
    """A made page that was read.

    Attributes:
        numbers: that were read on it.
        around: what else it shows.
        is_of_one_digit: whether the page model finds a single digit on it.
    """

    numbers: tuple[Example, ...]
    around: Surroundings
    is_of_one_digit: bool


def made_pages(count: int, seed: int, kinds: Pages = PAGES) -> Iterator[MadePage]:
    """Pages of characters that no network was trained on.

    Args:
        count: of pages.
        seed: of everything on them.
        kinds: to choose from.
    """
    characters = load_page_characters("validation")
    rng = np.random.default_rng(seed)
    weights = [weight for *_, weight in kinds]
    for _ in range(count):
        size, shown, _ = kinds[int(rng.choice(len(kinds), p=weights))]
        yield make_page(characters, rng, size, shown)


def texts_of_cuts(
    pages: Iterator[MadePage], networks: Networks, glyphs: Classifier
) -> Iterator[Choices]:
    """The texts of the cuts of pages, where one of them is right and another one wrong.

    Args:
        pages: as they were made.
        networks: find the digits and propose the texts.
        glyphs: the classifier.
    """
    for page in pages:
        digits, maps = detect(networks, page.image)
        pyramid = Pyramid([page.image])
        for line in rows.find_lines(digits):
            for cut in cut_line(pyramid, maps, digits, line.digits, line.angle):
                truth = labels_of(page, cut)
                if truth is None:
                    continue
                known = found_digits(digits, cut, glyphs)
                labels = networks.line.labels
                texts = hypotheses(networks.line.columns(cut.image), labels, known)
                written = _digits_of(truth, LABELS)
                right = np.array([_digits_of(t.labels, labels) == written for t in texts])
                if right.any() and not right.all():
                    yield np.array([text.evidence for text in texts]), right


def neighbours(
    pages: Iterator[MadePage], networks: Networks, rng: np.random.Generator
) -> Iterator[Neighbours]:
    """Some neighbours of each page's lines, so that no full page outweighs the others.

    Args:
        pages: as they were made.
        networks: find the digits.
        rng: chooses neighbours.
    """
    for page in pages:
        digits, _ = detect(networks, page.image)
        x, _ = rows.level(digits, rows.tilt(digits))
        numbers = _numbers_of(page, digits)
        features, same = [np.zeros((0, 2))], [np.zeros(0, np.bool_)]
        for line in rows.find_lines(digits):
            run = line.digits
            is_known = (numbers[run[:-1]] != NO_NUMBER) & (numbers[run[1:]] != NO_NUMBER)
            features.append(rows.joint_features(digits, run, x)[is_known])
            same.append((numbers[run[:-1]] == numbers[run[1:]])[is_known])
        chosen = rng.permutation(sum(map(len, same)))[:MAX_NEIGHBOURS]
        yield np.concatenate(features)[chosen], np.concatenate(same)[chosen]


def tilts(pages: Iterator[MadePage], networks: Networks) -> Iterator[Choices]:
    """What speaks for each tilt of each page, and which of them are right.

    Args:
        pages: as they were made.
        networks: find the digits.
    """
    for page in pages:
        digits, maps = centres.detect(networks.page, page.image)
        written = [k for k, each in enumerate(page.written) if each.character.isdecimal()]
        if len(digits) < MIN_DIGITS or len(written) < MIN_DIGITS:
            continue
        right = np.abs(tilt.ANGLES - np.median(page.angles[written])) < RIGHT_TILT
        if right.any():
            yield tilt.features_of(digits, maps), right


def _numbers_of(page: MadePage, digits: Digits) -> NDArray[np.int64]:
    """The number on the page that each digit found is of; NO_NUMBER where none is written."""
    written = [each for each in page.written if each.character.isdecimal() and not each.is_struck]
    found = np.full(len(digits), NO_NUMBER)
    for each in written:
        away = np.hypot(digits.x - each.x, digits.y - each.y) / digits.height
        found[away < MATCHED] = each.number
    return found


def examples(
    pages: Iterator[MadePage], networks: Networks, glyphs: Classifier
) -> Iterator[ReadPage]:
    """What is read on made pages.

    Args:
        pages: as they were made.
        networks: read them.
        glyphs: the classifier.
    """
    for made in pages:
        tokens = read_tokens(made.image, networks, glyphs)
        found = number_features(tokens.lines, tokens.digits, glyphs)
        numbers = (
            Example(
                each.box,
                each.features,
                is_right(made, each.box, each.text),
                exists(made, each.box, each.text),
            )
            for each in found
        )
        around = surroundings(tokens.lines, tokens.digits, tokens.unread)
        yield ReadPage(tuple(numbers), around, is_of_one_digit(tokens.digits))


def is_right(page: MadePage, box: Box, text: str) -> bool | None:
    """Whether a number that was read in a box is what is written there.

    None where nobody can say: something there is struck out, or too small to be read.
    """
    digits = _digits_inside(page, box)
    if any(each.is_struck or each.height < MIN_PAGE_HEIGHT for each in digits):
        return None
    return "".join(each.character for each in digits) == text


def exists(page: MadePage, box: Box, text: str) -> bool:
    """Whether at least half as many digits are written in a box as were read there."""
    return 2 * len(_digits_inside(page, box)) >= len(text)


def _digits_inside(page: MadePage, box: Box) -> list[Written]:
    """The digits written in a box, from left to right."""
    margin = MARGIN * box[3]
    inside = [each for each in page.written if _is_inside(each, box, margin)]
    return sorted((each for each in inside if each.character.isdecimal()), key=lambda each: each.x)


def _digits_of(text: Sequence[int], labels: Sequence[str]) -> str:
    return "".join(labels[k] for k in text if labels[k].isdecimal())


def _is_inside(each: Written, box: Box, margin: float) -> bool:
    x, y, width, height = box
    return (
        x - margin <= each.x <= x + width + margin and y - margin <= each.y <= y + height + margin
    )
