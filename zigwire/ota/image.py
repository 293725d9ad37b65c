"""The OTA upgrade image: a header, and elements with tags (ZCL 11.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zigwire.ota.errors import ImageError

__all__ = ["IDENTIFIER", "LARGEST_FILE", "Element", "Header", "Image"]

IDENTIFIER = bytes.fromhex("1ef1ee0b")
"""What every image begins with: 0x0BEEF11E, little-endian."""

LARGEST_FILE = 16 * 2**20
"""Bytes; the largest one of the zigbee-OTA project has 2.1 million."""

HEADER_VERSION = 0x0100
LARGEST_DIVISION = 1000  # elements; real images have up to 175

_FIXED = struct.Struct("<4s5HIH32sI")

_OPTIONAL = (
    (0x0001, "B", ("security_credential_version",)),
    (0x0002, "Q", ("destination",)),
    (0x0004, "HH", ("hardware_min", "hardware_max")),
)
"""Fields that the header has when a bit of the field control says so: bit, layout, names."""

_TAG = struct.Struct("<HI")
_TELINK = 0xF000
_TELINK_INFORMATION = 2
"""Bytes between the length and the data of Telink's element for encrypted images, which the length does not count."""

_TAGS = {
    0x0000: "upgrade image",
    0x0001: "ECDSA signature, suite 1",
    0x0002: "ECDSA signing certificate, suite 1",
    0x0003: "image integrity code",
    0x0004: "picture data",
    0x0005: "ECDSA signature, suite 2",
    0x0006: "ECDSA signing certificate, suite 2",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What an image says of itself.

    Attributes:
        manufacturer_code: Of the devices that it is for.
        image_type: The manufacturer's number for this kind of device.
        file_version: What a device runs with it.
        stack_version: 2 is Zigbee PRO.
        header_string: The manufacturer's own words.
        total_size: Bytes from the identifier to the end, header included.
        header_length: Bytes of the header.
        security_credential_version: None where the header has none.
        destination: IEEE address of the one device that it is for, None for all.
        hardware_min: The earliest hardware that it is for, None for all.
        hardware_max: The latest.
    """

    manufacturer_code: int
    image_type: int
    file_version: int
    stack_version: int
    header_string: str
    total_size: int
    header_length: int
    security_credential_version: int | None = None
    destination: str | None = None
    hardware_min: int | None = None
    hardware_max: int | None = None

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """Read the header that a file begins with.

        Raises:
            ImageError: It is none, contradicts itself, or tells of more than the file has.
        """
        if not data.startswith(IDENTIFIER):
            raise ImageError(f"identifier '{data[:4].hex()}' is not {IDENTIFIER.hex()}")
        if len(data) < _FIXED.size:
            raise ImageError(f"file of {len(data)} bytes is shorter than a header, which has {_FIXED.size} or more")
        _, version, length, control, *numbers, text, size = _FIXED.unpack_from(data)
        if version != HEADER_VERSION:
            raise ImageError(f"header version {version:#06x} is not {HEADER_VERSION:#06x}")
        optional = _optional_fields(data, length, control)
        if not length < size <= len(data):
            raise ImageError(f"image size {size} is not from {length + 1} to {len(data)}, which is what the file has")
        words = text.partition(b"\0")[0].decode("utf-8", "replace")
        manufacturer_code, image_type, file_version, stack_version = numbers
        return cls(manufacturer_code, image_type, file_version, stack_version, words, size, length, **optional)

    def __str__(self) -> str:
        return (
            f"version {self.file_version} ({self.file_version:#010x}) for manufacturer {self.manufacturer_code:#06x} "
            f"and image type {self.image_type:#06x}"
        )


@dataclass(frozen=True, slots=True)
class Element:
    """A part of an image.

    Attributes:
        tag: What it is; from 0xf000 on the manufacturer's own.
        data: Its content.
    """

    tag: int
    data: bytes

    def __str__(self) -> str:
        meaning = _TAGS.get(self.tag, "manufacturer's own" if self.tag >= _TELINK else "reserved")
        return f"{self.tag:#06x} {meaning}, {len(self.data)} bytes"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Image:
    """A file that may be offered to devices.

    Attributes:
        header: What it says of itself.
        elements: Its parts; none where the manufacturer divides it in a way of its own.
        data: What a device gets: `header.total_size` bytes, from the identifier on.
    """

    header: Header
    elements: tuple[Element, ...]
    data: bytes

    @classmethod
    def parse(cls, data: bytes) -> Image:
        """Read a file: what stands before the identifier and after the image's end is left out.

        Raises:
            ImageError: It has no image, or a damaged one: elements that do not fill it to the byte count as damage.
        """
        header, content = _unwrapped(data)
        return cls(header, _divided(content, header.header_length), content)

    @classmethod
    def parse_vouched(cls, data: bytes) -> Image:
        """Read a file whose hash is known to be right: what it holds is its manufacturer's business.

        Of 1,242 images in the zigbee-OTA project, 24 are not divided into elements as the specification says.

        Raises:
            ImageError: It has no image, or its header is wrong.
        """
        header, content = _unwrapped(data)
        try:
            elements = _divided(content, header.header_length)
        except ImageError:
            elements = ()
        return cls(header, elements, content)

    def __str__(self) -> str:
        return f"{self.header}, {len(self.data)} bytes"


def _unwrapped(data: bytes) -> tuple[Header, bytes]:
    """Find the image in a file: some manufacturers put it into a container, or append a checksum."""
    start = data.find(IDENTIFIER)
    if start < 0:
        raise ImageError(f"identifier {IDENTIFIER.hex()} is nowhere in the file of {len(data)} bytes")
    header = Header.parse(data[start:])
    return header, data[start : start + header.total_size]


def _optional_fields(data: bytes, length: int, control: int) -> dict[str, Any]:
    present = [field for field in _OPTIONAL if control & field[0]]
    layout = struct.Struct("<" + "".join(form for _, form, _ in present))
    end = _FIXED.size + layout.size
    if control > sum(bit for bit, _, _ in _OPTIONAL):
        raise ImageError(f"field control {control:#06x} is not from 0x0000 to 0x0007")
    if length != end:
        raise ImageError(f"header length {length} is not {end}, which field control {control:#06x} makes it")
    if len(data) < end:
        raise ImageError(f"file of {len(data)} bytes is shorter than its header, which has {end}")
    names = [name for _, _, names in present for name in names]
    fields: dict[str, Any] = dict(zip(names, layout.unpack_from(data, _FIXED.size), strict=True))
    if fields.get("hardware_min", 0) > fields.get("hardware_max", 0):
        raise ImageError(f"hardware versions {fields['hardware_min']} to {fields['hardware_max']} are no range")
    if "destination" in fields:
        fields["destination"] = f"{fields['destination']:#018x}"
    return fields


def _divided(content: bytes, start: int) -> tuple[Element, ...]:
    """Return the elements; tag 0xf000 may be Telink's, and be an ordinary one of another manufacturer.

    Seen in the zigbee-OTA project: 47 images with Telink's, 105 with ordinary ones, none with both.
    """
    try:
        return tuple(_elements(content, start, 0))
    except ImageError as error:
        try:
            return tuple(_elements(content, start, _TELINK_INFORMATION))
        except ImageError:
            raise error from None


def _elements(content: bytes, position: int, telink_information: int) -> Iterator[Element]:
    for _ in range(LARGEST_DIVISION):
        if position == len(content):
            return
        if position + _TAG.size > len(content):
            raise ImageError(f"{len(content) - position} bytes at {position} are no element: a tag and size need 6")
        tag, size = _TAG.unpack_from(content, position)
        begin = position + _TAG.size + (telink_information if tag == _TELINK else 0)
        if begin + size > len(content):
            left = max(0, len(content) - begin)
            raise ImageError(f"element {tag:#06x} at {position} has size {size}, but {left} bytes follow")
        yield Element(tag, content[begin : begin + size])
        position = begin + size
    raise ImageError(f"image has more than {LARGEST_DIVISION} elements")
