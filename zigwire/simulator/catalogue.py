"""The kinds of devices that a house may hold, and the house that is set up when nobody asks for another."""

from __future__ import annotations

import time
from collections.abc import Mapping

from zigwire.simulator.aqara import AQARA_OUTLETS
from zigwire.simulator.bulb import BULB, ikea_bulb
from zigwire.simulator.greenpower import GreenPowerSwitch
from zigwire.simulator.house import DeviceFactory, House
from zigwire.simulator.load import Load
from zigwire.simulator.plug import PLUG, PLUG_WITHOUT_VOLTAGE, SIBLINGS, xiaomi_plug, xiaomi_plug_without_voltage
from zigwire.simulator.remote import REMOTE, remote
from zigwire.simulator.schedule import Clock
from zigwire.simulator.tuya import TUYA_DEVICES

__all__ = ["KINDS", "default_house"]

KINDS: Mapping[str, DeviceFactory] = {
    PLUG.kind: xiaomi_plug,
    PLUG_WITHOUT_VOLTAGE.kind: xiaomi_plug_without_voltage,
    **SIBLINGS,
    **AQARA_OUTLETS,
    **TUYA_DEVICES,
    REMOTE.kind: remote,
    BULB.kind: ikea_bulb,
}
"""By the kind that descriptions name."""


def default_house(clock: Clock = time.monotonic) -> House:
    """A house with two plugs ZNCZ02LM (`plug` with a lamp of 40 W, and `spare`), a `bulb` and a `remote`.

    None of them is paired yet.
    """
    house = House(clock=clock)
    house.add("plug", xiaomi_plug, "0x00158d0001a2b3c4").plug_in(Load(40.0))
    house.add("spare", xiaomi_plug, "0x00158d0001a2b3c5")
    house.add("bulb", ikea_bulb, "0x000b57fffe9a1b01")
    house.add("remote", remote, "0x00158d0001a2b3f0")
    house.green_power.switches["kinetic"] = GreenPowerSwitch(0x01719697)
    return house
