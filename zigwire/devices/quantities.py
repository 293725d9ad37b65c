"""Calibration and precision: what users correct measured values by, and the digits that are published."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from zigwire.devices.exposes import PUBLISHED, SET, Expose, Numeric

__all__ = ["adjusted", "advertised", "calibration", "option", "precision", "reachable", "rounded"]

# Measured quantities with the digits behind the point that they are published with (recorded from Zigbee2MQTT 2.14.1).
DIGITS = {
    "ac_frequency": 2,
    "co": 0,
    "co2": 0,
    "current": 2,
    "current_phase_b": 2,
    "current_phase_c": 2,
    "device_temperature": 0,
    "energy": 2,
    "formaldehyd": 0,
    "humidity": 2,
    "illuminance": 0,
    "pm25": 0,
    "power": 2,
    "power_phase_b": 2,
    "power_phase_c": 2,
    "pressure": 1,
    "soil_moisture": 2,
    "temperature": 2,
    "voc": 0,
    "voltage": 2,
    "voltage_phase_b": 2,
    "voltage_phase_c": 2,
}
# These have a true zero, so that they are wrong by a factor; the others are wrong by an offset.
PERCENTUAL = ("current", "energy", "illuminance", "power", "voltage")
CALIBRATION, PRECISION = "_calibration", "_precision"


MOST_DIGITS = 3
OFFSET = Numeric("calibration", SET, step=0.1)
PLACES = Numeric("precision", SET, minimum=0, maximum=MOST_DIGITS, whole=True)


def calibration(name: str) -> Numeric:
    """Return the option `<name>_calibration`."""
    kind = "percentual" if name.startswith(PERCENTUAL) else "absolute"
    description = f"Calibrates the {name} value ({kind} offset), takes into effect on next report of device."
    return replace(OFFSET, name=name + CALIBRATION, description=description)


def precision(name: str) -> Numeric:
    """Return the option `<name>_precision`."""
    description = f"Number of digits after decimal point for {name}, takes into effect on next report of device."
    return replace(PLACES, name=name + PRECISION, description=description)


def option(name: str) -> Numeric | None:
    """Return the calibration or precision option of that name."""
    for ending, make in ((CALIBRATION, calibration), (PRECISION, precision)):
        if name.endswith(ending) and name != ending:
            return make(name.removesuffix(ending))
    return None


def advertised(exposes: Iterable[Expose]) -> Iterator[Numeric]:
    """Yield the options that the interface lists for a device with these exposes.

    A quantity that is published without digits has no precision, and the voltage of a battery (mV) no calibration.
    """
    for name in dict.fromkeys(expose.name for expose in exposes if expose.name in DIGITS and _measured(expose)):
        yield calibration(name)
        if DIGITS[name]:
            yield precision(name)


def reachable(exposes: Iterable[Expose]) -> Iterator[Numeric]:
    """Yield the options that work for a device with these exposes, listed or not."""
    for name in dict.fromkeys(expose.name for expose in exposes if _measured(expose)):
        yield precision(name)
        yield calibration(name)


def adjusted(name: str, value: float, options: Mapping[str, Any], *, exposed: bool) -> float:
    """Calibrate and round a measured value; an option that is not valid counts as not given.

    Args:
        name: The quantity, without endpoint.
        value: A finite number.
        options: The device's options.
        exposed: Whether the device lists it: then it is rounded without an option too.
    """
    offset = _chosen(OFFSET, options.get(name + CALIBRATION))
    chosen = _chosen(PLACES, options.get(name + PRECISION))
    digits = DIGITS.get(name) if exposed else None
    if offset is not None:
        value += value * offset / 100 if name.startswith(PERCENTUAL) else offset
        digits = DIGITS.get(name, MOST_DIGITS)
    if chosen is not None:
        digits = int(chosen)
    return value if digits is None else rounded(value, digits)


def _measured(expose: Expose) -> bool:
    return (
        isinstance(expose, Numeric)
        and bool(expose.access & PUBLISHED)
        and not (expose.name == "voltage" and expose.unit == "mV")
    )


def _chosen(option: Numeric, value: Any) -> float | None:
    return float(value) if option.allows(value) else None


def rounded(value: float, digits: int) -> float:
    """Round half up, as the recorded values are (-53.5 to -53)."""
    factor = float(10**digits)
    if isinstance(value, int) or not math.isfinite(value * factor):
        return value
    return math.floor(value * factor + 0.5) / factor
