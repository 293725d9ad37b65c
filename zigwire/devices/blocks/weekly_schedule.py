"""Weekly schedules that thermostats keep themselves: commands of cluster hvacThermostat (ZCL 6.3.2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.devices.blocks.reporting import server
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Climate, Composite, Enum, Item, List, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.fields import Fields
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command

__all__ = ["weekly_schedule"]

CLUSTER = "hvacThermostat"
KEY, CLEAR = "weekly_schedule", "clear_weekly_schedule"
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "away_or_vacation")
LISTED_DAYS = (*DAYS[1:7], DAYS[0], DAYS[7])
ALL_DAYS, HEAT_AND_COOL = 0xFF, 3
MOST = 10
HOURS, MINUTES = 24, 60
HUNDREDTHS = 100
LOWEST, HIGHEST = -273.15, 327.67

TIMES = ("transitionTime", "transition_time", "time")
SETPOINTS: Mapping[str, tuple[str, ...]] = {
    "heatSetpoint": ("heatSetpoint", "heat_setpoint", "heating_setpoint"),
    "coolSetpoint": ("coolSetpoint", "cool_setpoint", "cooling_setpoint"),
}
"""Set points of a transition by the names that messages give them: the listed one, its other spelling, the published.

The order is that of the bits of `mode`.
"""


def weekly_schedule(*kinds: str) -> Feature:
    """Return the schedule of a thermostat.

    Args:
        kinds: What a transition sets: `heat`, `cool` or both; without any the schedule works, but is not listed.
    """
    return Feature(
        exposes=(_expose(kinds),) if kinds else (),
        decoders=(Decoder(cluster=CLUSTER, commands=("commandGetWeeklyScheduleRsp",), decode=_decode),),
        encoders=(Encoder((KEY,), _encode), Encoder((CLEAR,), _clear)),
        readers=(Reader((KEY,), _read),),
        unlisted=(KEY,),
    )


def _expose(kinds: Iterable[str]) -> Item:
    day = Composite("day", SET, (Enum("day", SET, LISTED_DAYS),), stem="dayofweek")
    days = List(
        "dayofweek",
        SET,
        day,
        label="Day of week",
        description="Days on which the schedule will be active",
        shortest=1,
        longest=len(DAYS),
    )
    time = Composite(
        "time",
        SET,
        (Numeric("hour", SET), Numeric("minute", SET)),
        stem="transitionTime",
        description="When the set points change",
    )
    setpoints = (
        Numeric(f"{kind}Setpoint", SET, label=f"{kind.capitalize()} setpoint", description=f"Target {kind} setpoint")
        for kind in kinds
    )
    transition = Composite("transition", SET, (time, *setpoints))
    transitions = List("transitions", SET, transition, shortest=1, longest=MOST)
    return Climate((Composite("schedule", PUBLISHED | SET | GET, (days, transitions), stem=KEY),))


def _decode(received: Received) -> dict[str, Any]:
    given = received.message.args
    mask = given.get("dayofweek") or 0
    days = [day for bit, day in enumerate(DAYS) if mask >> bit & 1]
    return {KEY: {"days": days, "transitions": [_told(one) for one in given.get("transitions", ())]}}


def _told(transition: Mapping[str, Any]) -> dict[str, Any]:
    told = {"time": transition["transitionTime"]}
    for name, (*_, published) in SETPOINTS.items():
        if transition.get(name) is not None:
            told[published] = transition[name] / HUNDREDTHS
    return told


def _encode(call: Call) -> Encoded:
    """Set the transitions of some days; what the thermostat keeps is published when it is asked for it."""
    given = Fields(call.key, call.value, ("dayofweek", "days", "transitions", "numoftrans", "mode"))
    wanted = given.given("transitions")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST:
        raise given.refuse("transitions", f"a list of 1 to {MOST} transitions")
    transitions = [_transition(f"{call.key}.transitions[{place}]", one) for place, one in enumerate(wanted)]
    args = {
        "dayofweek": _mask(given),
        "numoftrans": len(transitions),
        "transitions": transitions,
        "mode": sum(1 << bit for bit, name in enumerate(SETPOINTS) if any(name in one for one in transitions)),
    }
    return Encoded((_command(call, "setWeeklySchedule", args),))


def _clear(call: Call) -> Encoded:
    return Encoded((_command(call, "clearWeeklySchedule", {}),))


def _read(call: Call) -> Reading:
    args = {"daystoreturn": ALL_DAYS, "modetoreturn": HEAT_AND_COOL}
    return Reading((_command(call, "getWeeklySchedule", args),))


def _command(call: Call, command: str, args: Mapping[str, Any]) -> Command:
    return Command(endpoint=server(call.place, CLUSTER), cluster=CLUSTER, command=command, args=args)


def _mask(given: Fields) -> int:
    """Return the days as bits: given as words, or as objects that hold one."""
    name = "dayofweek" if given.given("dayofweek") is not None else "days"
    wanted = given.given(name)
    words = [one.get("day") if isinstance(one, Mapping) else one for one in _list(wanted)]
    lower = [word.lower() if isinstance(word, str) else word for word in words]
    if not lower or any(word not in DAYS for word in lower):
        raise given.refuse(name, f"a list of {', '.join(LISTED_DAYS)}")
    return sum(1 << DAYS.index(word) for word in dict.fromkeys(lower))


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _transition(name: str, value: Any) -> dict[str, int]:
    given = Fields(name, value, (*TIMES, *(alias for aliases in SETPOINTS.values() for alias in aliases)))
    transition = {"transitionTime": _minutes(name, _first(given, TIMES)[1])}
    for parameter, aliases in SETPOINTS.items():
        alias, degrees = _first(given, aliases)
        if degrees is not None:
            transition[parameter] = int(rounded(float(given.number(alias, LOWEST, HIGHEST)) * HUNDREDTHS, 0))
    return transition


def _first(given: Fields, aliases: tuple[str, ...]) -> tuple[str, Any]:
    return next(((one, given.given(one)) for one in aliases if given.given(one) is not None), (aliases[0], None))


def _minutes(name: str, value: Any) -> int:
    """Return the minutes since midnight, of `"19:30"`, of an object with hour and minute, or of the minutes themselves.

    Raises:
        BadValueError: It is none of these.
    """
    key = f"{name}.{TIMES[0]}"
    if isinstance(value, Mapping):
        given = Fields(key, value, ("hour", "minute"))
        return given.whole("hour", 0, HOURS - 1) * MINUTES + given.whole("minute", 0, MINUTES - 1)
    if isinstance(value, str):
        hour, _, minute = value.partition(":")
        if hour.isdecimal() and minute.isdecimal() and int(hour) < HOURS and int(minute) < MINUTES:
            return int(hour) * MINUTES + int(minute)
    elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < HOURS * MINUTES:
        return value
    raise BadValueError(key, value, 'a time of the day such as "19:30"')
