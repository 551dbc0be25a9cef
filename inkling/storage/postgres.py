"""Connections to PostgreSQL that never wait long for the server.

A server may refuse, be gone, accept a connection and say nothing, or stop in the middle of a
statement. Time limits of the server do not help against the last three, so the client has its own.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

# Seconds until a connection must be there, and until a statement must be answered. The server
# gives a statement up a little earlier, so that it does not go on in vain.
CONNECT_TIMEOUT = 5
STATEMENT_TIMEOUT = 10.0
SERVER_TIMEOUT = 8.0
# After a server was silent for CONNECT_TIMEOUT, nobody waits for it again for so many seconds.
PAUSE = 15.0
# Seconds between two looks at the clock while waiting.
INTERVAL = 0.2

Value = TypeVar("Value")

_silent_until: dict[tuple[Any, Any], float] = {}


class TimedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server does not answer within STATEMENT_TIMEOUT."""

    def wait(self, gen: Generator[Any, Any, Value], *_: Any, **__: Any) -> Value:
        """Let psycopg talk to the server (see `psycopg.Connection.wait`), but not for ever."""
        try:
            return super().wait(_limited(gen), INTERVAL)
        except psycopg.errors.ConnectionTimeout:
            # What the server would answer later must not be taken for the next answer.
            self.close()
            raise


def connect(_dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    """Connect for SQLAlchemy: a listener of its event `do_connect`.

    Raises:
        psycopg.OperationalError: the server refuses, or does not answer.
    """
    server = (options.get("host"), options.get("port"))
    if time.monotonic() < _silent_until.get(server, 0.0):
        raise psycopg.errors.ConnectionTimeout("the server did not answer a moment ago")
    try:
        connection = TimedConnection.connect(
            *arguments, **{"connect_timeout": CONNECT_TIMEOUT, **options}
        )
        connection.execute(f"SET statement_timeout = {int(1000 * SERVER_TIMEOUT)}")
        connection.commit()
    except psycopg.errors.ConnectionTimeout:
        _silent_until[server] = time.monotonic() + PAUSE
        raise
    return connection


def _limited(gen: Generator[Any, Any, Value]) -> Generator[Any, Any, Value]:
    """The same conversation with the server, which ends when it takes too long.

    Whoever runs it sends what the connection is ready for, and nothing after each INTERVAL.
    """
    end = time.monotonic() + STATEMENT_TIMEOUT
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() >= end:
                raise psycopg.errors.ConnectionTimeout("the server does not answer")
            wanted = gen.send(ready)
    except StopIteration as done:
        value: Value = done.value
        return value
