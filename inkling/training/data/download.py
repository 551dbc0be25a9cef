"""Download files: resumed, verified, with a progress bar on stderr."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from inkling.paths import digest_of

# Bytes that are read at a time.
CHUNK = 1 << 18
TIMEOUT_SECONDS = 30.0


class DownloadError(Exception):
    """A file could not be downloaded, or it is not the expected one. The message is for people."""


def is_intact(path: Path, digest: str) -> bool:
    """Whether a file exists and has this digest.

    Args:
        path: of the file.
        digest: "sha256:…" or "md5:…"; "" accepts any file.
    """
    if not path.is_file():
        return False
    if not digest:
        return True
    algorithm, _, expected = digest.partition(":")
    return digest_of(path, algorithm) == expected


def fetch(url: str, target: Path, digest: str, *, quiet: bool = False) -> Path:
    """Download `url` to `target` and verify it.

    An interrupted download (`target` + ".part") is continued where the server allows it. The target
    appears only when it is complete and verified.

    Args:
        url: http(s) or file address.
        target: the path to write; its folder is created.
        digest: "sha256:…" or "md5:…", or "" where nobody publishes one.
        quiet: show no progress bar.

    Raises:
        DownloadError: there is no network, the server refused, or the digest differs.
    """
    if is_intact(target, digest):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        _transfer(url, part, quiet)
    except (urllib.error.URLError, TimeoutError, ConnectionError, OSError) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise DownloadError(f"{url} could not be downloaded ({reason})") from None
    if not is_intact(part, digest):
        part.unlink()
        raise DownloadError(f"{url} is not the expected file ({digest}) and was discarded")
    part.replace(target)
    return target


def _transfer(url: str, part: Path, quiet: bool) -> None:
    """Append to `part` what it lacks of the file at `url`."""
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "inkling"})
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        # The addresses are those of catalogue.toml, and files of another digest are discarded.
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # nosec B310
    except urllib.error.HTTPError as problem:
        if problem.code == 416:  # The range is empty: the part is complete.
            return
        raise
    with response:
        # Status 206 continues. Any other status sends the whole file again.
        if response.status != 206:
            done = 0
        length = int(response.headers.get("Content-Length") or 0)
        with part.open("ab" if done else "wb") as file:
            received = _copy(response, file, url.rpartition("/")[2], done, length, quiet)
        if length and received < length:
            raise ConnectionError("the connection broke; run the command again to continue")


def _copy(
    response: BinaryIO, file: BinaryIO, title: str, done: int, length: int, quiet: bool
) -> int:
    """Copy a response to a file with a progress bar, and return the number of bytes copied.

    Args:
        response: to read from.
        file: to write to.
        title: of the progress bar.
        done: bytes that were there before.
        length: bytes that are announced; 0 where the server does not say.
        quiet: show no progress bar.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    received = 0
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task(title, total=(done + length) or None, completed=done)
        while chunk := response.read(CHUNK):
            file.write(chunk)
            received += len(chunk)
            progress.advance(task, len(chunk))
    return received
