"""Zigbee Device Objects: the management frames of endpoint 0 as values (Zigbee specification 2.4).

Every message is a dataclass whose fields carry their form on air, so that parsing and encoding are the same for all.
A field with a default may be missing at the end of a received frame: devices leave out what an error makes pointless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from zigwire.zcl.errors import ParseError
from zigwire.zigbee.address import NO_IEEE, ieee_from_bytes, ieee_to_bytes

__all__ = [
    "RESPONSE",
    "ActiveEndpointsRequest",
    "ActiveEndpointsResponse",
    "AddressResponse",
    "BindRequest",
    "BindResponse",
    "BindTarget",
    "BindingEntry",
    "BindingTableRequest",
    "BindingTableResponse",
    "ClearBindingsRequest",
    "ClearBindingsResponse",
    "DeviceAnnounce",
    "IeeeAddressRequest",
    "IeeeAddressResponse",
    "LeaveRequest",
    "LeaveResponse",
    "LqiRequest",
    "LqiResponse",
    "MatchDescriptorRequest",
    "MatchDescriptorResponse",
    "Message",
    "Neighbor",
    "NetworkAddressRequest",
    "NetworkAddressResponse",
    "NodeDescriptor",
    "NodeDescriptorRequest",
    "NodeDescriptorResponse",
    "ParentAnnounce",
    "ParentAnnounceResponse",
    "ParseError",
    "PermitJoiningRequest",
    "PermitJoiningResponse",
    "PowerDescriptorRequest",
    "PowerDescriptorResponse",
    "Response",
    "Route",
    "RoutingRequest",
    "RoutingResponse",
    "SimpleDescriptor",
    "SimpleDescriptorRequest",
    "SimpleDescriptorResponse",
    "UnbindRequest",
    "UnbindResponse",
    "encode",
    "parse",
    "status_name",
]

RESPONSE = 0x8000
"""Set in the cluster of a response."""

_STATUS = {
    0x00: "SUCCESS",
    0x80: "INV_REQUESTTYPE",
    0x81: "DEVICE_NOT_FOUND",
    0x82: "INVALID_EP",
    0x83: "NOT_ACTIVE",
    0x84: "NOT_SUPPORTED",
    0x85: "TIMEOUT",
    0x86: "NO_MATCH",
    0x88: "NO_ENTRY",
    0x89: "NO_DESCRIPTOR",
    0x8A: "INSUFFICIENT_SPACE",
    0x8B: "NOT_PERMITTED",
    0x8C: "TABLE_FULL",
    0x8D: "NOT_AUTHORIZED",
    0x8E: "DEVICE_BINDING_TABLE_FULL",
    0x8F: "INVALID_INDEX",
}


def status_name(status: int) -> str:
    """Return the specification's name of a ZDP status (table 2-129)."""
    return _STATUS.get(status, f"0x{status:02x}")


class _Reader:
    __slots__ = ("_data", "_offset")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def take(self, count: int) -> bytes:
        end = self._offset + count
        if end > len(self._data):
            raise ParseError(f"{count} bytes wanted at {self._offset}, {len(self._data) - self._offset} are left")
        part = self._data[self._offset : end]
        self._offset = end
        return part

    @property
    def exhausted(self) -> bool:
        return self._offset >= len(self._data)


_T = TypeVar("_T")


class _Codec(Protocol[_T]):
    def read(self, reader: _Reader) -> _T: ...

    def write(self, value: _T) -> bytes: ...


class _Integer:
    def __init__(self, size: int) -> None:
        self._size = size

    def read(self, reader: _Reader) -> int:
        return int.from_bytes(reader.take(self._size), "little")

    def write(self, value: int) -> bytes:
        return value.to_bytes(self._size, "little")


class _Ieee:
    def read(self, reader: _Reader) -> str:
        return ieee_from_bytes(reader.take(8))

    def write(self, value: str) -> bytes:
        return ieee_to_bytes(value)


class _Flag:
    def read(self, reader: _Reader) -> bool:
        return reader.take(1) != b"\0"

    def write(self, value: bool) -> bytes:
        return bytes([value])


class _List:
    """A count of one byte and as many items."""

    def __init__(self, item: _Codec[Any]) -> None:
        self._item = item

    def read(self, reader: _Reader) -> tuple[Any, ...]:
        return tuple(self._item.read(reader) for _ in range(reader.take(1)[0]))

    def write(self, value: tuple[Any, ...]) -> bytes:
        return bytes([len(value)]) + b"".join(map(self._item.write, value))


class _Sized:
    """A length of one byte and a structure; length 0 is None."""

    def __init__(self, item: _Codec[Any]) -> None:
        self._item = item

    def read(self, reader: _Reader) -> Any:
        part = reader.take(reader.take(1)[0])
        return self._item.read(_Reader(part)) if part else None

    def write(self, value: Any) -> bytes:
        part = b"" if value is None else self._item.write(value)
        return bytes([len(part)]) + part


class _Structure:
    def __init__(self, kind: type[_Fields]) -> None:
        self._kind = kind

    def read(self, reader: _Reader) -> Any:
        return self._kind.read(reader)

    def write(self, value: Any) -> bytes:
        return b"" if value is None else value.write()


def _wire(codec: _Codec[Any], **options: Any) -> Any:
    return field(metadata={"codec": codec}, **options)


_u8 = partial(_wire, _Integer(1))
_u16 = partial(_wire, _Integer(2))
_u32 = partial(_wire, _Integer(4))
_u64 = partial(_wire, _Integer(8))
_ieee = partial(_wire, _Ieee())
_flag = partial(_wire, _Flag())
_u8s = partial(_wire, _List(_Integer(1)))
_u16s = partial(_wire, _List(_Integer(2)))
_ieees = partial(_wire, _List(_Ieee()))


def _structure(kind: type[_Fields]) -> dict[str, Any]:
    return {"codec": _Structure(kind)}


def _structures(kind: type[_Fields]) -> dict[str, Any]:
    return {"codec": _List(_Structure(kind))}


@dataclass(frozen=True, slots=True)
class _Fields:
    @classmethod
    def read(cls, reader: _Reader) -> Any:
        values: dict[str, Any] = {}
        for part in fields(cls):
            if reader.exhausted and part.default is not MISSING:
                break
            values[part.name] = part.metadata["codec"].read(reader)
        return cls(**values)

    def write(self) -> bytes:
        return b"".join(part.metadata["codec"].write(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True, slots=True)
class Message(_Fields):
    """What all messages share: the cluster that names them."""

    cluster: ClassVar[int]


@dataclass(frozen=True, slots=True)
class Response(Message):
    """What all responses share."""

    status: int = _u8()


_MESSAGES: dict[int, type[Message]] = {}
_M = TypeVar("_M", bound=Message)


def _message(cluster: int) -> Callable[[type[_M]], type[_M]]:
    def register(kind: type[_M]) -> type[_M]:
        kind.cluster = cluster
        _MESSAGES[cluster] = kind
        return kind

    return register


def parse(cluster: int, data: bytes) -> tuple[int, Message] | None:
    """Return the transaction sequence number and the message of a frame of endpoint 0, None for an unknown cluster.

    Raises:
        ParseError: The frame is too short for its cluster.
    """
    kind = _MESSAGES.get(cluster)
    if kind is None:
        return None
    reader = _Reader(data)
    tsn = reader.take(1)[0]
    return tsn, kind.read(reader)


def encode(message: Message, tsn: int) -> bytes:
    """Return the frame of a message."""
    return bytes([tsn]) + message.write()


@_message(0x0000)
@dataclass(frozen=True, slots=True)
class NetworkAddressRequest(Message):
    """Who has this IEEE address (2.4.3.1.1)?"""

    ieee: str = _ieee()
    extended: bool = _flag(default=False)
    start: int = _u8(default=0)


@_message(0x0001)
@dataclass(frozen=True, slots=True)
class IeeeAddressRequest(Message):
    """What is your IEEE address (2.4.3.1.2)?"""

    address: int = _u16()
    extended: bool = _flag(default=False)
    start: int = _u8(default=0)


@dataclass(frozen=True, slots=True)
class AddressResponse(Response):
    """Both addresses of a device."""

    ieee: str = _ieee(default=NO_IEEE)
    address: int = _u16(default=0xFFFF)


@_message(0x8000)
@dataclass(frozen=True, slots=True)
class NetworkAddressResponse(AddressResponse):
    """Answers `NetworkAddressRequest`; the list of children that may follow is not needed."""


@_message(0x8001)
@dataclass(frozen=True, slots=True)
class IeeeAddressResponse(AddressResponse):
    """Answers `IeeeAddressRequest`; the list of children that may follow is not needed."""


@dataclass(frozen=True, slots=True)
class NodeDescriptor(_Fields):
    """What a node is (2.3.2.3)."""

    flags: int = _u16()
    mac_capabilities: int = _u8()
    manufacturer_code: int = _u16()
    maximum_buffer: int = _u8(default=0)
    maximum_incoming: int = _u16(default=0)
    server_mask: int = _u16(default=0)
    maximum_outgoing: int = _u16(default=0)
    capabilities: int = _u8(default=0)

    @property
    def logical_type(self) -> int:
        """0 for a coordinator, 1 for a router, 2 for an end device."""
        return self.flags & 0b111


@_message(0x0002)
@dataclass(frozen=True, slots=True)
class NodeDescriptorRequest(Message):
    """Ask for the node descriptor (2.4.3.1.3)."""

    address: int = _u16()


@_message(0x8002)
@dataclass(frozen=True, slots=True)
class NodeDescriptorResponse(Response):
    """Answers `NodeDescriptorRequest`."""

    address: int = _u16(default=0xFFFF)
    descriptor: NodeDescriptor | None = field(default=None, metadata=_structure(NodeDescriptor))


@_message(0x0003)
@dataclass(frozen=True, slots=True)
class PowerDescriptorRequest(Message):
    """Ask for the power descriptor (2.4.3.1.4)."""

    address: int = _u16()


@_message(0x8003)
@dataclass(frozen=True, slots=True)
class PowerDescriptorResponse(Response):
    """Answers `PowerDescriptorRequest`; the descriptor is its 16 bits (2.3.2.4)."""

    address: int = _u16(default=0xFFFF)
    descriptor: int = _u16(default=0)


@dataclass(frozen=True, slots=True)
class SimpleDescriptor(_Fields):
    """One endpoint's application (2.3.2.5)."""

    endpoint: int = _u8()
    profile: int = _u16()
    device: int = _u16()
    version: int = _u8()
    input_clusters: tuple[int, ...] = _u16s(default=())
    output_clusters: tuple[int, ...] = _u16s(default=())


@_message(0x0004)
@dataclass(frozen=True, slots=True)
class SimpleDescriptorRequest(Message):
    """Ask for one endpoint's descriptor (2.4.3.1.5)."""

    address: int = _u16()
    endpoint: int = _u8()


@_message(0x8004)
@dataclass(frozen=True, slots=True)
class SimpleDescriptorResponse(Response):
    """Answers `SimpleDescriptorRequest`."""

    address: int = _u16(default=0xFFFF)
    descriptor: SimpleDescriptor | None = field(default=None, metadata={"codec": _Sized(_Structure(SimpleDescriptor))})


@_message(0x0005)
@dataclass(frozen=True, slots=True)
class ActiveEndpointsRequest(Message):
    """Ask which endpoints there are (2.4.3.1.6)."""

    address: int = _u16()


@_message(0x8005)
@dataclass(frozen=True, slots=True)
class ActiveEndpointsResponse(Response):
    """Answers `ActiveEndpointsRequest`."""

    address: int = _u16(default=0xFFFF)
    endpoints: tuple[int, ...] = _u8s(default=())


@_message(0x0006)
@dataclass(frozen=True, slots=True)
class MatchDescriptorRequest(Message):
    """Ask which endpoints serve one of these clusters (2.4.3.1.7)."""

    address: int = _u16()
    profile: int = _u16()
    input_clusters: tuple[int, ...] = _u16s(default=())
    output_clusters: tuple[int, ...] = _u16s(default=())


@_message(0x8006)
@dataclass(frozen=True, slots=True)
class MatchDescriptorResponse(Response):
    """Answers `MatchDescriptorRequest`."""

    address: int = _u16(default=0xFFFF)
    endpoints: tuple[int, ...] = _u8s(default=())


@_message(0x0013)
@dataclass(frozen=True, slots=True)
class DeviceAnnounce(Message):
    """A device is here, maybe again, maybe under a new address (2.4.3.1.11)."""

    address: int = _u16()
    ieee: str = _ieee()
    mac_capabilities: int = _u8()


@_message(0x001F)
@dataclass(frozen=True, slots=True)
class ParentAnnounce(Message):
    """A router that rebooted names the children that it knows (2.4.3.1.12)."""

    children: tuple[str, ...] = _ieees(default=())


@_message(0x801F)
@dataclass(frozen=True, slots=True)
class ParentAnnounceResponse(Response):
    """Answers `ParentAnnounce` with the children that have another parent by now."""

    children: tuple[str, ...] = _ieees(default=())


@dataclass(frozen=True, slots=True)
class BindTarget:
    """Where a binding leads: to a device's endpoint, or to a group."""

    ieee: str | None = None
    endpoint: int | None = None
    group: int | None = None


class _Target:
    GROUP = 1
    DEVICE = 3

    def read(self, reader: _Reader) -> BindTarget:
        mode = reader.take(1)[0]
        if mode == self.GROUP:
            return BindTarget(group=int.from_bytes(reader.take(2), "little"))
        if mode == self.DEVICE:
            return BindTarget(ieee_from_bytes(reader.take(8)), reader.take(1)[0])
        raise ParseError(f"address mode {mode} of a binding is unknown")

    def write(self, value: BindTarget) -> bytes:
        if value.group is not None:
            return bytes([self.GROUP]) + value.group.to_bytes(2, "little")
        return bytes([self.DEVICE]) + ieee_to_bytes(value.ieee or NO_IEEE) + bytes([value.endpoint or 0])


@dataclass(frozen=True, slots=True)
class BindingEntry(_Fields):
    """One entry of a binding table."""

    source: str = _ieee()
    endpoint: int = _u8()
    bound_cluster: int = _u16()
    target: BindTarget = _wire(_Target())  # noqa: RUF009 - `_wire` returns a field


@_message(0x0021)
@dataclass(frozen=True, slots=True)
class BindRequest(Message):
    """Add an entry to the binding table (2.4.3.2.2)."""

    entry: BindingEntry = field(metadata=_structure(BindingEntry))


@_message(0x8021)
@dataclass(frozen=True, slots=True)
class BindResponse(Response):
    """Answers `BindRequest`."""


@_message(0x0022)
@dataclass(frozen=True, slots=True)
class UnbindRequest(Message):
    """Remove an entry of the binding table (2.4.3.2.3)."""

    entry: BindingEntry = field(metadata=_structure(BindingEntry))


@_message(0x8022)
@dataclass(frozen=True, slots=True)
class UnbindResponse(Response):
    """Answers `UnbindRequest`."""


@dataclass(frozen=True, slots=True)
class _IeeeListTlv(_Fields):
    """Tag, length less one, and a list of addresses (2.4.3.2.2.3, Zigbee revision 23)."""

    tag: int = _u8()
    length: int = _u8()
    addresses: tuple[str, ...] = _ieees()


@_message(0x002B)
@dataclass(frozen=True, slots=True)
class ClearBindingsRequest(Message):
    """Remove all bindings to these addresses, `NO_IEEE` for all (Zigbee revision 23)."""

    targets: _IeeeListTlv = field(metadata=_structure(_IeeeListTlv))

    @classmethod
    def to(cls, *targets: str) -> ClearBindingsRequest:
        """Return the request for these addresses."""
        return cls(_IeeeListTlv(0, 8 * len(targets), targets))


@_message(0x802B)
@dataclass(frozen=True, slots=True)
class ClearBindingsResponse(Response):
    """Answers `ClearBindingsRequest`."""


@_message(0x0031)
@dataclass(frozen=True, slots=True)
class LqiRequest(Message):
    """Ask for a page of the neighbor table (2.4.3.3.2)."""

    start: int = _u8(default=0)


@dataclass(frozen=True, slots=True)
class Neighbor(_Fields):
    """One entry of a neighbor table."""

    extended_pan_id: int = _u64()
    ieee: str = _ieee()
    address: int = _u16()
    flags: int = _u8()
    permit_joining: int = _u8()
    depth: int = _u8()
    linkquality: int = _u8()

    @property
    def device_type(self) -> int:
        """0 coordinator, 1 router, 2 end device, 3 unknown."""
        return self.flags & 0b11

    @property
    def receiver_on(self) -> int:
        """Receiver on when idle: 0 no, 1 yes, 2 unknown."""
        return self.flags >> 2 & 0b11

    @property
    def relationship(self) -> int:
        """0 parent, 1 child, 2 sibling, 3 none, 4 previous child."""
        return self.flags >> 4 & 0b111

    @property
    def is_child(self) -> bool:
        """Whether the node speaks for it."""
        return self.relationship == 1


@_message(0x8031)
@dataclass(frozen=True, slots=True)
class LqiResponse(Response):
    """Answers `LqiRequest`; `total` entries exist, these begin at `start`."""

    total: int = _u8(default=0)
    start: int = _u8(default=0)
    entries: tuple[Neighbor, ...] = field(default=(), metadata=_structures(Neighbor))


@_message(0x0032)
@dataclass(frozen=True, slots=True)
class RoutingRequest(Message):
    """Ask for a page of the routing table (2.4.3.3.3)."""

    start: int = _u8(default=0)


@dataclass(frozen=True, slots=True)
class Route(_Fields):
    """One entry of a routing table."""

    destination: int = _u16()
    flags: int = _u8()
    next_hop: int = _u16()

    @property
    def route_status(self) -> int:
        """0 active, 1 discovery underway, 2 discovery failed, 3 inactive, 4 validation underway."""
        return self.flags & 0b111

    @property
    def memory_constrained(self) -> bool:
        """Whether a concentrator of little memory is at the other end."""
        return bool(self.flags & 0x08)

    @property
    def many_to_one(self) -> bool:
        """Whether the destination is a concentrator that asked for routes."""
        return bool(self.flags & 0x10)

    @property
    def route_record_required(self) -> bool:
        """Whether a route record has to be sent first."""
        return bool(self.flags & 0x20)


@_message(0x8032)
@dataclass(frozen=True, slots=True)
class RoutingResponse(Response):
    """Answers `RoutingRequest`; `total` entries exist, these begin at `start`."""

    total: int = _u8(default=0)
    start: int = _u8(default=0)
    entries: tuple[Route, ...] = field(default=(), metadata=_structures(Route))


@_message(0x0033)
@dataclass(frozen=True, slots=True)
class BindingTableRequest(Message):
    """Ask for a page of the binding table (2.4.3.3.4)."""

    start: int = _u8(default=0)


@_message(0x8033)
@dataclass(frozen=True, slots=True)
class BindingTableResponse(Response):
    """Answers `BindingTableRequest`; `total` entries exist, these begin at `start`."""

    total: int = _u8(default=0)
    start: int = _u8(default=0)
    entries: tuple[BindingEntry, ...] = field(default=(), metadata=_structures(BindingEntry))


@_message(0x0034)
@dataclass(frozen=True, slots=True)
class LeaveRequest(Message):
    """Tell a device to leave (2.4.3.3.5); bit 6 of the options removes its children, bit 7 lets it rejoin."""

    ieee: str = _ieee()
    options: int = _u8(default=0)


@_message(0x8034)
@dataclass(frozen=True, slots=True)
class LeaveResponse(Response):
    """Answers `LeaveRequest`."""


@_message(0x0036)
@dataclass(frozen=True, slots=True)
class PermitJoiningRequest(Message):
    """Let a router accept joins for `seconds` (2.4.3.3.7)."""

    seconds: int = _u8()
    trust_center_significance: int = _u8(default=1)


@_message(0x8036)
@dataclass(frozen=True, slots=True)
class PermitJoiningResponse(Response):
    """Answers `PermitJoiningRequest`."""
