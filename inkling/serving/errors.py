"""Why a page was not read; each message is a sentence or two for the person who sent it."""

from __future__ import annotations


class PoolError(Exception):
    """A page cannot be read: its process was ended, or a setting is wrong."""


class PoolBusyError(PoolError):
    """Too many pages wait; a later try may succeed."""
