"""What the coordinator answers to devices."""

from __future__ import annotations

import time

import pytest

from zigwire.zcl.codec import parse
from zigwire.zigbee.served import answer_read, matching_endpoints
from zigwire.zigbee.zdo import MatchDescriptorRequest, MatchDescriptorResponse

NOW = 1_700_000_000.5


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(("now", "shift"), [(NOW, 0), (1_690_000_000, 3600)])
def test_the_time(now: float, shift: int):
    asked = parse(0x000A, bytes.fromhex("100700" + "0000" + "0100" + "0200" + "0500" + "0600" + "0700" + "9900"))
    answer = answer_read(asked, now)
    message = parse(0x000A, answer)
    assert (message.type, message.tsn, message.to_client) == ("readResponse", 7, True)
    utc = int(now) - 946_684_800
    assert [record.value for record in message.attributes] == [
        utc,
        0b1101,
        3600,
        shift,
        utc + 3600,
        utc + 3600 + shift,
        None,
    ]
    assert message.attributes[-1].status == 0x86


def test_a_clock_that_was_never_set():
    answer = answer_read(parse(0x000A, bytes.fromhex("100700" + "0000" + "0100")), 5.0)
    assert [(record.status, record.value) for record in parse(0x000A, answer).attributes] == [(0x86, None), (0, 0)]


def test_basic():
    answer = answer_read(parse(0, bytes.fromhex("1001000000" + "0400" + "0700")), NOW)
    assert [record.value for record in parse(0, answer).attributes] == [8, "Zigwire", 1]


@pytest.mark.parametrize(("cluster", "frame"), [(6, "1001000000"), (0, "1801000000"), (0x0A, "1801000000")])
def test_what_the_coordinator_does_not_have_is_unsupported(cluster: int, frame: str):
    (record,) = parse(cluster, answer_read(parse(cluster, bytes.fromhex(frame)), NOW)).attributes
    assert (record.id, record.status) == (0, 0x86)


@pytest.mark.parametrize(
    ("profile", "inputs", "outputs", "found"),
    [
        (0x0104, (0x19,), (), (1,)),
        (0xFFFF, (0x0A, 0x77), (), (1,)),
        (0x0104, (), (0x0500,), (1,)),
        (0xA1E0, (0x21,), (), (242,)),
        (0x0104, (0x0300,), (), None),
        (0xC05E, (0x19,), (), None),
    ],
)
def test_who_serves_what(profile, inputs, outputs, found):
    expected = None if found is None else MatchDescriptorResponse(0, 0, found)
    assert matching_endpoints(MatchDescriptorRequest(0, profile, inputs, outputs)) == expected
