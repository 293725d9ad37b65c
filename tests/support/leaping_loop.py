"""An event loop whose time leaps to what comes next: hours pass in no time, and everything at its own moment."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

__all__ = ["LeapingLoop"]

GLANCE = 0.005
"""Seconds of real time between two looks at threads that work; the loop's time stands still meanwhile."""


class LeapingLoop(asyncio.SelectorEventLoop):
    """Its time goes by only while nothing is to be done, and then at once.

    Files that threads read and write take no time at all.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._at_work = 0
        super().__init__(_Selector(self._wait))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._now

    def run_in_executor(self, *args: Any) -> asyncio.Future[Any]:
        """Have a thread do something, for which time waits."""
        self._at_work += 1
        future = super().run_in_executor(*args)
        future.add_done_callback(self._done)
        return future

    async def shutdown_default_executor(self, _timeout: float | None = None) -> None:
        """Wait for the threads to end, in earnest."""
        self._at_work += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._at_work -= 1

    def _done(self, _future: object) -> None:
        self._at_work -= 1

    def _wait(self, timeout: float | None) -> float | None:
        """Return how long to wait in earnest."""
        if self._at_work or timeout is None:
            return GLANCE
        self._now += timeout
        return 0


class _Selector(selectors.DefaultSelector):
    def __init__(self, wait: Callable[[float | None], float | None]) -> None:
        super().__init__()
        self._wait = wait

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        return ready or super().select(self._wait(timeout))
