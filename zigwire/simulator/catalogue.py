"""The kinds of devices that a house may hold, and the house that is set up when nobody asks for another."""

from __future__ import annotations

import time
from collections.abc import Mapping

from zigwire.simulator.house import DeviceFactory, House
from zigwire.simulator.load import Load
from zigwire.simulator.plug import PLUG, PLUG_WITHOUT_VOLTAGE, xiaomi_plug, xiaomi_plug_without_voltage
from zigwire.simulator.schedule import Clock

__all__ = ["KINDS", "default_house"]

KINDS: Mapping[str, DeviceFactory] = {
    PLUG.kind: xiaomi_plug,
    PLUG_WITHOUT_VOLTAGE.kind: xiaomi_plug_without_voltage,
}
"""By the kind that descriptions name."""


def default_house(clock: Clock = time.monotonic) -> House:
    """A house with two ZNCZ02LM: `plug` with a lamp of 40 W, and `spare` with nothing; neither is paired yet."""
    house = House(clock=clock)
    house.add("plug", xiaomi_plug, "0x00158d0001a2b3c4").plug_in(Load(40.0))
    house.add("spare", xiaomi_plug, "0x00158d0001a2b3c5")
    return house
