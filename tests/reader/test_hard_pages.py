"""Pages that are hard: turned ones, powers, words, scribbles, and digits that touch."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from sklearn.metrics import roc_auc_score

from benchmarks.accuracy import touching
from inkling.imaging.load import Page
from inkling.reader.drawing import read_ink
from inkling.reader.page import read_page, read_upright
from inkling.recognition import classifier
from inkling.recognition.classifier import Classifier
from tests.fixtures.no_digits import WORDS, handwritten, printed, scribbled
from tests.fixtures.pages_made import Paper, make_page, render, write_number

LINES = [["12", "350"], ["7", "4081"], ["96", "22"], ["583", "64"]]


@pytest.fixture(scope="module")
def digits() -> Classifier:
    return classifier.load("digits")


# --- turned pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_reads_the_same_and_says_so(digits: Classifier, turns: int) -> None:
    upright = Page("a.jpg", 1, make_page(LINES, 2))
    same, truth = read_upright(upright, digits)
    assert same is upright and not any("turned" in said for said in truth.warnings)
    page = Page("a.jpg", 1, np.ascontiguousarray(np.rot90(upright.image, turns)))
    found, reading = read_upright(page, digits)
    np.testing.assert_array_equal(found.image, upright.image)
    assert reading.text == truth.text
    assert [digit.box for digit in reading.digits] == [digit.box for digit in truth.digits]
    # np.rot90 turned it to the left; so much to the right puts it upright.
    assert f"turned by {90 * turns}° clockwise" in " ".join(reading.warnings)


def test_a_page_of_few_marks_is_left_as_it_lies(digits: Classifier) -> None:
    page = Page("a.jpg", 1, np.ascontiguousarray(np.rot90(make_page([["7"]], 1), 1)))
    found, _ = read_upright(page, digits)
    assert found is page


# --- powers ---------------------------------------------------------------------------------------


def test_powers_stay_in_their_line(digits: Classifier) -> None:
    """3², 5³: a small digit above the line, right behind a large one."""
    paper = Paper(digit=70)
    small = Paper(digit=42)
    truth = [("3", "2", "8"), ("5", "3", "7"), ("2", "6", "4")]
    wrong = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ink = np.zeros((700, 1000), np.float32)
        for row, (base, power, after) in enumerate(truth):
            y = 180.0 + 200 * row
            end = write_number(ink, base, 150.0, y, paper, rng)
            end = write_number(ink, power, end + 6, y - 46, small, rng)
            write_number(ink, after, end + 60, y, paper, rng)
        reading = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits)
        texts = [line.text for line in reading.lines]
        assert len(texts) == len(truth), texts
        wrong += sum(
            Levenshtein.distance(text, "".join(said))
            for text, said in zip(texts, truth, strict=True)
        )
    assert wrong <= 7  # of 54


# --- print and signs ------------------------------------------------------------------------------


def bracket(ink: np.ndarray, x: float, base: float, bulge: int) -> None:
    """One round bracket, higher than digits of 70, its bulge to the left (-1) or right (1)."""
    turn = np.linspace(-1.0, 1.0, 30)
    way = np.stack([x + bulge * 16 * (1 - turn**2), base - 36 + 54 * turn], axis=1)
    cv2.polylines(ink, [np.rint(way).astype(np.int32)], False, 1.0, 6, cv2.LINE_AA)


def test_brackets_in_pairs_are_no_ones(digits: Classifier) -> None:
    paper = Paper(digit=70)
    wrong = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ink = np.zeros((400, 900), np.float32)
        bracket(ink, 130.0, 220.0, -1)
        end = write_number(ink, "562", 150.0, 220.0, paper, rng)
        bracket(ink, end + 22, 220.0, 1)
        write_number(ink, "34", end + 150, 220.0, paper, rng)
        reading = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits)
        wrong += reading.text.replace(" ", "") != "56234"
    assert wrong <= 1


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 6])
def test_a_sign_among_digits_that_touch_is_no_digit(digits: Classifier, seed: int) -> None:
    """The line network knows no signs: what stands free is the classifier's to judge."""
    rng = np.random.default_rng(seed)
    paper = Paper(gap=(-0.05, 0.08))
    ink = np.zeros((paper.height, paper.width), np.float32)
    end = write_number(ink, "19208", 120.0, 330.0, paper, rng) + 0.45 * paper.digit
    size = paper.digit / 60
    for way in ([(0, -30), (44, -32)], [(22, -52), (20, -8)]):
        points = np.array(way) * size + rng.normal(0.0, 1.5, (2, 2)) + (end, 330.0)
        ends = np.rint(points).astype(np.int32)
        cv2.polylines(ink, [ends], False, 1.0, max(3, paper.digit // 14), cv2.LINE_AA)
    write_number(ink, "6", end + 1.25 * paper.digit, 330.0, paper, rng)
    said = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits).text
    assert said.replace(" ", "")[1:] == "92086"


def test_corners_of_print_are_no_digits(digits: Classifier) -> None:
    """What is left of small boxes at a form's edges, far from what is written."""
    rng = np.random.default_rng(1)
    paper = Paper()
    ink = np.zeros((paper.height, paper.width), np.float32)
    write_number(ink, "38425", 250.0, 330.0, paper, rng)
    for y in (90, 560):
        for x in (40, paper.width - 70):
            way = [(x, y), (x + 26, y), (x + 26, y + 28), (x + 14, y + 28)]
            cv2.polylines(ink, [np.array(way, np.int32)], False, 1.0, 3)
    page = Page("p.jpg", 1, render(ink, paper, rng))
    assert [line.text for line in read_page(page, digits).lines] == ["38425"]


# --- no digits ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_words_give_at_most_one_digit_a_page(digits: Classifier, seed: int) -> None:
    for page in (handwritten(WORDS, seed), printed(WORDS, seed)):
        reading = read_page(Page("a.jpg", 1, page), digits)
        assert len(reading.digits) <= 1, reading.text


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_number_behind_printed_words_is_read(digits: Classifier, seed: int) -> None:
    rng = np.random.default_rng(seed)
    paper = Paper(width=1500, height=500, digit=60)
    letters = np.zeros((paper.height, paper.width), np.uint8)
    place, font = (70, 260), cv2.FONT_HERSHEY_TRIPLEX
    cv2.putText(letters, "Hunger nennt Haken", place, font, 2.2, 255, 4, cv2.LINE_AA)
    ink = letters.astype(np.float32) / 255.0
    write_number(ink, "38425", 1000.0, 258.0, paper, rng)
    reading = read_page(Page("p.jpg", 1, render(ink, paper, rng)), digits)
    assert "38425" in reading.text.split()
    assert len(reading.digits) <= 7


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_digits_beside_what_was_left_out_of_their_number_are_not_sure(
    digits: Classifier, seed: int
) -> None:
    """A mark as high as they are, that is no digit as it stands there, may be one crossed out."""
    paper = Paper(digit=70)

    def sure(gap: float) -> list[bool]:
        rng = np.random.default_rng(seed)
        ink = np.zeros((paper.height, paper.width), np.float32)
        x = round(write_number(ink, "30", 100.0, 300.0, paper, rng) + gap * paper.digit)
        for start, end in ((x, x + 50), (x + 50, x), (x + 25, x + 25)):
            cv2.line(ink, (start, 234), (end, 300), 1.0, 6, cv2.LINE_AA)
        write_number(ink, "75", x + 50 + gap * paper.digit, 300.0, paper, rng)
        (line,) = read_page(Page("a.jpg", 1, render(ink, paper, rng)), digits).lines
        assert line.text[:2] == "30" and line.text[-1] == "5"
        return [digit.prediction.is_sure for digit in line.digits]

    assert sure(1.2)[1]
    assert not sure(0.2)[1]


def test_scribbles_are_hardly_taken_for_digits_and_never_surely(digits: Classifier) -> None:
    """Six a page: on average no more than one of them, and never for sure."""
    found = [
        digit
        for seed in range(10)
        for digit in read_page(Page("a.jpg", 1, scribbled(seed)), digits).digits
    ]
    assert len(found) <= 10
    assert not any(digit.prediction.is_sure for digit in found)


def test_zigzags_are_a_scrawl_and_no_number_of_ones(digits: Classifier) -> None:
    """Digits by the half dozen would be found in each of them."""
    pages = [scribbled(seed) for seed in (23, 29, 30, 63)]
    readings = [read_page(Page("a.jpg", 1, page), digits) for page in pages]
    assert sum(len(reading.digits) for reading in readings) <= 4


# --- empty paper ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 8, 10, 11])
def test_empty_paper_says_nothing(digits: Classifier, seed: int) -> None:
    """A sheet that was handed in blank, photographed in poor light: its grain is no ones."""
    print_ = {"ruled": 40} if seed % 2 else {"squared": 30}
    light = {"light": 0.2 + 0.03 * seed, "shadow": 0.2 * (seed % 3), "noise": 3.0 + seed % 4}
    paper = Paper(**print_, **light, blur=0.5 + 0.1 * (seed % 5), slope=0.01 * (seed % 4))  # type: ignore[arg-type]
    _, reading = read_upright(Page("a.jpg", 1, make_page([], seed, paper)), digits)
    assert reading.text == ""
    # The same paper, written on.
    _, reading = read_upright(Page("a.jpg", 1, make_page([["4729"]], seed, paper)), digits)
    assert reading.text == "4729"


def test_paper_with_squares_smaller_than_its_digits_is_no_table(digits: Classifier) -> None:
    paper = Paper(squared=30, light=0.2, blur=0.5)
    _, reading = read_upright(Page("a.jpg", 1, make_page([["4729"]], 0, paper)), digits)
    assert reading.text == "4729" and not reading.lines[0].numbers[0].cell


# --- digits that touch ----------------------------------------------------------------------------


def test_digits_that_touch_are_read_apart() -> None:
    found = touching.measure(60, 1, "digits", photos=False)["drawn"]
    assert found["n"] == 60 and found["accuracy"] >= 0.85


def test_digits_that_touch_on_a_photographed_page_are_kept(digits: Classifier) -> None:
    """What is cut from its neighbour is no digit to the classifier; the line network hears both."""
    right = 0
    for number, (text, _, ink) in enumerate(touching.pairs(60, 1)):
        found = touching.photographed(ink, digits, number)
        right += found.text == text
        unlike = [digit for digit in found.digits if not digit.prediction.is_digit]
        assert not any(digit.prediction.is_sure for digit in unlike)
    assert right >= 48


def test_confidences_come_true(digits: Classifier) -> None:
    """Of numbers that touch, about as many are right as their confidences promise."""
    promised, right, sure = [], [], []
    for text, _, ink in touching.pairs(80, 4):
        found = read_ink(ink, digits)
        for digit in found.digits:
            p = digit.prediction.probabilities
            assert sum(p) == pytest.approx(1.0) and min(p) >= 0.0
            assert p[int(digit.label)] == pytest.approx(digit.confidence)
        promised.append(min((digit.confidence for digit in found.digits), default=0.0))
        right.append(found.text == text)
        sure.append(all(digit.prediction.is_sure for digit in found.digits))
    assert np.mean(promised) == pytest.approx(np.mean(right), abs=0.08)
    # Not by calling all alike: where less is promised, more is wrong.
    assert roc_auc_score(right, promised) >= 0.65
    assert sum(sure) >= 20 and all(hit for hit, known in zip(right, sure, strict=True) if known)


def test_touching_pairs_overlap_by_what_is_said() -> None:
    for text in ("00", "38", "69", "17"):
        for overlap in (0.0, 0.1, 0.2):
            rng = np.random.default_rng(7)
            left, right = (touching.enlarged(label, rng) for label in text)
            ink = touching.pair(text, overlap, np.random.default_rng(7))
            if ink is None:
                continue
            mask = (ink >= 64).astype(np.uint8)
            assert cv2.connectedComponents(mask, connectivity=8)[0] == 2
            both = np.ptp(np.flatnonzero(mask.any(axis=0))) + 1
            shared = left.shape[1] + right.shape[1] - both
            assert abs(shared - overlap * min(left.shape[1], right.shape[1])) <= 1
    made = [overlap for _, overlap, _ in touching.pairs(20, 3)]
    assert made == sorted(made) and 0 < made[0] < made[-1] < touching.MOST
