"""The machine's time zone in the words of genTime (ZCL 12.2.2), which the JavaScript engine can't tell."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["DAY", "zone_facts"]

DAY = 86_400.0
EPOCH = 946_684_800
"""Unix time of 2000-01-01 UTC."""

NEVER = 0xFFFFFFFF
SECOND = timedelta(seconds=1)

Offset = Callable[[datetime], timedelta]


def zone_facts(now: float, offset: Offset | None = None) -> dict[str, int]:
    """Return what holds at a time and for a day from then on.

    Daylight saving is told when the zone enters and leaves it once a year; times are seconds since 2000.

    Args:
        now: Unix time in seconds.
        offset: Gives the zone's offset from UTC at a time; by default that of the machine.
    """
    offset = offset or _machine
    moment = datetime.fromtimestamp(now, UTC)
    standard = offset(moment)
    facts = {"dstStart": NEVER, "dstEnd": NEVER, "dstShift": 0, "validUntilTime": int(now + DAY) - EPOCH}
    if summer := _summer(moment, offset):
        begin, end = summer
        standard = offset(begin - SECOND)
        shift = offset(begin) - standard
        facts |= {"dstStart": _seconds(begin), "dstEnd": _seconds(end - SECOND), "dstShift": int(shift.total_seconds())}
    return {"timeZone": int(standard.total_seconds()), **facts}


def _summer(moment: datetime, offset: Offset) -> tuple[datetime, datetime] | None:
    """Return the begin and end of the daylight saving that goes on or comes next, None where there is none."""
    year = timedelta(days=366)
    changes = list(_changes(moment - year, moment + year, offset))
    for begin, end in itertools.pairwise(changes):
        if end > moment and offset(begin) > offset(begin - SECOND) and offset(end) < offset(end - SECOND):
            return begin, end
    return None


def _changes(start: datetime, end: datetime, offset: Offset) -> list[datetime]:
    """Return when the offset changes between two times."""
    found = []
    step = timedelta(days=7)
    while start < end:
        if offset(start) != offset(start + step):
            found.append(_change(start, start + step, offset))
        start += step
    return found


def _change(low: datetime, high: datetime, offset: Offset) -> datetime:
    """Return the first second of the new offset between two times of which only the later one has it."""
    before = offset(low)
    while high - low > SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high.replace(microsecond=0) if offset(high.replace(microsecond=0)) != before else high


def _machine(moment: datetime) -> timedelta:
    return moment.astimezone().utcoffset() or timedelta(0)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp()) - EPOCH
