"""Devices behind Tuya's microcontroller: datapoints, and what they ask the gateway for."""

from __future__ import annotations

import struct

import pytest

from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.tuya import TUYA_DEVICES, Datapoint, Kind, TuyaDevice

from .conftest import Home

TUYA = 0xEF00
SET, TOLD, REPORT, QUERY, VERSION = 0x00, 0x01, 0x02, 0x03, 0x10
SUCCESS, MALFORMED, UNSUPPORTED = 0x00, 0x80, 0x81


def joined(home: Home, kind: str) -> TuyaDevice:
    device = home.house.add("tuya", TUYA_DEVICES[kind], "0xa4c1380000000001")
    home.house.join("tuya")
    home.house.advance(10)
    assert isinstance(device, TuyaDevice)
    return device


def command(number: int, payload: bytes = b"", *, silent: bool = True) -> ZclFrame:
    return ZclFrame(number, 0x44, payload, cluster_specific=True, disable_default_response=silent)


def told(home: Home, number: int) -> list[str]:
    """The datapoints heard so far in commands of a number, without their sequence numbers."""
    frames = (frame for frame in home.ear.zcl(TUYA) if frame.cluster_specific and frame.command == number)
    return [frame.payload[2:].hex() for frame in frames]


@pytest.mark.parametrize("kind", TUYA_DEVICES)
def test_after_it_joined_it_tells_all_it_knows(home: Home, kind: str) -> None:
    device = joined(home, kind)
    assert [int(one[:2], 16) for one in told(home, REPORT)] == list(device.datapoints)
    assert [frame.command for frame in home.ear.zcl(TUYA)][-2:] == [0x24, 0x25]
    assert device.description.model == "TS0601"


def test_what_it_is_set_to_it_keeps_and_tells(home: Home) -> None:
    device = joined(home, "tuya.two-switches")
    home.ask(device, TUYA, command(SET, bytes.fromhex("0001 0101000101 0e04000101")))
    assert (device.datapoints[1].value, device.datapoints[14].value) == (1, 1)
    assert told(home, TOLD) == ["0101000101", "0e04000101"]


@pytest.mark.parametrize(
    ("kind", "point"),
    [
        ("tuya.clamp-meter", "1202000400000007"),
        ("tuya.two-switches", "0e01000101"),
        ("tuya.two-switches", "6301000101"),
    ],
    ids=["only measured", "of another kind", "unknown"],
)
def test_what_it_can_not_be_set_to_it_passes_over(home: Home, kind: str, point: str) -> None:
    device = joined(home, kind)
    before = dict(device.datapoints)
    (answer,) = home.ask(device, TUYA, command(SET, bytes.fromhex(f"0001{point}"), silent=False))
    assert (answer.command, answer.payload) == (0x0B, bytes([SET, SUCCESS]))
    assert device.datapoints == before
    assert told(home, TOLD) == []


def test_all_datapoints_are_told_when_asked_for(home: Home) -> None:
    device = joined(home, "tuya.air")
    device.put(18, -5)
    home.ask(device, TUYA, command(QUERY))
    assert told(home, REPORT) == ["0202000400000280", "12020004fffffffb", "130200040000002d"]


def test_it_tells_the_version_of_its_microcontroller(home: Home) -> None:
    (answer,) = home.ask(joined(home, "tuya.air"), TUYA, command(VERSION, b"\x00\x07"))
    assert (answer.command, answer.payload) == (0x11, b"\x00\x07\x40")


def test_the_time_and_the_connection_that_it_asks_for(home: Home) -> None:
    device = joined(home, "tuya.air")
    home.ask(device, TUYA, command(0x24, struct.pack("<HII", 8, 0, 0)[:2] + struct.pack(">II", 1000, 4600)))
    home.ask(device, TUYA, command(0x25, b"\x01\x00\x01"))
    assert (device.time, device.connected) == ((1000, 4600), True)


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (command(SET, b"\x00\x01\x01\x01\x00\x05\x01"), MALFORMED),
        (command(SET, b"\x00\x01\x01\x09\x00\x01\x01"), MALFORMED),
        (command(SET, b"\x00\x01\x01\x01\x00\x02\x01\x00"), MALFORMED),
        (command(SET, b"\x00\x01\x01\x01\x00\x00"), MALFORMED),
        (command(SET, b"\x00\x01\x01"), MALFORMED),
        (command(0x24, b"\x08"), MALFORMED),
        (command(0x25, b""), MALFORMED),
        (command(0x70), UNSUPPORTED),
    ],
)
def test_what_it_does_not_understand_it_refuses(home: Home, frame: ZclFrame, status: int) -> None:
    (answer,) = home.ask(joined(home, "tuya.two-switches"), TUYA, frame)
    assert (answer.command, answer.payload) == (0x0B, bytes([frame.command, status]))


def test_other_clusters_are_served_as_ever(home: Home) -> None:
    (answer,) = home.ask(joined(home, "tuya.air"), 0, ZclFrame(0x00, 0x44, b"\x04\x00"))
    assert answer.payload[5:] == b"_TZE204_pkpfn9hc"


def test_what_it_keeps_survives(home: Home) -> None:
    device = joined(home, "tuya.two-switches")
    device.put(2, 1)
    twin = TUYA_DEVICES["tuya.two-switches"](home.house, "twin", "0xa4c1380000000002")
    assert isinstance(twin, TuyaDevice)
    twin.restore_own_state(device.own_state())
    assert twin.datapoints == device.datapoints
    assert twin.datapoints[2] == Datapoint(Kind.BOOL, 1, settable=True)
