"""Tuya's devices that call themselves TS0601: their manufacturer's name tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from zigwire.devices.blocks import tuya
from zigwire.devices.definition import Definition, Fingerprint, WhiteLabel
from zigwire.devices.exposes import GET, PUBLISHED, SET, Access, Binary, Enum, Numeric, Switch

__all__ = ["DEFINITIONS"]

SETTABLE = PUBLISHED | SET

TEMPERATURE = Numeric("temperature", PUBLISHED, unit="°C", description="Measured temperature value")
HUMIDITY = Numeric("humidity", PUBLISHED, unit="%", description="Measured relative humidity")
SOIL_MOISTURE = Numeric("soil_moisture", PUBLISHED, unit="%", description="Measured soil moisture value")
CO2 = Numeric("co2", PUBLISHED, label="CO2", unit="ppm", description="Measured value")
POWER = Numeric("power", PUBLISHED, unit="W", description="Instantaneous measured power")
ENERGY = Numeric("energy", PUBLISHED, unit="kWh", description="Sum of consumed energy")
VOLTAGE = Numeric("voltage", PUBLISHED, unit="V", description="Measured electrical potential value")
CURRENT = Numeric("current", PUBLISHED, unit="A", description="Instantaneous measured electrical current")
BATTERY = Numeric(
    "battery",
    PUBLISHED,
    unit="%",
    description="Remaining battery in %",
    category="diagnostic",
    minimum=0,
    maximum=100,
)

CELSIUS = {"celsius": 0, "fahrenheit": 1}
LEVELS = {"low": 0, "medium": 1, "high": 2}
AFTER_POWER_CUT = {"off": 0, "on": 1, "previous": 2}

UNIT = Enum("temperature_unit", SETTABLE, tuple(CELSIUS), description="Unit that the device shows")
BATTERY_STATE = Enum(
    "battery_state", PUBLISHED, tuple(LEVELS), description="State of the battery", category="diagnostic"
)
CHILD_LOCK = Binary("child_lock", SETTABLE, on="ON", off="OFF", description="Whether its buttons do nothing")
BACKLIGHT = Binary("backlight_mode", SETTABLE, on="ON", off="OFF", description="Whether its buttons are lit")
POWER_ON = Enum(
    "power_on_behavior",
    SETTABLE,
    ("off", "previous", "on"),
    label="Power-on behavior",
    description="Controls the behavior when the device is powered on after power loss",
    category="config",
)


def _made_by(*names: str) -> Sequence[Fingerprint]:
    return tuple(Fingerprint(model_id="TS0601", manufacturer_name=name) for name in names)


def _state(access: Access = SETTABLE | GET) -> Switch:
    description = "On/off state of the switch"
    return Switch((Binary("state", access, on="ON", off="OFF", toggle="TOGGLE", description=description),))


DEFINITIONS = (
    Definition(
        fingerprints=_made_by(
            "_TZE200_myd45weu",
            "_TZE200_ga1maeof",
            "_TZE200_2se8efxh",
            "_TZE204_myd45weu",
            "_TZE284_myd45weu",
            "_TZE284_oitavov2",
            "_TZE284_2nhqasjh",
            "_TZE284_2se8efxh",
            "_TZE200_9cqcpkgb",
        ),
        vendor="Tuya",
        model="TS0601_soil",
        description="Soil sensor",
        features=[
            tuya.microcontroller(),
            tuya.datapoints(
                tuya.number(5, TEMPERATURE),
                tuya.number(3, SOIL_MOISTURE),
                tuya.words(9, UNIT, CELSIUS, tuya.Kind.VALUE),
                tuya.number(15, BATTERY),
                tuya.words(14, BATTERY_STATE, LEVELS),
            ),
        ],
    ),
    Definition(
        fingerprints=_made_by("_TZE204_pkpfn9hc"),
        vendor="Tuya",
        model="TS0601_co2_temperature_humidity_sensor",
        description="CO2/temperature/humidity sensor",
        features=[
            tuya.microcontroller(asked_at_start=True, asked_when_back=True),
            tuya.datapoints(tuya.number(2, CO2), tuya.number(18, TEMPERATURE, divisor=10), tuya.number(19, HUMIDITY)),
        ],
    ),
    Definition(
        fingerprints=_made_by("_TZE204_cjbofhxw", "_TZE284_cjbofhxw"),
        vendor="Tuya",
        model="PJ-MGW1203",
        description="Clamp meter",
        features=[
            tuya.microcontroller(),
            tuya.datapoints(
                tuya.number(18, CURRENT, divisor=1000),
                tuya.number(19, POWER, divisor=10),
                tuya.number(20, VOLTAGE, divisor=10),
                tuya.number(101, ENERGY, divisor=1000),
            ),
        ],
        white_labels=[
            WhiteLabel(
                vendor="Tuya",
                model="PJ-1203-W",
                description="Electricity energy monitor",
                fingerprints=_made_by("_TZE284_cjbofhxw"),
            )
        ],
    ),
    Definition(
        fingerprints=_made_by("_TZE204_he9apaui"),
        vendor="Tuya",
        model="TS0601_2gang_switch",
        description="2 gang touch panel switch with backlight and child lock",
        features=[
            tuya.microcontroller(),
            tuya.datapoints(
                tuya.switch(1, _state().at("l1")),
                tuya.switch(2, _state().at("l2")),
                tuya.words(14, POWER_ON, AFTER_POWER_CUT),
                tuya.switch(16, BACKLIGHT),
                tuya.switch(101, CHILD_LOCK),
            ),
        ],
        endpoint_names={"l1": 1, "l2": 1},
    ),
    Definition(
        fingerprints=_made_by("_TZE204_fhv95pf1"),
        vendor="Tuya",
        model="TS0601_stairwell_switch",
        description="1 gang stairwell switch with child lock",
        features=[
            tuya.microcontroller(),
            tuya.datapoints(tuya.switch(1, _state(SETTABLE)), tuya.switch(29, CHILD_LOCK)),
        ],
    ),
)
