"""Files that Streamlit has forgotten are not taken again."""

from __future__ import annotations

from types import SimpleNamespace

from streamlit.runtime.uploaded_file_manager import DeletedFile

from inkling.ui.upload import quota


def test_files_that_were_released_are_not_present() -> None:
    there = SimpleNamespace(name="a.png", file_id="a")
    assert quota.present([DeletedFile("b"), there]) == [there]  # type: ignore[list-item]
