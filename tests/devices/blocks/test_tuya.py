"""Tuya's datapoints, as recorded."""

from __future__ import annotations

from time import tzset

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.virtual_time import VirtualTime
from zigwire.devices.blocks import tuya
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Enum, Numeric, Switch, Text

CLUSTER = 0xEF00
BOTH = PUBLISHED | SET

ROWS = (
    tuya.switch(1, Switch((Binary("state", BOTH, on="ON", off="OFF", toggle="TOGGLE"),))),
    tuya.number(2, Numeric("temperature", PUBLISHED), divisor=10),
    tuya.number(8, Numeric("free", BOTH)),
    tuya.number(3, Numeric("offset", BOTH, minimum=-9, maximum=9), divisor=10),
    tuya.words(4, Enum("unit", BOTH, ("celsius", "fahrenheit")), {"celsius": 0, "fahrenheit": 1}),
    tuya.words(5, Binary("smoke", PUBLISHED), {True: 0, False: 1}),
    tuya.text(6, Text("label", BOTH)),
    tuya.bits(7, Binary("overload", PUBLISHED), Binary("leak", PUBLISHED, on="YES", off="NO")),
)


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def thing(bed, time):
    return bed(tuya.microcontroller(), tuya.datapoints(*ROWS), clusters=(CLUSTER,), time=time)


def point(number, kind, data):
    return f"{number:02x}{kind:02x}{len(data) // 2:04x}{data}"


@pytest.mark.parametrize("command", ["01", "02", "05", "06"])
@pytest.mark.parametrize(
    ("points", "state"),
    [
        ([(1, 1, "01")], {"state": "ON"}),
        ([(1, 1, "00")], {"state": "OFF"}),
        ([(1, 4, "01")], {}),
        ([(2, 2, "000000d7")], {"temperature": 21.5}),
        ([(2, 2, "ffffffff")], {"temperature": -0.1}),
        ([(2, 1, "01")], {}),
        ([(4, 4, "01"), (5, 4, "00")], {"unit": "fahrenheit", "smoke": True}),
        ([(4, 4, "")], {}),
        ([(4, 4, "09")], {}),
        ([(6, 3, "6869")], {"label": "hi"}),
        ([(7, 5, "02")], {"overload": False, "leak": "YES"}),
        ([(7, 0, "02")], {}),
        ([(99, 2, "00000001")], {}),
    ],
)
def test_datapoints_are_told(thing, command, points, state):
    frame = f"192a{command}0001" + "".join(point(*one) for one in points)
    assert thing.decode(CLUSTER, frame) == state


@pytest.mark.parametrize(
    ("message", "data", "state"),
    [
        ({"state": "ON"}, point(1, 1, "01"), {"state": "ON"}),
        ({"offset": -2.5}, point(3, 2, "ffffffe7"), {"offset": -2.5}),
        ({"unit": "fahrenheit"}, point(4, 4, "01"), {"unit": "fahrenheit"}),
        ({"label": "hi"}, point(6, 3, "6869"), {"label": "hi"}),
    ],
)
async def test_datapoints_are_set(thing, message, data, state):
    assert await thing.set(message) == ([f"1:ef00:1101000100{data}"], state)


async def test_toggling_needs_to_know_the_state(thing):
    assert await thing.set({"state": "TOGGLE"}, state={"state": "ON"}) == (
        [f"1:ef00:1101000100{point(1, 1, '00')}"],
        {"state": "OFF"},
    )
    with pytest.raises(BadValueError):
        await thing.set({"state": "TOGGLE"})


@pytest.mark.parametrize(
    "message",
    [
        {"state": "on"},
        {"offset": 10},
        {"offset": "1"},
        {"unit": "kelvin"},
        {"label": 5},
        {"label": "ü"},
        {"free": 1e10},
    ],
)
async def test_nonsense_is_refused(thing, message):
    with pytest.raises(BadValueError):
        await thing.set(message)
    assert thing.sent == []


async def test_what_can_be_read_is_asked_for_with_all_else(bed):
    state = Switch((Binary("state", BOTH | GET, on="ON", off="OFF"),))
    readable = bed(tuya.datapoints(tuya.switch(1, state), tuya.switch(2, Binary("lock", BOTH))), clusters=(CLUSTER,))
    assert await readable.get("state") == ["1:ef00:010103"]
    assert not readable.behaviour.can_get("lock")


def test_what_is_only_told_can_not_be_set(thing):
    assert [key for key in thing.behaviour.properties if thing.behaviour.can_set(key)] == [
        "state",
        "free",
        "offset",
        "unit",
        "label",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=st.binary(max_size=40))
def test_no_frame_is_too_much(thing, frame):
    told = thing.decode(CLUSTER, f"192a020001{frame.hex()}")
    assert set(told) <= {"state", "temperature", "free", "offset", "unit", "smoke", "label", "overload", "leak"}


ASKED = "1:0:10010004000000010005000700feff"


async def test_it_is_woken_and_asked_for_its_version(thing, bed):
    assert await thing.configure() == [ASKED, "1:ef00:0101100100"]
    shy = bed(tuya.microcontroller(asked_at_start=True), clusters=(CLUSTER,))
    assert await shy.configure() == [ASKED, "1:ef00:010103", "1:ef00:0101100100"]


async def test_it_is_asked_again_when_it_is_back(bed, time):
    shy = bed(tuya.microcontroller(asked_when_back=True), clusters=(CLUSTER,), time=time)
    shy.behaviour.event("deviceAnnounce", {})
    await time.go(0)
    assert shy.sent == ["1:ef00:010103"]


@pytest.fixture
def india(monkeypatch):
    """Move to a place that is five and a half hours ahead."""
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    tzset()
    yield
    monkeypatch.undo()
    tzset()


@pytest.mark.usefixtures("india")
@pytest.mark.parametrize(
    ("options", "answers"),
    [
        ({}, []),
        ({"time_start": "off"}, []),
        ({"time_start": 1970}, []),
        ({"time_start": "1970"}, ["1:ef00:01012408006968d6c069692418"]),
        ({"time_start": "2000"}, ["1:ef00:010124080030fb934030fbe098"]),
    ],
)
async def test_the_time_is_told_as_the_user_says(thing, time, options, answers):
    thing.decode(CLUSTER, "192a240100", options=options)
    await time.go(0)
    assert thing.sent == answers


async def test_it_hears_that_there_is_a_connection(thing, time):
    assert thing.decode(CLUSTER, "192a250100") == {}
    await time.go(0)
    assert thing.sent == ["1:ef00:010125010001"]
