"""Messages as browsers get them: WebSocket frames that are made once, for all of them."""

from __future__ import annotations

import struct
import zlib
from enum import Enum, auto
from functools import cached_property
from typing import Any

import orjson

from zigwire.bridge.payloads import dumps

__all__ = ["Frame", "Kind"]

SMALL = 1024  # bytes below which packing saves less than it costs
FASTEST = 1
TEXT, PACKED_TEXT = 0x81, 0xC1
"""First byte of a whole text message, plain and compressed (RFC 6455 section 5.2, RFC 7692 section 6)."""

FLUSHED = b"\x00\x00\xff\xff"
"""What a flush leaves at the end, which is not sent (RFC 7692 section 7.2.1)."""


class Kind(Enum):
    """What a later message of the same topic means to somebody who has not got the earlier one yet."""

    WHOLE = auto()
    """It takes its place."""
    STATE = auto()
    """It goes on top of it, property by property."""
    EVENT = auto()
    """Nothing: both are to be told."""


class Frame:
    """One message.

    Args:
        topic: Below the base topic.
        payload: JSON.
        kind: How it relates to others.
    """

    def __init__(self, topic: str, payload: bytes, kind: Kind) -> None:
        self.topic = topic
        self.payload = payload
        self.kind = kind

    def after(self, earlier: Frame) -> Frame:
        """Return what to tell in place of an earlier message of this topic and this one."""
        if self.kind is not Kind.STATE:
            return self
        both: dict[str, Any] = {**orjson.loads(earlier.payload), **orjson.loads(self.payload)}
        return Frame(self.topic, dumps(both), Kind.STATE)

    def to_wire(self, *, packed: bool) -> bytes:
        """Return the bytes for a socket; `packed` for one that understands permessage-deflate."""
        return self._packed if packed else self._plain

    @cached_property
    def _text(self) -> bytes:
        return b'{"topic":' + orjson.dumps(self.topic) + b',"payload":' + self.payload + b"}"

    @cached_property
    def _plain(self) -> bytes:
        return _header(TEXT, len(self._text)) + self._text

    @cached_property
    def _packed(self) -> bytes:
        """The message compressed by itself: it refers to no earlier one, so that it is the same for every socket."""
        if len(self._text) < SMALL:
            return self._plain
        packer = zlib.compressobj(FASTEST, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = (packer.compress(self._text) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(FLUSHED)
        return _header(PACKED_TEXT, len(packed)) + packed


def _header(first: int, length: int) -> bytes:
    """Write a header without a mask, as servers send (RFC 6455 section 5.2)."""
    if length < 126:
        return struct.pack("!BB", first, length)
    if length < 2**16:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)
