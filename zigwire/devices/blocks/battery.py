"""Batteries: cluster genPowerCfg (ZCL 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.blocks.reporting import HOUR, LONGEST, report, server
from zigwire.devices.exposes import GET, PUBLISHED, Binary, Expose, Numeric
from zigwire.devices.feature import Call, Decoder, Feature, Place, Reader, Reading, Received, Step
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Read, Reporting

__all__ = ["ALARMS", "CLUSTER", "VOLTAGE", "battery", "battery_low", "battery_voltage"]

CLUSTER = "genPowerCfg"
PERCENTAGE, VOLTAGE, ALARMS = "batteryPercentageRemaining", "batteryVoltage", "batteryAlarmState"
UNKNOWN = 0xFF
MILLIVOLTS = 100
LOW = 0xF | 0xF << 10 | 0xF << 20
"""The thresholds of up to three batteries (ZCL 3.3.2.2.4.10)."""


def battery(*, per_percent: int = 2) -> Feature:
    """Return the remaining charge in percent.

    Args:
        per_percent: Raw units in one percent: 2, or 1 on devices that don't keep to the ZCL.
    """
    expose = Numeric(
        "battery",
        PUBLISHED | GET,
        unit="%",
        description="Remaining battery in %",
        category="diagnostic",
        minimum=0,
        maximum=100,
    )
    feature = _told(expose, PERCENTAGE, lambda value: rounded(value / per_percent, 2))
    return replace(_reported(feature, PERCENTAGE), facts={CLUSTER: (VOLTAGE, ALARMS)})


def battery_voltage() -> Feature:
    """Return the voltage of the battery in mV."""
    expose = Numeric(
        "voltage",
        PUBLISHED | GET,
        unit="mV",
        description="Reported battery voltage in millivolts",
        category="diagnostic",
    )
    feature = _told(expose, VOLTAGE, lambda value: value * MILLIVOLTS)
    return _reported(feature, VOLTAGE)


def battery_low() -> Feature:
    """Return whether a battery fell below one of its thresholds."""
    expose = Binary("battery_low", PUBLISHED, description="Empty battery indicator", category="diagnostic")

    def decode(received: Received) -> dict[str, Any]:
        alarms = received.values[ALARMS]
        return {"battery_low": bool(alarms & LOW)} if isinstance(alarms, int) else {}

    return Feature(exposes=(expose,), decoders=(Decoder(cluster=CLUSTER, attributes=(ALARMS,), decode=decode),))


def _reported(feature: Feature, attribute: str) -> Feature:
    """Have an attribute reported by the first endpoint that has it: it is about the whole device."""

    def setup(place: Place) -> tuple[Step, ...]:
        return report(server(place, CLUSTER), CLUSTER, Reporting(attribute, HOUR, LONGEST, 10))

    return replace(feature, setup=setup)


def _told(expose: Expose, attribute: str, meaning: Callable[[float], float]) -> Feature:
    def decode(received: Received) -> dict[str, Any]:
        value = received.values[attribute]
        return {expose.name: meaning(value)} if is_number(value) and value < UNKNOWN else {}

    return Feature(
        exposes=(expose,),
        decoders=(Decoder(cluster=CLUSTER, attributes=(attribute,), decode=decode),),
        readers=(Reader((expose.name,), _read),),
    )


def _read(call: Call) -> Reading:
    """Ask for both, since many devices have only one of them."""
    place = server(call.place, CLUSTER)
    requests = tuple(Read(endpoint=place, cluster=CLUSTER, attributes=(one,)) for one in (PERCENTAGE, VOLTAGE))
    return Reading(requests, fallback={})
