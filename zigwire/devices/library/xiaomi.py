"""Xiaomi."""

from __future__ import annotations

from zigwire.devices.blocks import lumi
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
            lumi.status_report(
                lumi.ENERGY,
                lumi.DEVICE_TEMPERATURE,
                lumi.ON_OFF,
                lumi.POWER,
                lumi.VOLTAGE,
                lumi.CURRENT,
                lumi.SUPPLY_VOLTAGE,
                lumi.OUTAGE_COUNT,
                lumi.FLIP_INDICATOR_LIGHT,
            ),
            lumi.power_outage_memory(),
        ],
        ota=True,
    ),
)
