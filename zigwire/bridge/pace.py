"""Work that is the same however often it is asked for: a few times at once, then not more often than makes sense."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Calls an action as often as it is wanted, but in a storm of wishes once for many, and always after the last.

    Args:
        action: What is done.
        at_once: So many times in a row it is done right away.
        every: Seconds until it may be done once more.
    """

    def __init__(self, action: Callable[[], None], at_once: int, every: float) -> None:
        self._action = action
        self._at_once = at_once
        self._every = every
        self._left = float(at_once)
        self._counted = 0.0
        self._later: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Do it now or, when it was done too often lately, soon."""
        if self._later:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._left = min(self._at_once, self._left + (now - self._counted) / self._every)
        self._counted = now
        if self._left < 1:
            self._later = loop.call_later((1 - self._left) * self._every, self.flush)
            return
        self._left -= 1
        self._action()

    def flush(self) -> None:
        """Do now what was to be done soon."""
        if self._later:
            self.stop()
            self._action()

    def stop(self) -> None:
        """Leave undone what was to be done soon."""
        if self._later:
            self._later.cancel()
        self._later = None
