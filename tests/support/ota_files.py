"""OTA images and entries of indexes, whole or with faults."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import Any

MANUFACTURER, IMAGE_TYPE, VERSION = 0x117C, 0x4203, 0x12


def image_file(
    *,
    manufacturer: int = MANUFACTURER,
    image_type: int = IMAGE_TYPE,
    version: int = VERSION,
    elements: Iterable[tuple[int, bytes]] = ((0, b"firmware"),),
    control: int = 0,
    optional: bytes = b"",
    body: bytes | None = None,
    words: bytes = b"a lamp",
    header_version: int = 0x0100,
    header_length: int | None = None,
    more_size: int = 0,
) -> bytes:
    """Return a file; `body` stands for the elements, `more_size` makes the header's size wrong."""
    content = b"".join(struct.pack("<HI", tag, len(data)) + data for tag, data in elements) if body is None else body
    length = 56 + len(optional)
    total = length + len(content) + more_size
    numbers = (header_version, header_length or length, control, manufacturer, image_type, version, 2, words, total)
    return bytes.fromhex("1ef1ee0b") + struct.pack("<5HIH32sI", *numbers) + optional + content


def index_row(content: bytes, url: str, **more: Any) -> dict[str, Any]:
    """Return the entry of an index for a file; `more` adds fields, or takes them out with None."""
    manufacturer, image_type, version = struct.unpack_from("<HHI", content, content.index(b"\x1e\xf1\xee\x0b") + 10)
    row = {
        "fileName": url.rpartition("/")[2],
        "fileVersion": version,
        "fileSize": len(content),
        "url": url,
        "imageType": image_type,
        "manufacturerCode": manufacturer,
        "sha512": hashlib.sha512(content).hexdigest(),
        "otaHeaderString": "a lamp",
        **more,
    }
    return {name: value for name, value in row.items() if value is not None}
