"""Requests to the network: ZDO, and AF, which carries the frames of applications."""

from __future__ import annotations

import struct
from collections.abc import Callable

from zigwire.simulator.addresses import COORDINATOR, FIRST_BROADCAST, ieee_octets, ieee_text
from zigwire.simulator.delivery import NO_ACK, NO_ROUTE, TRANSACTION_EXPIRED
from zigwire.simulator.zdo import Endpoint
from zigwire.simulator.znp.chip import STARTED, Chip
from zigwire.simulator.znp.commands import Commands
from zigwire.simulator.znp.mt import AF, ZDO
from zigwire.zigbee.radio import ApsFrame, InterPanFrame, Mode

__all__ = ["COMMANDS"]

COMMANDS = Commands()

SUCCESS, FAILURE, INVALID_PARAMETER = b"\x00", b"\x01", b"\x02"
DUPLICATE_ENDPOINT = b"\xb8"
NOT_ON_A_NETWORK = b"\xc2"
ERRORS = {None: 0x00, NO_ROUTE: 0xCD, NO_ACK: 0xE9, TRANSACTION_EXPIRED: 0xF0}
"""Z-Stack's numbers for what becomes of a frame."""

LONGEST_DATA = 230
RESTORED, NEW = b"\x00", b"\x01"
GROUP, SHORT, LONG, BROADCAST = 1, 2, 3, 15
ACK_REQUEST = 0x10
NOBODY = 0xFFFD
PERMIT_JOINING, BIND, UNBIND, ENERGY_SCAN = 0x0036, 0x0021, 0x0022, 0x0038
BIND_TO_ENDPOINT_SIZE, BIND_TO_GROUP_SIZE = 21, 14
INTER_PAN_ENDPOINT = 0xFE
INTER_PAN_CLEAR, INTER_PAN_SET = 0, 1
LIGHT_LINK = 0xC05E


# ZDO


def _addressed(cluster: int) -> None:
    """Register the request whose payload is a network address, then the ZDO payload."""

    @COMMANDS.on(ZDO, cluster)
    def send(chip: Chip, data: bytes) -> bytes:
        (destination,) = struct.unpack_from("<H", data)
        chip.request(destination, cluster, data[2:])
        return SUCCESS


for _cluster in (0x02, 0x03, 0x04, 0x05, 0x06, 0x31, 0x32, 0x33, 0x34):
    _addressed(_cluster)


@COMMANDS.on(ZDO, 0x00)
def network_address(chip: Chip, data: bytes) -> bytes:
    """Ask for the network address of a device: all are asked, the one concerned answers."""
    address = chip.house.address_of(ieee_text(data[:8]))
    if address is not None:
        chip.request(address, 0x0000, data)
    return SUCCESS


@COMMANDS.on(ZDO, 0x01)
def ieee_address(chip: Chip, data: bytes) -> bytes:
    """Ask a device for its IEEE address."""
    (destination,) = struct.unpack_from("<H", data)
    chip.request(destination, 0x0001, data)
    return SUCCESS


@COMMANDS.on(ZDO, BIND)
def bind(chip: Chip, data: bytes) -> bytes:
    """Bind; behind the entry of a group there is padding."""
    return _bind(chip, BIND, data)


@COMMANDS.on(ZDO, UNBIND)
def unbind(chip: Chip, data: bytes) -> bytes:
    """Unbind."""
    return _bind(chip, UNBIND, data)


def _bind(chip: Chip, cluster: int, data: bytes) -> bytes:
    (destination,) = struct.unpack_from("<H", data)
    entry = data[2:]
    size = BIND_TO_ENDPOINT_SIZE if entry[11] == LONG else BIND_TO_GROUP_SIZE
    chip.request(destination, cluster, entry[:size])
    return SUCCESS


@COMMANDS.on(ZDO, PERMIT_JOINING)
def permit_joining(chip: Chip, data: bytes) -> bytes:
    """Open the network; a broadcast is answered by the coordinator itself."""
    _, destination, seconds, significance = struct.unpack_from("<BHBB", data)
    chip.request(destination, PERMIT_JOINING, bytes([seconds, significance]))
    if destination >= FIRST_BROADCAST:
        chip.tell_soon(ZDO, 0x80 | PERMIT_JOINING, struct.pack("<HB", COORDINATOR, 0))
    return SUCCESS


@COMMANDS.on(ZDO, 0x37)
def network_update(chip: Chip, data: bytes) -> bytes:
    """Ask for an energy scan or a change of channel."""
    destination, _ = struct.unpack_from("<HB", data)
    chip.request(destination, ENERGY_SCAN, data[3:])
    return SUCCESS


@COMMANDS.on(ZDO, 0x3E)
def register_callback(chip: Chip, _data: bytes) -> bytes:
    """Ask to see ZDO messages."""
    chip.callbacks = True
    return SUCCESS


@COMMANDS.on(ZDO, 0x40)
def startup(chip: Chip, _data: bytes) -> bytes:
    """Bring the network up, or form it first."""
    fresh = chip.nvram.parameters is None
    if fresh:
        chip.nvram.form_as_configured()
    chip.start()
    return NEW if fresh else RESTORED


@COMMANDS.on(ZDO, 0x45)
@COMMANDS.on(ZDO, 0x46)
def route(_chip: Chip, _data: bytes) -> bytes:
    """Discover or check a route: everybody is a neighbour."""
    return SUCCESS


@COMMANDS.on(ZDO, 0x47)
def group_remove(chip: Chip, data: bytes) -> bytes:
    """Leave a group."""
    chip.groups.discard(struct.unpack_from("<BH", data))
    return SUCCESS


@COMMANDS.on(ZDO, 0x4A)
def group_find(chip: Chip, data: bytes) -> bytes:
    """Tell whether an endpoint is in a group."""
    endpoint, group = struct.unpack_from("<BH", data)
    known = (endpoint, group) in chip.groups
    return (SUCCESS if known else FAILURE) + struct.pack("<HB", group, 0)


@COMMANDS.on(ZDO, 0x4B)
def group_add(chip: Chip, data: bytes) -> bytes:
    """Enter a group."""
    chip.groups.add(struct.unpack_from("<BH", data))
    return SUCCESS


@COMMANDS.on(ZDO, 0x4C)
def group_count(chip: Chip, _data: bytes) -> bytes:
    """Give the number of memberships."""
    return bytes([len(chip.groups) & 0xFF])


@COMMANDS.on(ZDO, 0x50)
def network_info(chip: Chip, _data: bytes) -> bytes:
    """Give address, state and parameters."""
    parameters = chip.nvram.parameters
    pan_id, channel = (parameters.pan_id, parameters.channel) if parameters else (0xFFFF, 0)
    head = struct.pack("<HBHH", COORDINATOR, STARTED if chip.started else 0, pan_id, COORDINATOR)
    return head + chip.house.coordinator.extended_pan_id + bytes(8) + bytes([channel])


# AF


@COMMANDS.on(AF, 0x00)
def register(chip: Chip, data: bytes) -> bytes:
    """Register an endpoint."""
    endpoint, profile, device, version, _, count = struct.unpack_from("<BHHBBB", data)
    servers = struct.unpack_from(f"<{count}H", data, 8)
    position = 8 + 2 * count
    clients = struct.unpack_from(f"<{data[position]}H", data, position + 1)
    if endpoint in chip.endpoints:
        return DUPLICATE_ENDPOINT
    chip.endpoints[endpoint] = Endpoint(endpoint, device, servers, clients, profile, version)
    return SUCCESS


@COMMANDS.on(AF, 0x04)
def delete(chip: Chip, data: bytes) -> bytes:
    """Delete an endpoint."""
    chip.endpoints.pop(data[0], None)
    return SUCCESS


@COMMANDS.on(AF, 0x10)
def inter_pan(chip: Chip, data: bytes) -> bytes:
    """Leave the network's channel for another, or come back."""
    if data[0] == INTER_PAN_SET:
        chip.house.tuned = data[1]
    elif data[0] == INTER_PAN_CLEAR:
        chip.house.tuned = None
    return SUCCESS


def _send_inter_pan(chip: Chip, frame: InterPanFrame) -> bytes:
    """Send to devices of other networks; their answers carry IEEE addresses."""
    for answer in chip.house.reach(frame):
        head = struct.pack(
            "<HHB8sBHB", 0, answer.cluster, LONG, ieee_octets(answer.ieee or ""), INTER_PAN_ENDPOINT, 0, 12
        )
        tail = struct.pack("<BBBIBH", 0, 120, 0, 0, 0, len(answer.data))
        chip.tell_soon(AF, 0x82, head + tail + answer.data + struct.pack("<HB", 0, 0))
    return SUCCESS


@COMMANDS.on(AF, 0x01)
def data_request(chip: Chip, data: bytes) -> bytes:
    """Send to a network address."""
    destination, endpoint, source, cluster, number, options, _, size = struct.unpack_from("<HBBHBBBB", data)
    mode = Mode.BROADCAST if destination >= FIRST_BROADCAST else Mode.UNICAST
    body = data[10 : 10 + size]
    frame = ApsFrame(
        COORDINATOR, source, destination, endpoint, 0, cluster, body, mode, ack=bool(options & ACK_REQUEST)
    )
    return _send(chip, frame, number, size)


@COMMANDS.on(AF, 0x03)
def data_request_source_routed(chip: Chip, data: bytes) -> bytes:
    """Send to a network address over given relays."""
    destination, endpoint, source, cluster, number, options, _, relays = struct.unpack_from("<HBBHBBBB", data)
    position = 10 + 2 * relays
    size = data[position]
    body = data[position + 1 : position + 1 + size]
    ack = bool(options & ACK_REQUEST)
    return _send(chip, ApsFrame(COORDINATOR, source, destination, endpoint, 0, cluster, body, ack=ack), number, size)


@COMMANDS.on(AF, 0x02)
def data_request_extended(chip: Chip, data: bytes) -> bytes:
    """Send to a group, a broadcast address, a network or an IEEE address."""
    kind, address, endpoint, pan, source, cluster, number, options, _, size = struct.unpack_from("<B8sBHBHBBBH", data)
    body = data[20 : 20 + size]
    if endpoint == INTER_PAN_ENDPOINT:
        to = ieee_text(address) if kind == LONG else None
        return _send_inter_pan(chip, InterPanFrame(to, LIGHT_LINK, cluster, body))
    if pan not in {0, 0xFFFF}:
        return SUCCESS
    short = int.from_bytes(address[:2], "little")
    mode = {GROUP: Mode.GROUP, BROADCAST: Mode.BROADCAST}.get(kind, Mode.UNICAST)
    if kind == LONG:
        known = chip.house.address_of(ieee_text(address))
        short = NOBODY if known is None else known
    elif kind == SHORT and short >= FIRST_BROADCAST:
        mode = Mode.BROADCAST
    frame = ApsFrame(COORDINATOR, source, short, endpoint, 0, cluster, body, mode, ack=bool(options & ACK_REQUEST))
    return _send(chip, frame, number, size)


def _send(chip: Chip, frame: ApsFrame, number: int, size: int) -> bytes:
    """Send a frame whose data was announced with `size`; what does not fit one request is not sent."""
    if not chip.started:
        return NOT_ON_A_NETWORK
    if size > LONGEST_DATA or len(frame.data) != size:
        return INVALID_PARAMETER
    if frame.source_endpoint == frame.destination_endpoint == 0:
        return _send_zdo(chip, frame)
    registered = chip.endpoints.get(frame.source_endpoint)
    if registered is None:
        return INVALID_PARAMETER
    frame.profile = registered.profile
    chip.house.transmit(frame, _confirmation(chip, frame.source_endpoint, number))
    return SUCCESS


def _send_zdo(chip: Chip, frame: ApsFrame) -> bytes:
    if not frame.data:
        return INVALID_PARAMETER
    chip.request(frame.destination, frame.cluster, frame.data[1:], frame.data[0])
    return SUCCESS


def _confirmation(chip: Chip, endpoint: int, number: int) -> Callable[[str | None], None]:
    return lambda error: chip.tell(AF, 0x80, bytes([ERRORS[error], endpoint, number]))
