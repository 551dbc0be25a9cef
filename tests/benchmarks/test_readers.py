"""Readings of labelled pictures: hints, joined lines, and sums over pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.accuracy import readers
from benchmarks.accuracy.photo_sets import Score
from benchmarks.accuracy.readers import LineRead
from inkling.imaging.load import Page
from inkling.reader.page import read_upright
from inkling.recognition import classifier
from tests.benchmarks.pictures import picture, reader
from tests.fixtures.crops import cheque_crop
from tests.fixtures.pages_made import mnist_test


def test_joined_lines_are_sure_if_each_is() -> None:
    assert readers.joined([]) == []
    assert readers.joined([LineRead("1", True), LineRead("23", True)]) == [LineRead("123", True)]
    assert readers.joined([LineRead("1", True), LineRead("23", False)]) == [LineRead("123", False)]
    assert readers.joined([LineRead("1"), LineRead("23")]) == [LineRead("123", None)]


def test_pictures_are_read_and_scored(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, "a.png", "12", "34"), picture(tmp_path, "b.png", "567")]
    program = reader(
        {
            "a.png": [LineRead("12", True), LineRead("35", True)],
            "b.png": [LineRead("5", True), LineRead("67", True)],
        }
    )
    first, second = readers.read_pictures(pictures, program.read, one_line=False, hints=False)
    assert first.score == Score(1, 2, 1, 4, extra=0, sure=2, sure_right=1)
    assert (second.score.right, second.score.extra) == (0, 1)
    assert first.wall >= 0 and first.cpu >= 0
    assert not first.is_right and not second.is_right
    _, whole = readers.read_pictures(pictures, program.read, one_line=True, hints=False)
    assert whole.lines == (LineRead("567", True),)
    assert whole.is_right and whole.score == Score(1, 1, 0, 3, extra=0, sure=1, sure_right=1)
    assert readers.summed([first, whole]) == Score(2, 3, 1, 7, extra=0, sure=3, sure_right=2)


def test_pictures_with_one_line_are_told_if_there_are_hints(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, "a.png", "12", "34"), picture(tmp_path, "b.png", "567")]
    told: list[tuple[str, bool]] = []

    def read(page: Page, single_line: bool, /) -> list[LineRead]:
        told.append((page.file, single_line))
        return []

    readers.read_pictures(pictures, read, one_line=False, hints=True)
    found = readers.read_pictures(pictures, read, one_line=False, hints=False)
    assert told == [("a.png", False), ("b.png", True), ("a.png", False), ("b.png", False)]
    assert [result.score.errors for result in found] == [4, 3]
    assert readers.summed(found).sure is None


def test_inkling_reads_until_its_time_is_over() -> None:
    model = classifier.load("digits")
    page = cheque_crop("3847", 1)
    lines = readers.inkling_reader("digits", model).read(page, False)
    reading = read_upright(page, model)[1]
    assert [line.text for line in lines] == [line.text for line in reading.lines] != []
    assert [line.is_sure for line in lines] == [
        all(digit.prediction.is_sure for digit in line.digits) for line in reading.lines
    ]
    assert readers.inkling_reader("digits", model, 0.0).read(page, False) == []


def test_a_single_digit_is_classified() -> None:
    images, labels = mnist_test()
    read = readers.classifying_reader("digits", classifier.load("digits")).read
    for image, label in zip(images[:5], labels[:5], strict=True):
        picture = np.repeat(255 - np.pad(image, 10)[..., None], 3, axis=2)
        (line,) = read(Page("a.png", 1, picture), True)
        assert line.text == str(label)
    assert read(Page("a.png", 1, np.full((40, 40, 3), 255, np.uint8)), True) == []
