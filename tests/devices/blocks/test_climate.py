"""Thermostats, fans, ballasts and locks, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks import ballast, climate, lock
from zigwire.devices.errors import BadValueError


@pytest.fixture
def valve(bed):
    made = climate.thermostat(climate.HEATING), climate.fan(), *climate.display()
    return bed(*made, clusters=(0x201, 0x202, 0x204))


@pytest.mark.parametrize(
    ("cluster", "frame", "state"),
    [
        (0x201, "182a0a0000296608", {"local_temperature": 21.5}),
        (0x201, "182a0a0000290080", {}),
        (0x201, "182a0a120029d007", {"occupied_heating_setpoint": 20}),
        (0x201, "182a0a1c003004", {"system_mode": "heat"}),
        (0x201, "182a0a1c0030fe", {}),
        (0x201, "182a0a2900190100", {"running_state": "heat"}),
        (0x201, "182a0a08002032", {"pi_heating_demand": 20}),
        (0x201, "182a0a3200e240e20100", {"setpoint_change_source_timestamp": "2000-01-02T10:17:36+00:00"}),
        (
            0x201,
            "182a0a1a001805",
            {
                "remote_sensing": {
                    "local_temperature": "remotely",
                    "outdoor_temperature": "internally",
                    "occupancy": "remotely",
                }
            },
        ),
        (0x202, "182a0a00003000", {"fan_mode": "off", "fan_state": "OFF"}),
        (0x204, "182a0a01003001", {"keypad_lockout": "lock1"}),
    ],
)
def test_reports(valve, cluster, frame, state):
    assert valve.decode(cluster, frame) == state


@pytest.mark.parametrize(
    ("message", "frame", "state"),
    [
        (
            {"occupied_heating_setpoint": 20.3},
            "1:201:1001021200290208",
            {"occupied_heating_setpoint": 20.3},
        ),
        ({"unoccupied_heating_setpoint": 7}, "1:201:100102140029bc02", {"unoccupied_heating_setpoint": 7}),
        ({"system_mode": "Heat"}, "1:201:1001021c003004", {"system_mode": "heat"}),
        ({"fan_mode": "auto"}, "1:202:10010200003005", {"fan_mode": "auto", "fan_state": "ON"}),
        ({"keypad_lockout": "unlock"}, "1:204:10010201003000", {"keypad_lockout": "unlock"}),
    ],
)
async def test_commands(valve, message, frame, state):
    assert await valve.set(message) == ([frame], state)


@pytest.mark.parametrize(
    "message",
    [{"occupied_heating_setpoint": "warm"}, {"system_mode": "boil"}, {"fan_mode": 3}, {"keypad_lockout": "lock9"}],
)
async def test_nonsense_is_refused(valve, message):
    with pytest.raises(BadValueError):
        await valve.set(message)


async def test_the_set_up_learns_whether_it_heats(valve):
    sent = await valve.configure({0: "1801011b00003004"})
    assert sent[:3] == ["1:201:1001001b00", "1:201:bind", "1:201:bind"]
    assert valve.behaviour.device.endpoints[1].attributes == {"hvacThermostat": {"ctrlSeqeOfOper": 4}}


async def test_a_ballast(bed):
    driver = bed(ballast.ballast(), clusters=(0x301,))
    assert driver.decode(0x301, "182a0a10002005") == {"ballast_minimum_level": 5}
    assert driver.decode(0x301, "182a0a02001802") == {
        "ballast_status_non_operational": False,
        "ballast_status_lamp_failure": True,
    }
    assert await driver.set({"ballast_maximum_level": 200}) == (
        ["1:301:100102110020c8"],
        {"ballast_maximum_level": 200},
    )
    assert len(await driver.get("ballast_minimum_level")) == 14
    with pytest.raises(BadValueError):
        await driver.set({"ballast_minimum_level": 0})


async def test_a_lock(bed):
    door = bed(lock.lock(), clusters=(0x101,))
    assert door.decode(0x101, "182a0a00003001") == {"state": "LOCK", "lock_state": "locked"}
    assert door.decode(0x101, "182a0a03003000") == {"door_state": "open"}
    assert await door.set({"state": "unlock"}) == (["1:101:11010100"], {})
    with pytest.raises(BadValueError):
        await door.set({"state": "OPEN"})
