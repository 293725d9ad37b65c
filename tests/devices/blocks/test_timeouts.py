"""What time tells of sensors and remote controls, as recorded."""

from __future__ import annotations

import pytest

from tests.support.virtual_time import VirtualTime
from zigwire.devices.blocks import ias, remote, sensors, timeouts
from zigwire.devices.blocks.polling import polled
from zigwire.devices.options import MEASUREMENT_POLL_INTERVAL, OCCUPANCY_TIMEOUT, VIBRATION_TIMEOUT

MOVED, NOBODY = "182a0a00001801", "182a0a00001800"


@pytest.fixture
def time():
    return VirtualTime()


@pytest.mark.parametrize(
    ("options", "after", "published"),
    [
        ({}, 89, []),
        ({}, 90, [{"occupancy": False}]),
        ({"occupancy_timeout": 10}, 10, [{"occupancy": False}]),
        ({"occupancy_timeout": 0}, 1000, []),
        ({"occupancy_timeout": "soon"}, 90, [{"occupancy": False}]),
        (
            {"occupancy_timeout": 30, "no_occupancy_since": [10, 60]},
            60,
            [{"no_occupancy_since": 10}, {"occupancy": False}, {"no_occupancy_since": 60}],
        ),
    ],
)
async def test_motion_is_over_after_a_while(bed, time, options, after, published):
    sensor = bed(timeouts.motion(), clusters=(0x406,), time=time)
    assert sensor.decode(0x406, NOBODY, options=options) == {}
    assert sensor.decode(0x406, MOVED, options=options) == {"occupancy": True}
    await time.go(after)
    assert sensor.published == published


async def test_somebody_who_comes_back_is_not_missed(bed, time):
    sensor, options = bed(sensors.occupancy(), clusters=(0x406,), time=time), {"no_occupancy_since": [10, 60]}
    sensor.decode(0x406, NOBODY, options=options)
    await time.go(20)
    sensor.decode(0x406, MOVED, options=options)
    await time.go(100)
    assert sensor.published == [{"no_occupancy_since": 10}]


async def test_without_the_option_nobody_counts(bed, time):
    sensor = bed(sensors.occupancy(), clusters=(0x406,), time=time)
    for options in ({}, {"no_occupancy_since": 10}, {"no_occupancy_since": ["soon"]}):
        sensor.decode(0x406, NOBODY, options=options)
    await time.go(100)
    assert sensor.published == []


@pytest.mark.parametrize(
    ("name", "option"), [("occupancy", OCCUPANCY_TIMEOUT), ("vibration", VIBRATION_TIMEOUT)], ids=str
)
async def test_an_alarm_is_over_after_a_while(bed, time, name, option):
    zone = bed(ias.zone({name: ias.ALARM_1}, "tamper", cleared=option), clusters=(0x500,), time=time)
    assert [one["name"] for one in zone.behaviour.option_dicts] == [option.name]
    assert zone.decode(0x500, "092a00010000000000") == {name: True, "tamper": False}
    await time.go(90)
    assert zone.published == [{name: False}]


async def test_a_zone_that_tells_the_end_itself_waits_for_nothing(bed, time):
    zone = bed(ias.zone({"contact": ias.ALARM_1}), clusters=(0x500,), time=time)
    zone.decode(0x500, "092a00010000000000")
    await time.go(1000)
    assert zone.published == []


async def test_a_tag_is_there_as_long_as_it_checks_in(bed, time):
    tag = bed(timeouts.presence_by_checkin(), clusters=(0x20,), time=time)
    assert tag.decode(0x20, "092a00") == {"presence": True}
    await time.go(60)
    tag.decode(0x20, "092a00")
    await time.go(99)
    assert tag.published == []
    await time.go(1)
    assert tag.published == [{"presence": False}]


@pytest.fixture
def dial(bed, time):
    return bed(remote.level_actions(), clusters=(), outputs=(8,), time=time)


CHOSEN = {"simulated_brightness": {"delta": 100, "interval": 50}}


@pytest.mark.parametrize(
    ("frame", "state", "told"),
    [
        ("012a0200320500", {}, {"brightness": 255, "action_brightness_delta": 50}),
        ("012a0201320500", {}, {"brightness": 205, "action_brightness_delta": -50}),
        ("012a0600320500", {"brightness": 7}, {"brightness": 57, "action_brightness_delta": 50}),
        ("012a00800500", {}, {"brightness": 128, "action_brightness_delta": -127}),
        ("012a0200ff0500", {}, {"brightness": None, "action_brightness_delta": None}),
    ],
)
async def test_a_brightness_follows_steps(dial, frame, state, told):
    without = dial.decode(8, frame, state=state)
    assert told.keys().isdisjoint(without)
    assert dial.decode(8, frame, state=state, options=CHOSEN) == without | told
    assert dial.decode(8, frame, state=state, options={"simulated_brightness": True}) == without | told


async def test_a_brightness_moves_until_the_stop(dial, time):
    dial.decode(8, "012a010132", options=CHOSEN)
    await time.go(0.2)
    dial.decode(8, "012a07", options=CHOSEN)
    await time.go(1)
    levels = [one["brightness"] for one in dial.published]
    assert levels == [155, 55, 0, 0]
    assert {one["action_brightness_delta"] for one in dial.published} == {-100}


async def test_a_lost_stop_does_not_let_it_go_on_for_ever(dial, time):
    dial.decode(8, "012a050032", options={"simulated_brightness": {"delta": 1, "interval": 0}}, state={"brightness": 0})
    await time.go(60)
    levels = [one["brightness"] for one in dial.published]
    assert levels == list(range(1, 256))


async def test_moves_count_for_those_only_who_choose_it(dial, time):
    for options in ({}, {"simulated_brightness": {"delta": -1}}, {"simulated_brightness": "fast"}):
        dial.decode(8, "012a050032", options=options)
    await time.go(10)
    assert dial.published == []


READ = "1:2:1001000000"


def thermometer(bed, time, **more):
    feature = polled(sensors.device_temperature(), "genDeviceTempCfg", "currentTemperature", seconds=60, **more)
    return bed(feature, clusters=(2,), time=time)


async def test_what_is_not_reported_is_read_again_and_again(bed, time):
    plug = thermometer(bed, time)
    plug.behaviour.start()
    await time.go(59)
    assert plug.sent == []
    await time.go(121)
    assert plug.sent == [READ] * 3
    plug.behaviour.stop()
    await time.go(600)
    assert plug.sent == [READ] * 3


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        ({"measurement_poll_interval": 10}, 6),
        ({"measurement_poll_interval": "often"}, 1),
        ({"measurement_poll_interval": -1}, 0),
        ({"measurement_poll_interval": 0}, 0),
    ],
)
async def test_the_user_says_how_often(bed, time, options, reads):
    plug = thermometer(bed, time, option=MEASUREMENT_POLL_INTERVAL)
    plug.behaviour.start()
    plug.bench.begin({"options": options})
    plug.behaviour.event("deviceOptionsChanged", {})
    await time.go(60)
    assert plug.sent == [READ] * reads
    assert "measurement_poll_interval" in [one["name"] for one in plug.behaviour.option_dicts]
