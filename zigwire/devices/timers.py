"""What a device's definition does later, by key: the next with the same key takes the place of the one before."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any

__all__ = ["REAL_TIME", "Pause", "Timers", "Timing"]

LOG = logging.getLogger(__name__)

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The time that definitions live in.

    Attributes:
        pause: Waits for so many seconds.
        now: Returns the Unix time in seconds.
    """

    pause: Pause = asyncio.sleep
    now: Callable[[], float] = time.time


REAL_TIME = Timing()
"""The machine's."""


class Timers:
    """Work that waits for its time.

    Args:
        pause: Waits for so many seconds.
    """

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._waiting: dict[Hashable, asyncio.Task[None]] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self, key: Hashable, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something after a while, and nothing that waited under this key."""
        self.cancel(key)
        task = asyncio.get_running_loop().create_task(self._wait(key, seconds, work))
        self._waiting[key] = task
        task.add_done_callback(self._done)

    def cancel(self, key: Hashable) -> None:
        """Let what waits under this key not happen."""
        if task := self._waiting.pop(key, None):
            task.cancel()

    def stop(self) -> None:
        """Let nothing happen any more, and end what is under way."""
        for task in (*self._waiting.values(), *self._under_way):
            task.cancel()
        self._waiting.clear()

    async def _wait(self, key: Hashable, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work once its time has come; from then on the key is free for what the work starts."""
        await self._pause(seconds)
        self._under_way.add(self._waiting.pop(key))
        await work()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            LOG.error("What a definition does later failed", exc_info=error)
