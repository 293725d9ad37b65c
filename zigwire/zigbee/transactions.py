"""Transactions: which received message answers which sent one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Pending", "Transactions"]

_NUMBERS = 256


@dataclass(slots=True, eq=False)
class Pending:
    """A reply that is waited for.

    Attributes:
        peer: Who is asked, as the caller names it.
        reply: Resolved with the message that answers.
        tsn: The transaction sequence number, None before it is sent.
    """

    peer: str
    accepts: Callable[[Any], bool]
    reply: asyncio.Future[Any]
    tsn: int | None = None


class Transactions:
    """Numbers what is sent and finds the waiting one for what is received.

    A number is in use once for all peers, because radios confirm by it alone. Only when all are in use, the next in the
    circle is used once more; answers are then told apart by who sent them.
    """

    def __init__(self) -> None:
        self._last = 0
        self._pending: set[Pending] = set()
        self._numbered: dict[int, list[Pending]] = {}

    def next_tsn(self) -> int:
        """Return a number that nobody waits for, or the one that comes next when all are waited for."""
        following = ((self._last + step) % _NUMBERS for step in range(1, _NUMBERS))
        free = (number for number in following if number not in self._numbered)
        self._last = next(free, (self._last + 1) % _NUMBERS)
        return self._last

    @contextlib.contextmanager
    def expect(self, peer: str, accepts: Callable[[Any], bool]) -> Iterator[Pending]:
        """Wait for a message of `peer` that `accepts` approves of, once it has a number."""
        pending = Pending(peer, accepts, asyncio.get_running_loop().create_future())
        self._pending.add(pending)
        try:
            yield pending
        finally:
            self._forget(pending)

    def number(self, pending: Pending, wanted: int | None = None) -> int:
        """Return the number to send with, the same each time: the one that is wanted, or one that is free."""
        if pending.tsn is None:
            pending.tsn = self.next_tsn() if wanted is None else wanted
            self._numbered.setdefault(pending.tsn, []).append(pending)
        return pending.tsn

    def resolve(self, peer: str, tsn: int, message: object) -> bool:
        """Hand a received message to whom it answers; tells whether there was somebody."""
        for pending in self._numbered.get(tsn, ()):
            if pending.peer == peer and not pending.reply.done() and pending.accepts(message):
                pending.reply.set_result(message)
                return True
        return False

    def fail(self, peer: str, error: Exception) -> None:
        """Let all who wait for `peer` know that no answer will come."""
        self._fail(error, lambda pending: pending.peer == peer)

    def fail_all(self, error: Exception) -> None:
        """Let everybody know that no answer will come."""
        self._fail(error, lambda _: True)

    def _forget(self, pending: Pending) -> None:
        self._pending.discard(pending)
        if pending.tsn is None:
            return
        sharing = self._numbered[pending.tsn]
        sharing.remove(pending)
        if not sharing:
            del self._numbered[pending.tsn]

    def _fail(self, error: Exception, concerns: Callable[[Pending], bool]) -> None:
        for pending in self._pending:
            if concerns(pending) and not pending.reply.done():
                pending.reply.set_exception(error)
                pending.reply.exception()  # retrieved: who has given up waiting is no reason for a warning
