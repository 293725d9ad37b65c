"""The header of a ZCL frame (ZCL 2.4.1)."""

from __future__ import annotations

from typing import NamedTuple

from zigwire.zcl.errors import EncodeError, ParseError

__all__ = ["GENERAL", "SPECIFIC", "Header", "ParseError"]

GENERAL = 0
"""Frame type of commands that all clusters share."""

SPECIFIC = 1
"""Frame type of commands of one cluster."""

_MANUFACTURER_SPECIFIC = 0x04
_TO_CLIENT = 0x08
_DISABLE_DEFAULT_RESPONSE = 0x10


class Header(NamedTuple):
    """What comes before the payload.

    Attributes:
        frame_type: `GENERAL` or `SPECIFIC`; 2 and 3 are reserved.
        tsn: Transaction sequence number, 0 to 255.
        command_id: The command, 0 to 255.
        to_client: Direction: sent by a server to a client.
        manufacturer: Manufacturer code, None for the standard ones.
        disable_default_response: Whether success needs no default response.
    """

    frame_type: int
    tsn: int
    command_id: int
    to_client: bool = False
    manufacturer: int | None = None
    disable_default_response: bool = False

    @classmethod
    def parse(cls, data: bytes) -> tuple[Header, int]:
        """Return the header of a frame, and where its payload begins.

        Raises:
            ParseError: The frame is too short to have a header.
        """
        length = 5 if data and data[0] & _MANUFACTURER_SPECIFIC else 3
        if len(data) < length:
            raise ParseError(f"a ZCL header has {length} bytes, the frame has {len(data)}: {data.hex()}")
        control = data[0]
        header = cls(
            frame_type=control & 0x03,
            tsn=data[length - 2],
            command_id=data[length - 1],
            to_client=bool(control & _TO_CLIENT),
            manufacturer=int.from_bytes(data[1:3], "little") if length == 5 else None,
            disable_default_response=bool(control & _DISABLE_DEFAULT_RESPONSE),
        )
        return header, length

    def serialise(self) -> bytes:
        """Return the header's bytes.

        Raises:
            EncodeError: A number does not fit its field.
        """
        control = (
            self.frame_type
            | (self.manufacturer is not None and _MANUFACTURER_SPECIFIC)
            | (self.to_client and _TO_CLIENT)
            | (self.disable_default_response and _DISABLE_DEFAULT_RESPONSE)
        )
        manufacturer = b"" if self.manufacturer is None else _field(self.manufacturer, 2, "manufacturer code")
        numbers = _field(self.tsn, 1, "transaction sequence number") + _field(self.command_id, 1, "command id")
        return bytes([control]) + manufacturer + numbers


def _field(value: int, size: int, what: str) -> bytes:
    if not 0 <= value < 1 << 8 * size:
        raise EncodeError(f"{value} is no {what}: 0 to {(1 << 8 * size) - 1} is allowed")
    return value.to_bytes(size, "little")
