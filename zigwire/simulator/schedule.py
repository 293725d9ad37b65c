"""What happens when: a queue of actions against a clock that can be made to leap."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

__all__ = ["Clock", "Schedule", "Timer"]

Clock = Callable[[], float]


@dataclass(order=True, slots=True)
class Timer:
    """An action that is due at `when`; `cancel` takes it back."""

    when: float
    number: int
    action: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Forget the action; without effect once it ran."""
        self.action = None


class Schedule:
    """Runs actions in the order of their times.

    Inside an event loop they run by themselves when the clock reaches them. `advance` makes time leap, with or
    without a loop: everything in between happens, each thing at its own time.

    Args:
        clock: Seconds from any origin; a constant gives a world where only `advance` moves time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._leapt = 0.0
        self._queue: list[Timer] = []
        self._numbers = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Seconds by the clock, leaps included."""
        return self._clock() + self._leapt

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` in `seconds`, never before this call has returned."""
        timer = Timer(self.now() + max(0.0, seconds), next(self._numbers), action)
        heapq.heappush(self._queue, timer)
        if self._queue[0] is timer:
            self._set_alarm()
        return timer

    def run_due(self) -> None:
        """Run what is due by now, including what falls due meanwhile."""
        try:
            while self._queue and self._queue[0].when <= self.now():
                self._run_next()
        finally:
            self._set_alarm()

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"seconds: {seconds} is negative, time only goes forward")
        end = self.now() + seconds
        try:
            while self._queue and self._queue[0].when <= end:
                self._leapt += max(0.0, self._queue[0].when - self.now())
                self._run_next()
            self._leapt += max(0.0, end - self.now())
        finally:
            self._set_alarm()

    def _run_next(self) -> None:
        timer = heapq.heappop(self._queue)
        action, timer.action = timer.action, None
        if action is not None:
            action()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._queue:
            return
        with suppress(RuntimeError):  # outside an event loop only `advance` and `run_due` move things
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(max(0.0, self._queue[0].when - self.now()), self.run_due)
