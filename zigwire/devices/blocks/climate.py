"""Heating and cooling: thermostats (hvacThermostat, ZCL 6.3), their display (6.6), and fans (hvacFanCtrl, 6.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from zigwire.devices.blocks.choice import choice
from zigwire.devices.blocks.numeric import is_number, number
from zigwire.devices.blocks.reporting import HOUR, reported, server, set_up
from zigwire.devices.exposes import GET, PUBLISHED, SET, Climate, Enum, Fan, Numeric, singles
from zigwire.devices.feature import (
    Ask,
    Bind,
    Call,
    Decoder,
    Encoded,
    Encoder,
    Feature,
    Reader,
    Reading,
    Received,
    Step,
    nothing_more,
)
from zigwire.devices.options import THERMOSTAT_UNIT
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Read, Reporting, Write

__all__ = ["COOLING", "HEATING", "display", "fan", "thermostat", "thermostat_with_fan"]

THERMOSTAT, DISPLAY, FAN = "hvacThermostat", "hvacUserInterfaceCfg", "hvacFanCtrl"
ALL = PUBLISHED | SET | GET
HEATING, COOLING = "heat", "cool"
COLDEST = -273.15
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
LOWEST, HIGHEST, STEP = 7, 30, 0.5
HUNDREDTHS, TENTHS, HALVES = 100, 10, 2
WARMEST = 0x7FFF / HUNDREDTHS
LARGEST_CALIBRATION = 12.7
"""As much as a signed byte holds, in tenths of a degree."""


SEQUENCES = {
    0: "cooling_only",
    1: "cooling_with_reheat",
    2: "heating_only",
    3: "heating_with_reheat",
    4: "cooling_and_heating_4-pipes",
    5: "cooling_and_heating_4-pipes_with_reheat",
}
MODES = {
    0: "off",
    1: "auto",
    3: "cool",
    4: "heat",
    5: "emergency_heating",
    6: "precooling",
    7: "fan_only",
    8: "dry",
    9: "sleep",
}
RUNNING = {0: "off", 3: "cool", 4: "heat"}
STATES = {0: "idle", 1: "heat", 2: "cool", 4: "fan_only", 5: "heat", 6: "cool", 8: "heat", 9: "heat"}
PROGRAMS = {0: "setpoint", 1: "schedule", 3: "schedule_with_preheat", 4: "eco"}
CHANGERS = {0: "manual", 1: "schedule", 2: "externally"}
LOUVERS = {
    0: "fully_closed",
    1: "fully_closed",
    2: "fully_open",
    3: "quarter_open",
    4: "half_open",
    5: "three_quarters_open",
}
LISTED_FAN_MODES = ("off", "low", "medium", "high", "on", "auto")
FAN_MODE = Enum("fan_mode", ALL, LISTED_FAN_MODES, description="Mode of this fan", stem="fan_mode")
FAN_MODES = {"off": 0, "low": 1, "medium": 2, "high": 3, "on": 4, "auto": 5, "smart": 6}
LOCKS = {"unlock": 0, "lock1": 1, "lock2": 2, "lock3": 3, "lock4": 4, "lock5": 5}
UNITS = {"celsius": 0, "fahrenheit": 1}

Meaning = Callable[[Any], Any]
"""From a raw value to the published one; None when it says nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one attribute of a thermostat means."""

    attribute: str
    name: str
    meaning: Meaning


def _degrees(value: Any) -> float | None:
    """Return degrees, of hundredths that are possible."""
    return value / HUNDREDTHS if is_number(value) and value / HUNDREDTHS >= COLDEST else None


def _parts(per_unit: float) -> Meaning:
    return lambda value: value / per_unit if is_number(value) else None


def _word(words: Mapping[int, str]) -> Meaning:
    return lambda value: words.get(value) if isinstance(value, int) else None


def _demand(value: Any) -> float | None:
    return rounded(value * 100 / 255, 0) if is_number(value) else None


def _sensing(value: Any) -> dict[str, str] | None:
    names = ("local_temperature", "outdoor_temperature", "occupancy")
    if not isinstance(value, int):
        return None
    return {name: "remotely" if value >> bit & 1 else "internally" for bit, name in enumerate(names)}


def _moment(value: Any) -> str | None:
    """Return a UTCTime (ZCL 2.6.2.20): seconds since the year 2000."""
    return (EPOCH + timedelta(seconds=value)).isoformat() if is_number(value) else None


ROWS = (
    Row("localTemp", "local_temperature", _degrees),
    Row("localTemperatureCalibration", "local_temperature_calibration", _parts(10)),
    Row("outdoorTemp", "outdoor_temperature", _degrees),
    Row("occupancy", "occupancy", lambda value: value % 2 > 0 if isinstance(value, int) else None),
    Row("occupiedHeatingSetpoint", "occupied_heating_setpoint", _degrees),
    Row("unoccupiedHeatingSetpoint", "unoccupied_heating_setpoint", _parts(100)),
    Row("occupiedCoolingSetpoint", "occupied_cooling_setpoint", _parts(100)),
    Row("unoccupiedCoolingSetpoint", "unoccupied_cooling_setpoint", _parts(100)),
    Row("setpointChangeAmount", "setpoint_change_amount", _parts(100)),
    Row("setpointChangeSource", "setpoint_change_source", _word(CHANGERS)),
    Row("setpointChangeSourceTimeStamp", "setpoint_change_source_timestamp", _moment),
    Row("remoteSensing", "remote_sensing", _sensing),
    Row("ctrlSeqeOfOper", "control_sequence_of_operation", _word(SEQUENCES)),
    Row("programingOperMode", "programming_operation_mode", _word(PROGRAMS)),
    Row("systemMode", "system_mode", _word(MODES)),
    Row("runningMode", "running_mode", _word(RUNNING)),
    Row("runningState", "running_state", _word(STATES)),
    Row("pIHeatingDemand", "pi_heating_demand", _demand),
    Row("pICoolingDemand", "pi_cooling_demand", _demand),
    Row("tempSetpointHold", "temperature_setpoint_hold", lambda value: value == 1),
    Row("tempSetpointHoldDuration", "temperature_setpoint_hold_duration", _parts(1)),
    Row("minHeatSetpointLimit", "min_heat_setpoint_limit", _degrees),
    Row("maxHeatSetpointLimit", "max_heat_setpoint_limit", _degrees),
    Row("absMinHeatSetpointLimit", "abs_min_heat_setpoint_limit", _degrees),
    Row("absMaxHeatSetpointLimit", "abs_max_heat_setpoint_limit", _degrees),
    Row("absMinCoolSetpointLimit", "abs_min_cool_setpoint_limit", _degrees),
    Row("absMaxCoolSetpointLimit", "abs_max_cool_setpoint_limit", _degrees),
    Row("minSetpointDeadBand", "min_setpoint_dead_band", _degrees),
    Row("acLouverPosition", "ac_louver_position", _word(LOUVERS)),
)
ATTRIBUTES = {row.name: row.attribute for row in ROWS}
ALL_SETPOINTS = tuple(f"{when}_{what}ing_setpoint" for when in ("occupied", "unoccupied") for what in ("heat", "cool"))
LIMITS = (
    "min_heat_setpoint_limit",
    "max_heat_setpoint_limit",
)
WORDS: Mapping[str, Mapping[int, str]] = {
    "system_mode": MODES,
    "programming_operation_mode": PROGRAMS,
    "control_sequence_of_operation": SEQUENCES,
}
"""Properties that are set to a word."""

SETPOINTS = {HEATING: "occupied_heating_setpoint", COOLING: "occupied_cooling_setpoint"}


def thermostat(*kinds: str) -> Feature:
    """Return a thermostat.

    Args:
        kinds: `HEATING`, `COOLING` or both.
    """
    modes = ("off", *kinds, *(("auto",) if len(kinds) > 1 else ()))
    setpoints = [SETPOINTS[kind] for kind in kinds]
    listed = (*setpoints, "local_temperature", "system_mode", "running_state")
    feature = Feature(
        exposes=(
            Climate(
                (
                    _temperature("local_temperature"),
                    *(_setpoint(name) for name in setpoints),
                    Enum("system_mode", ALL, modes, description="Mode of this device"),
                    Enum("running_state", PUBLISHED | GET, ("idle", *kinds), description="The current running state"),
                )
            ),
        ),
        decoders=(Decoder(cluster=THERMOSTAT, attributes=tuple(ATTRIBUTES.values()), decode=_decode),),
        encoders=(
            *(Encoder((name,), _encode_setpoint) for name in ALL_SETPOINTS),
            *(Encoder((name,), _encode_limit) for name in LIMITS),
            *(Encoder((name,), _encode_word) for name in WORDS),
            Encoder(("local_temperature_calibration",), _encode_calibration),
        ),
        readers=tuple(_reader(name) for name in ATTRIBUTES),
        unlisted=tuple(name for name in ATTRIBUTES if name not in listed),
        options=(THERMOSTAT_UNIT,),
        facts={THERMOSTAT: ("ctrlSeqeOfOper",)},
    )
    feature = set_up(feature, THERMOSTAT, _first)
    feature = reported(feature, THERMOSTAT, Reporting("localTemp", 0, HOUR, 10))
    for name in setpoints:
        feature = reported(feature, THERMOSTAT, Reporting(ATTRIBUTES[name], 0, HOUR, 10))
    for name in ("system_mode", "running_state"):
        feature = reported(feature, THERMOSTAT, Reporting(ATTRIBUTES[name], 0, HOUR, 0))
    return feature


def thermostat_with_fan(*kinds: str) -> tuple[Feature, Feature]:
    """Return a thermostat that has a fan, too: the interface lists its mode with the thermostat's.

    Args:
        kinds: `HEATING`, `COOLING` or both.
    """
    heater = thermostat(*kinds)
    modes = tuple(word for word in LISTED_FAN_MODES if word != "on")
    listed = Climate((*singles(heater.exposes), replace(FAN_MODE, values=modes)))
    return replace(heater, exposes=(listed,)), replace(fan(), exposes=(), unlisted=("fan_mode", "fan_state"))


def fan() -> Feature:
    """Return a fan with its modes."""
    feature = Feature(
        exposes=(Fan((FAN_MODE,)),),
        decoders=(Decoder(cluster=FAN, attributes=("fanMode",), decode=_decode_fan),),
        encoders=(Encoder(("fan_mode", "fan_state"), _encode_fan),),
        readers=(Reader(("fan_mode", "fan_state"), lambda call: _reading(call, FAN, "fanMode")),),
        unlisted=("fan_state",),
    )
    return reported(feature, FAN, Reporting("fanMode", 0, HOUR, 0))


def display() -> tuple[Feature, ...]:
    """Return the lock of a thermostat's keys, and the unit that it shows."""
    lock = choice(
        "keypad_lockout",
        LOCKS,
        DISPLAY,
        "keypadLockout",
        description="Enables/disables physical input on the device",
    )
    unit = choice(
        "temperature_display_mode",
        UNITS,
        DISPLAY,
        "tempDisplayMode",
        description="The temperature format displayed on the thermostat screen",
    )
    return lock, unit


def _temperature(name: str) -> Numeric:
    return Numeric(name, PUBLISHED | GET, unit="°C", description="Current temperature measured on the device")


def _setpoint(name: str) -> Numeric:
    return Numeric(name, ALL, unit="°C", description="Temperature setpoint", minimum=LOWEST, maximum=HIGHEST, step=STEP)


def _decode(received: Received) -> dict[str, Any]:
    values = received.values
    told = {row.name: row.meaning(values[row.attribute]) for row in ROWS if row.attribute in values}
    return {name: value for name, value in told.items() if value is not None}


def _encode_setpoint(call: Call) -> Encoded:
    """Set a temperature to half a degree of the unit that the thermostat shows."""
    degrees = number(call.key, call.value, COLDEST, WARMEST)
    in_fahrenheit = call.context.options.get(THERMOSTAT_UNIT.name) == "fahrenheit"
    return _written(call, _half_fahrenheit(degrees) if in_fahrenheit else _half_celsius(degrees), degrees)


def _encode_limit(call: Call) -> Encoded:
    degrees = number(call.key, call.value, COLDEST, WARMEST)
    return _written(call, _half_celsius(degrees), degrees)


def _encode_calibration(call: Call) -> Encoded:
    degrees = number(call.key, call.value, -LARGEST_CALIBRATION, LARGEST_CALIBRATION)
    return _written(call, int(rounded(float(degrees) * TENTHS, 0)), degrees)


def _encode_word(call: Call) -> Encoded:
    words = WORDS[call.key]
    word = call.value.lower() if isinstance(call.value, str) else call.value
    Enum(call.key, ALL, tuple(words.values())).check(word)
    return _written(call, next(number for number, known in words.items() if known == word), word)


def _written(call: Call, raw: int, value: Any) -> Encoded:
    attributes: dict[str | int, Any] = {ATTRIBUTES[call.key]: raw}
    request = Write(endpoint=server(call.place, THERMOSTAT), cluster=THERMOSTAT, attributes=attributes)
    return Encoded((request,), {call.key: value})


def _half_celsius(degrees: float) -> int:
    return int(rounded(float(degrees) * HALVES, 0) / HALVES * HUNDREDTHS)


def _half_fahrenheit(degrees: float) -> int:
    """Return hundredths of a degree Celsius of the half degree Fahrenheit that is next to a temperature in Celsius."""
    fahrenheit = rounded(rounded((degrees * 1.8 + 32) * HALVES, 1), 0) / HALVES
    return int(rounded(rounded((fahrenheit - 32) / 1.8, 2) * HUNDREDTHS, 0))


def _decode_fan(received: Received) -> dict[str, Any]:
    raw = received.values["fanMode"]
    return _fan_state(next((word for word, known in FAN_MODES.items() if known == raw), None))


def _encode_fan(call: Call) -> Encoded:
    """Set the mode; the state `ON` or `OFF` is a mode, too."""
    word = call.value.lower() if isinstance(call.value, str) else call.value
    Enum(call.key, ALL, tuple(FAN_MODES)).check(word)
    place = server(call.place, FAN)
    request = Write(endpoint=place, cluster=FAN, attributes={"fanMode": FAN_MODES[word]})
    return Encoded((request,), _fan_state(word))


def _reader(name: str) -> Reader:
    return Reader((name,), lambda call: _reading(call, THERMOSTAT, ATTRIBUTES[name]))


def _reading(call: Call, cluster: str, attribute: str) -> Reading:
    return Reading((Read(endpoint=server(call.place, cluster), cluster=cluster, attributes=(attribute,)),))


def _first(endpoint: int) -> tuple[Step, ...]:
    """Bind, and ask whether it heats or cools."""
    read = Read(endpoint=endpoint, cluster=THERMOSTAT, attributes=("ctrlSeqeOfOper",))
    return Ask(read, nothing_more), Bind(endpoint, THERMOSTAT)


def _fan_state(word: str | None) -> dict[str, Any]:
    return {"fan_mode": word, "fan_state": "OFF" if word == "off" else "ON"} if word else {}
