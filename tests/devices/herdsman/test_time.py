"""What definitions of the real library do with time and its zones, which the engine does not know."""

from __future__ import annotations

import time

import pytest

from zigwire.devices.feature import Context
from zigwire.devices.herdsman.engine import Engine
from zigwire.devices.herdsman.modules import Modules
from zigwire.zcl import codec

EPOCH = 946_684_800


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def js(modules, code):
    return Engine(Modules(modules))._context.eval(code)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("new Date(1768478400000)", "15/01/2026 13:00:00"),
        ("new Date(1782478400000)", "26/06/2026 14:53:20"),
        ("new Date(Date.UTC(2026, 2, 29, 0, 59, 59))", "29/03/2026 01:59:59"),
        ("new Date(Date.UTC(2026, 2, 29, 1))", "29/03/2026 03:00:00"),
        ("new Date(Date.UTC(2026, 9, 25, 0, 59, 59))", "25/10/2026 02:59:59"),
        ("new Date(Date.UTC(2026, 9, 25, 1))", "25/10/2026 02:00:00"),
    ],
)
def test_dates_in_french_in_paris(modules, code, text):
    assert js(modules, f"({code}).toLocaleString('fr-FR', {{timeZone: 'Europe/Paris'}})") == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("(1234567.5).toLocaleString()", "1,234,567.5"),
        ("(1000).toLocaleString('en-US')", "1,000"),
        ("(0.1 + 0.2).toLocaleString('en-US', {maximumFractionDigits: 12, useGrouping: false})", "0.3"),
        (
            "(-28147497671.0655).toLocaleString('en-US', {maximumFractionDigits: 2, useGrouping: false})",
            "-28147497671.07",
        ),
        ("(100).toLocaleString('en-US', {useGrouping: false})", "100"),
    ],
)
def test_numbers_as_they_are_written(modules, code, text):
    assert js(modules, code) == text


def told(frame: str) -> dict:
    return {one.name: one.value for one in codec.parse(10, bytes.fromhex(frame)).attributes}


def seconds() -> int:
    """Seconds since 2000 in UTC."""
    return int(time.time()) - EPOCH


def of_now() -> int:
    return int(time.localtime().tm_gmtoff)


@pytest.mark.usefixtures("berlin")
def test_the_offset_of_the_machine(modules):
    winter, summer = 1768478400000, 1782478400000
    assert [js(modules, f"new Date({when}).getTimezoneOffset()") for when in (winter, summer)] == [-60, -120]


@pytest.mark.usefixtures("berlin")
async def test_a_thermostat_of_danfoss_is_told_the_time_when_it_comes(source, home, make_device):
    device = make_device("eTRV0103", [0, 10, 513], maker="Danfoss")
    host = home(device)
    source.find(device, host).event("deviceAnnounce", {})
    await source.settle()
    (attributes,) = [told(one["frame_hex"]) for one in host.sent if one["cluster_id"] == 10]
    assert attributes["time"] == pytest.approx(seconds(), abs=5)
    assert (attributes["timeZone"], attributes["dstShift"]) == (3600, 3600)
    assert attributes["dstStart"] < attributes["dstEnd"]


@pytest.mark.usefixtures("berlin")
async def test_a_valve_of_sonoff_that_asks_is_told_the_time(source, home, make_device):
    device = make_device("SWV-ZNE", [0, 6, 10], maker="SONOFF")
    host = home(device)
    behaviour = source.find(device, host)
    asked = codec.parse(10, bytes.fromhex("0005000000"))
    behaviour.decode(1, asked, Context())
    await source.settle()
    assert asked.answered
    attributes = told(host.sent[-1]["frame_hex"])
    assert attributes["time"] == pytest.approx(seconds(), abs=5)
    assert attributes["localTime"] == pytest.approx(seconds() + of_now(), abs=5)
    assert (attributes["timeZone"], attributes["dstShift"]) == (3600, 3600)


@pytest.mark.usefixtures("berlin")
async def test_a_feeder_of_aqara_that_asks_is_told_the_local_time(source, home, make_device):
    device = make_device("aqara.feeder.acn001", [0, 10], maker="LUMI")
    host = home(device)
    behaviour = source.find(device, host)
    behaviour.decode(1, codec.parse(10, bytes.fromhex("0005000000")), Context())
    await source.settle()
    assert told(host.sent[-1]["frame_hex"])["time"] == pytest.approx(seconds() + of_now(), abs=5)


@pytest.mark.usefixtures("berlin")
async def test_a_device_of_tuya_that_asks_is_told_both_times(source, home, make_device):
    device = make_device("TS0601", [0, 61184], maker="_TZE200_b6wax7g0")
    host = home(device)
    behaviour = source.find(device, host)
    behaviour.decode(1, codec.parse(61184, bytes.fromhex("0905240001")), Context())
    await source.settle()
    (frame,) = [bytes.fromhex(one["frame_hex"]) for one in host.sent if one["cluster_id"] == 61184]
    utc, local = (int.from_bytes(part, "big") for part in (frame[-8:-4], frame[-4:]))
    assert local - utc == of_now()
