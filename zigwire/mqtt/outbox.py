"""What waits while the broker is away or slow: in order, and never more than fits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from zigwire.mqtt.message import Publication

__all__ = ["Outbox"]

Queue = OrderedDict[bytes | int, Publication]


class Outbox:
    """A bounded queue of publications.

    A retained topic waits with its newest payload only. Beyond the bounds the oldest messages go first: those
    of QoS 0, then those of QoS 1 and 2, and retained ones last.

    Args:
        most_messages: How many may wait.
        most_bytes: How many bytes of topics and payloads may wait.

    Attributes:
        dropped: How many were dropped since the start.
    """

    def __init__(self, most_messages: int = 20_000, most_bytes: int = 16 * 2**20) -> None:
        self._most_messages = most_messages
        self._most_bytes = most_bytes
        self._bytes = 0
        self._sequence = 0
        self.dropped = 0
        self._told = 0
        self._plain: Queue = OrderedDict()
        self._acknowledged: Queue = OrderedDict()
        self._retained: Queue = OrderedDict()

    def __len__(self) -> int:
        return len(self._plain) + len(self._acknowledged) + len(self._retained)

    @property
    def first(self) -> Publication | None:
        """What is next, None when nothing waits."""
        return min(
            (next(iter(queue.values())) for queue in self._queues if queue),
            key=lambda publication: publication.sequence,
            default=None,
        )

    def put(self, publication: Publication) -> None:
        """Add one behind the others."""
        self._sequence += 1
        publication.sequence = self._sequence
        if publication.retain:
            self._remove(self._retained, publication.topic)
        self._insert(publication)
        self._shrink()

    def take_back(self, publications: Iterable[Publication]) -> None:
        """Put what was sent in vain, given in its order, before the others again."""
        for publication in reversed(list(publications)):
            if publication.retain and publication.topic in self._retained:
                continue
            publication.sequence = min(0, self.first.sequence if self.first else 0) - 1
            self._insert(publication)
            self._queue_of(publication).move_to_end(self._key_of(publication), last=False)
        self._shrink()

    def remove(self, publication: Publication) -> None:
        """Take one out, to send it."""
        self._remove(self._queue_of(publication), self._key_of(publication))

    def take_dropped(self) -> int:
        """Return how many were dropped since the last call."""
        new, self._told = self.dropped - self._told, self.dropped
        return new

    @property
    def _queues(self) -> tuple[Queue, Queue, Queue]:
        return self._plain, self._acknowledged, self._retained

    def _queue_of(self, publication: Publication) -> Queue:
        if publication.retain:
            return self._retained
        return self._acknowledged if publication.qos else self._plain

    @staticmethod
    def _key_of(publication: Publication) -> bytes | int:
        return publication.topic if publication.retain else publication.sequence

    def _insert(self, publication: Publication) -> None:
        self._queue_of(publication)[self._key_of(publication)] = publication
        self._bytes += _weight(publication)

    def _remove(self, queue: Queue, key: bytes | int) -> None:
        removed = queue.pop(key, None)
        if removed is not None:
            self._bytes -= _weight(removed)

    def _shrink(self) -> None:
        while len(self) > self._most_messages or self._bytes > self._most_bytes:
            queue = next(queue for queue in self._queues if queue)
            self._remove(queue, next(iter(queue)))
            self.dropped += 1


def _weight(publication: Publication) -> int:
    return len(publication.topic) + len(publication.payload)
