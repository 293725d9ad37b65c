"""A device that can be touchlinked: it answers inter-PAN scans on its channel (ZCL 13.3.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from zigwire.simulator.frame import ZclFrame
from zigwire.zigbee.radio import InterPanFrame

__all__ = ["TouchlinkTarget"]

SCAN_REQUEST, SCAN_RESPONSE, IDENTIFY, RESET = 0x00, 0x01, 0x06, 0x07
LIGHT_LINK, TOUCHLINK = 0xC05E, 0x1000
RESPONSE_FIELDS = (
    bytes.fromhex("00 05 12 0000 00000000 00") + bytes(8) + bytes.fromhex("0b 3412 0100 01 01 5ec0 0002 02 00")
)


@dataclass(slots=True)
class TouchlinkTarget:
    """A lamp of some network, or of none.

    Attributes:
        ieee: Its IEEE address.
        channel: Where it listens.
        identified: How often it blinked.
        resets: How often it was reset to factory new.
    """

    ieee: str
    channel: int
    identified: int = 0
    resets: int = 0
    _transaction: bytes = field(default=b"", repr=False)

    def receive(self, frame: InterPanFrame) -> InterPanFrame | None:
        """Take a frame; returns the answer if it is a scan."""
        if frame.cluster != TOUCHLINK or frame.ieee not in {None, self.ieee}:
            return None
        command = ZclFrame.parse(frame.data)
        transaction = command.payload[:4]
        if command.command == SCAN_REQUEST:
            self._transaction = transaction
            answer = ZclFrame(SCAN_RESPONSE, command.tsn, transaction + RESPONSE_FIELDS, True, None, True, True)
            return InterPanFrame(self.ieee, LIGHT_LINK, TOUCHLINK, answer.serialize())
        if transaction == self._transaction:
            self.identified += command.command == IDENTIFY
            self.resets += command.command == RESET
        return None
