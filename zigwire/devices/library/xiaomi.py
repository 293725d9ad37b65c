"""Xiaomi."""

from __future__ import annotations

from zigwire.devices.blocks import lumi
from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import PUBLISHED, Numeric
from zigwire.devices.feature import Feature

__all__ = ["DEFINITIONS"]

VOLTAGE = Numeric("voltage", PUBLISHED, unit="V", description="Measured electrical potential value")

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
            Feature(exposes=(VOLTAGE,)),
        ],
    ),
)
