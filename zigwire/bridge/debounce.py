"""Holding state changes back: debounce gathers them until a device is quiet, throttle lets one through per interval."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["Debouncer", "Throttle"]

Publish = Callable[[dict[str, Any]], None]


def without(held: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return what is held but for some properties."""
    dropped = frozenset(names)
    return {name: value for name, value in held.items() if name not in dropped}


class Debouncer:
    """Gathers changes until none came for `seconds`.

    Args:
        seconds: Time without a change after which what was gathered is published.
        keep: Properties of which no value may be lost: a differing one publishes what was gathered before it.
        publish: Called with the gathered changes.
    """

    def __init__(self, seconds: float, keep: Iterable[str], publish: Publish) -> None:
        self._seconds = seconds
        self._keep = frozenset(keep)
        self._publish = publish
        self._held: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(self, changes: Mapping[str, Any]) -> None:
        """Hold changes back; empty ones publish as well, what is known at the end."""
        held = self._held or {}
        if any(name in held and held[name] != changes[name] for name in self._keep & changes.keys()):
            self.flush()
        self._held = {**(self._held or {}), **changes}
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.flush)

    def superseded(self, names: Iterable[str]) -> None:
        """Drop properties that were published by another way meanwhile."""
        if self._held:
            self._held = without(self._held, names) or None

    def flush(self) -> None:
        """Publish now what is held."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, None
        if held is not None:
            self._publish(held)


class Throttle:
    """Lets the first change through and then at most one gathered change per `seconds`.

    Args:
        seconds: Shortest time between two publishes.
        publish: Called with the gathered changes.
    """

    def __init__(self, seconds: float, publish: Publish) -> None:
        self._seconds = seconds
        self._publish = publish
        self._held: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def superseded(self, names: Iterable[str]) -> None:
        """Drop properties that were published by another way meanwhile."""
        if self._held:
            self._held = without(self._held, names) or None

    def add(self, changes: Mapping[str, Any]) -> None:
        """Publish changes, now or at the end of the interval; empty ones publish what is known then."""
        self._held = {**(self._held or {}), **changes}
        if self._timer is None:
            self._release()

    def flush(self) -> None:
        """Publish now what is held."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, None
        if held is not None:
            self._publish(held)

    def _release(self) -> None:
        self._timer = None
        held, self._held = self._held, None
        if held is None:
            return
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._release)
        self._publish(held)
