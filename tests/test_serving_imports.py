"""What is imported: serving never loads a training library, and first paint loads little.

import-linter checks the imports that are written in the code. These tests check what is really
loaded, through other libraries as well, each in a fresh process.
"""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from inkling.paths import ROOT

TRAINING_LIBRARIES = {"tensorflow", "keras", "torch", "jax"}
# Each takes 0.1 s or more to load, so a page loads them after it is painted.
SLOW_LIBRARIES = {"ai_edge_litert", "openpyxl", "pandas", "scipy", "sqlalchemy"}
# What runs before the first page that people see is painted loads no array library either.
FIRST_SCRIPTS = ("app", "navigation", "draw")
ARRAY_LIBRARIES = {"cv2", "numpy"}
PAGES = [path for path in sorted((ROOT / "pages").glob("*.py")) if path.stem != "__init__"]


def loaded_after(modules: Iterable[str]) -> set[str]:
    """The top-level packages in memory after a fresh process has imported modules."""
    program = (
        "import importlib, json, sys\n"
        "for module in json.loads(sys.argv[1]): importlib.import_module(module)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, json.dumps(sorted(modules))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(result.stdout))


def serving_modules() -> set[str]:
    """Every module of inkling, except training's and `__main__`, which would run."""
    names = {
        module.name for module in pkgutil.walk_packages([str(ROOT / "inkling")], prefix="inkling.")
    }
    return {
        name
        for name in names
        if name != "inkling.__main__" and not f"{name}.".startswith("inkling.training.")
    }


def imports_of(path: Path, *, nested: bool) -> set[str]:
    """The modules of inkling that a file imports.

    Args:
        path: a Python file.
        nested: include imports inside functions, which run later.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = set()
    for node in ast.walk(tree) if nested else tree.body:
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in modules if name.startswith("inkling.") and is_module(name)}


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_serving_loads_no_training_library() -> None:
    modules = serving_modules()
    assert {"inkling.cli.main", "inkling.reader.page", "inkling.ui.draw.canvas"} <= modules
    assert not loaded_after(modules) & TRAINING_LIBRARIES


def test_what_serving_imports_from_training_loads_no_training_library() -> None:
    """The names of data sets, for example, are imported inside functions of the app."""
    files = [ROOT / "app.py", *PAGES]
    files += [
        path
        for path in (ROOT / "inkling").rglob("*.py")
        if path.relative_to(ROOT / "inkling").parts[0] != "training"
    ]
    modules = {
        name
        for path in files
        for name in imports_of(path, nested=True)
        if name.startswith("inkling.training.")
    }
    assert modules
    assert not loaded_after(modules) & TRAINING_LIBRARIES


@pytest.mark.parametrize("page", [ROOT / "app.py", *PAGES], ids=lambda path: path.stem)
def test_a_page_is_painted_before_slow_libraries_are_loaded(page: Path) -> None:
    modules = imports_of(page, nested=False)
    assert modules
    slow = SLOW_LIBRARIES | TRAINING_LIBRARIES
    if page.stem in FIRST_SCRIPTS:
        slow |= ARRAY_LIBRARIES
    assert not loaded_after(modules) & slow
