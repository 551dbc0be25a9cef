"""Databases that refuse, say nothing, or stop in the middle: nobody waits long, and all is said."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from inkling.storage import postgres
from inkling.storage.drawings import Store
from inkling.storage.rules import StoreError
from inkling.storage.visits import VisitStore
from tests.fixtures.silent_server import Server, greet_and_say_nothing, say_nothing

# Seconds, in place of the real limits.
LIMIT = 1
# Seconds that a failure may take: the limit, and time for a busy computer.
PATIENCE = 8.0


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "CONNECT_TIMEOUT", 2 * LIMIT)
    monkeypatch.setattr(postgres, "STATEMENT_TIMEOUT", float(LIMIT))
    monkeypatch.setattr(postgres, "_silent_until", {})


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], Server]]:
    servers: list[Server] = []

    def begin(talk: Callable[[socket.socket], None]) -> Server:
        servers.append(Server(talk))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def sentence(open_store: Callable[[], object]) -> tuple[str, float]:
    """What is said about a database, and how many seconds that took."""
    start = time.monotonic()
    with pytest.raises(StoreError) as raised:
        open_store()
    return str(raised.value), time.monotonic() - start


@pytest.mark.parametrize("talk", [say_nothing, greet_and_say_nothing])
@pytest.mark.parametrize("kind", [Store, VisitStore])
def test_a_silent_server_is_given_up(
    serve: Callable[[Callable[[socket.socket], None]], Server],
    talk: Callable[[socket.socket], None],
    kind: type[Store] | type[VisitStore],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = serve(talk)
    with caplog.at_level(logging.WARNING, logger="inkling.storage"):
        said, seconds = sentence(lambda: kind(server.url))
    assert server.accepted == 1
    assert LIMIT / 2 <= seconds < PATIENCE
    assert "cannot be used (it cannot be reached, or does not answer)" in said
    for secret in ("127.0.0.1", str(server.port), "the-user", "secret", "postgresql"):
        assert secret not in said
    # The log says which database it is, without the password.
    assert f"the-user:***@127.0.0.1:{server.port}" in caplog.text and "secret" not in caplog.text
    # The driver's own words, without the statement and its values.
    assert "sqlalche.me" not in caplog.text and "[SQL" not in caplog.text


def test_nobody_waits_for_a_silent_server_again_at_once(
    serve: Callable[[Callable[[socket.socket], None]], Server],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve(say_nothing)
    sentence(lambda: Store(server.url))
    said, seconds = sentence(lambda: Store(server.url))
    assert seconds < LIMIT and server.accepted == 1
    assert "does not answer" in said
    # After the pause it is asked again.
    monkeypatch.setattr(postgres, "PAUSE", 0.0)
    monkeypatch.setattr(postgres, "_silent_until", {})
    sentence(lambda: Store(server.url))
    assert server.accepted == 2


def test_a_server_that_refuses_is_asked_once(
    serve: Callable[[Callable[[socket.socket], None]], Server],
) -> None:
    server = serve(lambda connection: connection.close())
    said, seconds = sentence(lambda: Store(server.url))
    assert server.accepted <= 2 and seconds < PATIENCE
    assert "cannot be reached" in said and "127.0.0.1" not in said


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StoreError, match="the package pg8000 is not installed"):
        Store("postgresql+pg8000://ann@127.0.0.1/drawings")
