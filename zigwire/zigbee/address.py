"""IEEE addresses: text as the MQTT interface shows it, eight bytes little-endian on air."""

from __future__ import annotations

__all__ = ["NO_IEEE", "ieee_from_bytes", "ieee_from_int", "ieee_to_bytes", "is_ieee"]

NO_IEEE = "0x" + "f" * 16
"""The address that means "none" or "all" in ZDO requests."""

_LENGTH = len(NO_IEEE)


def ieee_from_int(value: int) -> str:
    """Return `0x` and 16 hex digits."""
    return f"0x{value:016x}"


def ieee_from_bytes(data: bytes) -> str:
    """Return the text of an address as it goes on air (8 bytes, little-endian)."""
    return ieee_from_int(int.from_bytes(data, "little"))


def ieee_to_bytes(ieee: str) -> bytes:
    """Return the address as it goes on air.

    Raises:
        ValueError: It is not `0x` and 16 hex digits.
    """
    if not is_ieee(ieee):
        raise ValueError(f"{ieee[:40]!r} is not an IEEE address: 0x and 16 hex digits are needed")
    return int(ieee, 16).to_bytes(8, "little")


def is_ieee(text: str) -> bool:
    """Tell whether `text` is an IEEE address in the interface's form."""
    if len(text) != _LENGTH or not text.startswith("0x"):
        return False
    return all(digit in "0123456789abcdef" for digit in text[2:])
