"""Thermostats, fans and ballasts, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks import ballast, climate
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
        ({"fan_mode": "smart"}, "1:202:10010200003006", {"fan_mode": "smart", "fan_state": "ON"}),
        ({"fan_state": "OFF"}, "1:202:10010200003000", {"fan_mode": "off", "fan_state": "OFF"}),
        (
            {"local_temperature_calibration": -2.5},
            "1:201:100102100028e7",
            {"local_temperature_calibration": -2.5},
        ),
        ({"max_heat_setpoint_limit": 5}, "1:201:100102160029f401", {"max_heat_setpoint_limit": 5}),
        (
            {"programming_operation_mode": "schedule"},
            "1:201:10010225001801",
            {"programming_operation_mode": "schedule"},
        ),
        (
            {"control_sequence_of_operation": "heating_only"},
            "1:201:1001021b003002",
            {"control_sequence_of_operation": "heating_only"},
        ),
        ({"keypad_lockout": "unlock"}, "1:204:10010201003000", {"keypad_lockout": "unlock"}),
    ],
)
async def test_commands(valve, message, frame, state):
    assert await valve.set(message) == ([frame], state)


@pytest.mark.parametrize(
    "message",
    [
        {"occupied_heating_setpoint": "warm"},
        {"occupied_heating_setpoint": 400},
        {"local_temperature_calibration": 13},
        {"max_heat_setpoint_limit": None},
        {"system_mode": "boil"},
        {"programming_operation_mode": 1},
        {"fan_mode": 3},
        {"fan_state": "TOGGLE"},
        {"keypad_lockout": "lock9"},
    ],
)
async def test_nonsense_is_refused(valve, message):
    with pytest.raises(BadValueError):
        await valve.set(message)


@pytest.mark.parametrize(("degrees", "raw"), [(7, "b602"), (11.5, "7304"), (20, "d007")])
async def test_a_thermostat_that_shows_fahrenheit_gets_half_degrees_of_it(valve, degrees, raw):
    options = {"thermostat_unit": "fahrenheit"}
    sent, state = await valve.set({"occupied_heating_setpoint": degrees}, options=options)
    assert (sent, state) == ([f"1:201:100102120029{raw}"], {"occupied_heating_setpoint": degrees})
    assert "thermostat_unit" in [one["name"] for one in valve.behaviour.option_dicts]


def test_a_fan_is_listed_with_its_thermostat(bed):
    made = climate.thermostat_with_fan(climate.HEATING, climate.COOLING)
    (group, _) = bed(*made, clusters=(0x201, 0x202)).behaviour.exposes({})
    assert group["type"] == "climate"
    assert [one["values"] for one in group["features"] if one["property"] == "fan_mode"] == [
        ["off", "low", "medium", "high", "auto"]
    ]


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
