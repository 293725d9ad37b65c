"""Frames of TI's Monitor and Test protocol (UNPI): bytes in, frames out, and back."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["AF", "APP_CNF", "AREQ", "MAXIMUM_PAYLOAD", "SREQ", "SRSP", "SYS", "UTIL", "ZDO", "MtFrame", "MtParser"]

START = 0xFE
SREQ, AREQ, SRSP = 1, 2, 3
SYS, AF, ZDO, UTIL, APP_CNF = 0x01, 0x04, 0x05, 0x07, 0x0F
MAXIMUM_PAYLOAD = 250
OVERHEAD = 5


@dataclass(frozen=True, slots=True)
class MtFrame:
    """One frame: start, length, two octets of command, payload, check octet.

    Attributes:
        kind: 1 synchronous request, 2 asynchronous, 3 synchronous response.
    """

    kind: int
    subsystem: int
    command: int
    payload: bytes = b""

    def serialize(self) -> bytes:
        """The octets of the wire."""
        body = bytes([len(self.payload), self.kind << 5 | self.subsystem, self.command]) + self.payload
        return bytes([START]) + body + bytes([_check(body)])

    @property
    def synchronous(self) -> bool:
        """Whether the sender waits for a response."""
        return self.kind == SREQ


class MtParser:
    """Finds frames in a stream; what is none is skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[MtFrame]:
        """Take octets; give the frames that they complete."""
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> MtFrame | None:
        buffer = self._buffer
        while True:
            start = buffer.find(START)
            del buffer[: len(buffer) if start < 0 else start]
            if len(buffer) < OVERHEAD or len(buffer) < OVERHEAD + buffer[1]:
                return None
            end = OVERHEAD + buffer[1]
            body, check = bytes(buffer[1 : end - 1]), buffer[end - 1]
            if body[0] > MAXIMUM_PAYLOAD or _check(body) != check:
                del buffer[0]
                continue
            del buffer[:end]
            return MtFrame(body[1] >> 5, body[1] & 0x1F, body[2], body[3:])


def _check(body: bytes) -> int:
    return functools.reduce(operator.xor, body, 0)
