"""Xiaomi."""

from __future__ import annotations

from zigwire.devices.blocks import lumi
from zigwire.devices.blocks import lumi_cluster as own
from zigwire.devices.blocks import lumi_outlet as outlet
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.definition import Definition

__all__ = ["DEFINITIONS"]

DEFINITIONS = (
    Definition(
        models=["lumi.plug"],
        vendor="Xiaomi",
        model="ZNCZ02LM",
        description="Mi power plug ZigBee",
        features=[
            on_off(),
            lumi.active_power(endpoint=2),
            lumi.status_report(lumi.ENERGY, lumi.DEVICE_TEMPERATURE, lumi.ON_OFF, *lumi.PLUG_VALUES),
            lumi.power_outage_memory(),
        ],
        ota=True,
    ),
    Definition(
        models=["lumi.plug.mitw01"],
        vendor="Xiaomi",
        model="ZNCZ03LM",
        description="Mi smart plug TW",
        features=[
            on_off(),
            lumi.active_power(endpoint=2),
            lumi.status_report(lumi.ENERGY, lumi.DEVICE_TEMPERATURE, lumi.ON_OFF, *lumi.PLUG_VALUES),
            outlet.listed(outlet.VOLTAGE),
        ],
    ),
    Definition(
        models=["lumi.plug.mmeu01"],
        vendor="Xiaomi",
        model="ZNCZ04LM",
        description="Mi smart plug EU",
        features=[
            on_off(),
            lumi.active_power(),
            own.own_report(lumi.ON_OFF, *outlet.MEASURED),
            outlet.listed(outlet.ENERGY, outlet.TEMPERATURE, outlet.VOLTAGE, outlet.CURRENT, outlet.CONSUMER),
            own.led_disabled_night(label="LED disabled night", description=outlet.NIGHT),
            own.power_outage_memory(),
            own.auto_off(20),
            own.overload_protection(100, 2300),
            own.common_values(),
            own.operation_mode("control_relay"),
        ],
        ota=True,
    ),
)
