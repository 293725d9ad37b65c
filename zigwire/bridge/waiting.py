"""What waits for devices that sleep: commands that could not be delivered, until the device speaks or they expire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.answers import Answer
from zigwire.bridge.topics import Verb

__all__ = ["Waiter", "Waiting"]


@dataclass(frozen=True, slots=True)
class Waiter:
    """One key of a command that waits.

    Attributes:
        message: The whole message that the key came in.
        expires: When it is given up, in the event loop's time.
        answer: Told what became of it.
    """

    verb: Verb
    endpoint: str | None
    key: str
    message: Mapping[str, Any]
    expires: float
    answer: Answer

    @property
    def place(self) -> tuple[str, str | None, str]:
        """What a later one of must be equal in, to take the place of this one."""
        return self.verb, self.endpoint, self.key


class Waiting:
    """What waits, by device, in the order in which it is to be sent.

    Args:
        changed: Called with the IEEE address of a device for which other things wait than before.
        expired: Called with a device's IEEE address and what is given up.
    """

    def __init__(self, changed: Callable[[str], None], expired: Callable[[str, Waiter], None]) -> None:
        self._changed = changed
        self._expired = expired
        self._waiters: dict[str, dict[tuple[str, str | None, str], Waiter]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def has(self, ieee: str) -> bool:
        """Whether something waits for a device."""
        return ieee in self._waiters

    def of(self, ieee: str) -> Iterator[Waiter]:
        """Go through what waits for a device."""
        yield from self._waiters.get(ieee, {}).values()

    def add(self, ieee: str, waiter: Waiter) -> None:
        """Let something wait; it takes the place of what waited for the same key before."""
        waiters = self._waiters.setdefault(ieee, {})
        if before := waiters.pop(waiter.place, None):
            before.answer.settle(before.key, "superseded")
        waiters[waiter.place] = waiter
        self._watch(ieee)
        self._changed(ieee)

    def take(self, ieee: str) -> list[Waiter]:
        """Return all that waits for a device, which waits no more."""
        taken = list(self._waiters.pop(ieee, {}).values())
        if taken:
            self._watch(ieee)
            self._changed(ieee)
        return taken

    def drop(self, ieee: str, reason: str) -> None:
        """Give up all that waits for a device."""
        for waiter in self.take(ieee):
            waiter.answer.settle(waiter.key, "failed", reason)

    def stop(self, reason: str) -> None:
        """Give up everything."""
        for ieee in list(self._waiters):
            self.drop(ieee, reason)

    def _watch(self, ieee: str) -> None:
        if timer := self._timers.pop(ieee, None):
            timer.cancel()
        waiters = self._waiters.get(ieee)
        if waiters:
            first = min(waiter.expires for waiter in waiters.values())
            self._timers[ieee] = asyncio.get_running_loop().call_at(first, self._expire, ieee)

    def _expire(self, ieee: str) -> None:
        now = asyncio.get_running_loop().time()
        waiters = self._waiters[ieee]
        for place in [place for place, waiter in waiters.items() if waiter.expires <= now]:
            self._expired(ieee, waiters.pop(place))
        if not waiters:
            del self._waiters[ieee]
        self._watch(ieee)
        self._changed(ieee)
