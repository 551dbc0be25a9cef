"""Truths of cases, and what counts as right."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.accuracy import cases
from benchmarks.accuracy.cases import Case, CaseReading, Kind


@pytest.mark.parametrize(
    ("truth", "kind", "lines"),
    [
        ("3847", Kind.DIGITS, ("3847",)),
        ("1234|56|7", Kind.DIGITS, ("1234", "56", "7")),
        ("24.6", Kind.SIGNS, ("24.6",)),
        ("10/24", Kind.SIGNS, ("10/24",)),
        ("4 (use classify)", Kind.CLASSIFY, ("4",)),
        ("67 (86 is struck out)", Kind.REMARK, ("67",)),
        ("2, and no warning", Kind.NO_WARNING, ("2",)),
        ("(equals sign: no digit)", Kind.NOTHING, ()),
    ],
)
def test_truths_of_each_form(truth: str, kind: Kind, lines: tuple[str, ...]) -> None:
    assert cases.parse_truth(truth) == (kind, lines)


def case(truth: str) -> Case:
    return Case(Path("a.png"), *cases.parse_truth(truth))


@pytest.mark.parametrize(
    ("truth", "reading", "right"),
    [
        ("12|34", CaseReading(("12", "34"), ("1 2", "34")), True),
        ("12|34", CaseReading(("12",), ("12",)), False),
        ("12|34", CaseReading(("34", "12"), ("34", "12")), False),
        ("12", CaseReading(("12",), ("12",), ("It is blurred.",)), True),
        ("24.6", CaseReading(("246",), ("24.6",)), True),
        ("24.6", CaseReading(("246",), ("246",)), False),
        ("2, and no warning", CaseReading(("2",), ("2",)), True),
        ("2, and no warning", CaseReading(("2",), ("2",), ("It is blurred.",)), False),
        ("67 (86 is struck out)", CaseReading(("67",), ("67",)), True),
        ("67 (86 is struck out)", CaseReading(("8667",), ("86 67",)), False),
        ("(equals sign: no digit)", CaseReading(), True),
        ("(equals sign: no digit)", CaseReading(("11",), ("11",)), False),
        ("(equals sign: no digit)", CaseReading(problem="stopped after 30 s"), False),
    ],
)
def test_what_is_right(truth: str, reading: CaseReading, right: bool) -> None:
    assert cases.is_right(case(truth), reading) is right
    assert cases.describe(case(truth), reading).startswith("right" if right else "WRONG")


def test_plain_digits_are_counted_apart() -> None:
    every = [case("12"), case("34"), case("24.6")]
    found = cases.figures(
        every,
        [
            CaseReading(("12",), ("12",), seconds=0.5),
            CaseReading(seconds=30.0, problem="stopped after 30 s"),
            CaseReading(("246",), ("24.6",), seconds=0.25),
        ],
    )
    assert found == {
        "plain_digits": {"n": 2, "right": 1},
        "others": {"n": 1, "right": 1},
        "seconds": 30.75,
        "most_seconds": 30.0,
        "stopped": 1,
    }


def test_a_worker_reads_each_picture_within_its_time(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((40, 60, 3), 255, np.uint8))
    (tmp_path / "damaged.png").write_bytes(b"no picture")
    (tmp_path / "labels.csv").write_text(
        "file,truth\ndamaged.png,12\nblank.png,(blank: no digit)\nblank.png,4 (use classify)\n"
    )
    every = cases.load_cases(tmp_path)
    damaged, blank, classified = cases.read_cases(every, "digits", 60.0)
    assert damaged.problem.startswith("PhotoError")
    assert cases.is_right(every[1], blank) and not blank.problem
    assert classified.lines == () and not classified.problem


def test_a_picture_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    grain = np.random.default_rng(0).integers(0, 256, (1500, 1500), np.uint8)
    cv2.imwrite(str(tmp_path / "grain.png"), grain)
    (tmp_path / "labels.csv").write_text("file,truth\ngrain.png,(blank: no digit)\n")
    (stopped,) = cases.read_cases(cases.load_cases(tmp_path), "digits", 0.1)
    assert stopped.problem == "stopped after 0.1 s"
