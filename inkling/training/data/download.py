"""Files from the net: resumed, verified, with a progress bar on stderr."""

from __future__ import annotations

import urllib.request
from pathlib import Path

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

CHUNK = 1 << 18
TIMEOUT_SECONDS = 30.0


class DownloadError(Exception):
    """A file could not be fetched or is not what it should be; the message is for people."""


def is_intact(path: Path, digest: str) -> bool:
    """Whether the file has this digest, written "sha256:…" or "md5:…"; "" only asks for a file."""
    if not path.is_file():
        return False
    if not digest:
        return True
    algorithm, _, expected = digest.partition(":")
    return digest_of(path, algorithm) == expected


def fetch(url: str, target: Path, digest: str, *, quiet: bool = False) -> Path:
    """Download `url` to `target` and verify it.

    What an earlier, broken download left (`target` + ".part") is continued where the server allows
    it. The target only appears once it is whole and verified.

    Args:
        url: http(s) or file address.
        target: where the file is to be; its folder is made.
        digest: "sha256:…" or "md5:…", or "" where nobody publishes one.
        quiet: no progress bar.

    Raises:
        DownloadError: no network, the server refused, or the digest differs.
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
        raise DownloadError(f"{url} gave a file that is not the expected one ({digest}); discarded")
    part.replace(target)
    return target


def _transfer(url: str, part: Path, quiet: bool) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"User-Agent": "inkling"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as problem:
        if problem.code == 416:  # Nothing left to send: the part is whole.
            return
        raise
    with response:
        # 206: the server continues; anything else starts again from nothing.
        resumed = have > 0 and response.status == 206
        length = int(response.headers.get("Content-Length") or 0)
        total = (have if resumed else 0) + length
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with (
            Progress(*columns, console=Console(stderr=True), disable=quiet) as progress,
            part.open("ab" if resumed else "wb") as file,
        ):
            task = progress.add_task(
                url.rpartition("/")[2], total=total or None, completed=have if resumed else 0
            )
            received = 0
            while chunk := response.read(CHUNK):
                file.write(chunk)
                received += len(chunk)
                progress.advance(task, len(chunk))
        if length and received < length:
            raise ConnectionError("the connection broke; run it again to go on from there")
