"""Aqara."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zigwire.devices.blocks import lumi, metering
from zigwire.devices.blocks import lumi_cluster as own
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.blocks.polling import polled
from zigwire.devices.blocks.reporting import HOUR, LONGEST, first_read, reported, set_up, watched
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import PUBLISHED, Binary, Expose, Numeric
from zigwire.devices.feature import Bind, Feature, Step
from zigwire.zcl.requests import ConfigureReporting, Reporting

__all__ = ["DEFINITIONS"]

NIGHT = "Enable/disable the LED at night"
NIGHT_INDICATOR = "Enables/disables LED indicator at night"
CONNECTED = (
    "Indicates whether a plug is physically attached. Device does not have to pull power or even be connected "
    "electrically (state of this binary switch can be ON even if main power switch is OFF)"
)

HALF_HOUR = 1800

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


def _listed(*exposes: Expose) -> Feature:
    """Return what other features publish."""
    return Feature(exposes=exposes)


def _switch(*, changes: int, longest: int, endpoints: tuple[str, ...] = ()) -> Feature:
    feature = watched(on_off(), "genOnOff", Reporting("onOff", 0, longest, changes))
    return feature.at(*endpoints) if endpoints else feature


def _analog_power(category: str | None = None) -> Feature:
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


def _outlet_power() -> Feature:
    return watched(_analog_power("diagnostic"), "genAnalogInput", Reporting("presentValue", 10, HOUR, 5))


def _own_temperature() -> Feature:
    return numeric(
        "device_temperature",
        "genDeviceTempCfg",
        "currentTemperature",
        unit="°C",
        description="Temperature of the device",
        category="diagnostic",
        access=PUBLISHED,
    )


def _worth_of_power(endpoint: int) -> Iterator[Step]:
    yield Bind(endpoint, metering.ELECTRICAL)
    yield first_read(endpoint, metering.ELECTRICAL, "acPowerMultiplier", "acPowerDivisor")


def _worth_of_energy(endpoint: int) -> Iterator[Step]:
    yield Bind(endpoint, metering.METERING)
    yield first_read(endpoint, metering.METERING, "multiplier", "divisor")
    records = (Reporting("currentSummDelivered", 5, HOUR, 0),)
    yield ConfigureReporting(endpoint=endpoint, cluster=metering.METERING, records=records)


DEFINITIONS = (
    Definition(
        models=["lumi.ctrl_86plug", "lumi.ctrl_86plug.aq1"],
        vendor="Aqara",
        model="QBCZ11LM",
        description="Smart wall outlet",
        features=[
            on_off(),
            lumi.active_power(endpoint=2),
            lumi.status_report(lumi.ENERGY, lumi.DEVICE_TEMPERATURE, lumi.ON_OFF, *lumi.PLUG_VALUES),
            _listed(VOLTAGE),
            lumi.power_outage_memory(),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.maeu01"],
        vendor="Aqara",
        model="SP-EUC01",
        description="Smart plug EU",
        features=[
            _switch(changes=0, longest=HOUR),
            lumi.status_report(lumi.ON_OFF, *MEASURED),
            set_up(metering.electrical_values(), metering.ELECTRICAL, _worth_of_power),
            set_up(metering.metering_values(), metering.METERING, _worth_of_energy),
            own.own_report(lumi.ON_OFF, *MEASURED),
            _listed(POWER, ENERGY),
            own.power_outage_memory(),
            _listed(VOLTAGE, CURRENT),
            polled(_own_temperature(), "genDeviceTempCfg", "currentTemperature", seconds=HALF_HOUR),
            _listed(Binary("consumer_connected", PUBLISHED, description=CONNECTED, category="diagnostic")),
            own.led_disabled_night(label="LED disabled night", description=NIGHT),
            own.overload_protection(100, 2300),
            own.auto_off(20),
            own.button_lock(),
            replace(_analog_power(), exposes=()),
            own.common_values(),
            own.event_mode(),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.acn005"],
        vendor="Aqara",
        model="ZNQBCZ11LM",
        description="Smart wall outlet H2 (USB)",
        features=[
            own.common_values(),
            own.own_report(lumi.ON_OFF, *MEASURED),
            own.button_switch_mode(),
            reported(on_off(), "genOnOff", Reporting("onOff", 0, LONGEST, 1)).at("relay", "usb"),
            own.operation_mode("control_relay").at("relay", "usb"),
            _listed(TEMPERATURE, OUTAGES),
            own.power_on_behavior(),
            own.read_in_setup(own.led_disabled_night(description=NIGHT_INDICATOR), own.NIGHT),
            _outlet_power(),
            _listed(ENERGY, VOLTAGE, CURRENT),
            own.read_in_setup(own.overload_protection(100, 3840), own.OVERLOAD),
            own.read_in_setup(own.button_lock(), own.LOCK),
        ],
        endpoint_names={"relay": 1, "usb": 2},
        ota=True,
    ),
    Definition(
        models=["lumi.plug.sacn03"],
        vendor="Aqara",
        model="QBCZ15LM",
        description="Smart wall outlet H1 (USB)",
        features=[
            on_off().at("relay", "usb"),
            own.own_report(*lumi.relays("relay", "usb"), *MEASURED),
            _analog_power(),
            _listed(ENERGY, TEMPERATURE, VOLTAGE, CURRENT),
            own.power_outage_memory(),
            own.led_disabled_night(label="LED disabled night", description=NIGHT),
            own.button_lock(),
            own.button_switch_mode(),
            own.overload_protection(100, 2500),
            own.common_values(),
        ],
        endpoint_names={"relay": 1, "usb": 2},
        ota=True,
    ),
    Definition(
        models=["lumi.plug.aeu001"],
        vendor="Aqara",
        model="WP-P01D",
        description="Smart wall outlet H2 EU",
        features=[
            own.common_values(),
            own.own_report(lumi.ON_OFF, *MEASURED),
            reported(on_off(), "genOnOff", Reporting("onOff", 0, LONGEST, 1)),
            own.operation_mode("control_relay"),
            _listed(TEMPERATURE, OUTAGES),
            own.power_on_behavior(),
            _outlet_power(),
            _listed(ENERGY, VOLTAGE, CURRENT),
            own.read_in_setup(own.overload_protection(100, 3840), own.OVERLOAD),
            own.read_in_setup(own.led_indicator(), own.NIGHT),
            own.read_in_setup(own.button_lock(), own.LOCK),
            own.read_in_setup(own.charging_protection(), own.AUTO_OFF),
            own.read_in_setup(own.charging_limit(), own.CHARGING),
        ],
        ota=True,
    ),
)
