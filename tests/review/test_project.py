"""Projects: what is saved is opened again, and files from strangers do no harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkling.review import edits, project
from inkling.review.draft import History
from inkling.review.project import ProjectError, ProjectFile, ProjectPage
from inkling.ui.shared.images import photo_jpeg
from tests.fixtures.drafts import make_draft
from tests.review.test_record import assert_same

SCAN = photo_jpeg(np.full((100, 100, 3), 240, np.uint8))


def page(number: int = 1) -> ProjectPage:
    """A page with one correction."""
    history = History(make_draft("12 3?4"))
    history = history.add("Number typed", edits.type_number(history.draft, 1, f"{number}.5"))
    return ProjectPage(number, SCAN, ("It is dark.",), history)


FILES = (
    ProjectFile("cheques & [more].pdf", b"%PDF-1.4", (page(1), page(2)), "digits"),
    ProjectFile("broken.png", b"", problem="Can't open it."),
)


def repacked(change: Callable[[dict[str, bytes]], object]) -> bytes:
    """A saved project whose members were changed."""
    with zipfile.ZipFile(io.BytesIO(project.save(FILES))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_manifest(**values: object) -> bytes:
    """A saved project with other values in its manifest."""

    def change(members: dict[str, bytes]) -> None:
        data = msgspec.json.decode(members["manifest.json"])
        members["manifest.json"] = msgspec.json.encode(data | values)

    return repacked(change)


def test_a_project_is_opened_as_it_was_saved():
    content = project.save(FILES)
    again = project.load(content, "my.inkling")
    assert [(each.name, each.content, each.read_by, each.problem) for each in again] == [
        (each.name, each.content, each.read_by, each.problem) for each in FILES
    ]
    for here, there in zip(FILES[0].pages, again[0].pages, strict=True):
        assert (here.number, here.scan, here.warnings) == (there.number, there.scan, there.warnings)
        assert_same(here.history.draft, there.history.draft)
        assert there.history.undo().draft == here.history.undo().draft
    assert again[1].pages == ()
    assert project.load(project.save(()), "empty.inkling") == ()
    # A program without Inkling can read it.
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert msgspec.json.decode(archive.read("manifest.json"))["format"] == "inkling-project"


def test_a_history_that_packs_too_well_is_saved_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(project, "RATIO_FROM", 1000)
    monkeypatch.setattr(project, "MAX_RATIO", 4)
    (again, _) = project.load(project.save(FILES), "my.inkling")
    assert_same(again.pages[0].history.draft, FILES[0].pages[0].history.draft)
    # Packed all the same, as an attacker would, it is refused.
    with pytest.raises(ProjectError):
        project.load(repacked(lambda members: None), "my.inkling")


def test_file_names_lose_their_folders():
    entry = {"name": "../..\\etc/\npasswd", "member": 1}
    (file,) = project.load(with_manifest(files=[entry]), "x.inkling")
    assert (file.name, file.content) == ("passwd", b"%PDF-1.4")


def test_a_project_of_a_later_version_says_so():
    with pytest.raises(ProjectError, match="later version"):
        project.load(with_manifest(version=2, files="something else"), "new.inkling")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no archive",
        project.save(FILES)[:-40],
        with_manifest(format="another"),
        with_manifest(files=[{"name": "a", "member": 99}]),
        with_manifest(files=[{"name": "a", "member": 1, "read_by": "../../model"}]),
        with_manifest(files=[{"name": "a", "member": 1, "pages": [{"number": 1, "member": 7}]}]),
        repacked(lambda members: members.pop("manifest.json")),
        repacked(lambda members: members.update({"../evil.py": b"import os"})),
        repacked(lambda members: members.update({"/etc/passwd": b"root"})),
        repacked(lambda members: members.update({"pictures/9": bytes(20_000_000)})),
        repacked(lambda members: members.update({"pages/1.jpg": b"no picture"})),
        repacked(lambda members: members.update({"readings/1.json": b"{}"})),
        repacked(
            lambda members: members.update(
                {"pages/1.jpg": photo_jpeg(np.full((100, 300, 3), 240, np.uint8))}
            )
        ),
    ],
    ids=range(14),
)
def test_a_file_that_is_no_project_is_refused_with_a_sentence(content: bytes):
    with pytest.raises(ProjectError, match=r"^Can't open x\.inkling: .*\.$"):
        project.load(content, "x.inkling")


def test_a_member_that_is_there_twice_is_refused():
    out = io.BytesIO(project.save(FILES))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(ProjectError):
        project.load(out.getvalue(), "x.inkling")


def test_what_is_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch):
    content = project.save(FILES)
    monkeypatch.setattr(project, "MAX_JSON", 100)
    with pytest.raises(ProjectError, match="or too many files"):
        project.load(content, "x.inkling")
    monkeypatch.setattr(project, "MAX_BYTES", len(content) - 1)
    with pytest.raises(ProjectError, match="more than 0 MB"):
        project.load(content, "x.inkling")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_gives_a_sentence_or_the_same_project(data: st.DataObject):
    content = bytearray(project.save(FILES[:1]))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        again = project.load(bytes(content), "x.inkling")
    except ProjectError as problem:
        assert str(problem).startswith("Can't open x.inkling")
    else:
        # What the damage hit was no content, such as a date.
        assert [each.content for each in again] == [b"%PDF-1.4"]
