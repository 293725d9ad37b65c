"""Any radio that has a zigpy library, as a `Radio`.

zigpy carries APS frames, forms networks and makes backups here; it keeps no devices, interviews nobody and parses no
ZCL. Its application hears the frames first, so a mixin takes them from it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

import zigpy.backups
import zigpy.exceptions
import zigpy.state
import zigpy.types as t
import zigpy.zdo.types as zdo_t

from zigwire.zigbee.address import ieee_from_bytes, ieee_to_bytes
from zigwire.zigbee.coordinator import ADDRESS, ENDPOINTS, GREEN_POWER_ENDPOINT
from zigwire.zigbee.formation import DEFAULT_EXTENDED_PAN_ID
from zigwire.zigbee.greenpower import GROUP
from zigwire.zigbee.radio import (
    ApsFrame,
    CoordinatorInfo,
    DeliveryError,
    InterPan,
    Mode,
    NetworkParameters,
    RadioError,
    RadioListener,
)
from zigwire.zigbee.zdo import RESPONSE
from zigwire.zigbee.zigpy_greenpower import tunnelled

__all__ = ["ApplicationMixin", "ZigpyRadio"]

_WATCHDOG_PERIOD = 30.0
_CLOSING_TIMEOUT = 10.0
_CONNECTING_GRACE = 3.0
"""Seconds in which connecting may come to its own end: libraries forget a port that they are torn away from."""

_WELL_KNOWN_LINK_KEY = b"ZigBeeAlliance09"
_ENCRYPTED_AND_AUTHENTICATED = 5
"""Security level of all Zigbee networks (Zigbee specification 4.5.1)."""

_MODES = {
    t.AddrMode.NWK: Mode.UNICAST,
    t.AddrMode.IEEE: Mode.UNICAST,
    t.AddrMode.Group: Mode.GROUP,
    t.AddrMode.Broadcast: Mode.BROADCAST,
}
_ADDRESS_MODES = {
    Mode.UNICAST: t.AddrMode.NWK,
    Mode.GROUP: t.AddrMode.Group,
    Mode.BROADCAST: t.AddrMode.Broadcast,
}
_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


class _Peer(NamedTuple):
    """What zigpy's libraries want to know of a destination to find a way to it."""

    ieee: Any
    nwk: Any


class ApplicationMixin:
    """Goes before a library's ControllerApplication and hands what it hears to the radio.

    Frames of the coordinator itself stay zigpy's: its libraries ask their own node while they start.
    """

    radio: ZigpyRadio
    state: Any

    async def register_endpoints(self) -> None:
        """Register our endpoints in place of zigpy's."""
        for endpoint in ENDPOINTS:
            await self.add_endpoint(  # type: ignore[attr-defined]
                zdo_t.SimpleDescriptor(
                    endpoint=endpoint.endpoint,
                    profile=endpoint.profile,
                    device_type=endpoint.device,
                    device_version=endpoint.version,
                    input_clusters=list(endpoint.input_clusters),
                    output_clusters=list(endpoint.output_clusters),
                )
            )

    def packet_received(self, packet: Any) -> None:
        """Take a frame."""
        if packet.src.address == self.state.node_info.nwk:
            super().packet_received(packet)  # type: ignore[misc]
            if not packet.cluster_id & RESPONSE or packet.dst_ep != 0:
                return
        self.radio.packet_received(packet)

    def handle_join(self, nwk: Any, ieee: Any, parent_nwk: Any, *, handle_rejoin: bool = True) -> None:
        """Take a join; those that zigpy reads from ZDO frames (`handle_rejoin` is False) are read by us as well."""
        if handle_rejoin:
            self.radio.joined(ieee, nwk, parent_nwk)

    def handle_leave(self, nwk: Any, ieee: Any, *, rejoin: bool = False) -> None:
        """Take a leave."""
        self.radio.left(ieee, nwk, rejoin=rejoin)

    def handle_relays(self, nwk: Any, relays: Any) -> None:
        """Ignore routes: the stacks find their own."""

    def gp_packet_received(self, packet: Any) -> None:
        """Take a Green Power frame that came straight to the coordinator."""
        frame = tunnelled(packet)
        if frame is None:
            _LOG.debug("Green Power device with an IEEE address: %s", packet)
        else:
            self.radio.frame_received(frame)

    async def add_link_key(self, ieee: Any, key: Any) -> None:  # noqa: ARG002 - of those that can
        """Refuse: zigpy itself only lets such a device in at once, for a while, and nobody else."""
        raise RadioError(f"install codes are not supported by {self.radio.info().type}")

    async def identify(self) -> None:
        """Read what the coordinator tells of itself without a network: here nothing, libraries differ."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the loss of the connection."""
        self.radio.lost(f"{exc or 'the connection was closed'}")

    def get_device_with_address(self, address: Any) -> Any:
        """Return what the libraries need of a destination to repair the way to it."""
        peer = self.radio.peer(address.address) if address.addr_mode == t.AddrMode.NWK else None
        if peer is not None:
            return peer
        return super().get_device_with_address(address)  # type: ignore[misc]


class ZigpyRadio:
    """A radio of a zigpy library.

    Args:
        application: The library's ControllerApplication, with the mixin before it.
        config: zigpy's configuration.
        transmit_power: dBm, None for what the radio has.
    """

    def __init__(self, application: type[Any], config: dict[str, Any], transmit_power: int | None = None) -> None:
        self._application = application
        self._config = config
        self._transmit_power = transmit_power
        self._app: Any = None
        self._listener: RadioListener | None = None
        self._watchdog: asyncio.Task[None] | None = None
        self._peers: dict[int, _Peer] = {}
        self._sequence = itertools.cycle(range(256))
        self._gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._work: set[asyncio.Task[Any]] = set()

    async def connect(self) -> None:
        """Open the port and greet the coordinator."""
        with _radio_errors():
            app = self._application(self._config)
        app.radio = self
        self._app = app
        await self._outcome(self._begin(app.connect))

    async def load(self) -> NetworkParameters | None:
        """Return the network that the radio holds."""
        try:
            await self.ask(self._app.load_network_info, load_devices=False)
        except _NotFormedError:
            return None
        network = self._app.state.network_info
        return NetworkParameters(
            pan_id=int(network.pan_id),
            extended_pan_id=ieee_from_bytes(network.extended_pan_id.serialize()),
            channel=int(network.channel),
            network_key=network.network_key.key.serialize(),
        )

    async def form(self, parameters: NetworkParameters) -> None:
        """Write a new network over whatever the radio holds."""
        extended = parameters.extended_pan_id
        if extended in {None, DEFAULT_EXTENDED_PAN_ID}:
            extended = await self.own_ieee(parameters)
        await self.ask(self._write, parameters, extended)

    async def start(self, listener: RadioListener) -> CoordinatorInfo:
        """Bring the network up and begin to report to `listener`."""
        await self.ask(self._app.start_network)
        await self.ask(self._app.permit_ncp, 0)
        await self._set_transmit_power()
        await self._join_green_power()
        self._check_there()
        self._listener = listener
        self._watchdog = asyncio.create_task(self._watch(), name="radio watchdog")
        return self.info()

    async def close(self) -> None:
        """Let go of the port."""
        self._listener = None
        self.lost("it is closed")
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self._app is None:
            return
        app, self._app = self._app, None
        await self._end_work()
        try:
            async with asyncio.timeout(_CLOSING_TIMEOUT):
                await app.shutdown(db=False)
        except Exception:  # noqa: BLE001 - it is gone either way
            _LOG.debug("The radio did not close in order", exc_info=True)

    async def send(self, frame: ApsFrame) -> None:
        """Send one frame."""
        app = self._connected()
        if frame.destination_ieee is not None:
            self._peers[frame.destination] = _Peer(_eui64(frame.destination_ieee), t.NWK(frame.destination))
        await self.ask(_send, app, _packet(frame, next(self._sequence)))

    async def permit(self, seconds: int) -> None:
        """Let the coordinator itself accept joins."""
        await self.ask(self._connected().permit_ncp, seconds)

    async def ping(self) -> None:
        """Ask the radio for a sign of life."""
        await self.ask(self._connected().watchdog_feed)

    async def backup(self) -> dict[str, Any] | None:
        """Return an open-coordinator-backup document, None where the library does not learn the network key."""
        backup = await self.ask(self._connected().backups.create_backup, load_devices=True)
        if not backup.is_complete():
            return None
        document: dict[str, Any] = backup.as_open_coordinator_json()
        document["metadata"].setdefault("internal", {})["date"] = datetime.now(UTC).isoformat()
        return document

    async def remembered(self) -> frozenset[str] | None:
        """Return None: bellows, zigpy-zigate, -deconz and -xbee list routers in part or not at all."""
        return None

    async def add_link_key(self, ieee: str, key: bytes) -> None:
        """Let a device join with a link key of its own."""
        await self.ask(self._connected().add_link_key, _eui64(ieee), t.KeyData.deserialize(key)[0])

    def inter_pan(self) -> InterPan:
        """Refuse: zigpy has nothing for it."""
        raise RadioError(f"{self.info().type} does nothing outside of its own network")

    async def ask(self, call: Callable[..., Awaitable[_T]], *args: Any, **options: Any) -> _T:
        """Have the library do something, for as long as the radio is there.

        Raises:
            DeliveryError: A frame did not reach its destination.
            RadioError: It failed, or the radio is lost meanwhile.
        """
        self._check_there()
        task = self._begin(call, *args, **options)
        try:
            return await self._outcome(task)
        finally:
            task.cancel()

    # What the application tells

    def packet_received(self, packet: Any) -> None:
        """Pass a frame on that a library has read."""
        self.frame_received(_frame(packet))

    def frame_received(self, frame: ApsFrame) -> None:
        """Pass a frame on."""
        if self._listener is not None:
            self._listener.frame_received(frame)

    def joined(self, ieee: Any, address: Any, parent: Any) -> None:
        """Pass a join on."""
        if self._listener is not None:
            known = None if parent is None else int(parent)
            self._listener.device_joined(ieee_from_bytes(ieee.serialize()), int(address), known)

    def left(self, ieee: Any, address: Any, *, rejoin: bool) -> None:
        """Pass a leave on."""
        if self._listener is not None:
            self._listener.device_left(ieee_from_bytes(ieee.serialize()), int(address), rejoin=rejoin)

    def lost(self, reason: str) -> None:
        """Pass the loss on and end what waits for the radio; nothing comes after it."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.radio_lost(reason)
        if not self._gone.done():
            self._gone.set_result(reason)

    def peer(self, address: int) -> Any:
        """Return what is known of a destination, None for nothing."""
        return self._peers.get(address)

    # What other libraries may know better

    def info(self) -> CoordinatorInfo:
        """Describe the coordinator."""
        node = self._app.state.node_info
        kind = " ".join(part for part in (node.manufacturer, node.model) if part) or "Coordinator"
        return CoordinatorInfo(ieee_from_bytes(node.ieee.serialize()), kind, {"revision": node.version or ""})

    async def identify(self) -> CoordinatorInfo | None:
        """Describe the coordinator before it is started, None where it tells nothing as long as it has no network."""
        if not self._knows_itself():
            await self.ask(self._app.identify)
        return self.info() if self._knows_itself() else None

    async def own_ieee(self, parameters: NetworkParameters) -> str:
        """Return the coordinator's IEEE address, which some tell only once they have a network."""
        if not self._knows_itself():
            await self.ask(self._write, parameters, DEFAULT_EXTENDED_PAN_ID)
            await self.ask(self._app.load_network_info, load_devices=False)
        return ieee_from_bytes(self._app.state.node_info.ieee.serialize())

    # Within

    def _knows_itself(self) -> bool:
        return bool(self._app.state.node_info.ieee != zigpy.state.NodeInfo().ieee)

    def _begin(self, call: Callable[..., Awaitable[_T]], *args: Any, **options: Any) -> asyncio.Task[_T]:
        """Run what a library does in a task of its own: some end what they wait for by cancelling it."""
        task = asyncio.create_task(_run(call, *args, **options))
        self._work.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.debug("The radio's library: %r", error)

    def _check_there(self) -> None:
        if self._gone.done():
            raise RadioError(self._gone.result())

    async def _outcome(self, task: asyncio.Task[_T]) -> _T:
        await asyncio.wait((task, self._gone), return_when=asyncio.FIRST_COMPLETED)
        if task.done() and not task.cancelled():
            with _radio_errors():
                return task.result()
        self._check_there()
        raise RadioError("its library gave up")

    async def _end_work(self) -> None:
        """Wait for what still runs in the library, for a while."""
        if not self._work:
            return
        _, late = await asyncio.wait(self._work, timeout=_CONNECTING_GRACE)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_CLOSING_TIMEOUT)

    async def _join_green_power(self) -> None:
        """Join the group that proxies send to; a radio that can't hears those that are told to send to it alone."""
        try:
            await self.ask(self._app.subscribe_to_multicast_group, t.Group(GROUP), endpoint_id=GREEN_POWER_ENDPOINT)
        except RadioError as error:
            _LOG.warning("The coordinator does not join the group of Green Power proxies: %s", error)

    async def _set_transmit_power(self) -> None:
        """Set the transmit power; a radio that refuses it works all the same."""
        if self._transmit_power is None:
            return
        try:
            await self.ask(self._app.set_tx_power, self._transmit_power)
        except RadioError as error:
            _LOG.warning("The coordinator does not take a transmit power of %d dBm: %s", self._transmit_power, error)

    async def _write(self, parameters: NetworkParameters, extended_pan_id: str | None) -> None:
        key, _ = t.KeyData.deserialize(parameters.network_key)
        link_key, _ = t.KeyData.deserialize(_WELL_KNOWN_LINK_KEY)
        await self._app.write_network_info(
            network_info=zigpy.state.NetworkInfo(
                extended_pan_id=t.ExtendedPanId(_eui64(extended_pan_id or DEFAULT_EXTENDED_PAN_ID)),
                pan_id=t.PanId(parameters.pan_id),
                channel=t.uint8_t(parameters.channel),
                channel_mask=t.Channels.from_channel_list([parameters.channel]),
                security_level=t.uint8_t(_ENCRYPTED_AND_AUTHENTICATED),
                network_key=zigpy.state.Key(key=key, tx_counter=t.uint32_t(parameters.frame_counter), seq=t.uint8_t(0)),
                tc_link_key=zigpy.state.Key(key=link_key, partner_ieee=t.EUI64.UNKNOWN),
            ),
            node_info=zigpy.state.NodeInfo(
                nwk=t.NWK(ADDRESS), ieee=t.EUI64.UNKNOWN, logical_type=zdo_t.LogicalType.Coordinator
            ),
        )

    def _connected(self) -> Any:
        if self._app is None:
            raise RadioError("the radio is not connected")
        return self._app

    async def _watch(self) -> None:
        """Feed the radio's watchdog; one that does not take it is lost."""
        while True:
            await asyncio.sleep(_WATCHDOG_PERIOD)
            try:
                await self.ping()
            except RadioError as error:
                self.lost(f"it does not answer: {error}")
                return


class _NotFormedError(RadioError):
    """The radio holds no network."""


async def _run(call: Callable[..., Awaitable[_T]], *args: Any, **options: Any) -> _T:
    return await call(*args, **options)


async def _send(app: Any, packet: Any) -> None:
    try:
        await app.send_packet(packet)
    except TimeoutError as error:
        raise DeliveryError("TIMEOUT") from error


@contextlib.contextmanager
def _radio_errors() -> Iterator[None]:
    """Turn what the libraries raise into a radio's errors."""
    try:
        yield
    except RadioError:
        raise
    except zigpy.exceptions.NetworkNotFormed as error:
        raise _NotFormedError("the coordinator holds no network") from error
    except zigpy.exceptions.DeliveryError as error:
        raise DeliveryError(_status(error)) from error
    except TimeoutError as error:
        raise RadioError("it does not answer in time") from error
    except Exception as error:
        raise RadioError(f"{error}" or type(error).__name__) from error


def _status(error: Any) -> str:
    status = error.status
    if status is None:
        return str(error)
    return str(getattr(status, "name", status))


def _eui64(ieee: str) -> Any:
    return t.EUI64.deserialize(ieee_to_bytes(ieee))[0]


def _packet(frame: ApsFrame, sequence: int) -> Any:
    """Return a frame as zigpy has it.

    Args:
        frame: What to send.
        sequence: A number of the radio's own to confirm it by: that within the frame may be a device's.
    """
    mode = _ADDRESS_MODES[frame.mode]
    options = t.TransmitOptions.ACK if frame.ack and frame.mode is Mode.UNICAST else t.TransmitOptions.NONE
    return t.ZigbeePacket(
        src=t.AddrModeAddress(addr_mode=t.AddrMode.NWK, address=t.NWK(frame.source)),
        src_ep=t.uint8_t(frame.source_endpoint),
        dst=t.AddrModeAddress(addr_mode=mode, address=_ADDRESS_TYPES[mode](frame.destination)),
        dst_ep=t.uint8_t(frame.destination_endpoint),
        tsn=t.uint8_t(sequence),
        profile_id=t.uint16_t(frame.profile),
        cluster_id=t.uint16_t(frame.cluster),
        data=t.SerializableBytes(frame.data),
        tx_options=options,
        extended_timeout=frame.sleepy,
        radius=0,
        non_member_radius=3,
    )


_ADDRESS_TYPES: dict[Any, Any] = {
    t.AddrMode.NWK: t.NWK,
    t.AddrMode.Group: t.Group,
    t.AddrMode.Broadcast: t.BroadcastAddress,
}


def _frame(packet: Any) -> ApsFrame:
    return ApsFrame(
        source=int(packet.src.address),
        source_endpoint=packet.src_ep or 0,
        destination=int(packet.dst.address),
        destination_endpoint=packet.dst_ep or 0,
        profile=int(packet.profile_id),
        cluster=int(packet.cluster_id),
        data=packet.data.serialize(),
        mode=_MODES[packet.dst.addr_mode],
        linkquality=None if packet.lqi is None else int(packet.lqi),
        rssi=None if packet.rssi is None else int(packet.rssi),
    )
