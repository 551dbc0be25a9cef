"""README.md and docs/ show what the stored results say, and name only what exists."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from inkling.paths import ROOT
from tools.docs import generated, models, reading, readme, results, speed

README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITERS = (readme, results, reading, models, speed)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST_WORDS = 700
ROWS = 5


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.SCRIPT)
def test_generated_blocks_are_current(writer: ModuleType):
    text = writer.PAGE.read_text(encoding="utf-8")
    current = generated.rewritten(text, writer.SCRIPT, writer.TABLES)
    assert current == text, f"run python {writer.SCRIPT}"


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.SCRIPT)
def test_each_table_is_on_its_page_once(writer: ModuleType):
    text = writer.PAGE.read_text(encoding="utf-8")
    assert sorted(generated.blocks(text, writer.SCRIPT)) == sorted(writer.TABLES)


def test_each_block_has_a_writer():
    scripts = {writer.SCRIPT for writer in WRITERS}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert {match["script"] for match in generated.BLOCK.finditer(text)} <= scripts, page


def test_blocks_of_other_writers_stay():
    text = "<!-- a: python tools/docs/x.py -->\nold\n<!-- end of a -->\n"
    text += "<!-- b: python tools/docs/y.py -->\nkept\n<!-- end of b -->\n"
    found = generated.rewritten(text, "tools/docs/x.py", {"a": lambda: "new"})
    assert "new" in found
    assert "old" not in found
    assert "kept" in found


def test_the_readme_is_short():
    assert len(README.split()) <= MOST_WORDS
    # Two lines more: the head and the rule under it.
    assert len(readme.figures().splitlines()) == ROWS + 2


@pytest.mark.parametrize("name", ["accuracy", "negatives"])
def test_each_row_says_whether_it_was_tuned_on_its_set(name: str):
    head, _, *rows = results.TABLES[name]().splitlines()
    column = head.split("|").index(" tuned on this set ")
    assert {row.split("|")[column].strip() for row in rows} <= {"yes", "no"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_exist(page: Path):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    for target in targets:
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_two_commands_are_there():
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README


PLACES = ("inkling/", "tools/", "benchmarks/", "tests/", "pages/", "assets/", "model/")


@pytest.mark.skipif(not (ROOT / "inkling" / "layout").is_dir(), reason="before the move")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_that_the_docs_name_exist(page: Path):
    quoted = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    words = {word for each in quoted for word in each.split() if word.startswith(PLACES)}
    for word in words:
        if not re.search(r"[<>*{}$]|NAME|NNNN", word):
            assert (ROOT / word.split(":")[0]).exists(), f"{page.name}: {word}"


@pytest.mark.skipif(not (ROOT / "inkling" / "layout").is_dir(), reason="before the move")
def test_modules_that_the_architecture_names_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    packages = {name: cells for name, cells in rows if (ROOT / "inkling" / name).is_dir()}
    assert len(packages) >= 10
    for package, cells in packages.items():
        for module in re.findall(r"`(\w+)`", cells):
            place = ROOT / "inkling" / package / module
            nested = list((ROOT / "inkling" / package).glob(f"*/{module}"))
            assert place.is_dir() or place.with_suffix(".py").is_file() or nested, place
