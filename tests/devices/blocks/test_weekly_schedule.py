"""Weekly schedules of thermostats, as recorded; messages in the form that is listed, in short, and as published."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigwire.devices.blocks.weekly_schedule import DAYS, weekly_schedule
from zigwire.devices.errors import BadValueError

CLUSTER = 0x201
LISTED = {
    "dayofweek": [{"day": "monday"}],
    "transitions": [{"transitionTime": {"hour": 20, "minute": 20}, "heatSetpoint": 20}],
}
SHORT = {"dayofweek": "Monday", "transitions": [{"transition_time": "20:20", "heat_setpoint": 20}]}
PUBLISHED = {"days": ["monday"], "transitions": [{"time": 1220, "heating_setpoint": 20}]}
SECOND = "weekly_schedule.transitions[1]"


@pytest.fixture
def thermostat(bed):
    return bed(weekly_schedule("heat", "cool"), clusters=(CLUSTER,))


@pytest.mark.parametrize(
    ("schedule", "frame"),
    [
        (LISTED, "010101010201c404d007"),
        (SHORT, "010101010201c404d007"),
        (PUBLISHED, "010101010201c404d007"),
        (
            {"days": ["sunday", "sunday"], "transitions": [{"time": "0:05", "heatSetpoint": 18, "coolSetpoint": 25.5}]},
            "01010101010305000807f609",
        ),
    ],
)
async def test_it_is_set(thermostat, schedule, frame):
    assert await thermostat.set({"weekly_schedule": schedule}) == ([f"1:201:{frame}"], {})


async def test_it_is_cleared_and_asked_for(thermostat):
    assert await thermostat.set({"clear_weekly_schedule": ""}) == (["1:201:010103"], {})
    assert await thermostat.get("weekly_schedule") == ["1:201:110102ff03"]


@pytest.mark.parametrize(
    ("frame", "schedule"),
    [
        ("192a00010201c404d007", PUBLISHED),
        ("192a00000100", {"days": ["sunday"], "transitions": []}),
        ("192a00016400a401", {"days": ["tuesday", "friday", "saturday"], "transitions": [{"time": 420}]}),
    ],
)
def test_it_is_told(thermostat, frame, schedule):
    assert thermostat.decode(CLUSTER, frame) == {"weekly_schedule": schedule}


def test_an_unlisted_one_works_too(bed):
    thermostat = bed(weekly_schedule(), clusters=(CLUSTER,))
    assert thermostat.behaviour.properties == ("linkquality",)
    assert thermostat.decode(CLUSTER, "192a00010201c404d007") == {"weekly_schedule": PUBLISHED}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"dayofweek": None}, "weekly_schedule.days"),
        ({"dayofweek": ["someday"]}, "weekly_schedule.dayofweek"),
        ({"dayofweek": [1]}, "weekly_schedule.dayofweek"),
        ({"transitions": None}, "weekly_schedule.transitions"),
        ({"transitions": []}, "weekly_schedule.transitions"),
        ({"transitions": [{"time": 1}] * 11}, "weekly_schedule.transitions"),
        ({"transitions": ["20:00"]}, "weekly_schedule.transitions[0]"),
        ({"transitions": [{"time": "25:00"}]}, "weekly_schedule.transitions[0].transitionTime"),
        ({"transitions": [{"time": "noon"}]}, "weekly_schedule.transitions[0].transitionTime"),
        ({"transitions": [{"time": 1440}]}, "weekly_schedule.transitions[0].transitionTime"),
        ({"transitions": [{"time": {"hour": 25, "minute": 0}}]}, "weekly_schedule.transitions[0].transitionTime.hour"),
        (
            {"transitions": [{"time": 1}, {"time": 2, "heatSetpoint": "x"}]},
            f"{SECOND}.heatSetpoint",
        ),
        ({"transitions": [{"time": 1, "fan": 2}]}, "weekly_schedule.transitions[0]"),
    ],
)
async def test_nonsense_is_refused_by_its_name(thermostat, change, named):
    with pytest.raises(BadValueError) as caught:
        await thermostat.set({"weekly_schedule": {**LISTED, **change}})
    assert caught.value.key == named
    assert thermostat.sent == []


TRANSITIONS = st.lists(
    st.fixed_dictionaries(
        {"time": st.integers(0, 1439), "heating_setpoint": st.integers(500, 3500).map(lambda value: value / 100)}
    ),
    min_size=1,
    max_size=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(days=st.sets(st.sampled_from(DAYS), min_size=1), transitions=TRANSITIONS)
async def test_what_is_published_can_be_sent_back(thermostat, days, transitions):
    schedule = {"days": sorted(days, key=DAYS.index), "transitions": transitions}
    ((frame,), _) = await thermostat.set({"weekly_schedule": schedule})
    arguments = frame.removeprefix("1:201:010101")
    assert thermostat.decode(CLUSTER, f"192a00{arguments}") == {"weekly_schedule": schedule}
