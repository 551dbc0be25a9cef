"""How many requests may hold a file at once: in all, and of one client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from inkling.api.errors import ApiError

# Requests that hold a file while they wait or are read. With 25 MB each that is 400 MB.
MAX_REQUESTS = 16
# Of one client, so that there are places for others.
MAX_OF_CLIENT = 8
# Seconds after which a refused client may try again: about as long as a page takes.
RETRY_AFTER = 2


class Places:
    """Places for requests. Use it only in the event loop.

    Args:
        most: places in all.
        most_of_client: places of one client.
    """

    def __init__(self, most: int = MAX_REQUESTS, most_of_client: int = MAX_OF_CLIENT) -> None:
        self._most = most
        self._most_of_client = most_of_client
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._taken.total()

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Hold a place.

        Args:
            client: who asks, by its address.

        Raises:
            ApiError: none is free.
        """
        headers = {"Retry-After": str(RETRY_AFTER)}
        if self._taken[client] >= self._most_of_client:
            raise ApiError(
                429,
                f"You have {self._most_of_client} files here already. Wait for an answer.",
                headers,
            )
        if self.taken >= self._most:
            raise ApiError(503, "The server is busy. Try again in some seconds.", headers)
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
