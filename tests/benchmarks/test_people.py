"""The figures on people's own photos, from made readings whose scores are counted by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.accuracy import people, readers
from benchmarks.accuracy.readers import LineRead, PictureResult
from inkling.reports.photos import PhotoSet, ReaderResult
from tests.benchmarks.pictures import picture, reader


@pytest.fixture
def results(tmp_path: Path) -> list[PictureResult]:
    """Three pictures with five lines and 14 digits: three lines right, one too many."""
    pictures = [
        picture(tmp_path, "a.png", "1234", "56"),
        picture(tmp_path, "b.png", "789"),
        picture(tmp_path, "c.png", "012", "45"),
    ]
    program = reader(
        {
            "a.png": [LineRead("1234", True), LineRead("9", True), LineRead("56", False)],
            "b.png": [LineRead("780", True)],
            "c.png": [LineRead("012", True)],
        }
    )
    return readers.read_pictures(pictures, program.read, one_line=False, hints=False)


def test_figures_are_those_counted_by_hand(results: list[PictureResult]) -> None:
    found = people.figures("Inkling", "test", results)
    assert (found.right, found.lines, found.extra) == (3, 5, 1)
    # An extra 9, a 9 read as 0, and 45 missed.
    assert found.character_error_rate == pytest.approx(4 / 14)
    assert (found.sure, found.sure_right) == (4, 2)
    assert found.sure_share is not None and found.sure_share.value == pytest.approx(4 / 5)
    assert found.sure_wrong_share is not None
    assert found.sure_wrong_share.value == pytest.approx(2 / 4)
    # The pictures have 2 of 2, 0 of 1 and 1 of 2 lines right.
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.cpu_seconds is not None and found.most_cpu_seconds is not None
    assert 0 <= found.cpu_seconds <= found.most_cpu_seconds
    assert "3 of    5 right 60.0%" in people.row(found)
    assert "2 of these wrong 50.0%" in people.row(found)


def test_a_reader_that_is_never_sure_has_no_share_of_wrong_sure_lines(tmp_path: Path) -> None:
    pictures = [picture(tmp_path, "a.png", "12")]

    def figures(line: LineRead) -> ReaderResult:
        program = reader({"a.png": [line]})
        found = readers.read_pictures(pictures, program.read, one_line=True, hints=True)
        return people.figures("a", "1", found)

    unsure = figures(LineRead("12", False))
    assert (unsure.sure, unsure.sure_wrong_share) == (0, None)
    assert unsure.sure_share is not None and unsure.sure_share.value == 0
    silent = figures(LineRead("12"))
    assert silent.sure is silent.sure_share is silent.sure_wrong_share is None
    assert "sure" not in people.row(silent)


def test_each_wrong_line_has_a_sentence(results: list[PictureResult]) -> None:
    sentences = [sentence for result in results for sentence in people.wrong_lines(result)]
    assert sentences == [
        "a.png: no such line, read as 9 (sure)",
        "b.png: 789 read as 780 (sure)",
        "c.png: 45 was not read",
    ]


def test_the_figures_survive_their_file(results: list[PictureResult]) -> None:
    stored = PhotoSet("people", 3, "lines", [people.figures("Inkling", "test", results)], False)
    assert msgspec.json.decode(msgspec.json.encode(stored), type=PhotoSet) == stored


def test_each_set_says_whether_it_was_tuned_on() -> None:
    # What made pages show was chosen after looking at readings of every one of them.
    assert set(people.TUNED) == {"people", "people_digits", "photos", "cheques", "register"}
    assert all(people.TUNED.values())
