"""Time that only goes by when a test says so."""

from __future__ import annotations

import asyncio
import heapq
import itertools

from zigwire.devices.timers import Timing

__all__ = ["NOON", "VirtualTime"]

NOON = 1_768_478_400
"""2026-01-15 12:00 UTC, when it begins."""

TURNS = 5
"""Turns of the event loop in which all that is due gets done."""


class VirtualTime:
    """Makes those who pause wait until so much time has gone by."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.timing = Timing(self.pause, lambda: NOON + self.seconds)
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    async def pause(self, seconds: float) -> None:
        """Wait until so much time has gone by."""
        over = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.seconds + seconds, next(self._count), over))
        await over

    async def go(self, seconds: float) -> None:
        """Let time go by, one event after the other."""
        until = self.seconds + seconds
        await self.settle()
        while self._waiting and self._waiting[0][0] <= until:
            self.seconds, _, over = heapq.heappop(self._waiting)
            if not over.done():
                over.set_result(None)
            await self.settle()
        self.seconds = until

    async def settle(self) -> None:
        """Let all that is due be done."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
