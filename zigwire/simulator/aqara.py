"""Outlets of Xiaomi and Aqara that keep their settings in a cluster of their own (0xFCC0), as data and as things.

Endpoints as their owners listed them: plugs name the own cluster in no descriptor and measure power on endpoint 21 and
energy on 31 (firmware 0.0.0_0024 on), the American one on 2 and 3; those of the H2 series tell their energy only in the
heartbeat.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from zigwire.simulator.attributes import Access, Attribute, AttributeKey, attribute
from zigwire.simulator.clusters import ANALOG_INPUT, BASIC, IDENTIFY, ON_OFF
from zigwire.simulator.device import Air, Description
from zigwire.simulator.house import DeviceFactory
from zigwire.simulator.load import Load
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.simulator.outlet import Outlet, Wiring
from zigwire.simulator.zdo import Endpoint, NodeDescriptor

__all__ = ["AQARA_OUTLETS", "AqaraOutlet"]

LUMI = 0x115F
OWN = 0xFCC0
TEMPERATURE, GROUPS, SCENES, ALARMS, TIME, POWER_CONFIGURATION = 0x0002, 0x0004, 0x0005, 0x0009, 0x000A, 0x0001
BINARY_INPUT, BINARY_OUTPUT, MULTISTATE, OTA, METERING, ELECTRICAL = 0x000F, 0x0010, 0x0012, 0x0019, 0x0702, 0x0B04
GREEN_POWER = 0x0021
OUTLET_DEVICE = 0x0051
PRESENT_VALUE = 0x0055
OTA_IMAGE = 0x0A01


def setting(number: int) -> AttributeKey:
    """Where an attribute of the own cluster is."""
    return AttributeKey(1, OWN, number, LUMI)


HEARTBEAT, MODE, CONNECTED = setting(0x00F7), setting(0x0009), setting(0x0207)
LOCK, MEMORY, AUTO_OFF, NIGHT, OVERLOAD = (setting(number) for number in (0x0200, 0x0201, 0x0202, 0x0203, 0x020B))
CHARGING, SWITCH_MODE, AFTER_POWER_CUT, OWN_BLOB = (setting(number) for number in (0x0206, 0x0226, 0x0517, 0xFFF0))
BLOB = AttributeKey(1, BASIC, 0xFFF0, LUMI)
ACTIVE_POWER, SUMMATION = AttributeKey(1, ELECTRICAL, 0x050B), AttributeKey(1, METERING, 0)
RELAY, USB = AttributeKey(1, ON_OFF, 0), AttributeKey(2, ON_OFF, 0)

LOCKED = 0
"""The button lock is on at 0, off at 1."""
BOTH = 1

WRITABLE = Access.READ | Access.WRITE
FACTORY: Mapping[AttributeKey, tuple[str, Any]] = {
    MODE: ("UINT8", 0),
    LOCK: ("UINT8", 1),
    MEMORY: ("BOOLEAN", 0),
    AUTO_OFF: ("BOOLEAN", 0),
    NIGHT: ("BOOLEAN", 0),
    CHARGING: ("SINGLE_PREC", 2.0),
    OVERLOAD: ("SINGLE_PREC", 2300.0),
    SWITCH_MODE: ("UINT8", 0),
    AFTER_POWER_CUT: ("UINT8", 1),
    BLOB: ("OCTET_STR", b""),
    OWN_BLOB: ("OCTET_STR", b""),
}
"""Type and value of each setting; which of them there are differs from outlet to outlet."""


class AqaraOutlet(Outlet):
    """An outlet whose settings do what they are for, but those that wait for half an hour."""

    def refresh(self) -> None:
        """Reckon what it measures up to the present."""
        super().refresh()
        if ACTIVE_POWER in self.attributes:
            self.attributes[ACTIVE_POWER].value = round(self.meter.power)
            self.attributes[SUMMATION].value = round(self.meter.energy * 1000)

    def write(self, key: AttributeKey, value: Any) -> int:
        """Take a written value; the memory in genBasic is shown in the own cluster, too."""
        if key == BLOB:
            self.attributes[OWN_BLOB].value = value
        return super().write(key, value)

    def press(self) -> None:
        """Toggle what the button is for, unless it is locked."""
        if not self.powered or self._setting(LOCK, 1) == LOCKED:
            return
        super().press()
        if self._setting(SWITCH_MODE, 0) == BOTH:
            self.set(USB, self.on)

    def plug_in(self, load: Load) -> None:
        """Plug an appliance in, which it feels."""
        super().plug_in(load)
        self._feel(True)

    def unplug(self) -> None:
        """Pull out what is plugged in, which it feels."""
        super().unplug()
        self._feel(False)

    def starts_on(self, was_on: bool) -> bool:
        """Whether a relay closes after a power cut."""
        if AFTER_POWER_CUT in self.attributes:
            return {0: True, 1: was_on, 3: not was_on}.get(self.attributes[AFTER_POWER_CUT].value, False)
        return was_on and bool(self._setting(MEMORY, 0) or self._setting(BLOB, b"")[-1:] == b"\x01")

    def _sample(self) -> None:
        super()._sample()
        if self.meter.power > self._setting(OVERLOAD, math.inf):
            self.set(RELAY, 0)

    def _feel(self, connected: bool) -> None:
        if CONNECTED in self.attributes:
            self.attributes[CONNECTED].value = connected
            self.report([CONNECTED])

    def _setting(self, key: AttributeKey, without: Any) -> Any:
        return self.attributes[key].value if key in self.attributes else without


PLUG_SERVERS = (BASIC, TEMPERATURE, IDENTIFY, GROUPS, SCENES, ON_OFF, ALARMS, METERING, ELECTRICAL)
PLUG = (
    Endpoint(1, OUTLET_DEVICE, PLUG_SERVERS, (TIME, OTA), unlisted=(OWN,)),
    Endpoint(21, OUTLET_DEVICE, (ANALOG_INPUT,)),
    Endpoint(31, OUTLET_DEVICE, (ANALOG_INPUT,)),
    Endpoint(242, 0x0061, (), (GREEN_POWER,), profile=0xA1E0),
)
AMERICAN_SERVERS = (BASIC, GROUPS, IDENTIFY, ON_OFF, BINARY_OUTPUT, SCENES, TIME, POWER_CONFIGURATION, TEMPERATURE)
AMERICAN = (
    Endpoint(1, OUTLET_DEVICE, (*AMERICAN_SERVERS, ELECTRICAL), (OTA, TIME), unlisted=(OWN,)),
    Endpoint(2, 0x0009, (ANALOG_INPUT,), (ANALOG_INPUT, GROUPS)),
    Endpoint(3, 0x0053, (ANALOG_INPUT,), (ANALOG_INPUT,)),
    Endpoint(100, 0x0107, (BINARY_INPUT,), (BINARY_INPUT, GROUPS), version=2),
)
WITH_USB = (*PLUG, Endpoint(2, OUTLET_DEVICE, (GROUPS, SCENES, ON_OFF)))
H2_SERVERS = (BASIC, TEMPERATURE, IDENTIFY, GROUPS, SCENES, ON_OFF, MULTISTATE, METERING, ELECTRICAL, OWN)
H2 = (
    Endpoint(1, 0x0000, H2_SERVERS, (OTA, TIME)),
    Endpoint(21, OUTLET_DEVICE, (ANALOG_INPUT, BASIC)),
)
H2_WITH_USB = (*H2, Endpoint(2, 0x0000, (IDENTIFY, GROUPS, SCENES, ON_OFF)))


def _outlet(
    model: str, endpoints: tuple[Endpoint, ...], *settings: AttributeKey, feels: bool = False, maker: str = "LUMI"
) -> DeviceFactory:
    meters = [endpoint.id for endpoint in endpoints if endpoint.serves(ANALOG_INPUT)]
    power, *energy = (AttributeKey(number, ANALOG_INPUT, PRESENT_VALUE) for number in meters)
    wiring = Wiring(
        relays=tuple(AttributeKey(endpoint.id, ON_OFF, 0) for endpoint in endpoints if endpoint.serves(ON_OFF)),
        power=power,
        energy=energy[0] if energy else None,
        temperature=AttributeKey(1, TEMPERATURE, 0),
        heartbeat=HEARTBEAT,
        tags=frozenset({0x03, 0x05, 0x08, 0x95, 0x96, 0x97, 0x98, 0x9A} | ({0x9B} if feels else set())),
    )
    attributes = _attributes(wiring, endpoints) | {key: attribute(*FACTORY[key], WRITABLE) for key in settings}
    if feels:
        attributes[CONNECTED] = attribute("BOOLEAN", 0)
    description = Description(
        kind=model,
        manufacturer=maker,
        model=model,
        node=NodeDescriptor(1, 0x8E, LUMI),
        endpoints=endpoints,
        attributes=attributes,
        spontaneous=frozenset({ON_OFF}),
        ota=OtaProfile(LUMI, image_type=OTA_IMAGE, file_version=31),
    )
    return partial(_make, description, wiring)


def _make(description: Description, wiring: Wiring, air: Air, name: str, ieee: str) -> AqaraOutlet:
    return AqaraOutlet(air, name, ieee, description, wiring, heartbeat_interval=300.0)


def _attributes(wiring: Wiring, endpoints: tuple[Endpoint, ...]) -> dict[AttributeKey, Attribute]:
    known = {
        AttributeKey(1, BASIC, 0): attribute("UINT8", 3),
        AttributeKey(1, BASIC, 1): attribute("UINT8", 31),
        AttributeKey(1, BASIC, 2): attribute("UINT8", 2),
        AttributeKey(1, BASIC, 3): attribute("UINT8", 1),
        AttributeKey(1, BASIC, 6): attribute("CHAR_STR", "05-12-2020"),
        AttributeKey(1, BASIC, 7): attribute("ENUM8", 1),
        **{relay: attribute("BOOLEAN", 0) for relay in wiring.relays},
        wiring.power: attribute("SINGLE_PREC", 0.0),
        **({wiring.energy: attribute("SINGLE_PREC", 0.0)} if wiring.energy else {}),
        wiring.temperature: attribute("INT16", 28),
        wiring.heartbeat: attribute("OCTET_STR", b""),
    }
    if endpoints[0].serves(METERING):
        known |= {
            ACTIVE_POWER: attribute("INT16", 0),
            SUMMATION: attribute("UINT48", 0),
            SUMMATION._replace(attribute=0x0301): attribute("UINT24", 1),
            SUMMATION._replace(attribute=0x0302): attribute("UINT24", 1000),
        }
    return known


AQARA_OUTLETS: Mapping[str, DeviceFactory] = {
    "lumi.plug.maeu01": _outlet("lumi.plug.maeu01", PLUG, MODE, LOCK, MEMORY, AUTO_OFF, NIGHT, OVERLOAD, feels=True),
    "lumi.plug.mmeu01": _outlet("lumi.plug.mmeu01", PLUG, MEMORY, AUTO_OFF, NIGHT, OVERLOAD, feels=True),
    "lumi.plug.maus01": _outlet("lumi.plug.maus01", AMERICAN, BLOB, OWN_BLOB, AUTO_OFF, NIGHT, OVERLOAD, feels=True),
    "lumi.plug.macn01": _outlet("lumi.plug.macn01", PLUG, LOCK, MEMORY, NIGHT, OVERLOAD, feels=True),
    "lumi.plug.sacn02": _outlet("lumi.plug.sacn02", PLUG, LOCK, MEMORY, NIGHT, OVERLOAD),
    "lumi.plug.sacn03": _outlet("lumi.plug.sacn03", WITH_USB, LOCK, MEMORY, NIGHT, OVERLOAD, SWITCH_MODE),
    "lumi.plug.acn005": _outlet(
        "lumi.plug.acn005", H2_WITH_USB, LOCK, NIGHT, OVERLOAD, SWITCH_MODE, AFTER_POWER_CUT, maker="Aqara"
    ),
    "lumi.plug.aeu001": _outlet(
        "lumi.plug.aeu001", H2, LOCK, AUTO_OFF, NIGHT, CHARGING, OVERLOAD, AFTER_POWER_CUT, maker="Aqara"
    ),
}
"""By the kind that their descriptions name, which is the model id."""
