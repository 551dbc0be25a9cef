"""The limits of the code base: sizes of files and functions, private names, import contracts.

docs/architecture.md explains them. They hold for everything but the tests.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkling.paths import ROOT

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_TOP_LEVEL_ENTRIES = 20
MAX_INIT_LINES = 20
SOURCES = ("inkling", "pages", "tools", "benchmarks")
SCRIPTS = ("app.py", "train_model.py")
SUFFIXES = {".py", ".js", ".css", ".html"}


def source_files(*suffixes: str) -> list[Path]:
    files = [ROOT / name for name in SCRIPTS]
    for folder in SOURCES:
        files += [path for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return sorted(files)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_names(path: Path) -> Iterator[tuple[str, int]]:
    """Names and modules that a file imports, each part of a dotted name, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                for part in name.split("."):
                    yield part, node.lineno


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        name_of(path): lines
        for path in source_files(*SUFFIXES)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert not long


def test_no_function_is_longer_than_60_lines() -> None:
    """Counted from `def` to the last line, with the docstring and without decorators."""
    long = {
        f"{name_of(path)}:{function.lineno} {function.name}": lines
        for path in source_files(".py")
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not long


def test_the_top_level_of_the_library_is_small() -> None:
    entries = [path for path in (ROOT / "inkling").iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MAX_TOP_LEVEL_ENTRIES, sorted(path.name for path in entries)


def test_packages_describe_themselves_in_a_few_lines() -> None:
    """An `__init__.py` holds a docstring and at most the few names that outsiders use."""
    for path in source_files(".py"):
        if path.name == "__init__.py":
            text = path.read_text(encoding="utf-8")
            assert ast.get_docstring(ast.parse(text)), name_of(path)
            assert len(text.splitlines()) <= MAX_INIT_LINES, name_of(path)


def test_no_private_name_is_imported() -> None:
    """From no other module, be it of the tests, of Inkling or of a library."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    private = [
        f"{name_of(path)}:{line} {name}"
        for path in source_files(".py") + tests
        for name, line in imported_names(path)
        if name.startswith("_") and not name.startswith("__")
    ]
    assert not private


def test_no_private_attribute_of_an_own_module_is_used() -> None:
    """`module._name` after `from inkling.package import module`."""
    used = []
    for path in source_files(".py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in SOURCES
            for alias in node.names
            if alias.name.islower()
        }
        used += [
            f"{name_of(path)}:{node.lineno} {node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in modules
            and node.attr.startswith("_")
            and not node.attr.startswith("__")
        ]
    assert not used


def test_every_module_is_in_the_layers_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [
        contract
        for contract in contracts["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    assert [contract["containers"] for contract in layers] == [["inkling"]]
    assert layers[0]["exhaustive"] is True and "exhaustive_ignores" not in layers[0]
    named = {name.strip() for layer in layers[0]["layers"] for name in layer.split("|")}
    modules = {
        path.stem
        for path in (ROOT / "inkling").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert named == modules - {"__init__"}


@pytest.mark.parametrize("folder", ["inkling", "pages"])
def test_no_folder_of_modules_lacks_its_init(folder: str) -> None:
    """Without it, import-linter does not see the modules inside."""
    bare = {
        name_of(path.parent)
        for path in (ROOT / folder).rglob("*.py")
        if not (path.parent / "__init__.py").is_file()
    }
    assert not bare


def test_the_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout
