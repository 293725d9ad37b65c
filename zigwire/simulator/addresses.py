"""Addresses of a Zigbee network: IEEE addresses as text and as octets, and the reserved network addresses."""

from __future__ import annotations

import re

__all__ = [
    "ALL_DEVICES",
    "COORDINATOR",
    "FIRST_BROADCAST",
    "ROUTERS",
    "RX_ON_WHEN_IDLE",
    "ieee_octets",
    "ieee_text",
    "parse_ieee",
]

COORDINATOR = 0x0000
FIRST_BROADCAST = 0xFFF8
ROUTERS = 0xFFFC
RX_ON_WHEN_IDLE = 0xFFFD
ALL_DEVICES = 0xFFFF

_IEEE = re.compile(r"0x[0-9a-fA-F]{16}")


def parse_ieee(text: str) -> str:
    """Return `text` in lower case.

    Raises:
        ValueError: It is not `0x` and 16 hex digits.
    """
    if not _IEEE.fullmatch(text):
        raise ValueError(f"IEEE address: {text[:40]!r} is not 0x and 16 hex digits")
    return text.lower()


def ieee_octets(text: str) -> bytes:
    """The eight octets in the order of the wire, least significant first."""
    return int(parse_ieee(text), 16).to_bytes(8, "little")


def ieee_text(octets: bytes) -> str:
    """The text for eight octets from the wire."""
    return f"0x{int.from_bytes(octets[:8], 'little'):016x}"
