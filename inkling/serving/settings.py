"""How much reading may take on a server, from the environment."""

from __future__ import annotations

from inkling.paths import SettingError, number_setting
from inkling.serving.errors import PoolError
from inkling.serving.processes import usable_cores

READERS, SECONDS = "INKLING_READERS", "INKLING_PAGE_SECONDS"
MEGABYTES, SESSION_MEGABYTES = "INKLING_READER_MEGABYTES", "INKLING_SESSION_MEGABYTES"
# How long the lines of a page are read, in seconds; most pages take less than two. What is made of
# them takes up to three more, and nobody should wait for longer than 15 seconds.
DEFAULT_SECONDS = 12.0
# What reading a page may use beside the networks, in megabytes: the largest page as its file, as
# its decoder holds it and as pixels, and the page model's work.
DEFAULT_MEGABYTES = 400.0
# What the files of one session may have in all, in megabytes: forty photos of a phone.
DEFAULT_SESSION_MEGABYTES = 200.0


def readers() -> int:
    """How many processes read, `$INKLING_READERS`; with 0, this one does.

    Raises:
        PoolError: the setting is no number of 0 or more.
    """
    return int(_number(READERS, float(usable_cores()), 0.0))


def page_seconds() -> float:
    """The longest time for reading a page, `$INKLING_PAGE_SECONDS`.

    Raises:
        PoolError: the setting is no number above 0.
    """
    return _number(SECONDS, DEFAULT_SECONDS)


def reader_megabytes() -> float:
    """What a process may use for a page beside its networks, `$INKLING_READER_MEGABYTES`.

    Raises:
        PoolError: the setting is no number above 0.
    """
    return _number(MEGABYTES, DEFAULT_MEGABYTES)


def session_megabytes() -> float:
    """What the files of a session may have in all, `$INKLING_SESSION_MEGABYTES`.

    Raises:
        PoolError: the setting is no number above 0.
    """
    return _number(SESSION_MEGABYTES, DEFAULT_SESSION_MEGABYTES)


def _number(name: str, default: float, least: float = 1e-6) -> float:
    try:
        return number_setting(name, default, least)
    except SettingError as problem:
        raise PoolError(str(problem)) from None
