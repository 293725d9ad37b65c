"""Taking turns: a semaphore that serves the more urgent first, and those of equal urgency in order."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator

__all__ = ["Turns"]


class Turns:
    """Lets `capacity` at a time in.

    Args:
        capacity: How many may have their turn at once.
        reserved: How many of them only the most urgent, of rank 0, may take.
    """

    def __init__(self, capacity: int, reserved: int = 0) -> None:
        self._capacity = self._free = capacity
        self._reserved = reserved
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def is_taken(self) -> bool:
        """Whether somebody has a turn."""
        return self._free < self._capacity

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return sum(not future.done() for *_, future in self._waiting)

    @contextlib.asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        """Wait for a turn and hold it; the lowest rank comes first."""
        await self._acquire(rank)
        try:
            yield
        finally:
            self._release()

    async def _acquire(self, rank: int) -> None:
        if self._admits(rank):
            self._free -= 1
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        self._free += 1
        while self._waiting and self._admits(self._waiting[0][0]):
            *_, future = heapq.heappop(self._waiting)
            if not future.done():
                self._free -= 1
                future.set_result(None)

    def _admits(self, rank: int) -> bool:
        return self._free > (self._reserved if rank else 0)
