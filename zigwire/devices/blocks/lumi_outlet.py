"""What outlets and plugs of Xiaomi and Aqara tell alike: the values of their status reports, as they are listed."""

from __future__ import annotations

from dataclasses import replace

from zigwire.devices.blocks import lumi
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.exposes import PUBLISHED, Binary, Expose, Numeric
from zigwire.devices.feature import Feature

__all__ = [
    "CONSUMER",
    "CURRENT",
    "ENERGY",
    "MEASURED",
    "NIGHT",
    "OUTAGES",
    "POWER",
    "TEMPERATURE",
    "VOLTAGE",
    "analog_power",
    "listed",
]

NIGHT = "Enable/disable the LED at night"
CONNECTED = (
    "Indicates whether a plug is physically attached. Device does not have to pull power or even be connected "
    "electrically (state of this binary switch can be ON even if main power switch is OFF)"
)

CONSUMER = Binary("consumer_connected", PUBLISHED, description=CONNECTED, category="diagnostic")
POWER = Numeric("power", PUBLISHED, unit="W", description="Instantaneous measured power")
ENERGY = Numeric("energy", PUBLISHED, unit="kWh", description="Sum of consumed energy")
VOLTAGE = Numeric("voltage", PUBLISHED, unit="V", description="Measured electrical potential value")
CURRENT = Numeric("current", PUBLISHED, unit="A", description="Instantaneous measured electrical current")
TEMPERATURE = Numeric(
    "device_temperature", PUBLISHED, unit="°C", description="Temperature of the device", category="diagnostic"
)
OUTAGES = Numeric(
    "power_outage_count",
    PUBLISHED,
    description="Number of power outages (since last pairing)",
    category="diagnostic",
)

MEASURED = (
    lumi.SUPPLY_VOLTAGE,
    lumi.OUTAGE_COUNT,
    replace(lumi.DEVICE_TEMPERATURE, expose=None),
    replace(lumi.ENERGY, expose=None),
    lumi.VOLTAGE,
    lumi.CURRENT,
    lumi.POWER,
    lumi.FLIP_INDICATOR_LIGHT,
)
"""What the status reports of outlets hold beside the states of their relays."""


def listed(*exposes: Expose) -> Feature:
    """Return what other features publish."""
    return Feature(exposes=exposes)


def analog_power(category: str | None = None) -> Feature:
    """Return the power that genAnalogInput of any endpoint reports."""
    return numeric(
        "power",
        "genAnalogInput",
        "presentValue",
        unit="W",
        description="Instantaneous measured power",
        category=category,
        access=PUBLISHED,
    )
