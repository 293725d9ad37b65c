"""Holding state changes back: debounce gathers them until a device is quiet, throttle lets one through per interval."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["Debouncer", "Throttle"]

Publish = Callable[[dict[str, Any]], None]


class Holding:
    """Changes that wait to be published; None is nothing, empty ones publish what is known by then.

    Args:
        seconds: How long they wait.
        publish: Called with the gathered changes.
    """

    def __init__(self, seconds: float, publish: Publish) -> None:
        self._seconds = seconds
        self._publish = publish
        self._held: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def superseded(self, names: Iterable[str]) -> None:
        """Drop properties that were published by another way meanwhile; what is known is published all the same."""
        if self._held:
            dropped = frozenset(names)
            self._held = {name: value for name, value in self._held.items() if name not in dropped}

    def flush(self) -> None:
        """Publish now what is held."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, None
        if held is not None:
            self._publish(held)

    def _hold(self, changes: Mapping[str, Any]) -> None:
        self._held = {**(self._held or {}), **changes}


class Debouncer(Holding):
    """Gathers changes until none came for `seconds`.

    Args:
        seconds: Time without a change after which what was gathered is published.
        keep: Properties of which no value may be lost: a differing one publishes what was gathered before it.
        publish: Called with the gathered changes.
    """

    def __init__(self, seconds: float, keep: Iterable[str], publish: Publish) -> None:
        super().__init__(seconds, publish)
        self._keep = frozenset(keep)

    def add(self, changes: Mapping[str, Any]) -> None:
        """Hold changes back."""
        held = self._held or {}
        if any(name in held and held[name] != changes[name] for name in self._keep & changes.keys()):
            self.flush()
        self._hold(changes)
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self.flush)


class Throttle(Holding):
    """Lets the first change through and then at most one gathered change per `seconds`."""

    def add(self, changes: Mapping[str, Any]) -> None:
        """Publish changes, now or at the end of the interval."""
        self._hold(changes)
        if self._timer is None:
            self._release()

    def _release(self) -> None:
        self._timer = None
        held, self._held = self._held, None
        if held is None:
            return
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._release)
        self._publish(held)
