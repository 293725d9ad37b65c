"""The Xiaomi ZNCZ02LM ("lumi.plug"), a metering socket and router, as data and as a thing with a button and a load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.simulator.attributes import Access, AttributeKey, attribute
from zigwire.simulator.clusters import ANALOG_INPUT, BASIC, ON_OFF
from zigwire.simulator.device import Air, Description, VirtualDevice
from zigwire.simulator.load import Load, Meter
from zigwire.simulator.zdo import Endpoint, NodeDescriptor
from zigwire.zcl import types

__all__ = ["PLUG", "PLUG_WITHOUT_VOLTAGE", "XiaomiPlug", "xiaomi_plug", "xiaomi_plug_without_voltage"]

LUMI = 0x115F
DEVICE_TEMPERATURE, BINARY_INPUT, BINARY_OUTPUT = 0x0002, 0x000F, 0x0010
POWER_CONFIGURATION, GROUPS, IDENTIFY, SCENES, TIME, OTA = 0x0001, 0x0004, 0x0003, 0x0005, 0x000A, 0x0019
PRESENT_VALUE = 0x0055

RELAY = AttributeKey(1, ON_OFF, 0)
MODEL, APPLICATION_VERSION = AttributeKey(1, BASIC, 5), AttributeKey(1, BASIC, 1)
TEMPERATURE = AttributeKey(1, DEVICE_TEMPERATURE, 0)
POWER = AttributeKey(2, ANALOG_INPUT, PRESENT_VALUE)
ENERGY = AttributeKey(3, ANALOG_INPUT, PRESENT_VALUE)
MEMORY = AttributeKey(1, BASIC, 0xFFF0, LUMI)
HEARTBEAT = AttributeKey(1, BASIC, 0xFF01, LUMI)

MEMORY_HEAD = bytes.fromhex("aa8005d147")
MEMORY_SIZE = 9
"""First half of a written power outage memory: head, 4 octets of which the last is the setting."""

FIRST_HEARTBEAT = 5.0
SAMPLING = 5.0
SETTLING = 1.0
LEAST_CHANGE, LEAST_SHARE = 1.0, 0.05
"""Power is reported when it moved by this many watts and this share of the last report."""

MAINS = Load(230.0, swing=0.01, seed=230)
"""The voltage swings like a load does."""


def _description(kind: str, date_code: str) -> Description:
    reported = Access.READ | Access.REPORT
    return Description(
        kind=kind,
        manufacturer="LUMI",
        model="lumi.plug",
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
    )


PLUG = _description("lumi.plug", "02-28-2017")
PLUG_WITHOUT_VOLTAGE = _description("lumi.plug-without-voltage", "11-22-2016")


class XiaomiPlug(VirtualDevice):
    """A ZNCZ02LM.

    Its power outage memory works as its page says: a written setting counts from the first press of the button.

    Attributes:
        load: What is plugged in.
        meter: Energy and temperature.
        heartbeat_interval: Seconds between the reports of genBasic 0xFF01, 300 on the real one.
        outages: Power cuts so far, plus one.
        restores: Whether it will restore its relay after a power cut.
    """

    def __init__(
        self, air: Air, name: str, ieee: str, description: Description = PLUG, *, heartbeat_interval: float = 300.0
    ) -> None:
        super().__init__(air, name, ieee, description)
        self.load: Load | None = None
        self.meter = Meter(self.now())
        self.heartbeat_interval = heartbeat_interval
        self.outages = 1
        self.restores = False
        self._written: bool | None = None
        self._reported_power = 0.0
        self._start_timers()

    @property
    def on(self) -> bool:
        """Whether the relay is closed."""
        return bool(self.attributes[RELAY].value)

    def refresh(self) -> None:
        """Reckon power, energy and temperature up to the present."""
        if self.powered:
            self.meter.advance(self.now(), self.load if self.on else None)
        else:
            self.meter.cool(self.now())
        self.attributes[POWER].value = self.meter.power
        self.attributes[ENERGY].value = self.meter.energy
        self.attributes[TEMPERATURE].value = round(self.meter.temperature)
        self.attributes[AttributeKey(1, BINARY_OUTPUT, PRESENT_VALUE)].value = self.on

    def set(self, key: AttributeKey, value: Any) -> None:
        """Change an attribute; the relay's change is followed by a report of the power."""
        self.refresh()
        super().set(key, value)
        if key == RELAY:
            self._sample_soon()

    def write(self, key: AttributeKey, value: Any) -> int:
        """Take a written value; of the power outage memory only the first half is kept."""
        if key != MEMORY:
            return super().write(key, value)
        if value[: len(MEMORY_HEAD)] == MEMORY_HEAD and len(value) == MEMORY_SIZE:
            self.attributes[MEMORY].value = value
            self._written = value[-1] == 1
        return 0

    # What people do to it

    def press(self) -> None:
        """Toggle; a power outage memory that was written counts from now on."""
        if not self.powered:
            return
        if self._written is not None:
            self.restores, self._written = self._written, None
        self.set(RELAY, not self.on)

    def plug_in(self, load: Load) -> None:
        """Plug an appliance in, instead of what was there."""
        self.refresh()
        self.load = load
        self._sample_soon()

    def unplug(self) -> None:
        """Pull out what is plugged in."""
        self.refresh()
        self.load = None
        self._sample_soon()

    def set_temperature(self, celsius: float) -> None:
        """Change the temperature around it."""
        self.refresh()
        self.meter.set_ambient(celsius)

    def lose_power(self) -> None:
        """Stop at once."""
        self.refresh()
        super().lose_power()
        self.refresh()

    def regain_power(self) -> None:
        """Start up: with the relay as it was when the memory is on, else open."""
        self.refresh()
        super().regain_power()
        self.outages += 1
        self.attributes[RELAY].value = self.on and self.restores
        self.refresh()
        self._start_timers()

    # What it tells

    def hello(self) -> None:
        """Report model and version, and soon all else."""
        self.report([MODEL, APPLICATION_VERSION])
        self.later("heartbeat", FIRST_HEARTBEAT, self._heartbeat)

    def back(self) -> None:
        """Tell the state after a power cut."""
        self.report([RELAY])
        self.report_heartbeat()

    def report_heartbeat(self) -> None:
        """Report genBasic 0xFF01: tags, types and values of all that it measures."""
        self.refresh()
        tags = b"".join(bytes([tag]) + _typed(kind, value) for tag, kind, value in self._tags())
        self.attributes[HEARTBEAT].value = bytes([len(tags)]) + tags  # octets, in a character string
        self.report([HEARTBEAT])

    def _tags(self) -> list[tuple[int, str, float]]:
        measured = [
            (0x03, "INT8", round(self.meter.temperature)),
            (0x05, "UINT16", self.outages & 0xFFFF),
            (0x08, "UINT16", 0x1362),
            (0x64, "BOOLEAN", self.on),
            (0x95, "SINGLE_PREC", self.meter.energy),
            (0x96, "SINGLE_PREC", round(MAINS.power(self.now()) * 10)),
            (0x98, "SINGLE_PREC", self.meter.power),
            (0x9A, "UINT8", 0),
        ]
        hidden = set() if self.description is PLUG else {0x96}
        return [item for item in measured if item[0] not in hidden]

    def _heartbeat(self) -> None:
        self.report_heartbeat()
        self.later("heartbeat", self.heartbeat_interval, self._heartbeat)

    def _start_timers(self) -> None:
        self.later("heartbeat", self.heartbeat_interval, self._heartbeat)
        self.later("sample", SAMPLING, self._sample)

    def _sample_soon(self) -> None:
        if self.powered:
            self.later("sample", SETTLING, self._sample)

    def _sample(self) -> None:
        self.refresh()
        self.reporting.changed(POWER)
        self.reporting.changed(ENERGY)
        self.reporting.changed(TEMPERATURE)
        moved = abs(self.meter.power - self._reported_power)
        if moved >= LEAST_CHANGE and moved >= LEAST_SHARE * self._reported_power:
            self.report([POWER])
            self._reported_power = self.meter.power
        self.later("sample", SAMPLING, self._sample)

    # What it keeps without power

    def own_state(self) -> dict[str, Any]:
        """What its flash holds beyond what every device holds, and what is plugged in."""
        self.refresh()
        load = self.load and {"watts": self.load.watts, "swing": self.load.swing, "seed": self.load.seed}
        return {
            "energy": self.meter.energy,
            "temperature": self.meter.temperature,
            "ambient": self.meter.ambient,
            "outages": self.outages,
            "restores": self.restores,
            "written": self._written,
            "load": load,
        }

    def restore_own_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `own_state` gave."""
        self.meter.energy = float(state["energy"])
        self.meter.temperature = float(state["temperature"])
        self.meter.set_ambient(float(state["ambient"]))
        self.outages = int(state["outages"])
        self.restores = bool(state["restores"])
        self._written = state["written"]
        self.load = Load(**state["load"]) if state["load"] else None


def _typed(type_name: str, value: float) -> bytes:
    data_type = types.by_name(type_name)
    return bytes([data_type.id]) + data_type.encode(value)


def xiaomi_plug(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a ZNCZ02LM whose firmware reports the voltage (date code 02-28-2017)."""
    return XiaomiPlug(air, name, ieee)


def xiaomi_plug_without_voltage(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a ZNCZ02LM whose firmware does not report the voltage."""
    return XiaomiPlug(air, name, ieee, PLUG_WITHOUT_VOLTAGE)
