"""The Zigbee Device Object of a node: its descriptors, its binding table, and its answers to ZDO requests."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from zigwire.simulator.addresses import ieee_octets, ieee_text

__all__ = ["Bind", "Endpoint", "Node", "NodeDescriptor", "Reply", "ZdoServer"]

SUCCESS, INVALID_REQUEST, DEVICE_NOT_FOUND, INVALID_ENDPOINT = 0x00, 0x80, 0x81, 0x82
NOT_ACTIVE, NOT_SUPPORTED, NO_ENTRY, TABLE_FULL = 0x83, 0x84, 0x88, 0x8C

RESPONSE = 0x8000
TO_GROUP, TO_ENDPOINT = 1, 3
BINDINGS_PER_RESPONSE = 3
NEIGHBOURS_PER_RESPONSE = 2
LAST_SCAN_DURATION = 5
RX_ON_WHEN_IDLE_CAPABILITY = 0x08
REMOVE_REJOIN = 0x80
CLEARS_BINDINGS = 23
EVERYBODY = "0x" + "f" * 16
CHANNELS = range(11, 27)


@dataclass(frozen=True, slots=True)
class NodeDescriptor:
    """Node descriptor (Zigbee 2.3.2.3).

    Attributes:
        logical_type: 0 coordinator, 1 router, 2 end device.
        mac_capabilities: MAC capability flags.
        revision: Stack compliance revision, 0 for stacks older than revision 21.
    """

    logical_type: int
    mac_capabilities: int
    manufacturer_code: int = 0
    revision: int = 22
    buffer_size: int = 0x52
    transfer_size: int = 0x52

    def serialize(self) -> bytes:
        """The 13 octets of the wire; frequency band 2.4 GHz."""
        return struct.pack(
            "<BBBHBHHHB",
            self.logical_type,
            0x40,
            self.mac_capabilities,
            self.manufacturer_code,
            self.buffer_size,
            self.transfer_size,
            self.revision << 9,
            self.transfer_size,
            0,
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Simple descriptor (Zigbee 2.3.2.5) of an endpoint.

    Attributes:
        unlisted: Server clusters that it has beside those that the descriptor names.
    """

    id: int
    device: int
    servers: tuple[int, ...] = ()
    clients: tuple[int, ...] = ()
    profile: int = 0x0104
    version: int = 1
    unlisted: tuple[int, ...] = ()

    def serves(self, cluster: int) -> bool:
        """Whether it has a server cluster, named by its descriptor or not."""
        return cluster in self.servers or cluster in self.unlisted

    def serialize(self) -> bytes:
        """The octets of the wire."""
        head = struct.pack("<BHHB", self.id, self.profile, self.device, self.version)
        return head + _clusters(self.servers) + _clusters(self.clients)


@dataclass(frozen=True, slots=True)
class Bind:
    """An entry of the binding table: to a group, or to an endpoint of the device with an IEEE address."""

    endpoint: int
    cluster: int
    group: int | None = None
    ieee: str | None = None
    destination_endpoint: int | None = None

    def serialize(self) -> bytes:
        """The entry as bind requests and binding tables carry it, behind the source's IEEE address."""
        head = struct.pack("<BHB", self.endpoint, self.cluster, TO_GROUP if self.ieee is None else TO_ENDPOINT)
        if self.ieee is None:
            return head + struct.pack("<H", self.group)
        return head + ieee_octets(self.ieee) + struct.pack("<B", self.destination_endpoint)

    @classmethod
    def parse(cls, data: bytes) -> Bind:
        """Read an entry.

        Raises:
            ValueError: The address mode is unknown.
            struct.error: It is too short.
        """
        endpoint, cluster, mode = struct.unpack_from("<BHB", data)
        if mode == TO_GROUP:
            return cls(endpoint, cluster, group=struct.unpack_from("<H", data, 4)[0])
        if mode == TO_ENDPOINT:
            octets, destination = struct.unpack_from("<8sB", data, 4)
            return cls(endpoint, cluster, ieee=ieee_text(octets), destination_endpoint=destination)
        raise ValueError(f"bind: address mode {mode} is neither {TO_GROUP} (group) nor {TO_ENDPOINT} (endpoint)")


@dataclass(slots=True)
class Node:
    """What the Device Object knows of its node.

    Attributes:
        extended_pan_id: Of the network that it is on, in the order of the wire.
        neighbours: The nodes that it hears.
        bindings_limit: Size of the binding table.
    """

    ieee: str
    network_address: int
    descriptor: NodeDescriptor
    endpoints: dict[int, Endpoint] = field(default_factory=dict)
    bindings: list[Bind] = field(default_factory=list)
    extended_pan_id: bytes = bytes(8)
    neighbours: Callable[[], Iterable[Node]] = tuple
    power_descriptor: int = 0xC110
    bindings_limit: int = 32

    @property
    def rx_on_when_idle(self) -> bool:
        """Whether the receiver never sleeps."""
        return bool(self.descriptor.mac_capabilities & RX_ON_WHEN_IDLE_CAPABILITY)

    def announce(self) -> bytes:
        """The payload of a device announce, without the sequence number."""
        capabilities = bytes([self.descriptor.mac_capabilities])
        return struct.pack("<H", self.network_address) + ieee_octets(self.ieee) + capabilities


@dataclass(frozen=True, slots=True)
class Reply:
    """A response's cluster and payload (without the sequence number)."""

    cluster: int
    payload: bytes


class ZdoServer:
    """Answers ZDO requests for a node.

    Args:
        node: Whose descriptors and tables these are.
        leave: Called with the rejoin flag of an accepted leave request, before the answer is sent.
        permit: Called with the seconds of a permit joining request.
    """

    def __init__(self, node: Node, *, leave: Callable[[bool], None], permit: Callable[[int], None]) -> None:
        self._node = node
        self._leave = leave
        self._permit = permit
        self._answers: dict[int, Callable[[bytes], bytes | None]] = {
            0x0000: self._network_address,
            0x0001: self._ieee_address,
            0x0002: lambda data: self._about_me(data, node.descriptor.serialize()),
            0x0003: lambda data: self._about_me(data, struct.pack("<H", node.power_descriptor)),
            0x0004: self._simple_descriptor,
            0x0005: lambda data: self._about_me(data, bytes([len(node.endpoints), *sorted(node.endpoints)])),
            0x0006: self._match_descriptor,
            0x0021: self._bind,
            0x0022: self._unbind,
            0x002B: self._clear_bindings,
            0x0031: self._neighbour_table,
            0x0032: lambda data: bytes([SUCCESS, 0, data[0], 0]),
            0x0033: self._binding_table,
            0x0034: self._mgmt_leave,
            0x0036: self._permit_joining,
            0x0038: self._energy_scan,
        }

    def answer(self, cluster: int, data: bytes, *, broadcast: bool = False) -> Reply | None:
        """Answer one request; None where the specification wants silence.

        Args:
            cluster: The request's cluster.
            data: Its payload without the sequence number.
            broadcast: Whether it was broadcast: errors and acknowledgements are then not sent.
        """
        if cluster & RESPONSE or cluster in {0x0013, 0x001F}:  # responses and announces of others
            return None
        try:
            payload = self._answers.get(cluster, _not_supported)(data)
        except (struct.error, IndexError, ValueError):
            payload = bytes([INVALID_REQUEST])
        if payload is None or (broadcast and (payload[0] != SUCCESS or cluster == 0x0036)):
            return None
        return Reply(RESPONSE | cluster, payload)

    def _me(self) -> bytes:
        return struct.pack("<H", self._node.network_address)

    def _about_me(self, data: bytes, answer: bytes) -> bytes:
        (address,) = struct.unpack_from("<H", data)
        if address != self._node.network_address:
            return bytes([DEVICE_NOT_FOUND]) + data[:2]
        return bytes([SUCCESS]) + self._me() + answer

    def _addresses(self, data: bytes, kind: int) -> bytes:
        extended = data[kind] == 1
        return bytes([SUCCESS]) + ieee_octets(self._node.ieee) + self._me() + (b"\x00\x00" if extended else b"")

    def _network_address(self, data: bytes) -> bytes | None:
        if data[:8] != ieee_octets(self._node.ieee):
            return None
        return self._addresses(data, 8)

    def _ieee_address(self, data: bytes) -> bytes:
        (address,) = struct.unpack_from("<H", data)
        if address != self._node.network_address:
            return bytes([DEVICE_NOT_FOUND]) + b"\xff" * 8 + data[:2]
        return self._addresses(data, 2)

    def _simple_descriptor(self, data: bytes) -> bytes:
        endpoint = data[2]
        if not 1 <= endpoint <= 0xFE:
            return bytes([INVALID_ENDPOINT]) + data[:2] + b"\x00"
        known = self._node.endpoints.get(endpoint)
        if known is None:
            return bytes([NOT_ACTIVE]) + data[:2] + b"\x00"
        descriptor = known.serialize()
        return self._about_me(data, bytes([len(descriptor)]) + descriptor)

    def _match_descriptor(self, data: bytes) -> bytes | None:
        profile, count = struct.unpack_from("<HB", data, 2)
        wanted_in = struct.unpack_from(f"<{count}H", data, 5)
        position = 5 + 2 * count
        wanted_out = struct.unpack_from(f"<{data[position]}H", data, position + 1)
        found = [
            endpoint.id
            for endpoint in self._node.endpoints.values()
            if endpoint.profile == profile
            and (set(wanted_in) & set(endpoint.servers) or set(wanted_out) & set(endpoint.clients))
        ]
        return bytes([SUCCESS]) + self._me() + bytes([len(found), *found]) if found else None

    def _requested_bind(self, data: bytes) -> Bind | None:
        bind = Bind.parse(data[8:])
        mine = data[:8] == ieee_octets(self._node.ieee) and bind.endpoint in self._node.endpoints
        return bind if mine else None

    def _bind(self, data: bytes) -> bytes:
        bind, table = self._requested_bind(data), self._node.bindings
        if bind is None:
            return bytes([INVALID_ENDPOINT])
        if bind in table:
            return bytes([SUCCESS])
        if len(table) >= self._node.bindings_limit:
            return bytes([TABLE_FULL])
        table.append(bind)
        return bytes([SUCCESS])

    def _unbind(self, data: bytes) -> bytes:
        bind = self._requested_bind(data)
        if bind not in self._node.bindings:
            return bytes([NO_ENTRY])
        self._node.bindings.remove(bind)
        return bytes([SUCCESS])

    def _clear_bindings(self, data: bytes) -> bytes:
        """Remove all binds to the addresses of a list, or all there are (from stack revision 23 on)."""
        if self._node.descriptor.revision < CLEARS_BINDINGS:
            return bytes([NOT_SUPPORTED])
        (count,) = struct.unpack_from("<B", data, 2)
        targets = {ieee_text(octets) for octets in struct.unpack_from("<" + "8s" * count, data, 3)}
        table = self._node.bindings
        table[:] = [] if EVERYBODY in targets else [bind for bind in table if bind.ieee not in targets]
        return bytes([SUCCESS])

    def _binding_table(self, data: bytes) -> bytes:
        start, table = data[0], self._node.bindings
        part = table[start : start + BINDINGS_PER_RESPONSE]
        source = ieee_octets(self._node.ieee)
        entries = b"".join(source + bind.serialize() for bind in part)
        return bytes([SUCCESS, len(table), start, len(part)]) + entries

    def _neighbour_table(self, data: bytes) -> bytes:
        start, table = data[0], list(self._node.neighbours())
        part = table[start : start + NEIGHBOURS_PER_RESPONSE]
        return bytes([SUCCESS, len(table), start, len(part)]) + b"".join(map(_neighbour, part))

    def _mgmt_leave(self, data: bytes) -> bytes:
        flags = data[8]
        if data[:8] not in {bytes(8), ieee_octets(self._node.ieee)}:
            return bytes([DEVICE_NOT_FOUND])
        self._leave(bool(flags & REMOVE_REJOIN))
        return bytes([SUCCESS])

    def _permit_joining(self, data: bytes) -> bytes:
        self._permit(data[0])
        return bytes([SUCCESS])

    def _energy_scan(self, data: bytes) -> bytes | None:
        mask, duration = struct.unpack_from("<IB", data)
        if duration > LAST_SCAN_DURATION:  # change of channel or manager: no response is defined
            return None
        quiet = bytes(80 for channel in CHANNELS if mask >> channel & 1)
        return struct.pack("<BIHHB", SUCCESS, mask, 10, 0, len(quiet)) + quiet


def _not_supported(_data: bytes) -> bytes:
    return bytes([NOT_SUPPORTED])


def _clusters(ids: tuple[int, ...]) -> bytes:
    return struct.pack(f"<B{len(ids)}H", len(ids), *ids)


def _neighbour(node: Node) -> bytes:
    coordinator, router, end_device = 0, 1, 2
    kind = node.descriptor.logical_type
    relation = {coordinator: 0, router: 2, end_device: 1}[kind]
    flags = kind | node.rx_on_when_idle << 2 | relation << 4
    depth = 0 if kind == coordinator else 1
    head = node.extended_pan_id + ieee_octets(node.ieee)
    return head + struct.pack("<HBBBB", node.network_address, flags, 2, depth, 120)
