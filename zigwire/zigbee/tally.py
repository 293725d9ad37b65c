"""What became of frames and requests, counted: for each device, and for the radio."""

from __future__ import annotations

import contextlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from zigwire.zigbee import radio as radios
from zigwire.zigbee.errors import DeliveryError, RadioOfflineError, RequestError, RequestTimeoutError

__all__ = ["Durations", "Tallies", "Tally"]

_HANDLING = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1)
_SENDING = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ANSWERING = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)

_MOST_REASONS = 20
_OTHER = "other"
"""What radios say beyond so many reasons: some put an address or a number into the text."""


class Durations:
    """How long something took each time, as a histogram.

    Args:
        bounds: Seconds that each bucket holds at most, in ascending order; a last bucket holds the rest.

    Attributes:
        counts: What fell into each bucket.
        seconds: All together.
    """

    __slots__ = ("bounds", "counts", "seconds")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.seconds += seconds


@dataclass(slots=True)
class Tally:
    """What was sent to one device since the start.

    Attributes:
        frames: Frames handed to the radio.
        undelivered: Frames that were not delivered, by the radio's word for it (`MAC_NO_ACK`).
        retries: Frames sent once more because the one before was not delivered.
        failed: Requests that came to nothing: `undelivered`, `unanswered`, `radio_offline` or `not_sent`.
        answered: Seconds until the others had their answer, waiting for the device's turn included.
    """

    frames: int = 0
    undelivered: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    answered: Durations = field(default_factory=lambda: Durations(_ANSWERING))


class Tallies:
    """Counts.

    Attributes:
        handled: Seconds that a received frame took with all that it led to, up to the messages to MQTT.
        sent: Seconds until the radio knew what became of a frame, whomever it was for.
        undelivered: Frames that were not delivered, whomever they were for.
    """

    def __init__(self) -> None:
        self.handled = Durations(_HANDLING)
        self.sent = Durations(_SENDING)
        self.undelivered = 0
        self._devices: defaultdict[str, Tally] = defaultdict(Tally)

    def of(self, ieee: str) -> Tally:
        """Return a device's own."""
        return self._devices[ieee]

    def forget(self, ieee: str) -> None:
        """Drop a device's own."""
        self._devices.pop(ieee, None)

    @contextlib.contextmanager
    def request(self, ieee: str) -> Iterator[None]:
        """Count a request."""
        tally, begin = self._devices[ieee], perf_counter()
        try:
            yield
        except RequestError as error:
            tally.failed[_reason(error)] += 1
            raise
        tally.answered.add(perf_counter() - begin)

    @contextlib.contextmanager
    def frame(self, ieee: str) -> Iterator[None]:
        """Count a frame that is handed to the radio."""
        tally, begin = self._devices[ieee], perf_counter()
        tally.frames += 1
        try:
            yield
        except radios.DeliveryError as error:
            self.undelivered += 1
            many = len(tally.undelivered) >= _MOST_REASONS and error.status not in tally.undelivered
            tally.undelivered[_OTHER if many else error.status] += 1
            raise
        finally:
            self.sent.add(perf_counter() - begin)


def _reason(error: RequestError) -> str:
    match error:
        case DeliveryError():
            return "undelivered"
        case RequestTimeoutError():
            return "unanswered"
        case RadioOfflineError():
            return "radio_offline"
        case _:
            return "not_sent"
