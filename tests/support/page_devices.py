"""The simulated devices that pages are proved with, and what each property of a page is on the device itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from zigwire.simulator.aqara import (
    AFTER_POWER_CUT,
    AUTO_OFF,
    BLOB,
    CHARGING,
    CONNECTED,
    LOCK,
    NIGHT,
    OVERLOAD,
    OWN_BLOB,
    SWITCH_MODE,
)
from zigwire.simulator.aqara import MEMORY as OWN_MEMORY
from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.load import Load
from zigwire.simulator.outlet import Outlet
from zigwire.simulator.plug import MEMORY, MEMORY_HEAD
from zigwire.simulator.tuya import TuyaDevice

KINDS = {
    "PJ-1203-W": "tuya.clamp-meter-pj-1203-w",
    "PJ-MGW1203": "tuya.clamp-meter",
    "QBCZ11LM": "lumi.ctrl_86plug.aq1",
    "QBCZ14LM": "lumi.plug.sacn02",
    "QBCZ15LM": "lumi.plug.sacn03",
    "SP-EUC01": "lumi.plug.maeu01",
    "TS0601_2gang_switch": "tuya.two-switches",
    "TS0601_co2_temperature_humidity_sensor": "tuya.air",
    "TS0601_soil": "tuya.soil",
    "TS0601_stairwell_switch": "tuya.stairwell-switch",
    "WP-P01D": "lumi.plug.aeu001",
    "ZNCZ02LM": "lumi.plug",
    "ZNCZ03LM": "lumi.plug.mitw01",
    "ZNCZ04LM": "lumi.plug.mmeu01",
    "ZNCZ12LM": "lumi.plug.maus01",
    "ZNCZ15LM": "lumi.plug.macn01",
    "ZNQBCZ11LM": "lumi.plug.acn005",
}
"""Kinds of the simulator, by model."""


@dataclass(frozen=True)
class Truth:
    """What a property is on the device.

    Attributes:
        samples: Values that it may have, as the page writes them, in the unit of the page; of two, on comes first.
        put: Lets the device have a value, without a word.
        has: Gives the value that it has.
        tell: Lets the device tell it of its own accord; None: it never does.
        unit: In which `put` and `has` count.
    """

    samples: tuple[Any, ...]
    put: Callable[[Any], None]
    has: Callable[[], Any]
    tell: Callable[[], None] | None
    unit: str | None = None


def truths(device: VirtualDevice, model: str) -> dict[str, Truth]:
    """Return what the properties of a device are, by property."""
    if isinstance(device, TuyaDevice):
        told = partial(device.tell, list(device.datapoints))
        return {**_datapoints(device, DATAPOINTS[model]), "linkquality": _linkquality(device, told)}
    assert isinstance(device, Outlet)
    return {
        **_relays(device),
        **_measurements(device),
        **{name: _setting(device, key, words) for name, (key, words) in SETTINGS.items() if key in device.attributes},
        **_memory(device),
        "linkquality": _linkquality(device, device.report_heartbeat),
    }


def quiet(device: VirtualDevice) -> None:
    """Let a device say nothing more of its own accord, until it is made to."""
    for name in ("announce", "hello", "heartbeat", "sample"):
        device.forget(name)


# Any device


def _linkquality(device: VirtualDevice, tell: Callable[[], None]) -> Truth:
    def put(value: int) -> None:
        assert 0 <= value <= 0xFF, "radios tell one octet"
        device.description = replace(device.description, linkquality=value)

    return Truth((40, 200), put, lambda: device.description.linkquality, tell, "lqi")


# Outlets


def _relays(device: Outlet) -> dict[str, Truth]:
    names = ("state_relay", "state_usb") if len(device.wiring.relays) > 1 else ("state",)
    words = {"ON": True, "OFF": False}
    return {name: _stored(device, key, words) for name, key in zip(names, device.wiring.relays, strict=True)}


def _measurements(device: Outlet) -> dict[str, Truth]:
    def draw(watts: float) -> None:
        device.attributes[device.wiring.relays[0]].value = 1
        device.load = Load(watts, swing=0)

    def let_flow(amperes: float) -> None:
        device.mains = Load(200.0, swing=0)
        draw(200.0 * amperes)

    def warm(celsius: float) -> None:
        device.load = None
        device.meter.temperature = celsius
        device.meter.set_ambient(celsius - device.meter.idle_rise)

    def use(kilowatt_hours: float) -> None:
        device.load = None
        device.meter.energy = kilowatt_hours

    def supply(volts: float) -> None:
        device.mains = Load(volts, swing=0)

    def fail(times: int) -> None:
        device.outages = times + 1

    def present(name: str) -> float:
        device.refresh()
        return float(getattr(device.meter, name))

    beat = device.report_heartbeat
    return {
        "power": Truth((40, 1200.5), draw, lambda: present("power"), lambda: device.report([device.wiring.power]), "W"),
        "energy": Truth((12.5, 300), use, lambda: present("energy"), beat, "kWh"),
        "device_temperature": Truth((28, 41), warm, lambda: round(present("temperature")), beat, "°C"),
        "voltage": Truth((230, 118.5), supply, lambda: device.voltage, beat, "V"),
        "current": Truth((2, 0.5), let_flow, lambda: present("power") / device.voltage, beat, "A"),
        "power_outage_count": Truth((3, 8), fail, lambda: device.outages - 1, beat),
    }


SWITCHED = {True: 1, False: 0}
SETTINGS: Mapping[str, tuple[AttributeKey, Mapping[Any, int] | None]] = {
    "power_outage_memory": (OWN_MEMORY, SWITCHED),
    "led_disabled_night": (NIGHT, SWITCHED),
    "led_indicator": (NIGHT, {"ON": 1, "OFF": 0}),
    "auto_off": (AUTO_OFF, SWITCHED),
    "charging_protection": (AUTO_OFF, {"ON": 1, "OFF": 0}),
    "consumer_connected": (CONNECTED, SWITCHED),
    "button_lock": (LOCK, {"ON": 0, "OFF": 1}),
    "button_switch_mode": (SWITCH_MODE, {"relay": 0, "relay_and_usb": 1}),
    "power_on_behavior": (AFTER_POWER_CUT, {"on": 0, "previous": 1, "off": 2, "inverted": 3}),
    "overload_protection": (OVERLOAD, None),
    "charging_limit": (CHARGING, None),
}
"""Where settings are, and what the words of the page are there; numbers are as they are."""


def _setting(device: Outlet, key: AttributeKey, words: Mapping[Any, int] | None) -> Truth:
    if words:
        return _stored(device, key, words)
    put, tell = partial(_store, device, key), partial(device.report, [key])
    samples = (650, 1800) if key == OVERLOAD else (0.5, 1.25)
    return Truth(samples, put, lambda: device.attributes[key].value, tell, "W")


def _memory(device: Outlet) -> dict[str, Truth]:
    """Return the power outage memory that is an octet string in genBasic; it is only told when asked for."""
    keys = [key for key in (MEMORY, BLOB, OWN_BLOB) if key in device.attributes]
    if not keys:
        return {}

    def put(value: bool) -> None:
        for key in keys:
            device.attributes[key].value = MEMORY_HEAD + bytes((9, 1, 0x10, value))

    return {"power_outage_memory": Truth((True, False), put, lambda: _ending(device, keys[0]) == 1, None)}


def _ending(device: Outlet, key: AttributeKey) -> int:
    return (device.attributes[key].value or b"\0")[-1]


def _store(device: VirtualDevice, key: AttributeKey, value: Any) -> None:
    device.attributes[key].value = value


def _stored(device: VirtualDevice, key: AttributeKey, words: Mapping[Any, Any]) -> Truth:
    """Return what is in an attribute, where numbers stand for words."""
    put, tell = partial(_store, device, key), partial(device.report, [key])
    return _words(words, put, lambda: device.attributes[key].value, tell)


def _words(
    words: Mapping[Any, Any], put: Callable[[Any], None], has: Callable[[], Any], tell: Callable[[], None]
) -> Truth:
    meanings = {raw: word for word, raw in words.items()}
    return Truth(tuple(words), lambda word: put(words[word]), lambda: meanings[has()], tell)


# Tuya's devices: number, and divisor with unit or the numbers of words

ON_OFF = {"ON": 1, "OFF": 0}
CLAMP = {
    "current": (18, 1000, "A"),
    "power": (19, 10, "W"),
    "voltage": (20, 10, "V"),
    "energy": (101, 1000, "kWh"),
}
DATAPOINTS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "TS0601_soil": {
        "temperature": (5, 1, "°C"),
        "soil_moisture": (3, 1, "%"),
        "temperature_unit": (9, {"celsius": 0, "fahrenheit": 1}),
        "battery": (15, 1, "%"),
        "battery_state": (14, {"low": 0, "medium": 1, "high": 2}),
    },
    "TS0601_co2_temperature_humidity_sensor": {
        "co2": (2, 1, "ppm"),
        "temperature": (18, 10, "°C"),
        "humidity": (19, 1, "%"),
    },
    "PJ-MGW1203": CLAMP,
    "PJ-1203-W": CLAMP,
    "TS0601_2gang_switch": {
        "state_l1": (1, ON_OFF),
        "state_l2": (2, ON_OFF),
        "power_on_behavior": (14, {"off": 0, "on": 1, "previous": 2}),
        "backlight_mode": (16, ON_OFF),
        "child_lock": (101, ON_OFF),
    },
    "TS0601_stairwell_switch": {"state": (1, ON_OFF), "child_lock": (29, ON_OFF)},
}


def _datapoints(device: TuyaDevice, rows: Mapping[str, tuple[Any, ...]]) -> dict[str, Truth]:
    return {name: _datapoint(device, *row) for name, row in rows.items()}


def _datapoint(device: TuyaDevice, number: int, worth: Any, unit: str | None = None) -> Truth:
    put, tell = partial(device.put, number), partial(device.tell, [number])
    if isinstance(worth, Mapping):
        return _words(worth, put, lambda: device.datapoints[number].value, tell)
    return Truth(
        (24, 60),
        lambda value: put(round(value * worth)),
        lambda: device.datapoints[number].value / worth,
        tell,
        unit,
    )
