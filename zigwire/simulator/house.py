"""The simulated house: a coordinator, devices, the air between them, and the people who press buttons."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from zigwire.simulator.addresses import COORDINATOR, FIRST_BROADCAST, RX_ON_WHEN_IDLE, ieee_octets, parse_ieee
from zigwire.simulator.delivery import NO_ROUTE, Medium, hears_broadcast
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.greenpower import GreenPowerAir
from zigwire.simulator.load import Load
from zigwire.simulator.nvram import Nvram
from zigwire.simulator.schedule import Clock, Schedule
from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.simulator.zdo import Node, NodeDescriptor, ZdoServer
from zigwire.zigbee.radio import ApsFrame, InterPanFrame, Mode, NetworkParameters, RadioListener

__all__ = ["COORDINATOR_IEEE", "Confirm", "DeviceFactory", "House"]

COORDINATOR_IEEE = "0x00124b0012345678"
ANNOUNCE_DELAY, HELLO_DELAY, JOIN_DELAY = 0.005, 0.5, 0.1
"""Seconds: from key to announce, from announce to the first report, from an open network to a join."""

FOREVER = 0xFF
MGMT_PERMIT_JOINING, DEVICE_ANNOUNCE = 0x0036, 0x0013

Confirm = Callable[[str | None], None]
DeviceFactory = Callable[["House", str, str], VirtualDevice]


class House:
    """Everything that a real house has in this respect.

    Args:
        clock: Seconds from any origin; a constant gives a house where only `advance` moves time.
        ieee: Of the coordinator.
        medium: The air between the devices.

    Attributes:
        devices: By name.
        nvram: What the coordinator keeps: the network.
        coordinator: Its node, network address 0.
        schedule: The house's time.
        on_air: Called with every frame on the air.
        on_change: Called when something changed that is worth keeping.
        owner: Who is attached to the coordinator.
        install_keys: Link keys of devices that may join with theirs, by IEEE address.
        green_power: Its switches without batteries.
        touchlink: Devices in reach of the coordinator that can be touchlinked.
        tuned: Channel to which the coordinator has left its own, None while it is there.
    """

    def __init__(
        self, *, clock: Clock = time.monotonic, ieee: str = COORDINATOR_IEEE, medium: Medium | None = None
    ) -> None:
        self.schedule = Schedule(clock)
        self.medium = medium or Medium()
        self.devices: dict[str, VirtualDevice] = {}
        self.on_air: Callable[[ApsFrame], None] = lambda _frame: None
        self.on_change: Callable[[], None] = lambda: None
        self.nvram = Nvram(parse_ieee(ieee))
        self.nvram.changed = self._nvram_changed
        self.coordinator = Node(parse_ieee(ieee), COORDINATOR, NodeDescriptor(0, 0x8F), {})
        self.coordinator.neighbours = lambda: [d.node for d in self.devices.values() if self.on_network(d)]
        self.owner: RadioListener | None = None
        self.install_keys: dict[str, bytes] = {}
        self.touchlink: list[TouchlinkTarget] = []
        self.tuned: int | None = None
        self._permits: dict[int, float] = {}
        self._listeners: list[Callable[[ApsFrame], None]] = []
        self.green_power = GreenPowerAir(self)
        self._zdo = ZdoServer(
            self.coordinator, leave=lambda _rejoin: None, permit=lambda seconds: self._permit(COORDINATOR, seconds)
        )

    # Devices

    def add(self, name: str, factory: DeviceFactory, ieee: str) -> VirtualDevice:
        """Put a device into the house.

        Raises:
            SimulatorError: Name or IEEE address are taken.
            ValueError: The IEEE address is none.
        """
        wanted = parse_ieee(ieee)
        if name in self.devices or wanted in {self.nvram.ieee, *(d.ieee for d in self.devices.values())}:
            raise SimulatorError(f"device: {name!r} {wanted} is in the house already")
        device = self.devices[name] = factory(self, name, wanted)
        return device

    def device(self, name: str) -> VirtualDevice:
        """The device of that name.

        Raises:
            SimulatorError: There is none.
        """
        if name not in self.devices:
            raise SimulatorError(f"device: {name[:40]!r} is not in the house, there are {', '.join(self.devices)}")
        return self.devices[name]

    def on_network(self, device: VirtualDevice) -> bool:
        """Whether a device holds the key of the coordinator's present network."""
        return device.network is not None and device.network == self.network

    # The network

    @property
    def parameters(self) -> NetworkParameters | None:
        """The network that the coordinator holds, None when it holds none."""
        return self.nvram.parameters

    @property
    def network(self) -> str | None:
        """What tells this network from all others: PAN id, extended PAN id and key."""
        parameters = self.parameters
        if parameters is None:
            return None
        return f"{parameters.pan_id:04x}/{parameters.extended_pan_id}/{parameters.network_key.hex()}"

    @property
    def permit_left(self) -> float:
        """Seconds for which somebody still lets devices in, 0 when the network is closed."""
        return max(0.0, max(self._permits.values(), default=0.0) - self.schedule.now())

    def form(self, parameters: NetworkParameters) -> None:
        """Form a network in place of the one there is; its devices are left behind."""
        self._permits.clear()
        self.nvram.form(parameters)

    def permit(self, seconds: int) -> None:
        """Let the coordinator accept joins for `seconds`, 0 closes it, 255 is for ever."""
        self._permit(COORDINATOR, seconds)

    def permit_at(self, device: VirtualDevice, seconds: int) -> None:
        """Let a router accept joins."""
        self._permit(device.node.network_address, seconds)

    def _permit(self, address: int, seconds: int) -> None:
        lasting = float("inf") if seconds == FOREVER else float(seconds)
        self._permits[address] = self.schedule.now() + lasting
        if self.permit_left:
            self._let_in()

    def _let_in(self) -> None:
        waiting = [device for device in self.devices.values() if device.pairing and device.present]
        for number, device in enumerate(waiting, 1):
            device.later("join", number * JOIN_DELAY, lambda device=device: self._try_join(device))  # type: ignore[misc]

    def _try_join(self, device: VirtualDevice) -> None:
        if device.pairing and device.present and self.permit_left and self.parameters is not None:
            self.join(device.name)

    def join(self, name: str) -> None:
        """Let a device in at once, whatever is permitted.

        Raises:
            SimulatorError: There is no network, no such device, or it has no power.
        """
        device, parameters, network = self.device(name), self.parameters, self.network
        if parameters is None or network is None:
            raise SimulatorError(f"{name}: there is no network to join")
        self._require_power(device)
        device.joined(network, parameters.extended_pan_id or self.nvram.ieee, self._free_address(device))
        self._admit(device)
        device.later("hello", HELLO_DELAY, device.hello)

    def rejoin(self, name: str) -> None:
        """Let a joined device come back under a new network address.

        Raises:
            SimulatorError: It is not on the network, or has no power.
        """
        device = self.device(name)
        self._require_power(device)
        if not self.on_network(device):
            raise SimulatorError(f"{name}: it is not on the network")
        device.joins += 1
        device.node.network_address = self._free_address(device)
        self._admit(device)

    def _admit(self, device: VirtualDevice) -> None:
        node = device.node
        self.nvram.remember(node.ieee, node.network_address, router=node.descriptor.logical_type == 1)
        if self.owner is not None:
            self.owner.device_joined(node.ieee, node.network_address)
        device.later("announce", ANNOUNCE_DELAY, device.announce)
        self.on_change()

    def _free_address(self, device: VirtualDevice) -> int:
        taken = {other.node.network_address for other in self.devices.values() if other is not device}
        dice = random.Random(f"{device.ieee}/{device.joins}")  # noqa: S311 - addresses to repeat, not secrets
        while True:
            address = dice.randrange(1, FIRST_BROADCAST)
            if address not in taken and address != device.node.network_address:
                return address

    def left(self, device: VirtualDevice, *, rejoin: bool) -> None:
        """Note that a device left; one that means to come back does so under a new address."""
        address = device.node.network_address
        if not self.on_network(device):
            return
        if self.owner is not None:
            self.owner.device_left(device.ieee, address, rejoin=rejoin)
        if rejoin:
            device.later("rejoin", HELLO_DELAY, lambda: self.rejoin(device.name))
        else:
            self.nvram.forget(device.ieee)
        self.on_change()

    def address_of(self, ieee: str) -> int | None:
        """The network address of an IEEE address on the network."""
        nodes = [self.coordinator, *(d.node for d in self.devices.values() if self.on_network(d))]
        return next((node.network_address for node in nodes if node.ieee == ieee), None)

    # The coordinator's side

    def attach(self, owner: RadioListener) -> None:
        """Connect a host to the coordinator; the one that was there before loses it."""
        if self.owner is not owner:
            self._detach("another host has taken the coordinator")
            self.owner = owner

    def detach(self, owner: RadioListener) -> None:
        """Let go of the coordinator; without effect for a host that has lost it already."""
        if self.owner is owner:
            self.owner = None

    def lose_radio(self, reason: str = "the coordinator was unplugged") -> None:
        """Take the coordinator from its host, as a pulled plug or a broken link would."""
        self._detach(reason)

    def _detach(self, reason: str) -> None:
        owner, self.owner = self.owner, None
        if owner is not None:
            owner.radio_lost(reason)

    def overhear(self, listener: Callable[[ApsFrame], None]) -> None:
        """Let somebody hear all that the coordinator sends."""
        self._listeners.append(listener)

    def reach(self, frame: InterPanFrame) -> list[InterPanFrame]:
        """Send a frame to what can be touchlinked on the channel that was tuned to; returns the answers."""
        here = [target for target in self.touchlink if target.channel == self.tuned]
        return [answer for target in here if (answer := target.receive(frame)) is not None]

    def transmit(self, frame: ApsFrame, confirm: Confirm = lambda _error: None) -> None:
        """Send a frame of the coordinator.

        Args:
            frame: With source 0.
            confirm: Called when the frame is through or has failed, with the error's name in that case.
        """
        self.on_air(frame)
        for listener in self._listeners:
            listener(frame)
        self.nvram.count_frame()
        if frame.mode is not Mode.UNICAST:
            self.schedule.after(self.medium.delay, lambda: self._spread(frame, confirm))
        elif frame.destination == COORDINATOR:
            self.schedule.after(0, lambda: self._to_coordinator(frame, confirm))
        else:
            self._unicast(frame, confirm)

    def _spread(self, frame: ApsFrame, confirm: Confirm) -> None:
        confirm(None)
        if frame.mode is Mode.BROADCAST and frame.destination_endpoint == 0:
            self._serve_coordinator(frame)
        for device in self._hearers(frame):
            device.receive(frame)

    def _hearers(self, frame: ApsFrame) -> list[VirtualDevice]:
        address = RX_ON_WHEN_IDLE if frame.mode is Mode.GROUP else frame.destination
        return [
            device
            for device in self.devices.values()
            if self.on_network(device)
            and device.present
            and device.node.network_address != frame.source
            and hears_broadcast(device, address)
            and not self.medium.loses()
        ]

    def _to_coordinator(self, frame: ApsFrame, confirm: Confirm) -> None:
        confirm(None)
        self._serve_coordinator(frame)

    def _serve_coordinator(self, frame: ApsFrame) -> None:
        """Answer a ZDO request to the coordinator, its own included, as its stack does."""
        if frame.destination_endpoint != 0 or not frame.data:
            return
        reply = self._zdo.answer(frame.cluster, frame.data[1:], broadcast=frame.mode is not Mode.UNICAST)
        if reply is None:
            return
        data = frame.data[:1] + reply.payload
        answer = ApsFrame(COORDINATOR, 0, frame.source, 0, 0, reply.cluster, data)
        if frame.source == COORDINATOR:
            self._hand_over(answer)
        else:
            self.transmit(answer)

    def _unicast(self, frame: ApsFrame, confirm: Confirm) -> None:
        device = self._at(frame.destination)
        if device is None:
            self.schedule.after(self.medium.delay, lambda: confirm(NO_ROUTE))
            return
        wait, error = self.medium.to_device(device)
        self.schedule.after(wait, lambda: self._arrive(device, frame, error, confirm))

    def _arrive(self, device: VirtualDevice, frame: ApsFrame, error: str | None, confirm: Confirm) -> None:
        confirm(error)
        if error is None and device.present and self.on_network(device):
            device.receive(frame)

    def _at(self, address: int) -> VirtualDevice | None:
        found = (d for d in self.devices.values() if d.node.network_address == address and self.on_network(d))
        return next(found, None)

    # The devices' side

    def emit(self, device: VirtualDevice, frame: ApsFrame) -> None:
        """Carry a frame of a device to whom it is for."""
        if self.on_network(device) and not self.medium.loses():
            self.schedule.after(self.medium.delay, lambda: self._carry(frame))

    def _carry(self, frame: ApsFrame) -> None:
        self.on_air(frame)
        if frame.mode is not Mode.UNICAST:
            self._hand_over(frame)
            for device in self._hearers(frame):
                device.receive(frame)
        elif frame.destination == COORDINATOR:
            self._hand_over(frame)
            self._serve_coordinator(frame)
        else:
            self._unicast(frame, lambda _error: None)

    def _hand_over(self, frame: ApsFrame) -> None:
        if self.owner is not None:
            self.owner.frame_received(frame)

    def _nvram_changed(self) -> None:
        self.coordinator.ieee = self.nvram.ieee
        extended_pan_id = (self.parameters and self.parameters.extended_pan_id) or self.nvram.ieee
        self.coordinator.extended_pan_id = ieee_octets(extended_pan_id)
        self.on_change()

    # What people do

    def pair(self, name: str) -> None:
        """Hold the button: the device leaves its network and looks for another until it is let in."""
        device = self.device(name)
        self._require_power(device)
        device.leave()
        device.forget_network()
        device.pairing = True
        if self.permit_left:
            self._let_in()
        self.on_change()

    def leave(self, name: str) -> None:
        """Let a device leave of its own accord."""
        device = self.device(name)
        if not self.on_network(device):
            raise SimulatorError(f"{name}: it is not on the network")
        self._require_power(device)
        device.leave()

    def press(self, name: str) -> None:
        """Press a device's button shortly."""
        device = self.device(name)
        self._require_power(device)
        device.press()
        self.on_change()

    def cut_power(self, name: str) -> None:
        """Take a device's power away; without effect when it has none."""
        device = self.device(name)
        if device.powered:
            device.lose_power()
            self.on_change()

    def restore_power(self, name: str) -> None:
        """Give a device its power back; it announces itself when it is on the network."""
        device = self.device(name)
        if device.powered:
            return
        device.regain_power()
        self.came_back(name)
        if device.pairing and self.permit_left:
            self._let_in()
        self.on_change()

    def came_back(self, name: str) -> None:
        """Let a device that started anew announce itself and say what it says then."""
        device = self.device(name)
        device.later("announce", ANNOUNCE_DELAY, device.announce)
        device.later("back", HELLO_DELAY, device.back)

    def ask_firmware(self, name: str) -> None:
        """Let a device ask for newer firmware."""
        device = self.device(name)
        self._require_power(device)
        device.ask_firmware()

    def plug_in(self, name: str, watts: float) -> None:
        """Plug an appliance into a socket."""
        self.device(name).plug_in(Load(watts))
        self.on_change()

    def unplug(self, name: str) -> None:
        """Pull out what is plugged into a socket."""
        self.device(name).unplug()
        self.on_change()

    def set_temperature(self, name: str, celsius: float) -> None:
        """Change the temperature around a device."""
        self.device(name).set_temperature(celsius)

    def advance(self, seconds: float) -> None:
        """Let time leap."""
        self.schedule.advance(seconds)

    def _require_power(self, device: VirtualDevice) -> None:
        if not device.powered:
            raise SimulatorError(f"{device.name}: it has no power")
