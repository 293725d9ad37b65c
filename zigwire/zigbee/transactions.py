"""Transactions: which received message answers which sent one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Pending", "Transactions"]

_NUMBERS = 256


@dataclass(slots=True)
class Pending:
    """A reply that is waited for.

    Attributes:
        peer: Who is asked, as the caller names it.
        tsn: The transaction sequence number to send with.
        reply: Resolved with the message that answers.
    """

    peer: str
    tsn: int
    accepts: Callable[[Any], bool]
    reply: asyncio.Future[Any]


class Transactions:
    """Numbers what is sent and finds the waiting one for what is received.

    A number is in use once for all peers, because radios confirm by it alone. When all are in use, the oldest comes
    again: by then nobody waits for it any more in earnest.
    """

    def __init__(self) -> None:
        self._last = 0
        self._pending: dict[int, Pending] = {}

    def next_tsn(self) -> int:
        """Return a number that nobody waits for."""
        for _ in range(_NUMBERS):
            self._last = (self._last + 1) % _NUMBERS
            if self._last not in self._pending:
                break
        return self._last

    @contextlib.contextmanager
    def expect(self, peer: str, accepts: Callable[[Any], bool]) -> Iterator[Pending]:
        """Wait for a message of `peer` that carries the returned number and that `accepts` approves of."""
        pending = Pending(peer, self.next_tsn(), accepts, asyncio.get_running_loop().create_future())
        self._pending[pending.tsn] = pending
        try:
            yield pending
        finally:
            if self._pending.get(pending.tsn) is pending:
                del self._pending[pending.tsn]

    def resolve(self, peer: str, tsn: int, message: object) -> bool:
        """Hand a received message to whom it answers; tells whether there was somebody."""
        pending = self._pending.get(tsn)
        if pending is None or pending.peer != peer or pending.reply.done() or not pending.accepts(message):
            return False
        pending.reply.set_result(message)
        return True

    def fail(self, peer: str, error: Exception) -> None:
        """Let all who wait for `peer` know that no answer will come."""
        self._fail(error, lambda pending: pending.peer == peer)

    def fail_all(self, error: Exception) -> None:
        """Let everybody know that no answer will come."""
        self._fail(error, lambda _: True)

    def _fail(self, error: Exception, concerns: Callable[[Pending], bool]) -> None:
        for pending in self._pending.values():
            if concerns(pending) and not pending.reply.done():
                pending.reply.set_exception(error)
                pending.reply.exception()  # retrieved: who has given up waiting is no reason for a warning
