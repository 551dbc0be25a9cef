"""Labels and scores of photo sets: lines aligned in order, checked against all alignments."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.accuracy import photo_sets

Lines = list[str]
lines = st.lists(st.text("012", min_size=0, max_size=4), max_size=4)


def edits(one: str, other: str) -> int:
    """The Levenshtein distance by its recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        edits(one[1:], other) + 1,
        edits(one, other[1:]) + 1,
        edits(one[1:], other[1:]) + (one[0] != other[0]),
    )


def alignments(truth: Lines, read: Lines) -> list[tuple[int, int]]:
    """Edits and equal lines for every alignment of lines in order."""
    results = []
    for count in range(min(len(truth), len(read)) + 1):
        for rows in itertools.combinations(range(len(truth)), count):
            for columns in itertools.combinations(range(len(read)), count):
                cost = sum(edits(truth[i], read[j]) for i, j in zip(rows, columns, strict=True))
                cost += sum(len(line) for i, line in enumerate(truth) if i not in rows)
                cost += sum(len(line) for j, line in enumerate(read) if j not in columns)
                pairs = zip(rows, columns, strict=True)
                results.append((cost, sum(truth[i] == read[j] for i, j in pairs)))
    return results


@settings(max_examples=120, deadline=None)
@given(truth=lines, read=lines)
def test_lines_are_aligned_with_the_fewest_edits(truth: Lines, read: Lines) -> None:
    score = photo_sets.score_lines(truth, read)
    every = alignments(truth, read)
    fewest = min(cost for cost, _ in every)
    assert score.errors == fewest
    assert (score.lines, score.digits) == (len(truth), sum(map(len, truth)))
    # Lines count as right if they are equal in a cheapest alignment: the one with most of them.
    assert score.right == max(equal for cost, equal in every if cost == fewest)


@settings(max_examples=120, deadline=None)
@given(truth=lines, read=lines)
def test_pairs_hold_each_line_once_and_in_order(truth: Lines, read: Lines) -> None:
    pairs = photo_sets.align(truth, read)
    assert [i for i, _ in pairs if i is not None] == list(range(len(truth)))
    assert [j for _, j in pairs if j is not None] == list(range(len(read)))
    assert (None, None) not in pairs


@pytest.mark.parametrize(
    ("truth", "read", "right", "errors"),
    [
        (["12", "350"], ["12", "350"], 2, 0),
        (["12", "350"], ["350"], 1, 2),
        (["12", "350"], ["12", "9", "350"], 2, 1),
        (["12", "350"], ["12", "359"], 1, 1),
        (["12"], [], 0, 2),
        ([], ["7"], 0, 1),
        ([], [], 0, 0),
    ],
)
def test_scores_people_would_give(truth: Lines, read: Lines, right: int, errors: int) -> None:
    score = photo_sets.score_lines(truth, read)
    assert (score.right, score.errors) == (right, errors)


def test_extra_and_sure_lines_are_counted() -> None:
    truth, read = ["12", "350", "7"], ["12", "9", "358", "7"]
    score = photo_sets.score_lines(truth, read, [True, True, True, False])
    assert (score.right, score.lines, score.extra) == (2, 3, 1)
    # Sure: 12 (right), 9 (no such line) and 358 (misread).
    assert (score.sure, score.sure_right) == (3, 1)
    assert photo_sets.align(truth, read) == [(0, 0), (None, 1), (1, 2), (2, 3)]
    silent = photo_sets.score_lines(truth, read)
    assert (silent.sure, silent.sure_right) == (None, None)


def test_what_is_wrong_is_said_line_by_line() -> None:
    assert photo_sets.differences(["12", "350", "7"], ["12", "9", "358"]) == [
        (1, "no such line, read as 9"),
        (2, "350 read as 358"),
        (None, "7 was not read"),
    ]
    assert photo_sets.differences(["12"], ["12"]) == []


def test_a_part_of_a_set_is_spread_over_it(tmp_path: Path) -> None:
    (tmp_path / "cheques").mkdir()
    rows = "\n".join(f"{k}.png,{k}" for k in range(10))
    (tmp_path / "cheques" / "labels.csv").write_text(f"file,digits\n{rows}\n")

    def loaded(limit: int) -> list[str]:
        pictures = photo_sets.load_pictures(tmp_path, "cheques", limit)
        return [picture.lines[0] for picture in pictures]

    assert loaded(0) == loaded(10) == loaded(99) == [str(k) for k in range(10)]
    assert loaded(4) == ["0", "2", "5", "7"]
    assert photo_sets.load_pictures(tmp_path, "people", 3) == []


def test_sudokus_and_exam_pages_are_apart(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "labels.csv").write_text(
        "file,kind,digits_by_line\na.jpg,row,12|350\nb.jpg,exam sheet,7\n"
        f"c.jpg,sudoku,{'|'.join(['120000009'] * 9)}\n"
    )

    def loaded(name: str) -> list[str]:
        return [each.path.name for each in photo_sets.load_pictures(tmp_path, name)]

    assert loaded("photos") == ["a.jpg"]
    assert loaded("sudoku") == ["c.jpg"]


def test_labels_are_loaded_from_each_set(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "labels.csv").write_text(
        "file,kind,digits_by_line\na.jpg,row,12|350\nb.jpg,exam sheet,7\n"
        f"c.jpg,sudoku,{'|'.join(['120000009'] * 9)}\n"
    )
    pictures = photo_sets.load_set(tmp_path, "photos")
    assert [each.lines for each in pictures[:2]] == [("12", "350"), ("7",)]
    assert [each.is_grid for each in pictures] == [False, False, True]
    assert [each.is_exam for each in pictures] == [False, True, False]
    assert pictures[0].path == photos / "a.jpg"
    cheques = tmp_path / "cheques"
    cheques.mkdir()
    (cheques / "labels.csv").write_text("file,digits\nx.png,4500\n")
    assert [each.lines for each in photo_sets.load_set(tmp_path, "cheques")] == [("4500",)]
    (tmp_path / "sudoku").mkdir()
    (tmp_path / "sudoku" / "s.txt").write_text("\n".join(["1 0 10 4 5 6 7 8 9"] * 9))
    (grid,) = photo_sets.load_set(tmp_path, "sudoku")
    assert grid.is_grid and grid.lines == ("100456789",) * 9 and grid.path.name == "s.jpg"
    (tmp_path / "people_digits").mkdir()
    (tmp_path / "people_digits" / "labels.csv").write_text("file,label\nd.png,7\n")
    assert [each.lines for each in photo_sets.load_set(tmp_path, "people_digits")] == [("7",)]
    assert photo_sets.load_set(tmp_path, "register") == []
