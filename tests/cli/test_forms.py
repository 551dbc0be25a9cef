"""`read --template`: rows for pages that are the form, and an error for others."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from inkling.forms.template import Template
from tests.cli.test_main import run
from tests.fixtures import forms
from tests.fixtures.pages_made import encode, make_page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template, an empty copy of its form, and a page that is none."""
    folder = tmp_path_factory.mktemp("forms")
    layout = forms.LAYOUTS[1]
    (folder / "form.json").write_bytes(forms.template_of(layout).encode())
    (folder / "copy.png").write_bytes(encode(forms.flat(forms.printed(layout))))
    (folder / "other.png").write_bytes(encode(make_page([["12", "907"]], 3)))
    return folder


def fields(folder: Path) -> list[str]:
    made = json.loads((folder / "form.json").read_bytes())
    return [field["name"] for field in made["fields"]]


def test_a_copy_of_the_form_gives_a_row(folder: Path):
    command = ("read", folder / "copy.png", "-t", folder / "form.json")
    status, out, _ = run(*command, "-f", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert status == 0 and list(row) == ["file", "page", *fields(folder), "error"]
    assert row["Total"] == "" and row["Approved"] == "no" and row["error"] == ""
    status, out, _ = run(*command)
    data = json.loads(out)
    assert status == 0 and [field["name"] for field in data["fields"]] == fields(folder)
    assert data["fields"][0]["sure"] and len(data["fields"][0]["polygon"]) == 4
    status, out, _ = run(*command, "-f", "text")
    assert status == 0 and out.rstrip("\n").split("\t")[-2:] == ["no", "no"]


def test_another_page_is_told_with_exit_status_1(folder: Path):
    command = ("read", folder / "other.png", "-t", folder / "form.json")
    status, out, told = run(*command)
    assert status == 1 and json.loads(out)["error"] in told.replace("\n", " ")
    status, out, _ = run(*command, "-f", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert status == 1 and row["error"] and row["Total"] == ""
    assert run(*command, "-f", "text")[:2] == (1, "")


def test_a_broken_file_and_a_broken_template_are_told(folder: Path, tmp_path: Path):
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    status, out, _ = run("read", broken, "-t", folder / "form.json", "-f", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert status == 1 and "broken.png" in row["error"]
    status, out, told = run("read", folder / "copy.png", "-t", broken)
    assert (status, out) == (2, "") and "no template of a form" in told.replace("\n", " ")


def test_templates_are_documented_as_they_are(folder: Path):
    """The example in docs/forms.md has the keys of a template."""
    text = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    example = json.loads(text.split("```json")[1].split("```")[0])
    assert set(example) <= set(Template.__struct_fields__)
