"""Aqara's own cluster (manuSpecificLumi, 0xFCC0): settings, status reports, and what all its devices tell alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zigwire.devices.blocks.choice import binary, choice
from zigwire.devices.blocks.lumi import MANUFACTURER, Tag, meanings, tags
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.reporting import read_first
from zigwire.devices.exposes import GET, PUBLISHED, SET
from zigwire.devices.feature import Decoder, Feature, Place, Received, Step
from zigwire.zcl.requests import Typed, Write

__all__ = [
    "AUTO_OFF",
    "CHARGING",
    "CLUSTER",
    "LOCK",
    "NIGHT",
    "OVERLOAD",
    "auto_off",
    "button_lock",
    "button_switch_mode",
    "charging_limit",
    "charging_protection",
    "common_values",
    "event_mode",
    "led_disabled_night",
    "led_indicator",
    "operation_mode",
    "overload_protection",
    "own_report",
    "power_on_behavior",
    "power_outage_memory",
    "read_in_setup",
    "told_lock",
]

CLUSTER = 0xFCC0
ALL = PUBLISHED | SET | GET
BOOLEAN, UINT8, FLOAT = 0x10, 0x20, 0x39
REPORT, MODE, DETECTION, CLICKS = 0x00F7, 0x0009, 0x0102, 0x0125
LOCK, MEMORY, AUTO_OFF, NIGHT, CHARGING, CONNECTED, OVERLOAD = 0x0200, 0x0201, 0x0202, 0x0203, 0x0206, 0x0207, 0x020B
SWITCH_MODE, LOCK_RELAY, MOTOR, DIMMER, AFTER_POWER_CUT = 0x0226, 0x0285, 0x0404, 0x0509, 0x0517
EVENTS = 1

SWITCH_MODES = {"relay": 0, "relay_and_usb": 1}
MOTOR_STATES = {0: "stopped", 1: "opening", 2: "closing"}


def power_outage_memory() -> Feature:
    """Return whether the device comes back in its last state after a power cut."""
    return binary(
        "power_outage_memory",
        CLUSTER,
        MEMORY,
        description="Enable/disable the power outage memory, this recovers the on/off mode after power failure",
        category="config",
        type=BOOLEAN,
        manufacturer=MANUFACTURER,
    )


def led_disabled_night(*, label: str | None = None, description: str) -> Feature:
    """Return whether the LED is dark at night."""
    return binary(
        "led_disabled_night",
        CLUSTER,
        NIGHT,
        label=label,
        description=description,
        category="config",
        type=BOOLEAN,
        manufacturer=MANUFACTURER,
    )


def led_indicator() -> Feature:
    """Return whether the LED is lit."""
    return _on_off_setting("led_indicator", NIGHT, "LED indicator", category="config")


def charging_protection() -> Feature:
    """Return whether the outlet switches off when hardly any power flows."""
    description = "Turn off the outlet if the power is below the set limit for half an hour"
    return _on_off_setting("charging_protection", AUTO_OFF, description)


def charging_limit() -> Feature:
    """Return the power below which `charging_protection` takes a charge for finished."""
    return numeric(
        "charging_limit",
        CLUSTER,
        CHARGING,
        unit="W",
        description="Charging protection power limit",
        access=ALL,
        minimum=0.1,
        maximum=2,
        step=0.1,
        type=FLOAT,
        manufacturer=MANUFACTURER,
    )


def auto_off(minutes: int) -> Feature:
    """Return whether the plug switches off when less than 2 W flow for so many minutes."""
    return binary(
        "auto_off",
        CLUSTER,
        AUTO_OFF,
        label="Auto OFF",
        description="Turn the device automatically off when attached device consumes less than 2W "
        f"for {minutes} minutes",
        category="config",
        type=BOOLEAN,
        manufacturer=MANUFACTURER,
    )


def button_lock() -> Feature:
    """Return whether the button does nothing."""
    return binary(
        "button_lock",
        CLUSTER,
        LOCK,
        on=("ON", 0),
        off=("OFF", 1),
        description="Disables the physical switch button",
        category="config",
        type=UINT8,
        manufacturer=MANUFACTURER,
    )


def overload_protection(lowest: int, highest: int) -> Feature:
    """Return the load in W at which the device switches off."""
    return numeric(
        "overload_protection",
        CLUSTER,
        OVERLOAD,
        unit="W",
        description="Maximum allowed load, turns off if exceeded",
        category="config",
        access=ALL,
        minimum=lowest,
        maximum=highest,
        type=FLOAT,
        manufacturer=MANUFACTURER,
    )


def button_switch_mode() -> Feature:
    """Return what the button of an outlet with USB switches."""
    return choice(
        "button_switch_mode",
        SWITCH_MODES,
        CLUSTER,
        SWITCH_MODE,
        description="Control both relay and usb or only the relay with the physical switch button",
        type=UINT8,
        manufacturer=MANUFACTURER,
    )


def power_on_behavior() -> Feature:
    """Return what the device does after a power cut."""
    return choice(
        "power_on_behavior",
        {"on": 0, "previous": 1, "off": 2, "inverted": 3},
        CLUSTER,
        AFTER_POWER_CUT,
        description="Controls the behavior when the device is powered on after power loss",
        category="config",
        type=UINT8,
        manufacturer=MANUFACTURER,
    )


def operation_mode(relay: str) -> Feature:
    """Return whether the button switches the relay, where the device says so; it is not listed.

    Args:
        relay: How it is called when it does.
    """
    modes = {0: "decoupled", 1: relay}

    def decode(received: Received) -> dict[str, Any]:
        mode = modes.get(received.values[LOCK])
        return {"operation_mode": mode} if mode else {}

    decoder = Decoder(cluster=CLUSTER, attributes=(LOCK,), decode=decode)
    return Feature(decoders=(decoder,), unlisted=("operation_mode",))


def told_lock() -> Feature:
    """Return whether the button does nothing, as plugs tell it that have no mode of operation."""
    told = _either("button_lock", "OFF", "ON")
    decoder = Decoder(cluster=CLUSTER, attributes=(LOCK,), decode=lambda received: told(received.values[LOCK]))
    return Feature(decoders=(decoder,), unlisted=("button_lock",))


def event_mode() -> Feature:
    """Return a set-up step: the device is told to report what happens to it by itself."""

    def setup(place: Place) -> tuple[Step, ...]:
        write = Write(
            endpoint=place.endpoint, cluster=CLUSTER, attributes={MODE: Typed(UINT8, EVENTS)}, manufacturer=MANUFACTURER
        )
        return (write,)

    return Feature(setup=setup)


def read_in_setup(feature: Feature, *attributes: int) -> Feature:
    """Return a setting whose attributes are asked for in the set-up."""
    return read_first(feature, CLUSTER, *attributes, manufacturer=MANUFACTURER)


def own_report(*rows: Tag) -> Feature:
    """Return the report that a device sends about every hour, and after a start: attribute 0x00F7."""
    table = {row.number: row for row in rows}

    def decode(received: Received) -> dict[str, Any]:
        blob = received.values[REPORT]
        return meanings(tags(blob), table) if isinstance(blob, bytes) else {}

    return Feature(
        exposes=tuple(row.expose for row in rows if row.expose),
        decoders=(Decoder(cluster=CLUSTER, attributes=(REPORT,), decode=decode),),
    )


def common_values() -> Feature:
    """Return what all devices with this cluster tell alike, listed or not."""

    def decode(received: Received) -> dict[str, Any]:
        state: dict[str, Any] = {}
        for attribute, told in COMMON.items():
            if attribute in received.values:
                state |= told(received.values[attribute])
        return state

    return Feature(decoders=(Decoder(cluster=CLUSTER, attributes=tuple(COMMON), decode=decode),))


Told = Callable[[Any], Mapping[str, Any]]


def _as_it_is(name: str) -> Told:
    return lambda value: {name: value}


def _either(name: str, on: Any = True, off: Any = False, raw: int = 1) -> Told:
    return lambda value: {name: on if value == raw else off}


def _word(name: str, words: Mapping[int, str]) -> Told:
    return lambda value: {name: words[value]} if isinstance(value, int) and value in words else {}


def _motor(value: Any) -> Mapping[str, Any]:
    state = MOTOR_STATES.get(value) if isinstance(value, int) else None
    return {"motor_state": state, "running": value != 0} if state else {}


COMMON: Mapping[int, Told] = {
    MODE: _word("operation_mode", {0: "command", 1: "event"}),
    DETECTION: _as_it_is("detection_interval"),
    CLICKS: _word("click_mode", {1: "fast", 2: "multi"}),
    MEMORY: _either("power_outage_memory"),
    AUTO_OFF: _either("auto_off"),
    NIGHT: _either("led_disabled_night"),
    CONNECTED: _either("consumer_connected"),
    OVERLOAD: _as_it_is("overload_protection"),
    SWITCH_MODE: _either("button_switch_mode", "relay_and_usb", "relay"),
    LOCK_RELAY: _either("lock_relay"),
    MOTOR: _motor,
    DIMMER: _word("dimmer_mode", {1: "dual_ct", 2: "rgb", 3: "rgbw"}),
}


def _on_off_setting(name: str, attribute: int, description: str, *, category: str | None = None) -> Feature:
    return binary(
        name,
        CLUSTER,
        attribute,
        on=("ON", 1),
        off=("OFF", 0),
        description=description,
        category=category,
        type=BOOLEAN,
        manufacturer=MANUFACTURER,
    )
