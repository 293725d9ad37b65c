"""Retained messages outlive a broker that forgets them: what we retained is remembered and checked for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from zigwire.mqtt.message import Publication

__all__ = ["RetainedMemory"]


class RetainedMemory:
    """The newest retained message of each topic that we published, and whether the broker still has them.

    A broker without persistence loses all of them at a restart, so one topic speaks for all: the sentinel.

    Args:
        sentinel: A topic that we always retain, for example `zigwire/bridge/info`; None to never check.
        patience: Seconds that the broker has to show the sentinel after a reconnect.
    """

    def __init__(self, sentinel: str | None = None, patience: float = 2.0) -> None:
        self.sentinel = sentinel
        self._patience = patience
        self._newest: dict[bytes, tuple[Publication, float]] = {}
        self._doubtful: set[bytes] = set()
        self._shown = asyncio.Event()

    @property
    def in_doubt(self) -> bool:
        """Whether the broker may have forgotten something."""
        return bool(self._doubtful)

    def remember(self, publication: Publication) -> None:
        """Keep a retained publication; one without payload removes its topic, as on the broker."""
        self._doubtful.discard(publication.topic)
        if not publication.payload:
            self._newest.pop(publication.topic, None)
        elif self.sentinel is not None:
            self._newest[publication.topic] = publication, time.monotonic()

    def doubt(self) -> None:
        """The connection is lost: who knows what the broker will remember."""
        self._doubtful = set(self._newest)
        self._shown.clear()

    def shown(self, topic: str) -> bool:
        """Take note of a retained message that the broker sent; True when it was the awaited sentinel."""
        if topic != self.sentinel or not self.in_doubt:
            return False
        self._shown.set()
        return True

    async def missing(self) -> list[Publication]:
        """Wait for the sentinel; return what is to be published again, which is nothing when it came."""
        try:
            async with asyncio.timeout(self._patience):
                await self._shown.wait()
        except TimeoutError:
            return self._all_doubtful()
        finally:
            self._doubtful.clear()
        return []

    def _all_doubtful(self) -> list[Publication]:
        now = time.monotonic()
        aged = (_aged(*newest, now) for topic, newest in self._newest.items() if topic in self._doubtful)
        return [publication for publication in aged if publication is not None]


def _aged(publication: Publication, published: float, now: float) -> Publication | None:
    expiry = publication.properties.get("message_expiry_interval")
    if expiry is None:
        return publication
    left = expiry - int(now - published)
    if left <= 0:
        return None
    return replace(publication, properties={**publication.properties, "message_expiry_interval": left})
