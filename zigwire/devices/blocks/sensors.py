"""Sensors that hold one measured value (ZCL 4): temperature, humidity, pressure, light, air, soil, occupancy."""

from __future__ import annotations

from typing import Any

from zigwire.devices.blocks.numeric import is_number, numeric
from zigwire.devices.blocks.reporting import HOUR, reported, server
from zigwire.devices.blocks.timeouts import no_occupancy
from zigwire.devices.exposes import GET, PUBLISHED, Binary, Numeric
from zigwire.devices.feature import Call, Decoder, Feature, Later, Reader, Reading, Received
from zigwire.devices.options import ILLUMINANCE_RAW, NO_OCCUPANCY_SINCE
from zigwire.zcl.requests import Read, Reporting

__all__ = [
    "co2",
    "device_temperature",
    "flow",
    "humidity",
    "illuminance",
    "illuminance_raw",
    "occupancy",
    "pm25",
    "pressure",
    "soil_moisture",
    "temperature",
]

VALUE = "measuredValue"
OFTEN = 10
OCCUPIED = 1


def temperature() -> Feature:
    """Return msTemperatureMeasurement (ZCL 4.4)."""
    return _measured(
        "temperature", "msTemperatureMeasurement", "°C", "Measured temperature value", divisor=100, change=100
    )


def humidity() -> Feature:
    """Return msRelativeHumidity (ZCL 4.7)."""
    return _measured("humidity", "msRelativeHumidity", "%", "Measured relative humidity", divisor=100, change=100)


def pressure() -> Feature:
    """Return msPressureMeasurement (ZCL 4.5) in kPa."""
    return _measured(
        "pressure", "msPressureMeasurement", "kPa", "The measured atmospheric pressure", divisor=10, change=50
    )


def soil_moisture() -> Feature:
    """Return msSoilMoisture."""
    return _measured("soil_moisture", "msSoilMoisture", "%", "Measured soil moisture value", divisor=100, change=100)


def flow() -> Feature:
    """Return msFlowMeasurement (ZCL 4.6)."""
    return _measured("flow", "msFlowMeasurement", "m³/h", "Measured water flow", divisor=10, change=10)


def co2() -> Feature:
    """Return msCO2 (ZCL 4.14), where one is all of the air."""
    return _measured("co2", "msCO2", "ppm", "Measured value", divisor=0.000001, change=0.00005, label="CO2")


def pm25() -> Feature:
    """Return pm25Measurement (ZCL 4.14)."""
    return _measured(
        "pm25", "pm25Measurement", "µg/m³", "Measured PM2.5 (particulate matter) concentration", divisor=1, change=1
    )


def device_temperature() -> Feature:
    """Return genDeviceTempCfg (ZCL 3.4); its temperature can't be reported."""
    return numeric(
        "device_temperature",
        "genDeviceTempCfg",
        "currentTemperature",
        unit="°C",
        description="Temperature of the device",
        category="diagnostic",
    )


def illuminance() -> Feature:
    """Return msIlluminanceMeasurement (ZCL 4.2) in lux; the raw value is 10000 times the logarithm, and one."""
    cluster = "msIlluminanceMeasurement"
    feature = numeric(
        "illuminance",
        cluster,
        VALUE,
        unit="lx",
        description="Measured illuminance",
        meaning=lambda value: 10 ** ((value - 1) / 10000),
    )
    return reported(feature, cluster, Reporting(VALUE, OFTEN, HOUR, 5))


def illuminance_raw() -> Feature:
    """Return the raw value of msIlluminanceMeasurement, for those who choose the option."""
    name = "illuminance_raw"

    def decode(received: Received) -> dict[str, Any]:
        value = received.values[VALUE]
        wanted = received.context.options.get(ILLUMINANCE_RAW.name) is True
        return {name: value} if wanted and is_number(value) else {}

    return Feature(
        exposes=(Numeric(name, PUBLISHED, description="Raw measured illuminance"),),
        decoders=(Decoder(cluster="msIlluminanceMeasurement", attributes=(VALUE,), decode=decode),),
        options=(ILLUMINANCE_RAW,),
        shown=lambda options: options.get(ILLUMINANCE_RAW.name) is True,
    )


def occupancy() -> Feature:
    """Return msOccupancySensing (ZCL 4.8)."""
    cluster, name = "msOccupancySensing", "occupancy"

    def decode(received: Received) -> dict[str, Any]:
        value = received.values[name]
        return {name: bool(value & OCCUPIED)} if isinstance(value, int) else {}

    def later(received: Received) -> tuple[Later, ...]:
        value = received.values[name]
        return no_occupancy(received, over=not value & OCCUPIED) if isinstance(value, int) else ()

    def read(call: Call) -> Reading:
        return Reading((Read(endpoint=server(call.place, cluster), cluster=cluster, attributes=(name,)),))

    description = "Indicates whether the device detected occupancy"
    feature = Feature(
        exposes=(Binary(name, PUBLISHED | GET, description=description),),
        decoders=(Decoder(cluster=cluster, attributes=(name,), decode=decode, later=later),),
        readers=(Reader((name,), read),),
        options=(NO_OCCUPANCY_SINCE,),
    )
    return reported(feature, cluster, Reporting(name, 0, HOUR, 0))


def _measured(
    name: str,
    cluster: str,
    unit: str,
    description: str,
    *,
    divisor: float,
    change: float,
    label: str | None = None,
) -> Feature:
    """Return a measurement that is reported at least every hour.

    Args:
        name: Property.
        cluster: Its cluster.
        unit: Unit that is published.
        description: One sentence.
        divisor: What the raw number is divided by.
        change: Smallest change that is reported, in the raw unit.
        label: Its name for people.
    """
    feature = numeric(name, cluster, VALUE, unit=unit, description=description, divisor=divisor, label=label)
    return reported(feature, cluster, Reporting(VALUE, OFTEN, HOUR, change))
