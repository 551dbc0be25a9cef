"""How many bytes the files of one session may have, all together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

from inkling.serving.errors import PoolError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def problem(name: str, content: bytes, others: Iterable[bytes]) -> str:
    """Why a file cannot be added; empty where it can.

    Args:
        name: of the file.
        content: of the file.
        others: the contents of the files that are there.
    """
    from inkling.serving import settings

    try:
        limit = settings.session_megabytes()
    except PoolError as wrong:
        return str(wrong)
    total = sum(map(len, others)) / 1e6
    if total + len(content) / 1e6 <= limit:
        return ""
    return (
        f"{name} was not added: it has {len(content) / 1e6:.1f} MB, the files on this page have "
        f"{total:.1f} MB, and the limit for all is {limit:g} MB. Remove some of them first."
    )


def has_space(contents: Iterable[bytes]) -> bool:
    """Whether these files may be kept together."""
    return not problem("", b"", contents)


def present(uploaded: Iterable[UploadedFile | DeletedFile]) -> list[UploadedFile]:
    """The files that Streamlit has not forgotten (see `release`).

    While the last of several files are on their way, the uploader still lists the first ones.
    """
    return [file for file in uploaded if not isinstance(file, DeletedFile)]


def release(uploaded: UploadedFile) -> None:
    """Let Streamlit forget an uploaded file, which it would hold until the session ends."""
    context = get_script_run_ctx()
    manager = context.uploaded_file_mgr if context is not None else None
    # Others need not be able to.
    if context is not None and isinstance(manager, MemoryUploadedFileManager):
        manager.remove_file(session_id=context.session_id, file_id=uploaded.file_id)
