"""Sensors, batteries, zones, covers and sirens, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks import battery, cover, ias, sensors
from zigwire.devices.errors import BadValueError


@pytest.mark.parametrize(
    ("make", "cluster", "frame", "state", "steps"),
    [
        (sensors.temperature, 0x402, "182a0a0000296608", {"temperature": 21.5}, "100106000000290a00100e6400"),
        (sensors.humidity, 0x405, "182a0a0000216608", {"humidity": 21.5}, "100106000000210a00100e6400"),
        (sensors.pressure, 0x403, "182a0a0000296608", {"pressure": 215}, "100106000000290a00100e3200"),
        (sensors.illuminance, 0x400, "182a0a000021204e", {"illuminance": 100}, "100106000000210a00100e0500"),
        (sensors.occupancy, 0x406, "182a0a00001803", {"occupancy": True}, "100106000000180000100e"),
        (sensors.soil_moisture, 0x408, "182a0a0000216608", {"soil_moisture": 21.5}, "100106000000210a00100e6400"),
        (sensors.flow, 0x404, "182a0a0000216608", {"flow": 215}, "100106000000210a00100e0a00"),
    ],
)
async def test_a_measurement_is_read_and_reported(bed, make, cluster, frame, state, steps):
    sensor = bed(make(), clusters=(cluster,))
    assert sensor.decode(cluster, frame) == state
    assert await sensor.configure() == [f"1:{cluster:x}:bind", f"1:{cluster:x}:{steps}", f"1:{cluster:x}:1001000000"]


def test_raw_illuminance_is_for_those_who_ask_for_it(bed):
    sensor = bed(sensors.illuminance_raw(), clusters=(0x400,))
    assert sensor.decode(0x400, "182a0a000021204e") == {}
    wanted = {"illuminance_raw": True}
    assert sensor.decode(0x400, "182a0a000021204e", options=wanted) == {"illuminance_raw": 20000}
    assert len(sensor.behaviour.exposes(wanted)) == len(sensor.behaviour.exposes({})) + 1


async def test_a_battery(bed):
    cell = bed(battery.battery(), battery.battery_voltage(), battery.battery_low(), clusters=(1,), endpoints=(1, 2))
    assert cell.decode(1, "182a0a21002096") == {"battery": 75}
    assert cell.decode(1, "182a0a210020ff") == {}
    assert cell.decode(1, "182a0a2000201e") == {"voltage": 3000}
    assert cell.decode(1, "182a0a3e001b02000000") == {"battery_low": True}
    assert await cell.get("battery") == ["1:1:1001002100", "1:1:1001002000"]
    assert (await cell.configure())[:3] == ["1:1:bind", "1:1:10010600210020100ee8fd0a", "1:1:1001002100"]


def test_a_zone(bed):
    door = bed(ias.zone({"contact": ias.ALARM_1}, "tamper", "battery_low"), clusters=(0x500,))
    assert door.decode(0x500, "092a000500000000 00".replace(" ", "")) == {
        "contact": False,
        "tamper": True,
        "battery_low": False,
    }
    assert door.decode(0x500, "182a0a0200190800") == {"contact": True, "tamper": False, "battery_low": True}


async def test_a_siren(bed):
    siren = bed(ias.warning(), clusters=(0x502,))
    frames, _ = await siren.set({"warning": {"mode": "burglar", "duration": 5}})
    assert frames == ["1:502:0101001505000001"]
    for value in ("loud", {"mode": "party"}, {"duration": -1}, {"strobe": 1}, {"volume": 1}):
        with pytest.raises(BadValueError):
            await siren.set({"warning": value})


async def test_a_cover_counts_the_other_way_round(bed):
    blind = bed(cover.tilting_cover(), clusters=(0x102,))
    assert await blind.set({"state": "open"}) == (["1:102:010100"], {})
    assert await blind.set({"state": "OPEN"}, options={"invert_cover": True}) == (["1:102:010101"], {})
    assert await blind.set({"position": 30}) == (["1:102:01010546"], {"position": 30})
    assert await blind.set({"tilt": 30}, options={"invert_cover": True}) == (["1:102:0101081e"], {"tilt": 30})
    assert blind.decode(0x102, "182a0a08002064") == {"position": 0, "state": "CLOSE"}
    assert blind.decode(0x102, "182a0a090020ff") == {}
    for message in ({"state": "ajar"}, {"position": 101}, {"tilt": "x"}):
        with pytest.raises(BadValueError):
            await blind.set(message)
