"""The notebook: it runs, and the committed outputs are those of a complete run."""

from __future__ import annotations

import base64
import re

import cv2
import nbformat
import numpy as np
import pytest

from inkling.paths import ROOT
from tools import run_notebook


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def outputs(book):
    return [output for cell in code_cells(book) for output in cell.outputs]


def pictures(book):
    """All pictures in the outputs, (h, w, 3)."""
    pngs = [output.data["image/png"] for output in outputs(book) if "data" in output]
    return [
        cv2.imdecode(np.frombuffer(base64.b64decode(png), np.uint8), cv2.IMREAD_COLOR)
        for png in pngs
    ]


@pytest.mark.learning
def test_the_notebook_runs(monkeypatch):
    monkeypatch.setenv("INKLING_BUDGET", "small")
    monkeypatch.delenv("INKLING_DATA", raising=False)
    book = run_notebook.run()
    committed = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    assert len(pictures(book)) == len(pictures(committed))


def test_the_committed_notebook_is_a_complete_run():
    book = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    nbformat.validate(book)
    cells = code_cells(book)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    shown = pictures(book)
    assert len(shown) >= 8
    # None is a single colour.
    assert all(picture.std() > 5 for picture in shown)
    text = "".join(output.get("text", "") for output in outputs(book))
    right = {
        name: float(part) for name, part in re.findall(r"(LeNet-5|ours) +([\d.]+)% right", text)
    }
    # Trained on all data, so that both are as good as the text says.
    assert 98.0 < right["LeNet-5"] < right["ours"] < 100.0


def test_the_committed_notebook_has_no_traces_of_its_machine():
    content = run_notebook.NOTEBOOK.read_text(encoding="utf-8")
    for trace in (str(ROOT), "site-packages", "/home/", "/tmp/", "/usr/", "Traceback", "iopub"):
        assert trace not in content, trace
    book = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    assert not [output for output in outputs(book) if output.get("name") == "stderr"]
    # Small enough to be shown on the web.
    assert len(content) < 2_000_000


def test_mentioned_files_exist():
    book = nbformat.read(run_notebook.NOTEBOOK, as_version=4)
    text = "".join(cell.source for cell in book.cells)
    for path in re.findall(r"`((?:docs|assets)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
