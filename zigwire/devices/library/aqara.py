"""Aqara."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zigwire.devices.blocks import lumi, metering
from zigwire.devices.blocks import lumi_cluster as own
from zigwire.devices.blocks import lumi_outlet as outlet
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.blocks.polling import polled
from zigwire.devices.blocks.reporting import HOUR, LONGEST, first_read, reported, set_up, watched
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import PUBLISHED
from zigwire.devices.feature import Bind, Feature, Step
from zigwire.zcl.requests import ConfigureReporting, Reporting

__all__ = ["DEFINITIONS"]

NIGHT_INDICATOR = "Enables/disables LED indicator at night"
HALF_HOUR = 1800


def _switch(*, changes: int, longest: int, endpoints: tuple[str, ...] = ()) -> Feature:
    feature = watched(on_off(), "genOnOff", Reporting("onOff", 0, longest, changes))
    return feature.at(*endpoints) if endpoints else feature


def _outlet_power() -> Feature:
    return watched(outlet.analog_power("diagnostic"), "genAnalogInput", Reporting("presentValue", 10, HOUR, 5))


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
            outlet.listed(outlet.VOLTAGE),
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
            lumi.status_report(lumi.ON_OFF, *outlet.MEASURED),
            set_up(metering.electrical_values(), metering.ELECTRICAL, _worth_of_power),
            set_up(metering.metering_values(), metering.METERING, _worth_of_energy),
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            outlet.listed(outlet.POWER, outlet.ENERGY),
            own.power_outage_memory(),
            outlet.listed(outlet.VOLTAGE, outlet.CURRENT),
            polled(_own_temperature(), "genDeviceTempCfg", "currentTemperature", seconds=HALF_HOUR),
            outlet.listed(outlet.CONSUMER),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            own.overload_protection(100, 2300),
            own.auto_off(20),
            own.button_lock(),
            replace(outlet.analog_power(), exposes=()),
            own.common_values(),
            own.told_lock(),
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
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            own.button_switch_mode(),
            reported(on_off(), "genOnOff", Reporting("onOff", 0, LONGEST, 1)).at("relay", "usb"),
            own.operation_mode("control_relay").at("relay", "usb"),
            outlet.listed(outlet.TEMPERATURE, outlet.OUTAGES),
            own.power_on_behavior(),
            own.read_in_setup(own.led_disabled_night(description=NIGHT_INDICATOR), own.NIGHT),
            _outlet_power(),
            outlet.listed(outlet.ENERGY, outlet.VOLTAGE, outlet.CURRENT),
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
            own.own_report(*lumi.relays("relay", "usb"), *outlet.MEASURED),
            outlet.analog_power(),
            outlet.listed(outlet.ENERGY, outlet.TEMPERATURE, outlet.VOLTAGE, outlet.CURRENT),
            own.power_outage_memory(),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            own.button_lock(),
            own.button_switch_mode(),
            own.overload_protection(100, 2500),
            own.common_values(),
            own.told_lock(),
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
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            reported(on_off(), "genOnOff", Reporting("onOff", 0, LONGEST, 1)),
            own.operation_mode("control_relay"),
            outlet.listed(outlet.TEMPERATURE, outlet.OUTAGES),
            own.power_on_behavior(),
            _outlet_power(),
            outlet.listed(outlet.ENERGY, outlet.VOLTAGE, outlet.CURRENT),
            own.read_in_setup(own.overload_protection(100, 3840), own.OVERLOAD),
            own.read_in_setup(own.led_indicator(), own.NIGHT),
            own.read_in_setup(own.button_lock(), own.LOCK),
            own.read_in_setup(own.charging_protection(), own.AUTO_OFF),
            own.read_in_setup(own.charging_limit(), own.CHARGING),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.maus01"],
        vendor="Aqara",
        model="ZNCZ12LM",
        description="Smart plug US",
        features=[
            on_off(),
            lumi.active_power(),
            lumi.status_report(lumi.ON_OFF, *outlet.MEASURED),
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            outlet.listed(outlet.ENERGY, outlet.TEMPERATURE, outlet.VOLTAGE, outlet.CURRENT, outlet.CONSUMER),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            lumi.power_outage_memory(lumi.MEMORY_WHOLE, asked_at=own.CLUSTER),
            own.auto_off(20),
            own.overload_protection(100, 2300),
            own.common_values(),
            own.operation_mode("control_relay"),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.macn01"],
        vendor="Aqara",
        model="ZNCZ15LM",
        description="Smart plug T1, CN",
        features=[
            on_off(),
            outlet.analog_power(),
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            outlet.listed(outlet.ENERGY, outlet.TEMPERATURE, outlet.VOLTAGE, outlet.CURRENT, outlet.CONSUMER),
            own.power_outage_memory(),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            own.button_lock(),
            own.overload_protection(100, 2500),
            own.common_values(),
            own.told_lock(),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.sacn02"],
        vendor="Aqara",
        model="QBCZ14LM",
        description="Smart wall outlet T1",
        features=[
            on_off(),
            outlet.analog_power(),
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            outlet.listed(outlet.ENERGY, outlet.TEMPERATURE, outlet.VOLTAGE, outlet.CURRENT),
            own.power_outage_memory(),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            own.button_lock(),
            own.overload_protection(100, 2500),
            own.common_values(),
            own.told_lock(),
        ],
        ota=True,
    ),
)
