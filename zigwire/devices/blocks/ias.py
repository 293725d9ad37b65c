"""Security devices: zones (ssIasZone, ZCL 8.2) and sirens (ssIasWd, ZCL 8.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks.timeouts import over
from zigwire.devices.exposes import PUBLISHED, SET, Binary, Composite, Enum, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Later, Received
from zigwire.devices.fields import Fields
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command

__all__ = ["ALARM_1", "ALARM_2", "KINDS", "warning", "zone"]

ZONE, SIREN = "ssIasZone", "ssIasWd"
ALARM_1, ALARM_2 = 0, 1

KINDS = {
    "occupancy": "Indicates whether the device detected occupancy",
    "contact": "Indicates whether the device is opened or closed",
    "smoke": "Indicates whether the device detected smoke",
    "water_leak": "Indicates whether the device detected a water leak",
    "carbon_monoxide": "Indicates whether the device detected carbon monoxide",
    "sos": "Indicates whether the SOS alarm is triggered",
    "vibration": "Indicates whether the device detected vibration",
    "alarm": "Indicates whether the alarm is triggered",
    "gas": "Indicates whether the device detected gas",
    "rain": "Indicates whether the device detected rainfall",
    "alarm_1": "Indicates whether IAS Zone alarm 1 is active",
    "alarm_2": "Indicates whether IAS Zone alarm 2 is active",
}
"""What an alarm can mean."""

CLOSED = frozenset({"contact"})
"""What is published as false while the alarm is on."""

BITS = {
    "tamper": (2, "Indicates whether the device is tampered"),
    "battery_low": (3, "Indicates whether the battery of the device is almost empty"),
    "supervision_reports": (4, "Indicates whether the device issues reports on zone operational status"),
    "restore_reports": (5, "Indicates whether the device issues reports on alarm no longer being present"),
    "trouble": (6, "Indicates whether the device is currently having trouble"),
    "ac_status": (7, "Indicates whether the device mains voltage supply is at fault"),
    "test": (8, "Indicates whether the device is currently performing a test"),
    "battery_defect": (9, "Indicates whether the device battery is defective"),
}
"""Bits of the zone's status beside the alarms (ZCL 8.2.2.2.1.3)."""

MODES = {"stop": 0, "burglar": 1, "fire": 2, "emergency": 3, "police_panic": 4, "fire_panic": 5, "emergency_panic": 6}
LEVELS = {"low": 0, "medium": 1, "high": 2, "very_high": 3}
LONGEST, FULL_CYCLE = 0xFFFF, 10


def zone(alarms: Mapping[str, int], *bits: str, cleared: Numeric | None = None) -> Feature:
    """Return what a zone tells.

    Args:
        alarms: Properties of `KINDS`, with the bit that each stands for: `{"contact": ALARM_1}`.
        bits: Which of `BITS` are published too.
        cleared: The option for zones that don't tell the end of an alarm: seconds after which it is over.
    """
    shown = {name: BITS[name] for name in bits}

    def decode(received: Received) -> dict[str, Any]:
        status = received.values.get("zoneStatus", received.message.args.get("zonestatus"))
        if not isinstance(status, int):
            return {}
        active = {name: bool(status >> bit & 1) is (name not in CLOSED) for name, bit in alarms.items()}
        return active | {name: bool(status >> bit & 1) for name, (bit, _) in shown.items()}

    def later(received: Received) -> tuple[Later, ...]:
        return (over(cleared, received, dict.fromkeys(alarms, False)),) if cleared else ()

    return Feature(
        exposes=(
            *(_alarm(name) for name in alarms),
            *(Binary(name, PUBLISHED, description=text, category="diagnostic") for name, (_, text) in shown.items()),
        ),
        decoders=(
            Decoder(
                cluster=ZONE,
                attributes=("zoneStatus",),
                commands=("commandStatusChangeNotification",),
                decode=decode,
                later=later,
            ),
        ),
        options=(cleared,) if cleared else (),
    )


def warning() -> Feature:
    """Return the siren of a warning device."""
    expose = Composite(
        "warning",
        SET,
        (
            Enum("mode", SET, tuple(MODES), description="Mode of the warning (sound effect)"),
            Enum("level", SET, tuple(LEVELS), description="Sound level"),
            Enum("strobe_level", SET, tuple(LEVELS), description="Intensity of the strobe"),
            Binary("strobe", SET, description="Turn on/off the strobe (light) during warning"),
            Numeric("strobe_duty_cycle", SET, description="Length of the flash cycle", minimum=0, maximum=FULL_CYCLE),
            Numeric("duration", SET, unit="s", description="Duration in seconds of the alarm"),
        ),
    )
    return Feature(exposes=(expose,), encoders=(Encoder(("warning",), _encode_warning),))


def _alarm(name: str) -> Binary:
    on, off = (False, True) if name in CLOSED else (True, False)
    return Binary(name, PUBLISHED, on=on, off=off, label="SOS" if name == "sos" else None, description=KINDS[name])


def _encode_warning(call: Call) -> Encoded:
    known = ("mode", "level", "strobe", "duration", "strobe_duty_cycle", "strobe_level")
    given = Fields(call.key, call.value, known)
    mode = _chosen(given, "mode", MODES, "emergency")
    level, strobe_level = _chosen(given, "level", LEVELS, "medium"), _chosen(given, "strobe_level", LEVELS, "medium")
    arguments = {
        "startwarninginfo": mode << 4 | given.flag("strobe", True) << 2 | level,
        "warningduration": given.whole("duration", 0, LONGEST, 10),
        "strobedutycycle": int(rounded(given.number("strobe_duty_cycle", 0, FULL_CYCLE, 0) * 10.0, 0)),
        "strobelevel": strobe_level,
    }
    request = Command(endpoint=call.place.endpoint, cluster=SIREN, command="startWarning", args=arguments)
    return Encoded((request,))


def _chosen(given: Fields, name: str, values: Mapping[str, int], default: str) -> int:
    word = given.text(name, default).lower()
    if word not in values:
        raise given.refuse(name, ", ".join(values))
    return values[word]
