"""One look-up or update of a device at a time, each of which can be ended from outside."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from zigwire.ota.errors import OtaError

__all__ = ["Busy"]


class Busy:
    """Knows which task works on a device's firmware."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._ends: dict[str, OtaError] = {}

    def __contains__(self, ieee: str) -> bool:
        return ieee in self._tasks

    @contextlib.contextmanager
    def claim(self, ieee: str) -> Iterator[None]:
        """Let the current task work on a free device.

        Raises:
            OtaError: Its work was ended.
        """
        task = self._tasks[ieee] = _current_task()
        try:
            yield
        except asyncio.CancelledError:
            end = self._ends.get(ieee)
            if end is None or task.uncancel():
                raise
            raise end from None
        finally:
            del self._tasks[ieee]
            self._ends.pop(ieee, None)

    def end(self, ieee: str, reason: OtaError) -> None:
        """End the work on a device, if there is any; who does it finds this reason."""
        if ieee in self._tasks and ieee not in self._ends:
            self._ends[ieee] = reason
            self._tasks[ieee].cancel()


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("work on firmware belongs into a task")
    return task
