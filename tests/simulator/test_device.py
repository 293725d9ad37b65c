"""The ZCL server of a virtual device, its clusters, and how it sleeps."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.house import COORDINATOR_IEEE
from zigwire.simulator.zdo import Bind
from zigwire.zigbee.radio import ApsFrame, Mode

from .conftest import Home

ON_OFF, LEVEL, BRIGHTNESS = AttributeKey(1, 6, 0), AttributeKey(1, 8, 0), AttributeKey(1, 8, 0)
TEMPERATURE = AttributeKey(1, 0x0402, 0)
BIND_TEMPERATURE = Bind(1, 0x0402, ieee=COORDINATOR_IEEE, destination_endpoint=1)


def general(command: int, payload: str, **fields: Any) -> ZclFrame:
    return ZclFrame(command, 0x33, bytes.fromhex(payload), **fields)


def specific(command: int, payload: str = "", **fields: Any) -> ZclFrame:
    return general(command, payload, cluster_specific=True, **{"disable_default_response": False, **fields})


@pytest.mark.parametrize(
    ("cluster", "request_frame", "answer"),
    [
        # read: value, unsupported attribute, write-only, wrong cluster, manufacturer code, client side
        (0x0000, general(0x00, "0400"), (0x01, "04000042075a696777697265")),
        (0x0006, general(0x00, "0000 9999"), (0x01, "00000010 00" + "999986")),
        (0x0402, general(0x00, "1000"), (0x01, "10008f")),
        (0x0702, general(0x00, "0000"), (0x01, "000086")),
        (0x0000, general(0x00, "1000", manufacturer=0x1234), (0x01, "1000002007")),
        (0x0000, general(0x00, "0400", manufacturer=0x1234), (0x01, "040086")),
        (0x0019, general(0x00, "0000", to_client=True), (0x01, "000000f0" + "ff" * 8)),
        # write: good, several, read only, wrong type, unsupported
        (0x0000, general(0x02, "1000 42 0161"), (0x04, "00")),
        (0x0000, general(0x02, "1000 42 0161 0400 42 0161"), (0x04, "880400")),
        (0x0000, general(0x02, "1000 20 01"), (0x04, "8d1000")),
        (0x0000, general(0x02, "9999 20 01"), (0x04, "869999")),
        (0x0000, general(0x03, "1000 42 0161 0400 42 0161"), (0x04, "880400")),
        (0x0000, general(0x05, "1000 42 0161"), None),
        # malformed and unknown
        (0x0000, general(0x00, "04"), (0x0B, "0080")),
        (0x0000, general(0x02, "1000 42 0961"), (0x0B, "0280")),
        (0x0000, general(0x02, "1000 99 01"), (0x0B, "0280")),
        (0x0000, general(0x7F, ""), (0x0B, "7f82")),
        (0x0000, general(0x0B, "0000"), None),
        (0x0000, general(0x0A, "0000 20 01"), None),
        (0x0000, general(0x0A, "0000 20 01", disable_default_response=False), (0x0B, "0a00")),
        # discovery
        (0x0402, general(0x0C, "0000 ff"), (0x0D, "01 000029 100029")),
        (0x0402, general(0x0C, "0000 01"), (0x0D, "00 000029")),
        (0x0402, general(0x15, "0000 ff"), (0x16, "01 00002905 10002902")),
        # cluster commands
        (0x0006, specific(0x01), (0x0B, "0100")),
        (0x0006, specific(0x01, disable_default_response=True), None),
        (0x0006, specific(0x77, disable_default_response=True), (0x0B, "7781")),
        (0x0006, specific(0x01, manufacturer=0x1234), (0x0B, "0181")),
        (0x0300, specific(0x01), (0x0B, "0181")),
        (0x0008, specific(0x00, "80"), (0x0B, "0080")),
    ],
)
def test_answers(home: Home, lamp: VirtualDevice, cluster: int, request_frame: ZclFrame, answer: Any) -> None:
    got = [(frame.command, frame.payload.hex()) for frame in home.ask(lamp, cluster, request_frame)]
    assert got == ([] if answer is None else [(answer[0], answer[1].replace(" ", ""))])


def test_undivided_writes_change_nothing_when_one_is_refused(home: Home, lamp: VirtualDevice) -> None:
    key = AttributeKey(1, 0, 0x10)
    home.ask(lamp, 0, general(0x03, "1000 42 0161 0400 42 0161"))
    assert lamp.attributes[key].value == ""
    home.ask(lamp, 0, general(0x02, "1000 42 0161 0400 42 0161"))
    assert lamp.attributes[key].value == "a"
    home.ask(lamp, 0, general(0x05, "1000 42 0162"))
    assert lamp.attributes[key].value == "b"


def test_an_endpoint_that_is_not_there_stays_silent(home: Home, lamp: VirtualDevice) -> None:
    assert home.ask(lamp, 6, specific(0x01), endpoint=9) == []
    assert home.ask(lamp, 6, specific(0x01), endpoint=0xFF) != []


# Reporting


def test_reporting_is_configured_read_and_honoured(home: Home, lamp: VirtualDevice) -> None:
    lamp.node.bindings.append(BIND_TEMPERATURE)
    (answer,) = home.ask(lamp, 0x0402, general(0x06, "00 0000 29 0a00 3c00 3200"))
    assert answer.payload == b"\x00"
    (answer,) = home.ask(lamp, 0x0402, general(0x08, "00 0000 00 1000 00 9999"))
    assert answer.payload.hex() == "000000" + "00290a003c003200" + "8b001000" + "86009999"
    home.ear.clear()
    home.house.advance(59)
    lamp.set(TEMPERATURE, 2149)
    assert home.ear.frames == []
    home.house.advance(1.1)
    lamp.set(TEMPERATURE, 2300)
    home.house.advance(9)
    assert home.ear.reports(0x0402, 0) == [b"\x29" + struct.pack("<h", 2149)]
    home.house.advance(2)
    assert home.ear.reports(0x0402, 0)[1:] == [b"\x29" + struct.pack("<h", 2300)]


def test_reports_go_only_where_the_cluster_is_bound(home: Home, lamp: VirtualDevice) -> None:
    home.ask(lamp, 0x0402, general(0x06, "00 0000 29 0000 3c00 0100"))
    home.ear.clear()
    home.house.advance(1000)
    assert home.ear.frames == []
    lamp.node.bindings.append(Bind(1, 0x0402, group=0x0901))
    home.house.advance(60)
    assert [(f.mode, f.destination) for f in home.ear.frames] == [(Mode.GROUP, 0x0901)]


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ("00 9999 20 0000 3c00 01", "86009999"),
        ("00 0000 20 0000 3c00 01", "8d000000"),
        ("00 1000 29 0000 3c00 0100", "8c001000"),
        ("00 0000 29 3c00 0a00 0100", "87000000"),
        ("00 0000 29 0000 ffff 0100", "00"),
        ("01 0000 3c00", "00"),
    ],
)
def test_what_reporting_refuses(home: Home, lamp: VirtualDevice, record: str, status: str) -> None:
    lamp.attributes[AttributeKey(1, 0x0402, 0x10)].access &= ~lamp.attributes[TEMPERATURE].access
    (answer,) = home.ask(lamp, 0x0402, general(0x06, record))
    assert answer.payload.hex() == status
    assert lamp.reporting.configurations == {}


# Clusters


def test_on_off(home: Home, lamp: VirtualDevice) -> None:
    for command, on in [(1, True), (1, True), (2, False), (2, True), (0, False), (0x41, True), (0x40, False)]:
        home.ask(lamp, 6, specific(command, "0000" if command == 0x40 else ""))
        assert lamp.read(ON_OFF) == on
    home.ask(lamp, 6, specific(0x42, "00 3200 0000"))
    home.house.advance(4.8)
    assert lamp.read(ON_OFF)
    home.house.advance(0.3)
    assert not lamp.read(ON_OFF)
    home.ask(lamp, 6, specific(0x42, "01 3200 0000"))
    assert not lamp.read(ON_OFF)


@pytest.mark.parametrize(("seconds", "on"), [(5, False), (15, True)])
def test_after_a_timed_off_it_may_wait(home: Home, lamp: VirtualDevice, seconds: float, on: bool) -> None:
    timed = specific(0x42, "00 3200 6400")
    home.ask(lamp, 6, timed)
    home.house.advance(5.5)
    assert not lamp.attributes[AttributeKey(1, 6, 0)].value
    home.house.advance(seconds)
    home.ask(lamp, 6, timed)
    assert lamp.attributes[AttributeKey(1, 6, 0)].value is on


def test_a_plain_command_ends_the_wait(home: Home, lamp: VirtualDevice) -> None:
    home.ask(lamp, 6, specific(0x42, "00 3200 6400"))
    home.house.advance(6)
    for command in (0x01, 0x00):
        home.ask(lamp, 6, specific(command, ""))
    home.ask(lamp, 6, specific(0x42, "00 3200 6400"))
    assert lamp.attributes[AttributeKey(1, 6, 0)].value is True


def test_timed_off_ends_with_the_next_command(home: Home, lamp: VirtualDevice) -> None:
    home.ask(lamp, 6, specific(0x42, "00 3200 0000"))
    home.ask(lamp, 6, specific(0x01))
    home.house.advance(60)
    assert lamp.read(ON_OFF)


@pytest.mark.parametrize(
    ("command", "payload", "level", "on"),
    [
        (0x00, "800000", 128, False),
        (0x04, "800000", 128, True),
        (0x04, "000000", 1, False),
        (0x00, "ff ffff", 254, False),
        (0x01, "01 ff", 1, False),
        (0x02, "01 0a 0000", 244, False),
        (0x06, "01 ff 0000", 1, False),
    ],
)
def test_level_at_once(home: Home, lamp: VirtualDevice, command: int, payload: str, level: int, on: bool) -> None:
    home.ask(lamp, 8, specific(command, payload))
    assert (lamp.read(LEVEL), bool(lamp.read(ON_OFF))) == (level, on)


def test_level_takes_its_time_and_stops(home: Home, lamp: VirtualDevice) -> None:
    home.ask(lamp, 8, specific(0x00, "36 6400"))  # 254 to 54 in 10 s
    home.house.advance(5)
    assert lamp.read(LEVEL) == pytest.approx(154, abs=11)
    home.ask(lamp, 8, specific(0x03))
    stopped = lamp.read(LEVEL)
    home.house.advance(10)
    assert lamp.read(LEVEL) == stopped
    home.ask(lamp, 8, specific(0x01, "01 0a"))  # down, 10 a second
    home.house.advance(3)
    assert lamp.read(LEVEL) == pytest.approx(stopped - 30, abs=6)
    home.house.advance(60)
    assert lamp.read(LEVEL) == 1


def test_identify_counts_down(home: Home, lamp: VirtualDevice) -> None:
    assert home.ask(lamp, 3, specific(0x01)) == []
    home.ask(lamp, 3, specific(0x00, "0a00"))
    home.house.advance(3)
    (answer,) = home.ask(lamp, 3, specific(0x01))
    assert (answer.command, answer.payload) == (0, b"\x07\x00")
    home.house.advance(10)
    assert home.ask(lamp, 3, specific(0x01)) == []
    home.ask(lamp, 3, general(0x02, "0000 21 0500"))
    home.house.advance(2.5)
    assert lamp.read(AttributeKey(1, 3, 0)) == 3


def test_groups(home: Home, lamp: VirtualDevice) -> None:
    def ask(command: int, payload: str) -> str:
        answers = home.ask(lamp, 4, specific(command, payload))
        return "".join(answer.payload.hex() for answer in answers)

    assert ask(0x00, "0100 026162") == "000100"
    assert ask(0x00, "0000 00") == "850000"
    assert ask(0x05, "0300 00") == "0500"
    assert lamp.groups[1] == {1: "ab"}
    assert ask(0x01, "0100") == "000100026162"
    assert ask(0x01, "0200") == "8b020000"
    assert ask(0x02, "00") == "0f010100"
    assert ask(0x02, "01 0200") == ""
    assert ask(0x03, "0200") == "8b0200"
    assert ask(0x03, "0100") == "000100"
    for group in range(1, 18):
        last = ask(0x00, struct.pack("<HB", group, 0).hex())
    assert last == "891100"
    assert ask(0x04, "") == "0400"
    assert lamp.groups[1] == {}


def test_group_commands_reach_members_only(home: Home, lamp: VirtualDevice) -> None:
    command = ApsFrame(0, 1, 0x0007, 0xFF, 0x0104, 6, specific(0x01).serialize(), Mode.GROUP)
    home.house.transmit(command)
    home.house.advance(1)
    assert not lamp.read(ON_OFF)
    lamp.groups[1][7] = ""
    home.house.transmit(command)
    home.house.advance(1)
    assert lamp.read(ON_OFF)
    assert home.ear.frames == []


def test_scenes(home: Home, lamp: VirtualDevice) -> None:
    def ask(command: int, payload: str) -> str:
        return "".join(answer.payload.hex() for answer in home.ask(lamp, 5, specific(command, payload)))

    assert ask(0x04, "0100 05") == "85010005"
    lamp.groups[1][1] = ""
    lamp.set(ON_OFF, True)
    lamp.set(LEVEL, 77)
    assert ask(0x04, "0100 05") == "00010005"
    assert ask(0x01, "0100 05") == "00010005" + "000000" + "06000101" + "0800014d"
    assert ask(0x00, "0100 06 0a00 0161 0600 01 00") == "00010006"
    assert ask(0x06, "0100") == "000e0100020506"
    assert ask(0x05, "0100 06") == "0500"
    assert not lamp.read(ON_OFF)
    assert ask(0x05, "0100 05") == "0500"
    assert (lamp.read(ON_OFF), lamp.read(LEVEL)) == (True, 77)
    assert ask(0x05, "0100 09") == "058b"
    assert ask(0x02, "0100 05") == "00010005"
    assert ask(0x02, "0100 05") == "8b010005"
    assert ask(0x03, "0100") == "000100"
    assert lamp.scenes == {}


def test_start_up_on_off(home: Home, lamp: VirtualDevice) -> None:
    for start, before, after in [(0, 1, 0), (1, 0, 1), (2, 0, 1), (2, 1, 0), (0xFF, 1, 1), (0xFF, 0, 0)]:
        lamp.attributes[AttributeKey(1, 6, 0x4003)].value = start
        lamp.attributes[ON_OFF].value = before
        home.house.cut_power("lamp")
        home.house.restore_power("lamp")
        assert int(lamp.read(ON_OFF)) == after


def test_a_command_goes_to_what_is_bound(home: Home, lamp: VirtualDevice) -> None:
    home.house.join("plug")
    home.house.advance(1)
    plug = home.house.device("plug")
    lamp.node.bindings.append(Bind(1, 6, ieee=plug.ieee, destination_endpoint=1))
    lamp.command(1, 6, 0x01)
    home.house.advance(1)
    assert plug.read(ON_OFF)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    cluster=st.sampled_from([0, 3, 4, 5, 6, 8, 0x0402, 0x19, 0xFC00]),
    data=st.one_of(
        st.binary(max_size=40),
        st.tuples(st.sampled_from([0x00, 0x01, 0x10, 0x11, 0x09]), st.integers(0, 0x50), st.binary(max_size=24)).map(
            lambda parts: bytes([parts[0], 1, parts[1]]) + parts[2]
        ),
    ),
)
def test_no_frame_breaks_it(home: Home, lamp: VirtualDevice, cluster: int, data: bytes) -> None:
    home.house.transmit(ApsFrame(0, 1, lamp.node.network_address, 1, 0x0104, cluster, data))
    home.house.advance(1)
    (answer,) = home.ask(lamp, 0, general(0x00, "0400"))
    assert answer.payload.endswith(b"Zigwire")
