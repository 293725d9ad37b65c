"""One firmware update as a value machine: what a device asks, what it is told and when, and how it ends (ZCL 11.13)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from zigwire.ota import manners, replies
from zigwire.ota.asked import current_of, is_about, number
from zigwire.ota.errors import AbortedError, OtaError
from zigwire.ota.fit import misfit
from zigwire.ota.image import Image
from zigwire.ota.pacing import Pacing
from zigwire.ota.replies import Reply
from zigwire.ota.seats import WAIT
from zigwire.ota.values import Current, Pace, Progress
from zigwire.zcl.message import Message
from zigwire.zcl.status import Status, status_name

__all__ = ["Transfer"]

_PAGE = "commandImagePageRequest"

_SOON = 10.0
"""Seconds after which a device that should go on by itself, after a restart or a power cut, is notified."""

_QUIET = 30.0
"""Seconds of silence at least before a device is notified once more; some begin from the start then."""

_REMINDING = 20.0
"""Seconds at least from one such notification, or an offer, to the next: they get lost, and so do the answers."""

_APPLYING = 120.0
"""Seconds for a device to come back with its new image, as long as Zigbee2MQTT waits (measured)."""

_ABORTING = 10.0
"""Seconds for a device to ask for something, to be told that it is over."""

_ECHO = 1.0
"""Seconds in which a request that was just answered is its own repetition on the way."""

_TRIES = 5
"""Deliveries tried of one block; then the device has to ask again."""

_SAFE_BLOCK = 50
"""Bytes in a block that every way through a network carries, where larger ones get lost twice in a row."""

_MOST_REPLIES = 8
"""Replies that wait to be sent; a device that asks faster than it can be answered gets the latest ones."""

_MOST_ROUNDS = 3
"""Whole downloads that a device is given to come to run the new image."""


@dataclass(slots=True)
class _Run:
    """What a device has asked for and is to get: a block, or a page of them.

    Attributes:
        offset: Where the next block begins.
        end: Where the last one ends.
        asked: Bytes in a block at most.
        spacing: Seconds from one block to the next at least, as the device wants it.
        tries: How often the next block was sent in vain.
    """

    request: Message
    offset: int
    end: int
    asked: int
    spacing: float
    tries: int = 0

    @property
    def id(self) -> tuple[int, int]:
        """What tells the request from others: transaction number and offset."""
        return _id(self.request)


class Transfer:
    """An image on its way to a device, until the device runs it or the way has ended.

    It has no clock: each call says what time it is, in seconds. What is to be said is taken with `take`, and how that
    went is told with `delivered` or `lost`.

    Args:
        ieee: The device's address.
        image: What it gets.
        pace: How.
        now: When this begins.
        running: Version that the device ran when it asked, None when it goes on with an update from before a restart.

    Attributes:
        progress: How far it is, None while that is not known.
        ended: Whether it is over; what is still to be said may be taken all the same.
        failure: Why it came to nothing.
    """

    def __init__(self, ieee: str, image: Image, pace: Pace, now: float, *, running: int | None) -> None:
        self.ended = False
        self.failure: OtaError | None = None
        self._ieee = ieee
        self._image = image
        self._header = image.header
        self._running = running
        self._pacing = Pacing(pace.delay)
        self._delay = pace.delay
        self._block_size = pace.block_size
        self._patience = manners.patience(image.header, pace.patience)
        self._replies: deque[Reply] = deque(maxlen=_MOST_REPLIES)
        self._run: _Run | None = None
        self._flying: tuple[int, int] | None = None
        self._answered: tuple[int, int] | None = None
        self._answered_at = self._told_to_wait = float("-inf")
        self._offset = 0
        self._begun: tuple[float, int] | None = None
        self._heard = now
        self._complaint = ""
        self._rounds = 0
        self._applied: float | None = None
        self._aborted: float | None = None
        self._remind = now + (_SOON if running is None else self._quiet)
        self.progress: Progress | None = None
        if running is not None:
            self.progress = Progress(0, self._header.total_size, self._estimate(0))

    # What happens

    def received(self, message: Message, now: float, *, seated: bool = True) -> None:
        """Take what the device says.

        Args:
            message: A query, a request for a block or a page, an end, or a default response.
            now: When.
            seated: Whether the device may download at the moment; otherwise it is told to wait.
        """
        if message.type == "defaultResponse":
            self._complain(message)
            return
        if self.ended:
            return
        self._heard = now
        self._complaint = ""
        self._remind = now + self._quiet
        match message.type:
            case "commandQueryNextImageRequest":
                self._queried(message, now)
            case "commandUpgradeEndRequest":
                self._finished(message, now)
            case _:
                self._asked(message, now, seated=seated)

    def announced(self, now: float) -> None:
        """Note that the device came back: with its new image, or after a power cut."""
        if self._applied is not None:
            self._end()
        else:
            self._remind = min(self._remind, now + _SOON)

    def abort(self, now: float) -> bool:
        """End the update at the device's next request, or soon; tells whether it is not too late for that."""
        if self.ended or self._applied is not None:
            return False
        self._aborted = now
        if self._run is not None:
            self._turn_away(replies.abort(self._run.request))
        return True

    def fail(self, failure: OtaError) -> None:
        """End the update without a word to the device."""
        if not self.ended:
            self._end(failure)

    def excuse(self, now: float) -> None:
        """Note that the device can't be heard at the moment: its silence is not its own."""
        self._heard = now
        self._remind = now + _SOON

    def tick(self, now: float) -> None:
        """Decide what time decides."""
        if self.ended:
            return
        if now >= self._deadline:
            self._run_out()
        elif self._applied is None and now >= self._remind:
            self._remind = now + max(_REMINDING, self._patience / 10)
            self._replies.append(replies.notify())

    # What is to be said

    @property
    def due(self) -> float:
        """When there is something to say or to decide next."""
        if self._replies:
            return float("-inf")
        dues = [self._deadline]
        if self._applied is None:
            dues.append(self._remind)
        if self._run is not None:
            dues.append(self._pacing.due(self._run.spacing))
        return min(dues)

    def take(self, now: float) -> Reply | None:
        """Return what is to be said now, if anything."""
        if self._replies:
            return self._replies.popleft()
        run = self._run
        if run is None or now < self._pacing.due(run.spacing):
            return None
        self._pacing.began(now)
        wanted = manners.block_size(self._header.manufacturer_code, self._block_size, run.asked)
        data = self._image.data[run.offset : min(run.offset + wanted, run.end)]
        self._flying = (run.offset, len(data))
        return replies.block(run.request, self._header, run.offset, data)

    def delivered(self, now: float) -> None:
        """Note that the block that was taken last reached the device."""
        if self._flying is None:
            return
        (offset, size), self._flying = self._flying, None
        run = self._run
        if run is None or run.offset != offset:
            return
        self._answered, self._answered_at = run.id, now
        run.offset, run.tries = offset + size, 0
        if run.offset < run.end and run.request.type == _PAGE:
            self._advance(run.offset, now)
            self._heard, self._remind = now, now + self._quiet
        else:
            self._run = None

    def lost(self) -> None:
        """Note that the block that was taken last did not reach the device."""
        if self._flying is None:
            return
        (offset, size), self._flying = self._flying, None
        self._pacing.lost()
        if self._pacing.losses > 1 and size > _SAFE_BLOCK:
            self._block_size = min(self._block_size, _SAFE_BLOCK)
        if self._run is not None and self._run.offset == offset:
            self._run.tries += 1
            if self._run.tries >= _TRIES:
                self._run = None

    # Within: what the device says

    def _queried(self, message: Message, now: float) -> None:
        """Offer the image, once more after a power cut; a device that runs it by now has got there."""
        current = current_of(message)
        if self._aborted is not None:
            self._turn_away(replies.no_image(message))
        elif misfit(self._header, self._ieee, current) is not None:
            self._replies.append(replies.no_image(message))
        elif self._is_there(current):
            self._replies.append(replies.no_image(message))
            self._end()
        elif self._rounds >= _MOST_ROUNDS:
            self._replies.append(replies.no_image(message))
            self._end(
                OtaError(f"{self._ieee} took the image {self._rounds} times and still runs {current.file_version}")
            )
        else:
            self._run = self._applied = None
            self._remind = now + _REMINDING
            self._replies.append(replies.offer(message, self._header))

    def _is_there(self, current: Current) -> bool:
        if current.file_version != self._header.file_version:
            return False
        return self._running != current.file_version or self._applied is not None

    def _asked(self, message: Message, now: float, *, seated: bool) -> None:
        code, size = self._header.manufacturer_code, self._header.total_size
        offset, asked = manners.piece(code, number(message, "fileOffset"), number(message, "maximumDataSize"))
        end = min(offset + number(message, "pageSize"), size) if message.type == _PAGE else size
        if self._aborted is not None:
            self._turn_away(replies.abort(message))
        elif not is_about(message, self._header):
            self._remind = now + _SOON
            self._replies.append(replies.default(message, Status.NO_IMAGE_AVAILABLE))
        elif offset >= end or not asked:
            self._replies.append(replies.default(message, Status.MALFORMED_COMMAND))
        elif not seated:
            self._put_off(message, now)
        elif not self._is_echo(message, now):
            self._applied = None
            self._advance(offset, now)
            spacing = max(number(message, "responseSpacing"), number(message, "minimumBlockPeriod")) / 1000
            self._run = _Run(message, offset, end, asked, spacing)

    def _put_off(self, message: Message, now: float) -> None:
        """Tell a device to ask later; one that does not listen is told no more than now and then."""
        self._run = None
        self._heard = now + WAIT
        if now - self._told_to_wait >= _ECHO:
            self._told_to_wait = now
            self._replies.append(replies.wait(message, WAIT))

    def _is_echo(self, message: Message, now: float) -> bool:
        """Tell whether the same request came twice, over two ways, rather than that the device asks again."""
        if self._run is not None and self._run.id == _id(message):
            return True
        return _id(message) == self._answered and now - self._answered_at < _ECHO

    def _finished(self, message: Message, now: float) -> None:
        """Let a device that has all run it; one that gives up is let go with its reason."""
        status = number(message, "status")
        if not is_about(message, self._header):
            self._replies.append(replies.default(message, Status.SUCCESS if status else Status.NO_IMAGE_AVAILABLE))
        elif status != Status.SUCCESS:
            self._replies.append(replies.default(message, Status.SUCCESS))
            failure = f"OTA update of {self._ieee} failed with reason: {status_name(status)}"
            self._end(self._abortion if self._aborted is not None else OtaError(failure))
        elif self._aborted is not None:
            self._turn_away(replies.default(message, Status.ABORT))
        else:
            self._run = None
            self._replies.append(replies.upgrade(message, self._header))
            if self._applied is None:
                self._applied = now
                self._rounds += 1
                self.progress = Progress(self._header.total_size, self._header.total_size, 0.0)

    def _complain(self, message: Message) -> None:
        status = number(message, "statusCode")
        if status != Status.SUCCESS:
            self._complaint = f"; it answered {status_name(status)}"

    # Within: how far it is, and the end

    def _advance(self, offset: int, now: float) -> None:
        """Note up to where the device has the image."""
        if offset > self._offset:
            self._pacing.advanced()
        elif self._run is None and self._answered is not None and self._answered[1] == offset:
            self._pacing.lost()
        if self._begun is None or offset < self._offset:
            self._begun = (now, offset)
        self._offset = offset
        since, first = self._begun
        left = self._header.total_size - offset
        remaining = left * (now - since) / (offset - first) if offset > first else self._estimate(offset)
        self.progress = Progress(offset, self._header.total_size, remaining)

    def _estimate(self, offset: int) -> float:
        return math.ceil((self._header.total_size - offset) / self._block_size) * self._delay

    @property
    def _quiet(self) -> float:
        return max(_QUIET, self._patience / 2)

    @property
    def _deadline(self) -> float:
        if self._applied is not None:
            return self._applied + _APPLYING
        if self._aborted is not None:
            return self._aborted + _ABORTING
        return self._heard + self._patience

    def _run_out(self) -> None:
        """End because the time for something is over: for coming back, that is no failure."""
        if self._applied is not None:
            self._end()
        elif self._aborted is not None:
            self._end(self._abortion)
        else:
            self._end(OtaError(f"{self._unfinished} ({self._silence})"))

    @property
    def _unfinished(self) -> str:
        return f"Device {self._ieee} did not start/finish firmware download after being notified."

    @property
    def _silence(self) -> str:
        far = f"with {self._offset} of {self._header.total_size} bytes" if self._begun else "before the first block"
        return f"silent for {self._patience:g} s, {far}{self._complaint}"

    @property
    def _abortion(self) -> AbortedError:
        return AbortedError(f"OTA for device {self._ieee} was aborted")

    def _turn_away(self, reply: Reply) -> None:
        """Tell the device that the update was aborted."""
        self._replies.append(reply)
        self._end(self._abortion)

    def _end(self, failure: OtaError | None = None) -> None:
        self.ended = True
        self.failure = failure
        self._run = None


def _id(request: Message) -> tuple[int, int]:
    return request.tsn, number(request, "fileOffset")
