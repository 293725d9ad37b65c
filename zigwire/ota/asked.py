"""What devices' requests of the OTA Upgrade cluster say, in whole numbers (ZCL 11.13)."""

from __future__ import annotations

import math

from zigwire.ota.image import Header
from zigwire.ota.values import Current
from zigwire.zcl.message import Message

__all__ = ["current_of", "is_about", "number"]

_BITS = {
    "manufacturerCode": 16,
    "imageType": 16,
    "fileVersion": 32,
    "hardwareVersion": 16,
    "fileOffset": 32,
    "maximumDataSize": 8,
    "pageSize": 16,
    "responseSpacing": 16,
    "minimumBlockPeriod": 16,
    "status": 8,
    "statusCode": 8,
}
"""Bits of each field. The codec reads all of them set as "no value", which here is a number like others."""


def number(message: Message, field: str) -> int:
    """Return a field's value, 0 where the message does not have it."""
    value: float = message.args.get(field, 0)
    return (1 << _BITS[field]) - 1 if math.isnan(value) else int(value)


def current_of(query: Message) -> Current:
    """Return what a device runs, as its query says."""
    hardware = number(query, "hardwareVersion") if "hardwareVersion" in query.args else None
    return Current(*_identity(query), hardware)


def is_about(message: Message, header: Header) -> bool:
    """Tell whether a request, or an end, is about an image."""
    return _identity(message) == (header.manufacturer_code, header.image_type, header.file_version)


def _identity(message: Message) -> tuple[int, int, int]:
    return number(message, "manufacturerCode"), number(message, "imageType"), number(message, "fileVersion")
