"""The radio of a simulated house, in the same process."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from zigwire.simulator.house import House
from zigwire.simulator.inter_pan import SimulatedInterPan
from zigwire.simulator.zdo import Node
from zigwire.zigbee.radio import ApsFrame, CoordinatorInfo, DeliveryError, NetworkParameters, RadioError, RadioListener

__all__ = ["SimulatedRadio"]

END_DEVICE = 2


class SimulatedRadio:
    """The coordinator of a house as a `zigbee.radio.Radio`; several may follow one another."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._connected = False
        self._listener: RadioListener | None = None
        self._pending: set[asyncio.Future[None]] = set()

    async def connect(self) -> None:
        """Open the port."""
        self._connected = True

    async def load(self) -> NetworkParameters | None:
        """Return the network that the coordinator holds."""
        self._require_connection()
        return self._house.parameters

    async def form(self, parameters: NetworkParameters) -> None:
        """Write a new network over whatever the coordinator holds."""
        self._require_connection()
        self._house.form(parameters)

    async def start(self, listener: RadioListener) -> CoordinatorInfo:
        """Bring the network up and begin to report to `listener`."""
        self._require_connection()
        if self._house.parameters is None:
            raise RadioError("the simulated coordinator holds no network to start")
        self._listener = listener
        self._house.attach(self)
        return CoordinatorInfo(self._house.nvram.ieee, "Simulator", {})

    async def close(self) -> None:
        """Let go of the coordinator."""
        self._listener = None
        self._house.detach(self)
        self._disconnect("the radio was closed")

    async def send(self, frame: ApsFrame) -> None:
        """Send one frame.

        Raises:
            DeliveryError: It did not reach its destination.
            RadioError: The radio is closed, or was lost meanwhile.
        """
        self._require_connection()
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.add(confirmed)
        try:
            self._house.transmit(
                frame, lambda error: _resolve(confirmed, None if error is None else DeliveryError(error))
            )
            await confirmed
        finally:
            self._pending.discard(confirmed)

    async def permit(self, seconds: int) -> None:
        """Let the coordinator itself accept joins."""
        self._require_connection()
        self._house.permit(seconds)

    async def ping(self) -> None:
        """Ask for a sign of life."""
        self._require_connection()

    async def backup(self) -> dict[str, Any] | None:
        """Return an open-coordinator-backup document, None while there is no network."""
        self._require_connection()
        return _backup(self._house)

    async def remembered(self) -> frozenset[str]:
        """Return the devices on the network."""
        self._require_connection()
        return frozenset(device.ieee for device in self._house.devices.values() if self._house.on_network(device))

    async def add_link_key(self, ieee: str, key: bytes) -> None:
        """Let a device join with a link key of its own."""
        self._require_connection()
        self._house.install_keys[ieee] = key

    def inter_pan(self) -> SimulatedInterPan:
        """Return the ability to talk to devices of other networks."""
        self._require_connection()
        return SimulatedInterPan(self._house)

    def _require_connection(self) -> None:
        if not self._connected:
            raise RadioError("the simulated coordinator is not connected")

    def _disconnect(self, reason: str) -> None:
        self._connected = False
        for confirmed in list(self._pending):
            _resolve(confirmed, RadioError(reason))

    # What the house tells

    def frame_received(self, frame: ApsFrame) -> None:
        """Pass a frame on."""
        if self._listener is not None:
            self._listener.frame_received(frame)

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        """Pass a join on."""
        if self._listener is not None:
            self._listener.device_joined(ieee, network_address, parent)

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:
        """Pass a leave on."""
        if self._listener is not None:
            self._listener.device_left(ieee, network_address, rejoin=rejoin)

    def radio_lost(self, reason: str) -> None:
        """Pass the loss on; nothing comes after it."""
        listener, self._listener = self._listener, None
        self._disconnect(reason)
        if listener is not None:
            listener.radio_lost(reason)


def _resolve(confirmed: asyncio.Future[None], error: RadioError | None) -> None:
    if confirmed.done():
        return
    if error is None:
        confirmed.set_result(None)
    else:
        confirmed.set_exception(error)


def _backup(house: House) -> dict[str, Any] | None:
    parameters, nvram = house.parameters, house.nvram
    if parameters is None:
        return None
    extended_pan_id = parameters.extended_pan_id or nvram.ieee
    return {
        "metadata": {
            "format": "zigpy/open-coordinator-backup",
            "version": 1,
            "source": "zigwire-simulator",
            "internal": {"date": datetime.now(UTC).isoformat()},
        },
        "stack_specific": {"zstack": {"tclk_seed": nvram.tclk_seed.hex()}},
        "coordinator_ieee": _digits(nvram.ieee),
        "pan_id": f"{parameters.pan_id:04x}",
        "extended_pan_id": _digits(extended_pan_id),
        "nwk_update_id": nvram.update_id,
        "security_level": 5,
        "channel": parameters.channel,
        "channel_mask": [channel for channel in range(11, 27) if nvram.channel_mask >> channel & 1],
        "network_key": {
            "key": parameters.network_key.hex(),
            "sequence_number": 0,
            "frame_counter": nvram.frame_counter,
        },
        "devices": [_device(house, device.node) for device in house.devices.values() if house.on_network(device)],
    }


def _device(house: House, node: Node) -> dict[str, Any]:
    link_key = house.nvram.link_key(node.ieee)
    entry: dict[str, Any] = {
        "nwk_address": f"{node.network_address:04x}",
        "ieee_address": _digits(node.ieee),
        "is_child": node.descriptor.logical_type == END_DEVICE,
    }
    if link_key is not None:
        entry["link_key"] = {
            "key": link_key.key.hex(),
            "rx_counter": link_key.rx_counter,
            "tx_counter": link_key.tx_counter,
        }
    return entry


def _digits(ieee: str) -> str:
    return ieee.removeprefix("0x")
