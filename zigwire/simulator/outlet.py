"""A metering outlet of the Xiaomi family: relays, a load, what it measures, and what it reports of its own accord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import BASIC
from zigwire.simulator.device import Air, Description, VirtualDevice
from zigwire.simulator.load import Load, Meter
from zigwire.zcl import types

__all__ = ["MAINS", "Outlet", "Wiring"]

MODEL, APPLICATION_VERSION = AttributeKey(1, BASIC, 5), AttributeKey(1, BASIC, 1)
CHARACTER_STRING = types.by_name("CHAR_STR").id

FIRST_HEARTBEAT = 5.0
SAMPLING = 5.0
SETTLING = 1.0
LEAST_CHANGE, LEAST_SHARE = 1.0, 0.05
"""Power is reported when it moved by this many watts and this share of the last report."""

MAINS = Load(230.0, swing=0.01, seed=230)
"""The voltage swings like a load does."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Where an outlet shows what it does and measures.

    Attributes:
        relays: The load is behind the first.
        power: In W; reported as it changes.
        energy: In kWh; None: only the heartbeat tells it.
        temperature: In °C.
        heartbeat: Report of all values, each with a tag and its type.
        tags: Which tags the heartbeat has, beside one for each relay.
    """

    relays: tuple[AttributeKey, ...]
    power: AttributeKey
    energy: AttributeKey | None
    temperature: AttributeKey
    heartbeat: AttributeKey
    tags: frozenset[int]


class Outlet(VirtualDevice):
    """An outlet.

    Attributes:
        wiring: Where it shows what it does and measures.
        load: What is plugged in.
        mains: The voltage.
        meter: Energy and temperature.
        heartbeat_interval: Seconds between heartbeats, 300 on real ones.
        outages: Power cuts so far, plus one.
    """

    def __init__(
        self, air: Air, name: str, ieee: str, description: Description, wiring: Wiring, heartbeat_interval: float
    ) -> None:
        super().__init__(air, name, ieee, description)
        self.wiring = wiring
        self.load: Load | None = None
        self.mains = MAINS
        self.meter = Meter(self.now())
        self.heartbeat_interval = heartbeat_interval
        self.outages = 1
        self._reported_power = 0.0
        self._start_timers()

    @property
    def on(self) -> bool:
        """Whether the relay before the load is closed."""
        return bool(self.attributes[self.wiring.relays[0]].value)

    @property
    def voltage(self) -> float:
        """Volts at present."""
        return self.mains.power(self.now())

    def refresh(self) -> None:
        """Reckon power, energy and temperature up to the present."""
        if self.powered:
            self.meter.advance(self.now(), self.load if self.on else None)
        else:
            self.meter.cool(self.now())
        self.attributes[self.wiring.power].value = self.meter.power
        if self.wiring.energy:
            self.attributes[self.wiring.energy].value = self.meter.energy
        self.attributes[self.wiring.temperature].value = round(self.meter.temperature)

    def set(self, key: AttributeKey, value: Any) -> None:
        """Change an attribute; a relay's change is followed by a report of the power."""
        self.refresh()
        super().set(key, value)
        if key in self.wiring.relays:
            self._sample_soon()

    # What people do to it

    def press(self) -> None:
        """Toggle what the button is for."""
        if self.powered:
            self.set(self.wiring.relays[0], not self.on)

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
        """Start up with the relays as its settings say."""
        self.refresh()
        super().regain_power()
        self.outages += 1
        for relay in self.wiring.relays:
            self.attributes[relay].value = self.starts_on(bool(self.attributes[relay].value))
        self.refresh()
        self._start_timers()

    def starts_on(self, was_on: bool) -> bool:
        """Whether a relay closes after a power cut."""
        raise NotImplementedError

    # What it tells

    def hello(self) -> None:
        """Report model and version, and soon all else."""
        self.report([MODEL, APPLICATION_VERSION])
        self.later("heartbeat", FIRST_HEARTBEAT, self._heartbeat)

    def back(self) -> None:
        """Tell the state after a power cut."""
        for relay in self.wiring.relays:
            self.report([relay])
        self.report_heartbeat()

    def report_heartbeat(self) -> None:
        """Report all that it measures."""
        self.refresh()
        tags = b"".join(bytes([tag]) + _typed(kind, value) for tag, kind, value in self._tags())
        item = self.attributes[self.wiring.heartbeat]
        item.value = bytes([len(tags)]) + tags if item.type == CHARACTER_STRING else tags
        self.report([self.wiring.heartbeat])

    def _tags(self) -> list[tuple[int, str, float]]:
        volts = self.voltage
        relays = [(0x64 + place, "BOOLEAN", self.attributes[key].value) for place, key in enumerate(self.wiring.relays)]
        measured = [
            (0x03, "INT8", round(self.meter.temperature)),
            (0x05, "UINT16", self.outages & 0xFFFF),
            (0x08, "UINT16", 0x1362),
            *relays,
            (0x95, "SINGLE_PREC", self.meter.energy),
            (0x96, "SINGLE_PREC", round(volts * 10)),
            (0x97, "SINGLE_PREC", self.meter.power / volts * 1000),
            (0x98, "SINGLE_PREC", self.meter.power),
            (0x9A, "UINT8", 0),
            (0x9B, "BOOLEAN", self.load is not None),
        ]
        return [entry for entry in measured if entry in relays or entry[0] in self.wiring.tags]

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
        for key in filter(None, (self.wiring.power, self.wiring.energy, self.wiring.temperature)):
            self.reporting.changed(key)
        moved = abs(self.meter.power - self._reported_power)
        if moved >= LEAST_CHANGE and moved >= LEAST_SHARE * self._reported_power:
            self.report([self.wiring.power])
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
            "load": load,
        }

    def restore_own_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `own_state` gave."""
        self.meter.energy = float(state["energy"])
        self.meter.temperature = float(state["temperature"])
        self.meter.set_ambient(float(state["ambient"]))
        self.outages = int(state["outages"])
        self.load = Load(**state["load"]) if state["load"] else None


def _typed(type_name: str, value: float) -> bytes:
    data_type = types.by_name(type_name)
    return bytes([data_type.id]) + data_type.encode(value)
