"""An image that can be told from all others, and a device that downloads it over a bad link, in a time of its own."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zigwire.ota.image import Header, Image
from zigwire.ota.replies import Reply
from zigwire.ota.transfer import Transfer
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command

IEEE = "0x00158d0001a2b3c4"
MANUFACTURER, IMAGE_TYPE, OLD, NEW = 0x115F, 1, 0x10, 0x11
COMMANDS = {"query": "queryNextImageRequest", "block": "imageBlockRequest", "page": "imagePageRequest"}


def image(size: int = 1000, **header: Any) -> Image:
    """Return an image of random bytes."""
    fields = {"manufacturer_code": MANUFACTURER, "image_type": IMAGE_TYPE, "file_version": NEW, **header}
    shape = Header(stack_version=2, header_string="", total_size=size, header_length=56, **fields)
    return Image(shape, (), random.Random(size).randbytes(size))


def message(command: str, tsn: int = 1, **args: Any) -> Message:
    """Return a command of the cluster as a device sends it; unless told otherwise it is about the usual image."""
    about = {"manufacturerCode": MANUFACTURER, "imageType": IMAGE_TYPE, "fileVersion": NEW, "fieldControl": 0}
    request = Command(endpoint=1, cluster="genOta", command=command, args={**about, **args})
    return parse(0x0019, encode(request, tsn))


def query(tsn: int = 1, version: int = OLD, **args: Any) -> Message:
    return message("queryNextImageRequest", tsn, fileVersion=version, **args)


def block(offset: int, tsn: int = 1, size: int = 50, **args: Any) -> Message:
    return message("imageBlockRequest", tsn, fileOffset=offset, maximumDataSize=size, **args)


def page(offset: int, tsn: int = 1, length: int = 200, spacing: int = 20, **args: Any) -> Message:
    about = {"maximumDataSize": 50, "pageSize": length, "responseSpacing": spacing, **args}
    return message("imagePageRequest", tsn, fileOffset=offset, **about)


def end(status: int = 0, tsn: int = 1, **args: Any) -> Message:
    return message("upgradeEndRequest", tsn, status=status, **args)


def default_response(command_id: int, status: int) -> Message:
    return parse(0x0019, bytes([0x18, 1, 0x0B, command_id, status]))


@dataclass
class Link:
    """What happens to frames.

    Attributes:
        unheard: Part of the device's frames that get lost.
        undelivered: Part of ours of which the radio knows that they got lost.
        vanishing: Part of ours that get lost although the radio says otherwise.
        repeated: Part of the device's that come twice.
        delay: Seconds that a frame takes.
        jitter: Further seconds at most, by chance: frames overtake each other.
    """

    unheard: float = 0.0
    undelivered: float = 0.0
    vanishing: float = 0.0
    repeated: float = 0.0
    delay: float = 0.02
    jitter: float = 0.0


@dataclass
class Habits:
    """What a device does.

    Attributes:
        asked: Bytes in a block that it asks for.
        page: Bytes in a page, 0 to ask for blocks.
        retry: Seconds after which it asks again.
        retries: How often, before it gives up.
        cuts: Offsets at which its power fails, for how long, and what it does then.
        deaf: Whether it does not ask when it is notified.
        wrong: Status of its end request.
    """

    asked: int = 50
    page: int = 0
    retry: float = 1.0
    retries: int = 8
    cuts: list[tuple[int, float, str]] = field(default_factory=list)
    deaf: bool = False
    wrong: int = 0


class Download:
    """Plays a transfer with a device until it has ended."""

    def __init__(self, transfer: Transfer, content: Image, link: Link, habits: Habits, seed: int = 1) -> None:
        self.now = 0.0
        self.transfer = transfer
        self.content = content
        self.link = link
        self.habits = habits
        self.dice = random.Random(seed)
        self.version = OLD
        self.told = False
        self.buffer = bytearray()
        self.violations: list[str] = []
        self.blocks: Counter[int] = Counter()
        self.sent = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._numbers = itertools.count(1)
        self._asked: set[int] = set()
        self._busy = False
        self._on = True
        self._loading = False
        self._attempt = 0
        self._page_end = 0
        self._life = 0

    def run(self, seconds: float = 7 * 24 * 3600) -> None:
        """Let time go by until the transfer has ended; one that does not is a failure."""
        while not self.transfer.ended:
            self.step()
            assert self.now < seconds, "the transfer is stuck"
        self.step()

    def step(self) -> None:
        """Let the next thing happen."""
        self.transfer.tick(self.now)
        if not self._busy and (reply := self.transfer.take(self.now)) is not None:
            self._send(reply)
            return
        due = float("inf") if self._busy or self.transfer.ended else self.transfer.due
        if self._events and self._events[0][0] <= due:
            self.now, _, action = heapq.heappop(self._events)
            action()
        elif due < float("inf"):
            self.now = max(self.now, due)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._order), action))

    # The server's side

    def _send(self, reply: Reply, attempt: int = 1) -> None:
        self._busy = True
        self.sent += 1
        frame = encode(reply.request(1), 0 if reply.to is None else reply.to.tsn)
        delivered = self._on and self.dice.random() >= self.link.undelivered
        if delivered and self.dice.random() >= self.link.vanishing:
            self.later(self._way(), lambda: self._hear(parse(0x0019, frame)))
        self.later(self.link.delay, lambda: self._confirm(reply, attempt, delivered))

    def _confirm(self, reply: Reply, attempt: int, delivered: bool) -> None:
        self._busy = False
        if not reply.paced and not delivered and attempt < 3:
            self._send(reply, attempt + 1)
        elif reply.paced and delivered:
            self.transfer.delivered(self.now)
        elif reply.paced:
            self.transfer.lost()

    def _way(self) -> float:
        return self.link.delay + self.dice.random() * self.link.jitter

    # The device's side

    def ask(self) -> None:
        """Ask for the next image."""
        self._say(query(self._number(), self.version))

    def _number(self) -> int:
        number = next(self._numbers) & 0xFF
        self._asked.add(number)
        return number

    def _say(self, said: Message) -> None:
        if not self._on:
            return
        times = 0 if self.dice.random() < self.link.unheard else 1
        if times and self.dice.random() < self.link.repeated:
            times = 2
        for _ in range(times):
            self.later(self._way(), lambda: self.transfer.received(said, self.now))

    def _hear(self, said: Message) -> None:
        if not self._on:
            return
        status = said.args.get("status", said.args.get("statusCode", 0))
        if said.type != "commandImageNotify" and said.tsn not in self._asked:
            self.violations.append(f"{said.type} has the number of no request")
        match said.type:
            case "commandImageNotify" if not self.habits.deaf:
                self.ask()
            case "commandQueryNextImageResponse" if status == 0:
                self._loading = True
                self._next()
            case "commandImageBlockResponse" if status == 0:
                self._store(said.args)
            case "commandImageBlockResponse" if status == 0x97:
                self._again_in(said.args["requestTime"])
            case "commandImageBlockResponse" | "defaultResponse":
                self._loading = False
            case "commandUpgradeEndResponse" if len(self.buffer) == self.content.header.total_size:
                self.told = True
                self._off(2.0, "upgraded")

    def _store(self, args: dict[str, Any]) -> None:
        offset, data = args["fileOffset"], bytes(args["data"])
        if data != self.content.data[offset : offset + len(data)] or not data:
            self.violations.append(f"block {offset} is not of the image")
        if len(data) > self.habits.asked:
            self.violations.append(f"block {offset} has {len(data)} bytes")
        self.blocks[offset] += 1
        if not self._loading or offset != len(self.buffer):
            return
        self.buffer += data
        if len(self.buffer) < self._page_end and not self._is_cut():
            self._attempt = 1
            self._again_in(self.habits.retry)
        else:
            self._next()

    def _is_cut(self) -> bool:
        return bool(self.habits.cuts) and len(self.buffer) >= self.habits.cuts[0][0]

    def _next(self) -> None:
        if self._is_cut():
            _, seconds, then = self.habits.cuts.pop(0)
            self._off(seconds, then)
            return
        self._attempt = 0
        self._request()

    def _again_in(self, seconds: float) -> None:
        self._life += 1
        life = self._life
        self.later(seconds, lambda: self._request() if life == self._life else None)

    def _request(self) -> None:
        if not self._loading:
            return
        self._attempt += 1
        if self._attempt > self.habits.retries + 1:
            self._loading = False
            return
        offset, number = len(self.buffer), self._number()
        if offset >= self.content.header.total_size:
            self._say(end(self.habits.wrong, number))
        elif self.habits.page and self._attempt == 1 and offset >= self._page_end:
            self._page_end = offset + self.habits.page
            self._say(page(offset, number, self.habits.page, maximumDataSize=self.habits.asked))
        else:
            self._say(block(offset, number, self.habits.asked))
        self._again_in(self.habits.retry)

    def _off(self, seconds: float, then: str) -> None:
        self._on = self._loading = False
        self._life += 1
        self._page_end = 0
        self.later(seconds, lambda: self._back(then))

    def _back(self, then: str) -> None:
        self._on = True
        if then == "upgraded":
            self.version = self.content.header.file_version
        self.transfer.announced(self.now)
        if then in {"restart", "forget"}:
            self.buffer.clear()
        if then in {"restart", "query"}:
            self.ask()
        elif then == "block":
            self._loading = True
            self._next()
