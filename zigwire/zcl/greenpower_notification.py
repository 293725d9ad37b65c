"""What a proxy sends of a Green Power device that it heard (Green Power basic 1.1.1, A.3.3.4.1 and A.3.3.4.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from zigwire.zcl.errors import ParseError
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.greenpower_security import ENCRYPTED, header, unprotect

__all__ = ["COMMISSIONING_NOTIFICATION", "NOTIFICATION", "Notification"]

NOTIFICATION, COMMISSIONING_NOTIFICATION = 0x00, 0x04
"""Commands of the cluster: what came in operation, and what came while devices are let in."""

_NO_PAYLOAD = 0xFF
"""Size of a command without a payload that is told as not specified."""

_APPLICATION = 0x07
_BY_SOURCE_ID = 0
_FIXED = struct.Struct("<HIIBB")
_PROXY_INFORMATION = struct.Struct("<HB")
_MIC = struct.Struct("<I")
_INDIVIDUAL_KEYS = {4, 7}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are in the options."""

    level: int
    key_type: int
    rx_after_tx: int
    proxy_information: int
    failed: int


_LAYOUTS = {
    NOTIFICATION: _Layout(level=6, key_type=8, rx_after_tx=1 << 11, proxy_information=1 << 14, failed=0),
    COMMISSIONING_NOTIFICATION: _Layout(
        level=4, key_type=6, rx_after_tx=1 << 3, proxy_information=1 << 11, failed=1 << 9
    ),
}


@dataclass(frozen=True, slots=True)
class Notification:
    """One frame of a device that is known by its source id.

    Attributes:
        kind: `NOTIFICATION` or `COMMISSIONING_NOTIFICATION`.
        source_id: Of the device.
        counter: Security frame counter, or the MAC sequence number of a frame without security.
        command: The device's command.
        payload: Of the command; with a MIC as it was on air, else in the clear.
        level: Security level: 0 none, 2 authenticated, 3 encrypted.
        key_type: 0 none, 1 network key, 2 group key, 3 derived group key, 4 individual, 7 derived individual.
        rx_after_tx: Whether the device listens afterwards.
        proxy: Network address of the proxy, None where it does not tell.
        link: How well the proxy heard it.
        mic: Of a frame that the proxy could not check, None for all others.
    """

    kind: int
    source_id: int
    counter: int
    command: int
    payload: bytes = b""
    level: int = 0
    key_type: int = 0
    rx_after_tx: bool = False
    proxy: int | None = None
    link: int = 0
    mic: int | None = None

    @classmethod
    def parse(cls, kind: int, payload: bytes) -> Notification | None:
        """Read the payload of a command; None for a device that is known by an IEEE address.

        Raises:
            ParseError: It is too short.
        """
        layout = _LAYOUTS[kind]
        if payload and payload[0] & _APPLICATION != _BY_SOURCE_ID:
            return None
        try:
            options, source_id, counter, command, size = _FIXED.unpack_from(payload)
            end = _FIXED.size + (0 if size == _NO_PAYLOAD else size)
            content = payload[_FIXED.size : end]
            proxy, link = (None, 0)
            if options & layout.proxy_information:
                proxy, link = _PROXY_INFORMATION.unpack_from(payload, end)
                end += _PROXY_INFORMATION.size
            mic = _MIC.unpack_from(payload, end)[0] if options & layout.failed else None
        except struct.error as error:
            raise ParseError(f"Green Power notification of {len(payload)} octets is too short: {error}") from error
        if end > len(payload):
            raise ParseError(f"Green Power notification of {len(payload)} octets is too short to have {size} within it")
        return cls(
            kind=kind,
            source_id=source_id,
            counter=counter,
            command=command,
            payload=content,
            level=options >> layout.level & 3,
            key_type=options >> layout.key_type & 7,
            rx_after_tx=bool(options & layout.rx_after_tx),
            proxy=proxy,
            link=link,
            mic=mic,
        )

    def serialise(self, tsn: int) -> bytes:
        """Return the ZCL frame that a proxy sends."""
        layout = _LAYOUTS[self.kind]
        options = self.level << layout.level | self.key_type << layout.key_type | self.rx_after_tx * layout.rx_after_tx
        tail = b""
        if self.proxy is not None:
            options |= layout.proxy_information
            tail += _PROXY_INFORMATION.pack(self.proxy, self.link)
        if self.mic is not None:
            options |= layout.failed
            tail += _MIC.pack(self.mic)
        head = Header(SPECIFIC, tsn, self.kind, disable_default_response=True).serialise()
        fixed = _FIXED.pack(options, self.source_id, self.counter, self.command, len(self.payload))
        return head + fixed + self.payload + tail

    def shown(self) -> Notification:
        """Return an opened frame so that the table of clusters reads its content.

        Encrypted ones are said to have no security then, as zigbee-herdsman does: the table passes over what is hidden.
        """
        return replace(self, level=0) if self.level == ENCRYPTED else self

    def opened(self, key: bytes) -> Notification:
        """Return the frame in the clear, after checking what the proxy could not.

        Raises:
            SecurityError: It was changed, or protected with another key.
        """
        if self.mic is None:
            return self
        individual = self.key_type in _INDIVIDUAL_KEYS
        head = header(self.source_id, self.counter, self.level, individual=individual, rx_after_tx=self.rx_after_tx)
        content = bytes([self.command]) + self.payload
        clear = unprotect(key, self.source_id, self.counter, self.level, head, content, self.mic)
        return replace(self, command=clear[0], payload=clear[1:], mic=None)
