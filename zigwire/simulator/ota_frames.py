"""What an OTA client says and hears, as octets (ZCL 11.13)."""

from __future__ import annotations

import struct

from zigwire.simulator.addresses import ieee_octets
from zigwire.simulator.ota_download import Offer, ViolationError
from zigwire.simulator.ota_profile import OtaProfile

__all__ = [
    "BLOCK",
    "BLOCK_RESPONSE",
    "END",
    "END_RESPONSE",
    "NOTIFY",
    "OTA",
    "PAGE",
    "QUERY",
    "QUERY_RESPONSE",
    "block_request",
    "end_request",
    "page_request",
    "query_request",
    "upgrade_delay",
    "waiting_time",
]

OTA = 0x0019
NOTIFY, QUERY, QUERY_RESPONSE, BLOCK, PAGE, BLOCK_RESPONSE, END, END_RESPONSE = range(8)

WITH_HARDWARE = WITH_IEEE = 0x01
WITH_PERIOD = 0x02
"""Bits of field control."""

ANYTHING = (0xFFFF, 0xFFFF, 0xFFFFFFFF)
"""In an upgrade end response: whatever manufacturer, image type, file version."""

FOR_EVER = 0xFFFFFFFF


def query_request(profile: OtaProfile, file_version: int) -> bytes:
    """Ask what there is for a device that runs a version."""
    image = (profile.manufacturer_code, profile.image_type, file_version)
    if profile.hardware_version is None:
        return struct.pack("<BHHI", 0, *image)
    return struct.pack("<BHHIH", WITH_HARDWARE, *image, profile.hardware_version)


def block_request(profile: OtaProfile, offer: Offer, offset: int, largest: int, ieee: str) -> bytes:
    """Ask for a block of `largest` bytes at most."""
    control, rest = _own_address(profile, ieee)
    if profile.block_period is not None:
        control |= WITH_PERIOD
        rest += struct.pack("<H", round(profile.block_period * 1000))
    return struct.pack("<BHHIIB", control, *offer[:3], offset, largest) + rest


def page_request(profile: OtaProfile, offer: Offer, offset: int, ieee: str) -> bytes:
    """Ask for a page."""
    control, rest = _own_address(profile, ieee)
    spacing = round(profile.response_spacing * 1000)
    image = (*offer[:3], offset, profile.block_size, profile.page_size, spacing)
    return struct.pack("<BHHIIBHH", control, *image) + rest


def end_request(status: int, offer: Offer) -> bytes:
    """Tell how the download went."""
    return struct.pack("<BHHI", status, *offer[:3])


def waiting_time(payload: bytes) -> int:
    """Seconds to wait, as an image block response with the status WAIT_FOR_DATA says."""
    now, then = struct.unpack_from("<II", payload, 1)
    return int(then - now)


def upgrade_delay(payload: bytes, offer: Offer) -> int | None:
    """Seconds until the upgrade, as an upgrade end response says; None for not before the server says so.

    Raises:
        ViolationError: It is about another image.
    """
    *image, now, then = struct.unpack_from("<HHIII", payload)
    if any(told not in {offered, anything} for told, offered, anything in zip(image, offer, ANYTHING, strict=False)):
        raise ViolationError(f"an upgrade end response for {image}")
    return None if then == FOR_EVER else max(0, then - now)


def _own_address(profile: OtaProfile, ieee: str) -> tuple[int, bytes]:
    """Field control and the field for a device's own address."""
    return (WITH_IEEE, ieee_octets(ieee)) if profile.with_ieee else (0, b"")
