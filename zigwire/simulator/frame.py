"""A whole ZCL frame, as virtual devices take and give it: header and payload."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zigwire.zcl.frame import GENERAL, SPECIFIC, Header

__all__ = ["ZclFrame"]

DEFAULT_RESPONSE = 0x0B


@dataclass(frozen=True, slots=True)
class ZclFrame:
    """One frame; `tsn` is the transaction sequence number."""

    command: int
    tsn: int
    payload: bytes = b""
    cluster_specific: bool = False
    manufacturer: int | None = None
    to_client: bool = False
    disable_default_response: bool = True

    def serialize(self) -> bytes:
        """The octets of the wire."""
        kind = SPECIFIC if self.cluster_specific else GENERAL
        header = Header(
            kind, self.tsn & 0xFF, self.command, self.to_client, self.manufacturer, self.disable_default_response
        )
        return header.serialise() + self.payload

    @classmethod
    def parse(cls, data: bytes) -> ZclFrame:
        """Read a frame.

        Raises:
            ParseError: It is too short for its header.
        """
        header, start = Header.parse(data)
        return cls(
            command=header.command_id,
            tsn=header.tsn,
            payload=bytes(data[start:]),
            cluster_specific=header.frame_type == SPECIFIC,
            manufacturer=header.manufacturer,
            to_client=header.to_client,
            disable_default_response=header.disable_default_response,
        )

    def response(self, command: int, payload: bytes) -> ZclFrame:
        """The frame that answers this one with a command of the same kind."""
        return replace(
            self, command=command, payload=payload, to_client=not self.to_client, disable_default_response=True
        )

    def default_response(self, status: int) -> ZclFrame:
        """The default response to this frame (ZCL 2.5.12)."""
        answer = self.response(DEFAULT_RESPONSE, bytes([self.command, status]))
        return replace(answer, cluster_specific=False)
