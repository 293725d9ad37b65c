"""What devices of some manufacturers need to get an image: the facts are those that Zigbee2MQTT's users found."""

from __future__ import annotations

from zigwire.ota.image import Header

__all__ = ["block_size", "patience", "piece"]

_LEGRAND, _DRESDEN_ELEKTRONIK, _BOSCH, _INSTA, _COOLKIT = 0x1021, 0x1135, 0x1209, 0x117A, 0x1286

_LARGE_BLOCKS = 64
"""What Legrand's devices take; they know better than the user how much they want."""

_SMALL_BLOCKS = 40
"""What devices of Insta and dresden elektronik take at most, whatever they ask for."""

_PATIENCE = {_BOSCH: 3600.0, _LEGRAND: 1800.0}
"""Seconds: Bosch devices may ask once an hour, Legrand's begin again by themselves near the end."""

_COOLKIT_TYPE, _COOLKIT_PATIENCE = 8199, 3600.0
"""Sonoff devices of this image type take long to say that they are done (zigbee-herdsman-converters issue 6657)."""

_STUCK, _RESET = (50, 12), (78, 64)
"""Offset and size that a stuck Legrand device asks for, and what makes it begin again (zigbee-OTA issue 328)."""


def block_size(manufacturer_code: int, wanted: int, asked: int) -> int:
    """Return how many bytes to send at most, where so many are wanted by us and asked for by the device."""
    if manufacturer_code == _LEGRAND:
        return min(_LARGE_BLOCKS, asked)
    if manufacturer_code in {_INSTA, _DRESDEN_ELEKTRONIK}:
        return min(_SMALL_BLOCKS, asked)
    return min(wanted, asked)


def patience(header: Header, usual: float) -> float:
    """Return the seconds in which a device has to ask for something, where others have `usual` ones."""
    if header.manufacturer_code == _COOLKIT and header.image_type == _COOLKIT_TYPE:
        return max(usual, _COOLKIT_PATIENCE)
    return max(usual, _PATIENCE.get(header.manufacturer_code, 0.0))


def piece(manufacturer_code: int, offset: int, size: int) -> tuple[int, int]:
    """Return offset and size to send where a device asks for these."""
    return _RESET if manufacturer_code == _LEGRAND and (offset, size) == _STUCK else (offset, size)
