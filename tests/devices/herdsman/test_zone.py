from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zigwire.devices.herdsman.zone import zone_facts

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = 0xFFFFFFFF


def offset(name):
    zone = ZoneInfo(name)
    return lambda moment: moment.astimezone(zone).utcoffset()


def at(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


def since(*parts):
    return int((datetime(*parts, tzinfo=UTC) - EPOCH) / timedelta(seconds=1))


@pytest.mark.parametrize(
    ("zone", "now", "standard", "begin", "end", "shift"),
    [
        ("UTC", at(2026, 7, 1), 0, NEVER, NEVER, 0),
        ("Asia/Tokyo", at(2026, 7, 1), 32400, NEVER, NEVER, 0),
        ("Europe/Berlin", at(2026, 7, 1), 3600, since(2026, 3, 29, 1), since(2026, 10, 25, 0, 59, 59), 3600),
        ("Europe/Berlin", at(2026, 1, 15), 3600, since(2026, 3, 29, 1), since(2026, 10, 25, 0, 59, 59), 3600),
        ("Australia/Sydney", at(2026, 1, 15), 36000, since(2025, 10, 4, 16), since(2026, 4, 4, 15, 59, 59), 3600),
        (
            "Australia/Lord_Howe",
            at(2026, 1, 15),
            37800,
            since(2025, 10, 4, 15, 30),
            since(2026, 4, 4, 14, 59, 59),
            1800,
        ),
    ],
)
def test_zones(zone, now, standard, begin, end, shift):
    facts = zone_facts(now, offset(zone))
    assert (facts["timeZone"], facts["dstStart"], facts["dstEnd"], facts["dstShift"]) == (standard, begin, end, shift)


def test_the_facts_hold_for_a_day():
    assert zone_facts(at(2026, 1, 15), offset("UTC"))["validUntilTime"] == since(2026, 1, 16)
