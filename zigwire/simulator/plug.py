"""The Xiaomi ZNCZ02LM ("lumi.plug"), a metering socket and router, as data and as a thing with a button and a load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from zigwire.simulator.attributes import Access, AttributeKey, attribute
from zigwire.simulator.clusters import ANALOG_INPUT, BASIC, ON_OFF
from zigwire.simulator.device import Air, Description, VirtualDevice
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.simulator.outlet import Outlet, Wiring
from zigwire.simulator.zdo import Endpoint, NodeDescriptor

__all__ = ["PLUG", "PLUG_WITHOUT_VOLTAGE", "SIBLINGS", "XiaomiPlug", "xiaomi_plug", "xiaomi_plug_without_voltage"]

LUMI = 0x115F
DEVICE_TEMPERATURE, BINARY_INPUT, BINARY_OUTPUT = 0x0002, 0x000F, 0x0010
POWER_CONFIGURATION, GROUPS, IDENTIFY, SCENES, TIME, OTA = 0x0001, 0x0004, 0x0003, 0x0005, 0x000A, 0x0019
PRESENT_VALUE = 0x0055

RELAY = AttributeKey(1, ON_OFF, 0)
APPLICATION_VERSION = AttributeKey(1, BASIC, 1)
TEMPERATURE = AttributeKey(1, DEVICE_TEMPERATURE, 0)
POWER = AttributeKey(2, ANALOG_INPUT, PRESENT_VALUE)
ENERGY = AttributeKey(3, ANALOG_INPUT, PRESENT_VALUE)
MEMORY = AttributeKey(1, BASIC, 0xFFF0, LUMI)
HEARTBEAT = AttributeKey(1, BASIC, 0xFF01, LUMI)

MEMORY_HEAD = bytes.fromhex("aa8005d147")
MEMORY_SIZE = 9
"""First half of a written power outage memory: head, 4 octets of which the last is the setting."""

WIRING = Wiring(
    relays=(RELAY,),
    power=POWER,
    energy=ENERGY,
    temperature=TEMPERATURE,
    heartbeat=HEARTBEAT,
    tags=frozenset({0x03, 0x05, 0x08, 0x95, 0x96, 0x98, 0x9A}),
)
WIRING_WITHOUT_VOLTAGE = replace(WIRING, tags=WIRING.tags - {0x96})


def _description(kind: str, date_code: str, model: str = "lumi.plug") -> Description:
    reported = Access.READ | Access.REPORT
    return Description(
        kind=kind,
        manufacturer="LUMI",
        model=model,
        node=NodeDescriptor(1, 0x8E, LUMI, revision=0),
        endpoints=(
            Endpoint(
                1,
                0x0051,
                (
                    BASIC,
                    GROUPS,
                    IDENTIFY,
                    ON_OFF,
                    BINARY_OUTPUT,
                    SCENES,
                    TIME,
                    POWER_CONFIGURATION,
                    DEVICE_TEMPERATURE,
                ),
                (OTA, TIME),
            ),
            Endpoint(2, 0x0009, (ANALOG_INPUT,), (ANALOG_INPUT, GROUPS)),
            Endpoint(3, 0x0053, (ANALOG_INPUT,), (ANALOG_INPUT,)),
            Endpoint(100, 0x0107, (BINARY_INPUT,), (GROUPS, BINARY_INPUT)),
        ),
        attributes={
            AttributeKey(1, BASIC, 0): attribute("UINT8", 1),
            APPLICATION_VERSION: attribute("UINT8", 24),
            AttributeKey(1, BASIC, 2): attribute("UINT8", 2),
            AttributeKey(1, BASIC, 3): attribute("UINT8", 18),
            AttributeKey(1, BASIC, 6): attribute("CHAR_STR", date_code),
            AttributeKey(1, BASIC, 7): attribute("ENUM8", 1),
            MEMORY: attribute("OCTET_STR", b"", Access.READ | Access.WRITE),
            HEARTBEAT: attribute("CHAR_STR", b"\x00", Access.REPORT),
            RELAY: attribute("BOOLEAN", 0),
            AttributeKey(1, BINARY_OUTPUT, PRESENT_VALUE): attribute("BOOLEAN", 0),
            TEMPERATURE: attribute("INT16", 28),
            POWER: attribute("SINGLE_PREC", 0.0, reported),
            AttributeKey(2, ANALOG_INPUT, 0x006F): attribute("BITMAP8", 0),
            AttributeKey(2, ANALOG_INPUT, 0x0100): attribute("UINT32", 0x00010000),
            ENERGY: attribute("SINGLE_PREC", 0.0, reported),
            AttributeKey(3, ANALOG_INPUT, 0x006F): attribute("BITMAP8", 0),
            AttributeKey(100, BINARY_INPUT, PRESENT_VALUE): attribute("BOOLEAN", 0),
        },
        spontaneous=frozenset({ON_OFF}),
        ota=OtaProfile(LUMI, image_type=1, file_version=0x10),
    )


PLUG = _description("lumi.plug", "02-28-2017")
PLUG_WITHOUT_VOLTAGE = _description("lumi.plug-without-voltage", "11-22-2016")


class XiaomiPlug(Outlet):
    """A ZNCZ02LM.

    Its power outage memory works as its page says: a written setting counts from the first press of the button.

    Attributes:
        restores: Whether it will restore its relay after a power cut.
    """

    def __init__(
        self,
        air: Air,
        name: str,
        ieee: str,
        description: Description = PLUG,
        wiring: Wiring = WIRING,
        heartbeat_interval: float = 300.0,
    ) -> None:
        super().__init__(air, name, ieee, description, wiring, heartbeat_interval)
        self.restores = False
        self._written: bool | None = None

    def refresh(self) -> None:
        """Reckon what it measures up to the present."""
        super().refresh()
        self.attributes[AttributeKey(1, BINARY_OUTPUT, PRESENT_VALUE)].value = self.on

    def write(self, key: AttributeKey, value: Any) -> int:
        """Take a written value; of the power outage memory only the first half is kept."""
        if key != MEMORY:
            return super().write(key, value)
        if value[: len(MEMORY_HEAD)] == MEMORY_HEAD and len(value) == MEMORY_SIZE:
            self.attributes[MEMORY].value = value
            self._written = value[-1] == 1
        return 0

    def press(self) -> None:
        """Toggle; a power outage memory that was written counts from now on."""
        if self.powered and self._written is not None:
            self.restores, self._written = self._written, None
        super().press()

    def starts_on(self, was_on: bool) -> bool:
        """Whether its relay closes after a power cut: as it was when the memory is on."""
        return was_on and self.restores

    def own_state(self) -> dict[str, Any]:
        """What its flash holds beyond what every device holds, and what is plugged in."""
        return {**super().own_state(), "restores": self.restores, "written": self._written}

    def restore_own_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `own_state` gave."""
        super().restore_own_state(state)
        self.restores = bool(state["restores"])
        self._written = state["written"]


def xiaomi_plug(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a ZNCZ02LM whose firmware reports the voltage (date code 02-28-2017)."""
    return XiaomiPlug(air, name, ieee)


def xiaomi_plug_without_voltage(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a ZNCZ02LM whose firmware does not report the voltage."""
    return XiaomiPlug(air, name, ieee, PLUG_WITHOUT_VOLTAGE, WIRING_WITHOUT_VOLTAGE)


def _sibling(model: str) -> Callable[[Air, str, str], VirtualDevice]:
    return partial(_make_sibling, _description(model, "02-28-2017", model))


def _make_sibling(description: Description, air: Air, name: str, ieee: str) -> VirtualDevice:
    return XiaomiPlug(air, name, ieee, description)


SIBLINGS = {model: _sibling(model) for model in ("lumi.plug.mitw01", "lumi.ctrl_86plug.aq1")}
"""The ZNCZ03LM for Taiwan and the QBCZ11LM, an outlet for the wall: the same inside."""
