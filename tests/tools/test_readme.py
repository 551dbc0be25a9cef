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
MOST_WORDS = {"README.md": 700, "docs/reading.md": 500}
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


@pytest.mark.parametrize("page", MOST_WORDS)
def test_pages_are_short(page: str):
    assert len((ROOT / page).read_text(encoding="utf-8").split()) <= MOST_WORDS[page]


def test_the_table_of_the_readme_has_five_rows():
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


def test_each_picture_is_shown_on_a_page():
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for path in (ROOT / "docs" / "images").rglob("*.*"):
        assert path.relative_to(ROOT / "docs").as_posix() in shown, path.name


def test_the_two_commands_are_there():
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README


FOLDERS = (
    "inkling/",
    "tools/",
    "benchmarks/",
    "tests/",
    "pages/",
    "assets/",
    "model/",
    "docs/",
    "notebooks/",
)
# What stands for a name that the reader chooses.
PLACEHOLDER = re.compile(r"[<>*{}$]|NAME|NNNN")
# Where a program's options are defined, beside its own file.
OPTIONS = {
    "inkling": sorted((ROOT / "inkling" / "cli").glob("*.py")),
    "benchmarks": [ROOT / "benchmarks" / "common.py"],
    "tools": [ROOT / "tools" / "docs" / "generated.py"],
}


def quoted(page: Path) -> list[str]:
    """What a page shows as code within a sentence or a table."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(r"`([^`]+)`", text)


def fenced(page: Path) -> list[str]:
    """The lines of a page's blocks of code, without comments."""
    blocks = re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    return [line.split("  #")[0] for block in blocks for line in block.splitlines()]


def commands(page: Path) -> list[list[str]]:
    """The Python programs that a page starts, each with its arguments."""
    found = [piece for text in [*quoted(page), *fenced(page)] for piece in text.split("&&")]
    return [words[1:] for each in found if (words := each.split())[:1] == ["python"]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_that_the_docs_name_exist(page: Path):
    words = {word for each in quoted(page) for word in each.split() if word.startswith(FOLDERS)}
    for word in words:
        if not PLACEHOLDER.search(word):
            assert (ROOT / word.split(":")[0]).exists(), f"{page.name}: {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_programs_and_options_that_the_docs_name_exist(page: Path):
    for program, *arguments in commands(page):
        if program == "-m" and arguments[0] != "inkling":
            continue
        path = ROOT / ("inkling/__main__.py" if program == "-m" else program)
        assert path.is_file(), f"{page.name}: {program}"
        part = "inkling" if program == "-m" else Path(program).parts[0]
        source = "".join(
            file.read_text(encoding="utf-8") for file in [path, *OPTIONS.get(part, [])]
        )
        for option in (word for word in arguments if word.startswith("--") and word != "--help"):
            assert f'"{option}"' in source, f"{page.name}: {program} {option}"
        if program == "-m":
            assert f"def {arguments[1]}(" in source, f"{page.name}: {arguments[1]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_the_docs_name_exist(page: Path):
    packages = {path.parent.name for path in (ROOT / "inkling").glob("*/__init__.py")}
    for word in quoted(page):
        parts = word.removeprefix("inkling.").split("(")[0].split(".")
        if len(parts) < 2 or parts[0] not in packages:
            continue
        module = ROOT.joinpath("inkling", *parts)
        if module.is_dir() or module.with_suffix(".py").is_file():
            continue
        # The last part is a function, a class or a constant.
        source = module.parent.with_suffix(".py")
        assert source.is_file(), f"{page.name}: {word}"
        name = rf"^(?:def |class )?{parts[-1]}\b"
        assert re.search(name, source.read_text(encoding="utf-8"), re.M), f"{page.name}: {word}"


def test_the_architecture_names_each_module():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    for init in sorted((ROOT / "inkling").glob("*/__init__.py")):
        package = init.parent
        modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
        modules |= {path.parent.name for path in package.glob("*/__init__.py")}
        named = set(re.findall(r"`(\w+)`", rows.get(package.name, "")))
        nested = {path.parent.name for path in package.glob("*/*/__init__.py")}
        assert modules == named - nested, package.name


def test_the_layout_of_the_architecture_is_the_tree():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"## The layout\n\n```\n(.*?)```", text, re.S)
    assert block is not None
    outside = re.findall(r"^(\S+)", block[1], re.M)
    inside = re.findall(r"^    (\S+)", block[1], re.M)
    for name in outside:
        assert (ROOT / name).exists(), name
    modules = {path.name for path in (ROOT / "inkling").glob("[!_]*.py")}
    packages = {path.parent.name for path in (ROOT / "inkling").glob("*/__init__.py")}
    assert {name.rstrip("/") for name in inside} == modules | packages


def test_operations_names_each_setting():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sources = [*(ROOT / "inkling").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    used = {
        name
        for path in sources
        for name in re.findall(r"\bINKLING_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert set(re.findall(r"^\| `(INKLING_\w+)`", text, re.M)) == used
