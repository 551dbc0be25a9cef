"""Fitting how reliable a number is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inkling.engine import ModelFileError
from inkling.layout import page_model
from inkling.reader.context import CONTEXT, Surroundings
from inkling.reader.reliability import FEATURES
from inkling.recognition import line_model
from inkling.recognition.cut_reader import EVIDENCE, LINE_MODEL_ALONE
from inkling.training import fit_reader, reader_examples
from inkling.training.reader_examples import Choices, Example, Neighbours, ReadPage
from inkling.training.synthesis.pages.make import MadePage
from inkling.training.synthesis.pages.sheet import NO_NUMBER, Written
from tests.fixtures.found_digits import found_digits

COUNT = 2000


def _page(*written: Written) -> MadePage:
    blank = np.zeros((64, 128, 3), np.uint8)
    angles = np.zeros(len(written), np.float32)
    return MadePage(blank, np.zeros((16, 32), np.uint8), list(written), angles, False)


def _digit(character: str, x: float, *, struck: bool = False, height: float = 20.0) -> Written:
    return Written(character, x, 32.0, 12.0, height, 0, struck)


@pytest.mark.parametrize(
    ("written", "text", "right"),
    [
        ((_digit("4", 20), _digit("2", 40)), "42", True),
        ((_digit("2", 40), _digit("4", 20)), "42", True),
        ((_digit("4", 20), _digit("2", 40)), "47", False),
        ((_digit("4", 20), _digit("2", 40)), "4", False),
        ((_digit("4", 20), Written(".", 30, 40, 3, 3), _digit("2", 40)), "42", True),
        ((_digit("4", 20), _digit("9", 100)), "4", True),
        ((), "4", False),
        ((_digit("4", 20, struck=True),), "4", None),
        ((_digit("4", 20, height=5.0),), "4", None),
    ],
)
def test_a_number_is_right_if_it_says_what_is_written_in_its_box(
    written: tuple[Written, ...], text: str, right: bool | None
) -> None:
    assert reader_examples.is_right(_page(*written), (12, 20, 36, 24), text) is right


def _made_up() -> list[ReadPage]:
    """Three numbers a page that are right, and exist, with a probability that a feature tells."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(COUNT, len(FEATURES)))
    p = 1 / (1 + np.exp(-(4.0 + 5.0 * features[:, 2])))
    right = (rng.random(COUNT) < p).tolist()
    numbers = [Example((0, 0, 9, 9), features[k], right[k], right[k]) for k in range(COUNT)]
    return [ReadPage(tuple(numbers[k : k + 3]), Surroundings(), False) for k in range(0, COUNT, 3)]


def _numbers(pages: list[ReadPage]) -> list[Example]:
    return [number for page in pages for number in page.numbers]


def test_the_regression_finds_the_feature_that_tells() -> None:
    found = fit_reader.fit_reliability(_made_up())
    weights = found["weights"]
    assert isinstance(weights, dict)
    assert max(weights, key=lambda name: abs(weights[name])) == FEATURES[2]
    assert weights[FEATURES[2]] == pytest.approx(5.0, rel=0.25)
    assert found["bias"] == pytest.approx(4.0, rel=0.25)
    assert found["numbers"] == COUNT


def _texts() -> list[Choices]:
    """Cuts of two texts each, the right one of which the page model prefers by chance."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(600):
        evidence = np.zeros((2, len(EVIDENCE)))
        evidence[:, :2] = rng.normal(size=(2, 2))
        difference = evidence[0, 0] + 2.0 * evidence[0, 1] - evidence[1, 0] - 2.0 * evidence[1, 1]
        is_first = rng.random() < 1.0 / (1.0 + np.exp(-difference))
        found.append((evidence, np.array([is_first, not is_first])))
    return found


def test_the_evidence_gets_the_weights_that_it_has() -> None:
    weights = fit_reader.fit_choice(_texts(), LINE_MODEL_ALONE, penalty=0.001)
    assert weights[:2] == pytest.approx([1.0, 2.0], rel=0.25)
    assert weights[2:] == pytest.approx(np.zeros(len(EVIDENCE) - 2), abs=1e-3)
    # The more is demanded of the evidence, the nearer are the weights to the line model's alone.
    assert fit_reader.fit_choice(_texts(), LINE_MODEL_ALONE, penalty=0.1)[1] < weights[1]


def _tilts() -> list[Choices]:
    """Pages whose rules alone say how they are tilted."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(40):
        right = np.arange(9) == rng.integers(9)
        features = rng.normal(0.0, 0.3, (9, 3))
        features[:, 1] += 2.0 * right
        found.append((features, right))
    return found


def test_what_tells_the_tilt_has_weight() -> None:
    found = fit_reader.fit_tilt(_tilts())
    assert max(found["weights"], key=found["weights"].get) == "rules"
    assert (found["pages"], found["held_out"], found["wrong"]) == (40, 20, 0.0)


def _neighbours() -> list[Neighbours]:
    """Neighbours of one number where the link and the gap say so, by chance, on two pages."""
    rng = np.random.default_rng(3)
    features = np.stack([rng.normal(0.0, 2.0, 4000), rng.uniform(0.0, 4.0, 4000)], axis=1)
    p = 1.0 / (1.0 + np.exp(-(features @ (1.0, -2.0) + 3.0)))
    same = rng.random(len(p)) < p
    return [(features[:2000], same[:2000]), (features[2000:], same[2000:])]


def test_neighbours_are_joined_by_what_says_so() -> None:
    found = fit_reader.fit_joint(_neighbours())
    prior = fit_reader.JOINT_PRIOR
    assert list(found["weights"].values()) == pytest.approx([1.0, -2.0, 3.0 + prior], abs=0.3)
    assert found["neighbours"] == 4000 and found["held_out"] == 2000
    assert 0.0 < found["wrong"] < 0.2


def test_neighbours_are_known_where_their_digits_are_written() -> None:
    written = _digit("4", 20)
    page = _page(written, _digit("2", 60, struck=True))
    digits = found_digits([(written.x + 3.0, written.y), (60.0, 32.0), (written.x, 5.0)])
    numbers = reader_examples._numbers_of(page, digits)
    assert numbers.tolist() == [written.number, NO_NUMBER, NO_NUMBER]


def test_too_few_numbers_make_none_sure() -> None:
    rng = np.random.default_rng(5)
    pages = [
        page._replace(
            numbers=tuple(each._replace(right=bool(rng.random() < 0.5)) for each in page.numbers)
        )
        for page in _made_up()
    ]
    found = fit_reader.fit_reliability(pages)
    assert found["sure_wrong"] == {"n": 0, "low": 0.0, "high": 1.0}


def test_few_numbers_that_stand_there_are_left_out() -> None:
    _, found = fit_reader.fit_existence(_made_up())
    lost, others = found["left_out_of_existing"], found["left_out_of_others"]
    assert isinstance(lost, float) and isinstance(others, float)
    assert lost < 0.05 < others


def _columns_of_letters() -> list[ReadPage]:
    """Pages with a column of four numbers and one of four letters that say nothing themselves."""
    rng = np.random.default_rng(2)
    pages = []
    for _ in range(400):
        features = rng.normal(0.0, 1.0, (8, len(FEATURES)))
        exists = np.arange(8) < 4
        features[:, 2] += np.where(exists, 1.0, -1.0)
        boxes = [(60 * (k // 4), 30 * (k % 4), 12, 20) for k in range(8)]
        numbers = (
            Example(box, values, None, bool(is_number))
            for box, values, is_number in zip(boxes, features, exists, strict=True)
        )
        pages.append(ReadPage(tuple(numbers), Surroundings(), False))
    return pages


def test_the_column_of_a_number_says_whether_it_is_one() -> None:
    alone, in_context = fit_reader.fit_existence(_columns_of_letters())
    assert max(alone["weights"], key=alone["weights"].get) == FEATURES[2]
    weights = in_context["weights"]
    assert weights["mean logit of the other numbers in its column"] > 1.0
    assert in_context["left_out_of_others"] > 0.5


def test_pages_of_a_single_digit_say_nothing_about_existence() -> None:
    single = [page._replace(is_of_one_digit=True) for page in _columns_of_letters()]
    _, found = fit_reader.fit_existence([*_made_up(), *single])
    assert found["numbers"] == COUNT


def test_numbers_of_which_nobody_can_say_are_not_fitted() -> None:
    found = fit_reader.fit_reliability([*_made_up(), *_columns_of_letters()])
    assert found["numbers"] == COUNT


def test_a_number_exists_where_at_least_half_of_its_digits_are_written() -> None:
    page = _page(_digit("4", 20), _digit("2", 40))
    box = (12, 20, 36, 24)
    assert reader_examples.exists(page, box, "4271") and not reader_examples.exists(
        page, box, "42711"
    )
    assert not reader_examples.exists(page, (80, 20, 36, 24), "4")


def test_at_most_one_in_a_hundred_sure_numbers_is_wrong() -> None:
    features = np.array([each.features for each in _numbers(_made_up())])
    right = np.array([each.right for each in _numbers(_made_up())])
    p = 1 / (1 + np.exp(-(4.0 + 5.0 * features[:, 2])))
    sure = fit_reader.threshold(p, right)
    assert (~right[p >= sure]).mean() <= fit_reader.MAX_WRONG
    assert (p >= sure).mean() > 0.3
    # Where too many are wrong at any threshold, none is sure.
    assert fit_reader.threshold(p, np.zeros(COUNT, np.bool_)) == 1.0


def test_the_command_writes_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_reader, "examples", lambda *args: iter(_made_up()))
    monkeypatch.setattr(fit_reader, "texts_of_cuts", lambda *args: iter(_texts()))
    monkeypatch.setattr(fit_reader, "tilts", lambda *args: iter(_tilts()))
    monkeypatch.setattr(fit_reader, "neighbours", lambda *args: iter(_neighbours()))
    monkeypatch.setattr(page_model, "load", lambda: None)
    monkeypatch.setattr(fit_reader, "_digest", lambda name: name)
    assert fit_reader.main(["--pages", "3", "--output", str(tmp_path)]) == 0
    config = json.loads((tmp_path / "config.json").read_text())
    assert set(config["reliability"]["weights"]) == set(FEATURES)
    assert set(config["existence"]["weights"]) == set(FEATURES)
    assert set(config["existence in context"]["weights"]) == set(CONTEXT)
    assert set(config["evidence"]["weights"]) == set(EVIDENCE)
    assert config["models"] == {name: name for name in (page_model.NAME, line_model.NAME)}
    assert config["command"].endswith("--pages 3 --seed 77")
    assert set(config["joint"]["weights"]) == {"link", "gap", "bias"}
    assert set(config["tilt"]["weights"]) == {"directions", "rules", "size"}


def test_the_progress_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    pages = [_page() for _ in range(45)]
    assert list(fit_reader._shown(iter(pages), 45, "cuts")) == pages
    assert capsys.readouterr().err.splitlines() == [
        "cuts: 20 of 45 pages",
        "cuts: 40 of 45 pages",
        "cuts: 45 of 45 pages",
    ]


def test_without_networks_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise ModelFileError("There is no file model.tflite.")

    monkeypatch.setattr(page_model, "load", missing)
    assert fit_reader.main([]) == 2
    assert "There is no file model.tflite." in capsys.readouterr().err
