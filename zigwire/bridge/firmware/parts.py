"""What the work on firmware is done with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zigwire.bridge.entities import Entities
from zigwire.bridge.firmware.busy import Busy
from zigwire.bridge.firmware.lookup import Lookup
from zigwire.bridge.firmware.schedules import Schedules
from zigwire.bridge.firmware.states import FirmwareStates
from zigwire.bridge.firmware.under_way import UnderWay
from zigwire.ota.server import Server
from zigwire.settings import Settings
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["Parts"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What requests, updates and the devices' own questions share.

    Attributes:
        settings: The configuration.
        network: The network.
        entities: The devices.
        server: Hands images out.
        lookup: Finds them.
        states: Publishes how far devices are.
        schedules: What they get when they next ask.
        under_way: Keeps the updates that go on after a restart.
        busy: Who works on which device.
        renewed: Called with a device that has other firmware now.
    """

    settings: Settings
    network: Network
    entities: Entities
    server: Server
    lookup: Lookup
    states: FirmwareStates
    schedules: Schedules
    under_way: UnderWay
    busy: Busy
    renewed: Callable[[Device], None]
