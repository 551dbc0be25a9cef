"""Files that are uploaded, read, removed and added again."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from inkling.geometry import union
from inkling.imaging.load import Page
from inkling.reader import page as reader_page
from inkling.reader.page import read_upright
from inkling.recognition.classifier import load
from inkling.recognition.results import Reading
from inkling.reports.files import ReportError
from inkling.review import edits
from inkling.serving import worker
from inkling.serving.pool import reading_pool
from inkling.ui.upload import size_guard
from inkling.ui.upload.session import SessionFile, UploadSession
from tests.fixtures.uploads import numbers_of, read_all, read_file, sample, written


def test_a_fault_of_ours_is_reported_and_the_other_pages_are_read(monkeypatch: pytest.MonkeyPatch):
    original = read_upright

    def fail(page: Page, *arguments: Any) -> tuple[Page, Reading]:
        if page.number == 1:
            raise RuntimeError("a bug")
        return original(page, *arguments)

    monkeypatch.setattr(reader_page, "read_upright", fail)
    session = read_file("two-pages.pdf", sample("two-pages.pdf"))
    assert session.files[0].problem == (
        "Inkling failed to read two-pages.pdf. Try another copy of the file."
    )
    assert [page.number for page in session.pages] == [2]


def test_a_missing_network_is_named(monkeypatch: pytest.MonkeyPatch):
    def missing(*arguments: Any) -> tuple[Page, Reading]:
        raise ReportError("Pictures cannot be read: model/line is missing or damaged.")

    monkeypatch.setattr(reader_page, "read_upright", missing)
    session = read_file("two-pages.pdf", sample("two-pages.pdf"))
    assert session.files[0].problem == (
        "Pictures cannot be read: model/line is missing or damaged."
    )


def test_a_page_that_takes_too_long_has_a_warning_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("INKLING_PAGE_SECONDS", "0.001")
    session = read_file("two-pages.pdf", sample("two-pages.pdf"))
    assert session.files[0].problem is None
    assert [page.number for page in session.pages] == [1, 2]
    for page in session.pages:
        assert page.warnings[0] == (
            "Reading took longer than 0.001 s. The rest of the page was not read."
        )


def test_the_same_file_is_not_added_twice():
    session = UploadSession()
    for name in ("a.png", "a.png", "b.png"):
        session.add(name, sample())
    assert [file.name for file in session.files] == ["a.png", "b.png"]


def test_samples_leave_when_a_file_of_ones_own_comes():
    session = UploadSession()
    session.toggle_sample("sample.jpg", sample())
    session.add("a.png", sample())
    assert [file.name for file in session.files] == ["a.png"]
    # They can be brought back.
    assert [file.name for file in session.removed.values()] == ["sample.jpg"]


def test_all_files_are_removed_and_can_be_brought_back():
    session = UploadSession()
    for name in ("a.png", "b.png"):
        session.add(name, sample())
    session.remove_all()
    assert not session.files and session.page is None
    assert [file.name for file in session.removed.values()] == ["a.png", "b.png"]
    session.add("b.png", sample())
    assert [file.name for file in session.files] == ["b.png"]


def test_a_file_that_the_browser_refuses_gets_a_sentence(monkeypatch: pytest.MonkeyPatch):
    session = UploadSession()
    files = [{"name": "big.tif", "size": 61_500_000}, {"name": "ok.png", "size": 5_000}]
    size_guard.refuse(session, files, 26_214_400)
    assert session.refused == {
        "big.tif": "Can't open big.tif: it has 61.5 MB, and the limit is 25 MB. Save it smaller or "
        "as a JPEG."
    }
    # The uploader's limit may be the lower one.
    monkeypatch.setenv("INKLING_MAX_MEGABYTES", "500")
    size_guard.refuse(session, files, 10_000_000)
    assert "the limit is 10 MB" in session.refused["big.tif"]


def test_boxes_are_merged_and_split_by_reading_them_again():
    session = read_file("page.png", written("305 27", seed=3))
    page, model = session.pages[0], load()
    assert numbers_of(session) == ["305", "27"]
    first, second = page.draft.entries[0].boxes[:2]
    whole = page.read_box(union(first.box, second.box), model)
    page.edit("Boxes merged", edits.merge_boxes, first.id, whole)
    assert len(page.draft.entries[0].boxes) == 2
    merged = page.draft.entries[0].boxes[0]
    page.edit("Box split", edits.split_box, merged.id, page.read_parts(merged.box, model))
    assert numbers_of(session) == ["305", "27"]
    for before, after in zip((first, second), page.draft.boxes, strict=False):
        assert np.abs(np.subtract(before.box, after.box)).max() <= 16


def test_another_model_keeps_deletions_and_its_reading_can_be_undone():
    session = read_file("page.png", written("305 27", seed=3))
    page = session.pages[0]
    page.edit("Number deleted", edits.delete_number, page.draft.entries[0].id)
    read_all(session, "pocket")
    assert numbers_of(session) == ["27"]
    page.undo()
    page.undo()
    assert numbers_of(session) == ["305", "27"]


def test_a_new_run_waits_for_the_page_that_is_being_read(monkeypatch: pytest.MonkeyPatch):
    """Streamlit starts a new run while the old one still reads: no page may be skipped."""
    started = threading.Event()
    original = read_upright

    def slow(*arguments: Any) -> Any:
        started.set()
        time.sleep(0.5)
        return original(*arguments)

    monkeypatch.setattr(reader_page, "read_upright", slow)
    model = load("digits")
    file = SessionFile("one-digit.jpg", sample())
    old_run = threading.Thread(target=file.read_next_page, args=(model,))
    old_run.start()
    assert started.wait(30)
    file.read_next_page(model)
    assert [page.number for page in file.pages] == [1]
    old_run.join()
    file.read_next_page(model)
    assert file.read_by == "digits" and file.problem is None and len(file.pages) == 1


def test_reading_goes_on_after_the_pages_that_were_read_before_a_reload(
    monkeypatch: pytest.MonkeyPatch,
):
    model, content = load("digits"), sample("two-pages.pdf")
    before = SessionFile("two-pages.pdf", content)
    before.read_next_page(model)
    after = SessionFile("two-pages.pdf", content, pages=before.pages)
    after.resume(*before.progress)
    assert after.next_page == 2
    numbers: list[int] = []
    original = read_upright

    def noted(page: Page, *arguments: Any) -> tuple[Page, Reading]:
        numbers.append(page.number)
        return original(page, *arguments)

    monkeypatch.setattr(reader_page, "read_upright", noted)
    while after.read_by is None:
        after.read_next_page(model)
    assert numbers == [2]
    assert [page.number for page in after.pages] == [1, 2]
    assert not after.pages[0].history.past


def test_pages_are_read_by_a_process_of_the_pool(monkeypatch: pytest.MonkeyPatch):
    here = read_file("two-pages.pdf", sample("two-pages.pdf"))
    monkeypatch.setenv("INKLING_READERS", "1")
    there = read_file("two-pages.pdf", sample("two-pages.pdf"))
    reading_pool().close()
    assert numbers_of(there) == numbers_of(here) and len(there.pages) == 2
    for a, b in zip(here.pages, there.pages, strict=True):
        assert (a.width, a.height, a.scan, a.preview) == (b.width, b.height, b.scan, b.preview)


def test_the_pages_after_one_that_was_given_up_are_read(monkeypatch: pytest.MonkeyPatch):
    original = worker.read_page

    def fail(content: bytes, name: str, number: int, *arguments: Any) -> Any:
        if number == 1:
            raise MemoryError
        return original(content, name, number, *arguments)

    monkeypatch.setattr(worker, "read_page", fail)
    session = read_file("two-pages.pdf", sample("two-pages.pdf"))
    assert [page.number for page in session.pages] == [2]
    assert session.files[0].problem is not None
    assert "two-pages.pdf needs more than the 400 MB" in session.files[0].problem


def test_a_file_whose_pages_all_fail_ends(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def fail(content: bytes, name: str, number: int, *_: Any) -> Any:
        asked.append(number)
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "read_page", fail)
    session = read_file("two-pages.pdf", sample("two-pages.pdf"))
    assert asked == [1, 2, 3] and not session.pages


def test_a_session_has_a_quota(monkeypatch: pytest.MonkeyPatch):
    megabyte = bytes(1_000_000)
    monkeypatch.setenv("INKLING_SESSION_MEGABYTES", "2.5")
    session = UploadSession()
    for name in ("a.png", "b.png", "c.png"):
        session.add(name, megabyte)
    assert [file.name for file in session.files] == ["a.png", "b.png"]
    assert session.refused == {
        "c.png": "c.png was not added: it has 1.0 MB, the files on this page have 2.0 MB, and the "
        "limit for all is 2.5 MB. Remove some of them first."
    }
    # Removed files are forgotten before others are refused.
    session.remove(session.files[0])
    assert [file.name for file in session.removed.values()] == ["a.png"]
    session.add("c.png", megabyte)
    assert [file.name for file in session.files] == ["b.png", "c.png"] and not session.removed
