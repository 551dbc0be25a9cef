"""Models by name: titles that agree with folders, and either of them in any case."""

from __future__ import annotations

import re

import pytest

from inkling.reports.names import (
    TITLES,
    find_model,
    folder_name,
    model_names,
    model_title,
    no_model,
)

RUN = "run-20261128-180211-lenet5"


def test_every_shipped_model_has_a_title_that_agrees_with_its_folder():
    assert set(TITLES) == {name for name in model_names() if not name.startswith("run-")}
    for name, title in TITLES.items():
        assert re.sub(r"\W", "", title).lower() == re.sub(r"\W", "", name)


@pytest.mark.parametrize("name", TITLES)
def test_a_model_is_found_by_folder_and_title_in_any_case(name: str):
    title = model_title(name)
    for text in (name, name.upper(), title, title.lower(), title.upper(), f" {title} "):
        assert find_model(text) == name


def test_a_run_is_found_by_its_title():
    assert model_title(RUN) == "LeNet-5, 28/11 18:02:11"
    assert find_model("lenet-5, 28/11 18:02:11", ["lenet5", RUN]) == RUN
    assert find_model("lenet5", ["lenet5", RUN]) == "lenet5"


@pytest.mark.parametrize("text", ["", "-", "nobody", "../digits/..", "digit"])
def test_other_text_names_no_model(text: str):
    assert find_model(text) is None
    assert folder_name(text) == text


def test_text_that_fits_two_models_names_neither():
    assert find_model("A B", ["a-b", "ab"]) is None
    assert find_model("ab", ["a-b", "ab"]) == "ab"


def test_the_message_lists_the_models():
    assert no_model("x", ["digits", "lenet5"]) == (
        "There is no model “x”. Available models: digits, lenet5."
    )
