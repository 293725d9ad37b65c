"""Time for definitions: the event loop's, or one that stands still until it is told to go on."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable
from typing import Protocol

__all__ = ["Clock", "LoopClock", "Timer", "VirtualClock"]


class Timer(Protocol):
    """Something that is to happen later."""

    def cancel(self) -> None:
        """Let it not happen."""


class Clock(Protocol):
    """What definitions measure time with."""

    @property
    def now(self) -> Callable[[], float] | None:
        """Unix time in milliseconds, None where the machine's own clock is meant."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after a while."""


class LoopClock:
    """The machine's clock, and timers of the running event loop."""

    now: Callable[[], float] | None = None

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call back after a while."""
        return asyncio.get_running_loop().call_later(seconds, callback)


class VirtualTimer:
    """A timer of a `VirtualClock`."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Let it not happen."""
        self.callback = None


class VirtualClock:
    """A clock that only goes when it is run.

    Args:
        start: Unix time in milliseconds that it begins with, and goes back to.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._time = start
        self._timers: list[tuple[float, int, VirtualTimer]] = []
        self._count = itertools.count()

    def now(self) -> float:
        """Return the Unix time in milliseconds."""
        return self._time

    def call_later(self, seconds: float, callback: Callable[[], None]) -> VirtualTimer:
        """Call back after a while."""
        timer = VirtualTimer(callback)
        heapq.heappush(self._timers, (self._time + seconds * 1000, next(self._count), timer))
        return timer

    def step(self, until: float = math.inf) -> bool:
        """Go on to the next timer and let it go off; tells whether there was one up to a time in milliseconds."""
        while self._timers and self._timers[0][0] <= until:
            due, _, timer = heapq.heappop(self._timers)
            if timer.callback is None:
                continue
            self._time = due
            timer.callback()
            return True
        return False

    def reset(self) -> None:
        """Go back to the beginning, without timers."""
        self._time = self._start
        self._timers.clear()
