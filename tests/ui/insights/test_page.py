"""The page as a whole: every section of every model, and reports that cannot be read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from inkling.paths import model_folder
from inkling.reports import files
from inkling.reports.names import REPORT_FILE, model_names
from inkling.ui.shared import phrases
from tests.fixtures.app import shown
from tests.ui.insights.page import SECTIONS, open_page


@pytest.mark.parametrize("name", model_names())
def test_every_section_of_every_model(name: str):
    test = open_page(model=name)
    report = files.load_report(name)
    for section in SECTIONS:
        test.session_state["view"] = section
        test.run()
        assert not test.exception, (section, test.exception)
        if section == "Overview":
            shown = {metric.label: metric.value for metric in test.metric}
            result = report.split("test")
            assert result is not None
            assert shown["Test accuracy"] == phrases.percent(result.accuracy.value, 2)
            assert shown[f"Errors in {result.n:,}"] == f"{result.errors:,}"
            assert shown["Parameters"] == f"{report.parameters:,}"
        for element in test.get("plotly_chart"):
            assert element.proto.alt, section
    assert not test.error


def test_only_the_open_section_runs():
    # Plotly takes a browser seconds to load, so the first section does without it.
    assert len(open_page("Overview").get("plotly_chart")) == 0
    assert len(open_page("Training").get("plotly_chart")) == 3


def test_every_chart_comes_with_its_data():
    for section in SECTIONS[:9]:
        test = open_page(section)
        keys = {element.proto.id for element in test.get("download_button")}
        assert len(keys) >= len(test.get("plotly_chart")), section


@pytest.mark.parametrize("content", [b"", b"{", b'{"schema": 99}', b'{"schema": 1}', b"\xff\xfe"])
def test_a_damaged_report_gives_a_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
):
    shutil.copytree(model_folder() / "lenet5", tmp_path / "lenet5")
    (tmp_path / "lenet5" / REPORT_FILE).write_bytes(content)
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    test = open_page()
    assert "lenet5" in test.error[0].value
    assert "Run `python train_model.py --name lenet5`." in test.error[0].value
    assert not test.metric


@pytest.mark.parametrize("section", SECTIONS)
def test_a_report_without_the_newer_fields_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str
):
    folder = tmp_path / "lenet5"
    shutil.copytree(model_folder() / "lenet5", folder)
    stored = json.loads((folder / REPORT_FILE).read_bytes())
    for key in ("others", "rejections", "variants", "separation", "int8", "answers"):
        stored.pop(key, None)
    stored["calibration"].pop("reliability")
    (folder / REPORT_FILE).write_text(json.dumps(stored))
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    open_page(section, "lenet5")


def test_without_any_model_the_page_says_how_to_train_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("INKLING_MODEL", str(tmp_path))
    assert "train_model.py" in open_page().info[0].value


def test_the_address_names_a_model_by_folder_or_title():
    test = open_page("Trade-offs")
    for text, name in (("LENET-5", "lenet5"), ("Digits", "digits"), ("pocket", "pocket")):
        test.query_params["model"] = text
        test.run()
        assert test.selectbox(key="model").value == name
        # The default is left out.
        assert test.query_params.get("model", "digits") == name
    test.query_params["model"] = "nobody"
    test.run()
    assert "There is no model “nobody”. Available models: digits, " in shown(test.warning[0].value)
    assert test.selectbox(key="model").value == "pocket"
    test.selectbox(key="model").set_value("inkling").run()
    assert not test.warning
    assert test.query_params["model"] == "inkling"
