"""The commands as users and scripts see them: output, messages, exit status."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from inkling.cli import main
from inkling.paths import ROOT
from inkling.reader.page import Networks
from inkling.reports.files import ReportError
from tests.fixtures.pages_made import Paper, encode, make_page, mnist_test

TRUTH = [["302"], ["95"]]


def inkling(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inkling", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run a command in this process, which is faster than in one of its own."""
    result = CliRunner().invoke(main.app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good pictures in two folders, and a text file named like a picture."""
    folder = tmp_path_factory.mktemp("pictures")
    page = make_page(TRUTH, 2, Paper(width=500, height=360))
    (folder / "a.jpg").write_bytes(encode(page, "JPEG"))
    (folder / "b.png").write_text("not a picture")
    (folder / "deep").mkdir()
    (folder / "deep" / "c.PNG").write_bytes(encode(page))
    (folder / "notes.txt").write_text("not read")
    return folder


@pytest.fixture(scope="module")
def one_digit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    images, labels = mnist_test()
    path = tmp_path_factory.mktemp("one") / "seven.png"
    assert labels[0] == 7
    path.write_bytes(encode(np.kron(255 - images[0], np.ones((8, 8), np.uint8))))
    return path


def test_read_writes_one_object_per_page_and_continues_after_a_failure(folder: Path) -> None:
    result = inkling("read", folder)
    assert result.returncode == 1
    first, broken, last = map(json.loads, result.stdout.splitlines())
    assert set(broken) == {"file", "error"} and broken["file"] == str(folder / "b.png")
    assert broken["error"] in result.stderr and "Traceback" not in result.stderr
    for data in (first, last):
        names = ["file", "page", "width", "height", "text", "lines", "left_out", "warnings"]
        assert list(data) == names
        assert (data["page"], data["width"], data["height"]) == (1, 500, 360)
        assert data["text"] == "302\n95"
        assert [line["numbers"] for line in data["lines"]] == TRUTH
        digit = data["lines"][0]["digits"][0]
        assert list(digit) == ["digit", "confidence", "box", "sure"]
        assert data["lines"][0]["written"] == data["lines"][0]["numbers"]
        assert len(data["lines"][0]["sure"]) == len(data["lines"][0]["numbers"])
        assert digit["digit"] == 3 and 0 < digit["confidence"] <= 1
        x, y, width, height = digit["box"]
        assert 0 <= x < x + width <= 500 and 0 <= y < y + height <= 360
    assert last["file"].endswith("c.PNG")


def test_read_as_text_and_csv(folder: Path) -> None:
    assert run("read", folder / "a.jpg", "--format", "text") == (0, "302\n95\n", "")
    code, out, _ = run("read", folder, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 1
    assert [row["number"] for row in rows] == ["302", "95", "", "302", "95"]
    assert [bool(row["error"]) for row in rows] == [False, False, True, False, False]


def test_a_page_that_takes_too_long_gives_what_was_read_and_a_warning(folder: Path) -> None:
    code, out, err = run("read", folder / "a.jpg", "--timeout", "0.001")
    data = json.loads(out)
    assert code == 0 and "Reading took longer than 0.001 s." in err
    assert data["text"] == "" and data["lines"] == []
    assert data["warnings"][0] == (
        "Reading took longer than 0.001 s. The rest of the page was not read."
    )
    # 0 is no limit.
    code, out, err = run("read", folder / "a.jpg", "--timeout", "0")
    assert code == 0 and err == "" and json.loads(out)["text"] == "302\n95"
    assert run("read", folder / "a.jpg", "--timeout", "-1")[0] == 2


def test_pdf_pages_are_numbered(folder: Path, tmp_path: Path) -> None:
    sheet = Image.open(folder / "a.jpg")
    sheet.save(tmp_path / "two.pdf", save_all=True, append_images=[sheet], resolution=150)
    code, out, _ = run("read", tmp_path / "two.pdf")
    assert code == 0
    assert [json.loads(line)["page"] for line in out.splitlines()] == [1, 2]


def test_classify_digits_and_blank_pictures(one_digit: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    blank.write_bytes(encode(np.full((50, 50, 3), 255, np.uint8)))
    result = inkling("classify", one_digit, blank)
    seven, nothing = map(json.loads, result.stdout.splitlines())
    assert result.returncode == 0
    assert list(seven) == ["file", "digit", "confidence", "is_digit", "probabilities"]
    assert seven["digit"] == 7 and seven["is_digit"]
    assert sum(seven["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert seven["confidence"] == pytest.approx(max(seven["probabilities"]), abs=1e-3)
    assert nothing["digit"] is None and not nothing["is_digit"]


def test_classify_as_text_and_csv(one_digit: Path) -> None:
    code, out, _ = run("classify", one_digit, "-f", "text", "--network", "DIGITS")
    assert code == 0 and out.split("\t")[1].rstrip("?") == "7"
    code, out, _ = run("classify", one_digit, one_digit.parent / "gone.png", "-f", "csv")
    seven, gone = csv.DictReader(io.StringIO(out))
    assert code == 1 and seven["digit"] == "7" and "gone.png" in gone["error"]


def test_evaluate_counts_the_errors_of_an_npz_file(tmp_path: Path) -> None:
    images, labels = mnist_test()
    wrong = labels[:500].copy()
    wrong[:50] = (wrong[:50] + 1) % 10
    np.savez(tmp_path / "some.npz", x=images[:500], y=wrong)
    code, out, err = run("evaluate", tmp_path / "some.npz", "--format", "json")
    data = json.loads(out)
    assert code == 0 and "500" in err
    assert data["n"] == 500 and 50 <= data["errors"] <= 60
    assert data["accuracy"]["value"] == pytest.approx(1 - data["errors"] / 500)
    assert data["accuracy"]["low"] < data["accuracy"]["value"] < data["accuracy"]["high"]
    assert sum(row["n"] for row in data["per_label"]) == 500
    code, out, _ = run("evaluate", tmp_path / "some.npz")
    assert code == 0 and "95 % interval" in out and "recall" in out


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.zeros((3, 20, 20), np.uint8), "y": np.zeros(3, int)}, "28"),
        ({"x": np.zeros((3, 28, 28), np.float32), "y": np.zeros(3, int)}, "float32"),
        ({"x": np.zeros((3, 28, 28), np.uint8), "y": np.zeros(2, int)}, "3 images"),
        ({"x": np.zeros((0, 28, 28), np.uint8), "y": np.zeros(0, int)}, "no images"),
        ({"x": np.zeros((3, 28, 28), np.uint8), "y": np.array([0, 1, 10])}, "0 to 9"),
        ({"images": np.zeros(3)}, "named x and y"),
    ],
)
def test_evaluate_explains_why_a_file_does_not_fit(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    np.savez(tmp_path / "odd.npz", allow_pickle=True, **arrays)
    code, out, err = run("evaluate", tmp_path / "odd.npz")
    assert code == 2 and out == "" and message in err and "Traceback" not in err


def test_evaluate_an_unknown_data_set(tmp_path: Path) -> None:
    for name in ("no-such-set", str(tmp_path / "gone.npz"), str(ROOT / "pyproject.npz")):
        code, out, err = run("evaluate", name)
        assert code == 2 and out == "" and err.strip()


def test_models_lists_the_trained_models() -> None:
    code, out, _ = run("models", "--format", "json")
    rows = json.loads(out)
    assert code == 0 and rows[0]["name"] == "digits" and rows[0]["parameters"] > 0
    assert rows[0]["title"] == "Digits"
    code, out, _ = run("models")
    assert code == 0 and "digits" in out and "95 %" in out


def test_a_missing_network_of_the_reader_gives_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Networks:
        raise ReportError("Pictures cannot be read: model/line is missing or damaged.")

    monkeypatch.setattr("inkling.cli.inputs.load_networks", missing)
    code, out, err = run("read", folder / "a.jpg")
    assert code == 2 and out == "" and "model/line is missing or damaged." in err


def test_an_unknown_network_gives_one_sentence(one_digit: Path) -> None:
    result = inkling("read", one_digit, "--network", "nobody")
    assert result.returncode == 2 and result.stdout == ""
    assert "There is no model “nobody”. Available models: digits, " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["", "read", "classify", "evaluate", "models"])
def test_help(command: str) -> None:
    code, out, _ = run(*command.split(), "--help")
    assert code == 0 and "Usage" in out


def test_tensorflow_is_never_imported(folder: Path, one_digit: Path) -> None:
    program = f"""
import sys
from typer.testing import CliRunner
from inkling.cli.main import app
for line in (["read", {str(folder)!r}], ["classify", {str(one_digit)!r}], ["models"],
             ["evaluate", "mnist"], ["evaluate", "nothing"]):
    CliRunner().invoke(app, line)
heavy = {{"tensorflow", "keras", "torch", "jax", "streamlit"}} & set(sys.modules)
print(sorted(heavy))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"
