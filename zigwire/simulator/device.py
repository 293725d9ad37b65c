"""A virtual Zigbee device: descriptors, attributes, tables, and its life on a network."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol

from zigwire.simulator.addresses import COORDINATOR, RX_ON_WHEN_IDLE, ieee_octets, parse_ieee
from zigwire.simulator.attributes import Access, Attribute, AttributeKey, attribute
from zigwire.simulator.clusters import BASIC, IDENTIFY, ON_OFF, Scene, SceneKey, count_down
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.load import Load
from zigwire.simulator.ota import OtaClient
from zigwire.simulator.ota_frames import OTA
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.simulator.reporting import ReportingEngine
from zigwire.simulator.schedule import Schedule, Timer
from zigwire.simulator.zcl_server import ClusterClient, ZclServer
from zigwire.simulator.zdo import Bind, Endpoint, Node, NodeDescriptor, ZdoServer
from zigwire.zcl import types
from zigwire.zcl.status import Status
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["Air", "Description", "Sleep", "VirtualDevice"]

HOME_AUTOMATION = 0x0104
REPORT = 0x0A
ANNOUNCE, RESPONSE = 0x0013, 0x8000
LEAVE_DELAY = 0.1


@dataclass(frozen=True, slots=True)
class Sleep:
    """How an end device polls its parent.

    Attributes:
        interval: Seconds between polls while nothing goes on.
        awake: Seconds that it polls fast after it sent something.
        fast_interval: Seconds between polls then.
    """

    interval: float = 300.0
    awake: float = 10.0
    fast_interval: float = 0.25


@dataclass(frozen=True, slots=True)
class Description:
    """A kind of device as data.

    Attributes:
        kind: Name of the kind, for the catalogue.
        attributes: Values at the factory; those of genBasic 0x0004 and 0x0005 come from manufacturer and model.
        spontaneous: Clusters whose changes are reported to the coordinator without any configuration.
        sleep: For devices that switch their receiver off.
        linkquality: Of its frames at the coordinator.
        ota: How it fetches new firmware, None where it does not.
    """

    kind: str
    manufacturer: str
    model: str
    node: NodeDescriptor
    endpoints: tuple[Endpoint, ...]
    attributes: Mapping[AttributeKey, Attribute]
    spontaneous: frozenset[int] = frozenset()
    sleep: Sleep | None = None
    linkquality: int = 120
    ota: OtaProfile | None = None


class Air(Protocol):
    """What a device needs of the house around it."""

    schedule: Schedule
    coordinator: Node
    on_change: Callable[[], None]

    def emit(self, device: VirtualDevice, frame: ApsFrame) -> None:
        """Carry a frame of `device`."""

    def address_of(self, ieee: str) -> int | None:
        """The network address of an IEEE address on the network."""

    def permit_at(self, device: VirtualDevice, seconds: int) -> None:
        """Let a router accept joins."""

    def left(self, device: VirtualDevice, *, rejoin: bool) -> None:
        """Note that `device` left the network."""

    def cut_power(self, name: str) -> None:
        """Take a device's power away."""

    def restore_power(self, name: str) -> None:
        """Give it back."""

    def came_back(self, name: str) -> None:
        """Let a device that started anew tell so."""


class VirtualDevice:
    """A device made from a description.

    Attributes:
        name: In the house.
        node: Descriptors, network address, binding table.
        attributes: By endpoint, cluster, attribute, manufacturer code.
        groups: By endpoint, names by group id.
        scenes: By endpoint, group and scene id.
        network: The network that it holds the key of, None when it holds none.
        powered: Whether it has power.
        online: False makes it unreachable and mute although it has power.
        pairing: Whether it looks for a network to join.
        ota: What fetches its firmware, None where nothing does.
        clients: Clients of clusters that act, by endpoint and cluster.
    """

    def __init__(self, air: Air, name: str, ieee: str, description: Description) -> None:
        self.name = name
        self.description = description
        self.air = air
        self.node = Node(parse_ieee(ieee), 0xFFFE, description.node, {e.id: e for e in description.endpoints})
        self.node.neighbours = lambda: (air.coordinator,)
        self.attributes: dict[AttributeKey, Attribute] = {
            key: copy(item) for key, item in description.attributes.items()
        }
        self._add_standard_attributes()
        self.groups: dict[int, dict[int, str]] = {endpoint: {} for endpoint in self.node.endpoints}
        self.scenes: dict[SceneKey, Scene] = {}
        self.reporting = ReportingEngine(air.schedule, self.read, lambda key: self.report([key], bound=True))
        self.network: str | None = None
        self.joins = 0
        self.powered = True
        self.online = True
        self.pairing = False
        self.last_sent = air.schedule.now()
        self.zcl = ZclServer(self)
        self.zdo = ZdoServer(self.node, leave=self._leave_soon, permit=lambda seconds: air.permit_at(self, seconds))
        self._numbers = itertools.count(1)
        self._timers: dict[object, Timer] = {}
        self.ota = self._make_ota()
        self.clients: dict[tuple[int, int], ClusterClient] = {(self.ota.endpoint, OTA): self.ota} if self.ota else {}

    def _make_ota(self) -> OtaClient | None:
        if self.description.ota is None:
            return None
        endpoint = next(e.id for e in self.node.endpoints.values() if OTA in e.clients)
        return OtaClient(self, endpoint, self.description.ota)

    def _add_standard_attributes(self) -> None:
        first = min(self.node.endpoints)
        self.attributes[AttributeKey(first, BASIC, 4)] = attribute("CHAR_STR", self.description.manufacturer)
        self.attributes[AttributeKey(first, BASIC, 5)] = attribute("CHAR_STR", self.description.model)
        for endpoint in self.node.endpoints.values():
            if IDENTIFY in endpoint.servers:
                identify_time = attribute("UINT16", 0, Access.READ | Access.WRITE)
                self.attributes[AttributeKey(endpoint.id, IDENTIFY, 0)] = identify_time

    @property
    def ieee(self) -> str:
        """IEEE address."""
        return self.node.ieee

    @property
    def present(self) -> bool:
        """Whether it takes part in radio traffic."""
        return self.powered and self.online

    def now(self) -> float:
        """Seconds by the clock of the house."""
        return self.air.schedule.now()

    # Attributes

    def refresh(self) -> None:
        """Bring attributes that follow from physics up to the present; called before any read."""

    def read(self, key: AttributeKey) -> Any:
        """The present value of an attribute."""
        self.refresh()
        return self.attributes[key].value

    def set(self, key: AttributeKey, value: Any) -> None:
        """Change an attribute by the device's own action, and report it where that is due."""
        item = self.attributes[key]
        changed = item.value != value
        item.value = value
        if changed and key.cluster in self.description.spontaneous:
            self.report([key])
        self.reporting.changed(key)

    def write(self, key: AttributeKey, value: Any) -> int:
        """Take a value that a client wrote; returns a ZCL status."""
        if key.cluster == IDENTIFY:
            count_down(self, key, value)
        else:
            self.set(key, value)
        return Status.SUCCESS

    # Sending

    def send(
        self,
        endpoint: int,
        cluster: int,
        frame: ZclFrame,
        *,
        destination: int = COORDINATOR,
        destination_endpoint: int = 1,
        mode: Mode = Mode.UNICAST,
    ) -> None:
        """Send a ZCL frame; nothing happens while the device is not on a network or has no power."""
        profile = self.node.endpoints[endpoint].profile
        data = frame.serialize()
        self._emit(ApsFrame(0, endpoint, destination, destination_endpoint, profile, cluster, data, mode))

    def command(
        self, endpoint: int, cluster: int, command: int, payload: bytes = b"", *, to_client: bool = False
    ) -> None:
        """Send a cluster's command to whatever is bound, as remotes do."""
        frame = ZclFrame(command, self.next_tsn(), payload, True, None, to_client, disable_default_response=to_client)
        self._send_to_bound(endpoint, cluster, frame)

    def report(self, keys: Iterable[AttributeKey], *, bound: bool = False) -> None:
        """Report attributes of one endpoint, cluster and manufacturer.

        Args:
            keys: Which.
            bound: To what the cluster is bound to, rather than to the coordinator.
        """
        reported = list(keys)
        first = reported[0]
        body = b"".join(
            struct.pack("<HB", key.attribute, self.attributes[key].type)
            + types.encode(self.attributes[key].type, self.read(key))
            for key in reported
        )
        frame = ZclFrame(REPORT, self.next_tsn(), body, manufacturer=first.manufacturer, to_client=True)
        if bound:
            self._send_to_bound(first.endpoint, first.cluster, frame)
            return
        self.send(first.endpoint, first.cluster, frame)
        for key in reported:
            self.reporting.reported(key)

    def announce(self) -> None:
        """Broadcast the device announce."""
        self._send_zdo(RX_ON_WHEN_IDLE, ANNOUNCE, self.next_tsn(), self.node.announce(), Mode.BROADCAST)

    def next_tsn(self) -> int:
        """A new transaction sequence number."""
        return next(self._numbers) & 0xFF

    def _send_to_bound(self, endpoint: int, cluster: int, frame: ZclFrame) -> None:
        for bind in [b for b in self.node.bindings if (b.endpoint, b.cluster) == (endpoint, cluster)]:
            self._send_to(bind, frame)

    def _send_to(self, bind: Bind, frame: ZclFrame) -> None:
        if bind.group is not None:
            self.send(bind.endpoint, bind.cluster, frame, destination=bind.group, mode=Mode.GROUP)
            return
        address = self.air.address_of(bind.ieee or "")
        if address is not None:
            to = bind.destination_endpoint or 1
            self.send(bind.endpoint, bind.cluster, frame, destination=address, destination_endpoint=to)

    def _send_zdo(self, destination: int, cluster: int, tsn: int, payload: bytes, mode: Mode = Mode.UNICAST) -> None:
        self._emit(ApsFrame(0, 0, destination, 0, 0, cluster, bytes([tsn]) + payload, mode))

    def _emit(self, frame: ApsFrame) -> None:
        if not self.present or self.network is None:
            return
        self.last_sent = self.now()
        frame.source = self.node.network_address
        frame.linkquality = self.description.linkquality
        self.air.emit(self, frame)

    # Receiving

    def receive(self, frame: ApsFrame) -> None:
        """Take a frame from the air."""
        if frame.destination_endpoint == 0:
            self._receive_zdo(frame)
        else:
            self.zcl.receive(frame)

    def _receive_zdo(self, frame: ApsFrame) -> None:
        if not frame.data:
            return
        tsn, payload = frame.data[0], frame.data[1:]
        reply = self.zdo.answer(frame.cluster, payload, broadcast=frame.mode is not Mode.UNICAST)
        if reply is not None:
            self._send_zdo(frame.source, reply.cluster, tsn, reply.payload)

    def next_poll(self) -> float:
        """Seconds until a frame that waits for this device reaches it: 0 with the receiver always on."""
        sleep = self.description.sleep
        if sleep is None:
            return 0.0
        idle = self.now() - self.last_sent
        if idle < sleep.awake:
            return sleep.fast_interval
        return sleep.interval - (idle - sleep.awake) % sleep.interval

    # Timers

    def later(self, name: object, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` in `seconds` unless the power fails; a new one of the same `name` replaces it."""
        self.forget(name)
        self._timers[name] = self.air.schedule.after(seconds, action)

    def forget(self, name: object) -> None:
        """Take back what `later` had planned under this name."""
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def planned(self, name: object) -> bool:
        """Whether `later` was called under this name, and not taken back since."""
        return name in self._timers

    # Life on the network

    def joined(self, network: str, extended_pan_id: str, address: int) -> None:
        """Hold a network's key and an address on it."""
        self.network, self.pairing = network, False
        self.joins += 1
        self.node.network_address = address
        self.node.extended_pan_id = ieee_octets(extended_pan_id)

    def leave(self, *, rejoin: bool = False) -> None:
        """Tell the network that the device leaves, and forget the network unless it means to come back."""
        if self.network is None:
            return
        if self.present:
            self.air.left(self, rejoin=rejoin)
        if not rejoin:
            self.forget_network()

    def forget_network(self) -> None:
        """Return to the state of the factory where the network is concerned."""
        self.network = None
        self.node.network_address = 0xFFFE
        self.node.bindings.clear()
        self.reporting.clear()
        self.scenes.clear()
        for names in self.groups.values():
            names.clear()

    def _leave_soon(self, rejoin: bool) -> None:
        self.later("leave", LEAVE_DELAY, lambda: self.leave(rejoin=rejoin))

    def hello(self) -> None:
        """What the device sends shortly after it joined; nothing by default."""

    def back(self) -> None:
        """What the device sends shortly after power came back; nothing by default."""

    # What it keeps without power

    def own_state(self) -> dict[str, Any]:
        """What its flash holds beyond tables and attributes, as JSON can carry it; nothing by default."""
        return {}

    def restore_own_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `own_state` gave; nothing by default."""

    # What people do to it

    def ask_firmware(self) -> None:
        """Let it ask for newer firmware.

        Raises:
            SimulatorError: It can't be updated.
        """
        if self.ota is None:
            raise self._unable("no way to get firmware")
        self.ota.query()

    def press(self) -> None:
        """Press the button shortly.

        Raises:
            SimulatorError: It has none.
        """
        raise self._unable("no button")

    def plug_in(self, load: Load) -> None:
        """Plug an appliance in, instead of what was there.

        Raises:
            SimulatorError: It is no socket.
        """
        raise self._unable(f"no socket for {load.watts:g} W")

    def unplug(self) -> None:
        """Pull out what is plugged in.

        Raises:
            SimulatorError: It is no socket.
        """
        raise self._unable("no socket")

    def set_temperature(self, celsius: float) -> None:
        """Change the temperature around it.

        Raises:
            SimulatorError: It does not feel any.
        """
        raise self._unable(f"no sense of {celsius:g} °C")

    def _unable(self, lack: str) -> SimulatorError:
        return SimulatorError(f"{self.name}: {self.description.model} has {lack}")

    def lose_power(self) -> None:
        """Stop at once: what is not kept in flash is gone."""
        self.powered = False
        for name in list(self._timers):
            self.forget(name)
        if self.ota is not None:
            self.ota.power_lost()

    def regain_power(self) -> None:
        """Start up as the device's settings say (StartUpOnOff, ZCL 3.8.2.2.5)."""
        self.powered = True
        for endpoint in self.node.endpoints:
            self._start_on_off(endpoint)
        if self.ota is not None:
            self.ota.power_back()

    def _start_on_off(self, endpoint: int) -> None:
        on_off = self.attributes.get(AttributeKey(endpoint, ON_OFF, 0))
        start = self.attributes.get(AttributeKey(endpoint, ON_OFF, 0x4003))
        if on_off is not None and start is not None:
            on_off.value = {0: 0, 1: 1, 2: 1 - on_off.value}.get(start.value, on_off.value)
