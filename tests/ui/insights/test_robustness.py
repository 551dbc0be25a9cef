"""Corruptions and distortions, and models whose robustness was not measured."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inkling.paths import model_folder
from inkling.reports.files import ROBUSTNESS_FILE, load_robustness
from tests.ui.insights.page import charts, open_page, texts


def test_every_corruption_and_distortion_is_shown():
    test = open_page("Robustness")
    measured = load_robustness("digits")
    for name in dict.fromkeys(row.corruption for row in measured.corruptions):
        test.selectbox(key="corruption").set_value(name).run()
        assert not test.exception, name
    for sweep in measured.sweeps:
        test.session_state["sweep-kind"] = sweep.kind
        test.run()
        assert not test.exception, sweep.kind
        assert charts(test)[-1]["layout"]["xaxis"]["title"]["text"] == sweep.unit


@pytest.mark.parametrize("section", ["Robustness", "Embedding"])
def test_the_page_says_how_to_measure_the_robustness(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str
):
    shutil.copytree(model_folder() / "lenet5", tmp_path / "lenet5")
    (tmp_path / "lenet5" / ROBUSTNESS_FILE).unlink()
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    assert "train_model.py --robustness lenet5" in texts(open_page(section, "lenet5"))
