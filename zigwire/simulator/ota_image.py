"""Firmware for simulated devices: OTA files (ZCL 11.4) that say in themselves what a device is like that runs them."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from zigwire.simulator.errors import SimulatorError

__all__ = ["SMALLEST", "Firmware"]

IDENTIFIER = 0x0BEEF11E
HEADER_VERSION = 0x0100
STACK_VERSION = 2
UPGRADE_IMAGE = 0x0000
HARDWARE_VERSIONS = 0x0004

HEADER = struct.Struct("<IHHHHHIH32sI")
"""Identifier, version and length of the header, field control, manufacturer, image type, two versions, text, size."""

ELEMENT = struct.Struct("<HI")
"""Tag and length of an element."""

MAGIC = b"SIMFW1"
BODY = struct.Struct("<6sHI")
"""How the upgrade image begins: magic, length of the manifest, checksum of all that follows."""

HEADER_STRING = b"Simulated"

SMALLEST = 512
"""Bytes that an image has at least."""


@dataclass(frozen=True, slots=True)
class Firmware:
    """One version for one kind of device.

    Attributes:
        software_build: What genBasic swBuildId says once it runs, None where the device has none.
        date_code: What genBasic dateCode says, None for what it said before.
        hardware: The lowest and the highest version of hardware that may run it.
    """

    manufacturer_code: int
    image_type: int
    file_version: int
    software_build: str | None = None
    date_code: str | None = None
    hardware: tuple[int, int] | None = None

    def image(self, size: int) -> bytes:
        """Make the file; the same firmware and size give the same bytes.

        Args:
            size: Of the file in bytes, at least `SMALLEST`.

        Raises:
            SimulatorError: The size is too small.
        """
        if size < SMALLEST:
            raise SimulatorError(f"size: {size} is less than {SMALLEST} bytes")
        optional = struct.pack("<HH", *self.hardware) if self.hardware else b""
        start = HEADER.size + len(optional)
        header = HEADER.pack(
            IDENTIFIER,
            HEADER_VERSION,
            start,
            HARDWARE_VERSIONS if self.hardware else 0,
            self.manufacturer_code,
            self.image_type,
            self.file_version,
            STACK_VERSION,
            HEADER_STRING,
            size,
        )
        length = size - start - ELEMENT.size
        return header + optional + ELEMENT.pack(UPGRADE_IMAGE, length) + self._body(length)

    def _body(self, length: int) -> bytes:
        manifest = json.dumps([self.software_build, self.date_code]).encode()
        dice = random.Random(f"{self.manufacturer_code}/{self.image_type}/{self.file_version}")  # noqa: S311 - no secret
        content = manifest + dice.randbytes(length - BODY.size - len(manifest))
        return BODY.pack(MAGIC, len(manifest), zlib.crc32(content)) + content

    @classmethod
    def parse(cls, data: bytes) -> Firmware:
        """Read a file as a boot loader would, whole or not at all.

        Raises:
            ValueError: Something in it is not right; the text says what.
        """
        if len(data) < HEADER.size:
            raise ValueError(f"{len(data)} bytes are no image")
        identifier, version, start, control, maker, kind, file_version, _, _, size = HEADER.unpack_from(data)
        if (identifier, version) != (IDENTIFIER, HEADER_VERSION):
            raise ValueError(f"identifier 0x{identifier:08x} or header version 0x{version:04x} is wrong")
        if size != len(data):
            raise ValueError(f"the header says {size} bytes, there are {len(data)}")
        manifest = next((_manifest(body) for tag, body in _elements(data, start) if tag == UPGRADE_IMAGE), None)
        if manifest is None:
            raise ValueError("there is no upgrade image in it")
        hardware = struct.unpack_from("<HH", data, start - 4) if control & HARDWARE_VERSIONS else None
        return cls(maker, kind, file_version, *manifest, hardware)


def _elements(data: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    while position < len(data):
        tag, length = ELEMENT.unpack_from(data, position)
        position += ELEMENT.size + length
        if position > len(data):
            raise ValueError(f"element 0x{tag:04x} reaches beyond the end")
        yield tag, data[position - length : position]


def _manifest(body: bytes) -> tuple[str | None, str | None]:
    """What the firmware calls itself: software build and date code."""
    magic, length, checksum = BODY.unpack_from(body)
    content = body[BODY.size :]
    if magic != MAGIC or zlib.crc32(content) != checksum:
        raise ValueError("the upgrade image is damaged")
    software_build, date_code = json.loads(content[:length])
    return software_build, date_code
