"""What became of commands, counted for each device and group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from zigwire.bridge.answers import Tell
from zigwire.bridge.topics import Verb
from zigwire.zigbee.tally import Durations

__all__ = ["CommandTallies"]

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Results = Mapping[tuple[str, ...], int]


class CommandTallies:
    """Counts set and get messages.

    Attributes:
        refused: Messages for nobody, or that could not be read.
        settled: Seconds from a message to the knowledge of what became of it, for sleeping devices hours.
    """

    def __init__(self) -> None:
        self.refused = 0
        self.settled = Durations(BOUNDS)
        self._results: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)

    def of(self, key: str) -> Results:
        """Return how many commands of a device or group ended in which way, by verb and `ok` or `error`."""
        return self._results.get(key, {})

    def counted(self, key: str, verb: Verb, tell: Tell) -> Tell:
        """Return a `tell` that counts what it tells of a command that begins now."""
        begin = perf_counter()

        def told(answer: dict[str, Any]) -> None:
            self._results[key][verb, answer["status"]] += 1
            self.settled.add(perf_counter() - begin)
            tell(answer)

        return told

    def forget(self, key: str) -> None:
        """Drop what was counted for a device or group that is gone."""
        self._results.pop(key, None)
