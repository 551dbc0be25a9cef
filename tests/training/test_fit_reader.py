"""Fitting how reliable a number is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inkling.engine import ModelFileError
from inkling.layout import page_model
from inkling.reader.reliability import FEATURES
from inkling.recognition import line_model
from inkling.recognition.cut_reader import EVIDENCE
from inkling.training import fit_reader
from inkling.training.synthesis.pages.make import MadePage
from inkling.training.synthesis.pages.sheet import Written

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
    assert fit_reader.is_right(_page(*written), (12, 20, 36, 24), text) is right


def _made_up() -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Numbers that are right with a probability that one feature tells."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(COUNT, len(FEATURES)))
    p = 1 / (1 + np.exp(-(4.0 + 5.0 * features[:, 2])))
    return features, rng.random(COUNT) < p, np.arange(COUNT) // 3


def test_the_regression_finds_the_feature_that_tells() -> None:
    found = fit_reader.fit(*_made_up())
    weights = found["weights"]
    assert isinstance(weights, dict)
    assert max(weights, key=lambda name: abs(weights[name])) == FEATURES[2]
    assert weights[FEATURES[2]] == pytest.approx(5.0, rel=0.25)
    assert found["bias"] == pytest.approx(4.0, rel=0.25)
    assert found["numbers"] == COUNT


def _texts() -> list[fit_reader.Texts]:
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
    weights = fit_reader.fit_evidence(_texts(), penalty=0.001)
    assert weights[:2] == pytest.approx([1.0, 2.0], rel=0.25)
    assert weights[2:] == pytest.approx([0.0, 0.0], abs=1e-3)
    # The more is demanded of the evidence, the nearer are the weights to the line model's alone.
    assert fit_reader.fit_evidence(_texts())[1] < weights[1]


def test_too_few_numbers_make_none_sure() -> None:
    features, _, pages = _made_up()
    unsure = np.random.default_rng(5).random(COUNT) < 0.5
    found = fit_reader.fit(features, unsure, pages)
    assert found["sure_wrong"] == {"n": 0, "low": 0.0, "high": 1.0}


def test_at_most_one_in_a_hundred_sure_numbers_is_wrong() -> None:
    features, right, _ = _made_up()
    p = 1 / (1 + np.exp(-(4.0 + 5.0 * features[:, 2])))
    sure = fit_reader.threshold(p, right)
    assert (~right[p >= sure]).mean() <= fit_reader.MAX_WRONG
    assert (p >= sure).mean() > 0.3
    # Where too many are wrong at any threshold, none is sure.
    assert fit_reader.threshold(p, np.zeros(COUNT, np.bool_)) == 1.0


def test_the_command_writes_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    features, right, pages = _made_up()

    def examples(*args: object) -> Iterator[tuple[int, NDArray[np.float64], bool]]:
        del args
        yield from zip(pages.tolist(), features, right.tolist(), strict=True)

    monkeypatch.setattr(fit_reader, "examples", examples)
    monkeypatch.setattr(fit_reader, "texts_of_cuts", lambda *args: iter(_texts()))
    monkeypatch.setattr(page_model, "load", lambda: None)
    monkeypatch.setattr(fit_reader, "_digest", lambda name: name)
    assert fit_reader.main(["--pages", "3", "--output", str(tmp_path)]) == 0
    config = json.loads((tmp_path / "config.json").read_text())
    assert set(config["reliability"]["weights"]) == set(FEATURES)
    assert set(config["evidence"]["weights"]) == set(EVIDENCE)
    assert config["models"] == {name: name for name in (page_model.NAME, line_model.NAME)}
    assert config["command"].endswith("--pages 3 --seed 77 --line line")


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
