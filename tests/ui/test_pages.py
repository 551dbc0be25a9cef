"""All pages without a browser: they open, and load nothing heavy before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inkling.paths import ROOT
from tests.fixtures.app import APP, TIMEOUT, opened


@pytest.mark.parametrize(
    ("page", "title"),
    [("draw", "Read a drawing"), ("upload", "Read a photo"), ("insights", "Insights")],
)
def test_a_page_opens(draw: Callable[[str], None], page: str, title: str) -> None:
    assert opened(page).title[0].value == title


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.stem)
def test_pages_do_not_compute_with_arrays(page: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(page.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & {"numpy", "cv2", "pandas", "PIL", "tensorflow"}


def output_of(code: str) -> str:
    """The output of code in a fresh Python process, run in the repository."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_tensorflow_is_never_loaded() -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({APP!r}, default_timeout={TIMEOUT}).run()
for page in ("upload", "insights", "draw"):
    app.switch_page(f"{{page}}.py").run()
    assert not app.exception, app.exception
from inkling.ui.shared.resources import classifier
classifier("digits")
loaded = {{"tensorflow", "keras", "torch", "jax"}} & set(sys.modules)
print(f"loaded: {{sorted(loaded)}}")
"""
    assert "loaded: []" in output_of(code)


def test_nothing_heavy_is_loaded_before_the_draw_page_is_painted() -> None:
    code = """
import importlib, pkgutil, sys
import streamlit
before = set(sys.modules)
import inkling.ui.draw
import inkling.ui.shared
for package in (inkling.ui.draw, inkling.ui.shared):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.name != "inkling.ui.shared.digit_detail":  # of the Insights page
            importlib.import_module(module.name)
new = {name.split(".")[0] for name in set(sys.modules) - before}
print("heavy:", sorted(new & {"numpy", "pandas", "cv2", "PIL", "pypdfium2", "ai_edge_litert"}))
"""
    assert "heavy: []" in output_of(code)
