"""What may be stored, for how long, how much, and under which ids. It loads nothing slow."""

from __future__ import annotations

import re
import secrets

from inkling.paths import SettingError, is_on, number_setting

HOURS_SETTING, MEGABYTES_SETTING = "INKLING_VISIT_HOURS", "INKLING_VISIT_MEGABYTES"
# How long a visit is kept after its last use, in hours, and how much of it, in megabytes: forty
# photos of a phone with room to spare.
DEFAULT_HOURS, DEFAULT_MEGABYTES = 24, 500
# Bytes of randomness in an id.
ID_BYTES = 24


class StoreError(Exception):
    """The database cannot be written or read; the message is for people."""


def storing_is_on() -> bool:
    """Whether anything may be stored, which it may not where `INKLING_STORE` is "off"."""
    return is_on("INKLING_STORE")


def new_visit() -> str:
    """A visit's id, which nobody can guess."""
    return secrets.token_urlsafe(ID_BYTES)


def is_visit(text: str) -> bool:
    """Whether a text could be a visit's id."""
    return re.fullmatch(r"[A-Za-z0-9_-]{32,64}", text) is not None


def visit_hours() -> float:
    """How long a visit is kept after its last use: `$INKLING_VISIT_HOURS`.

    Raises:
        StoreError: the setting is no number above 0.
    """
    return _setting(HOURS_SETTING, DEFAULT_HOURS)


def visit_megabytes() -> float:
    """How much of a visit is kept: `$INKLING_VISIT_MEGABYTES`.

    Raises:
        StoreError: the setting is no number above 0.
    """
    return _setting(MEGABYTES_SETTING, DEFAULT_MEGABYTES)


def _setting(name: str, default: float) -> float:
    try:
        return number_setting(name, default)
    except SettingError as problem:
        raise StoreError(str(problem)) from None
