"""A download: what was offered, what of it has arrived, and whether a block is what was asked for."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Block", "Download", "Offer", "ViolationError"]

BLOCK = struct.Struct("<BHHIIB")
"""Of an image block response: status, manufacturer, image type, file version, offset, size; then the data."""


class ViolationError(Exception):
    """The server did what the specification does not allow."""


class Offer(NamedTuple):
    """An image, as a query next image response names it."""

    manufacturer_code: int
    image_type: int
    file_version: int
    size: int

    @classmethod
    def parse(cls, payload: bytes) -> Offer:
        """Read a query next image response that has the status success."""
        return cls(*struct.unpack_from("<HHII", payload, 1))


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an image."""

    manufacturer_code: int
    image_type: int
    file_version: int
    offset: int
    data: bytes

    @classmethod
    def parse(cls, payload: bytes) -> Block:
        """Read an image block response that has the status success.

        Raises:
            ViolationError: It is not as long as it says.
        """
        _, manufacturer, image_type, version, offset, size = BLOCK.unpack_from(payload)
        data = payload[BLOCK.size :]
        if size != len(data):
            raise ViolationError(f"a block of {size} bytes has {len(data)}")
        return cls(manufacturer, image_type, version, offset, data)


@dataclass(slots=True)
class Download:
    """How far an image has arrived.

    Attributes:
        data: Its beginning, without gaps.
        page_end: Where the page ends that was asked for; blocks of it that come ahead of their turn are kept.
        horizon: Up to there blocks have been asked for once: those that come late are no fault.
    """

    offer: Offer
    data: bytearray = field(default_factory=bytearray)
    page_end: int = 0
    horizon: int = 0
    _ahead: dict[int, bytes] = field(default_factory=dict)

    @property
    def offset(self) -> int:
        """Bytes that are there."""
        return len(self.data)

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.offset >= self.offer.size

    def take(self, block: Block, largest: int) -> bool:
        """Take a block; returns whether it brought anything new.

        Args:
            block: From the server.
            largest: Bytes that were asked for at most.

        Raises:
            ViolationError: It is none that may come now.
        """
        self._check(block, largest)
        if self.offset < block.offset < self.page_end:
            self._ahead[block.offset] = block.data
            return True
        if block.offset != self.offset:
            return False
        self.data += block.data
        while self.offset in self._ahead:
            self.data += self._ahead.pop(self.offset)
        return True

    def _check(self, block: Block, largest: int) -> None:
        image = (block.manufacturer_code, block.image_type, block.file_version)
        end = block.offset + len(block.data)
        if image != self.offer[:3]:
            raise ViolationError(f"a block of the image {image} instead of {self.offer[:3]}")
        if not 0 < len(block.data) <= largest:
            raise ViolationError(f"a block of {len(block.data)} bytes, 1 to {largest} were asked for")
        if end > self.offer.size:
            raise ViolationError(f"a block up to {end}, the image ends at {self.offer.size}")
        if block.offset > self.offset and block.offset >= self.horizon:
            raise ViolationError(f"a block at {block.offset}, {self.offset} was asked for")
        known = self.data[block.offset : end]
        if known != block.data[: len(known)]:
            raise ViolationError(f"the block at {block.offset} is not what it was before")

    def ask_page(self, size: int) -> None:
        """Expect a page from here on."""
        self.page_end = min(self.offset + size, self.offer.size)
        self.horizon = max(self.horizon, self.page_end)

    def lose_memory(self) -> None:
        """Forget what is not in flash: the page that was on its way."""
        self.page_end = 0
        self._ahead.clear()

    def restart(self) -> None:
        """Forget all that has arrived; the block that was asked for last may come all the same."""
        self.lose_memory()
        self.horizon = max(self.horizon, self.offset + 1)
        self.data.clear()
