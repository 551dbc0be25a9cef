"""What the README says is what the repository holds."""

from __future__ import annotations

import re

import pytest

from inkling.paths import ROOT
from tools.docs import reading, readme, speed

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_figures_are_those_of_the_reports():
    assert readme.rewritten(README) == README


@pytest.mark.parametrize("tool", [reading, speed])
def test_the_pages_on_photos_and_speed_have_the_results_that_are_kept(tool):
    text = tool.PAGE.read_text(encoding="utf-8")
    assert tool.rewritten(text) == text


def test_pictures_and_pages_exist():
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(targets) >= 4
    for target in targets:
        assert (ROOT / target).is_file(), target


def test_the_two_commands_are_there():
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
