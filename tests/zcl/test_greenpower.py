"""Frames of Green Power devices."""

import pytest

from zigwire.zcl import greenpower
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError, ParseError

KEY = bytes(range(16))


def test_commissioning_of_a_switch():
    frame = bytes.fromhex("02 85 f2" + KEY.hex() + "01020304 05060708 04 02 2021")
    fields = greenpower.decode(0xE0, frame)
    assert (fields["deviceID"], fields["options"], fields["extendedOptions"]) == (0x02, 0x85, 0xF2)
    assert (fields["securityKey"], fields["keyMic"], fields["outgoingCounter"]) == (KEY, 0x04030201, 0x08070605)
    assert (fields["numGpdCommands"], fields["gpdCommandIdList"]) == (2, b"\x20\x21")


def test_commissioning_with_clusters_and_switch_information():
    fields = greenpower.decode(0xE0, bytes.fromhex("07 04 1b 5f11 0100 12 0600 0800 0300 02 03 01"))
    assert (fields["manufacturerID"], fields["modelID"]) == (0x115F, 1)
    assert fields["gpdServerClusters"] == bytes.fromhex("06000800")
    assert fields["gpdClientClusters"] == bytes.fromhex("0300")
    assert (fields["genericSwitchConfig"], fields["currentContactStatus"]) == (3, 1)


@pytest.mark.parametrize(
    ("command_id", "frame", "fields"),
    [
        (0xE3, "5b", {"nextChannel": 11, "nextNextChannel": 5}),
        (0x20, "", {}),
        (0x30, "0102", {"raw": b"\x01\x02"}),
    ],
)
def test_other_frames(command_id, frame, fields):
    assert greenpower.decode(command_id, bytes.fromhex(frame)) == fields


def test_cut_frames_are_errors():
    with pytest.raises(ParseError):
        greenpower.decode(0xE0, b"\x02")


def test_a_frame_within_a_notification_ends_where_its_size_says():
    payload = bytes.fromhex("0040 04030201 05000000 e3 01 5b 0100 2a")
    arguments, rest = CLUSTERS.get("greenPower").command("notification").decode(payload)
    assert arguments["commandFrame"] == {"nextChannel": 11, "nextNextChannel": 5}
    assert (arguments["gppNwkAddr"], arguments["gppGpdLink"], rest) == (1, 0x2A, b"")


REPLY = {"commandID": 0xF0, "options": 0x17, "panID": 0x1A62, "securityKey": KEY, "keyMic": 1, "frameCounter": 2}


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (REPLY, "17621a" + KEY.hex() + "0100000002000000"),
        ({"commandID": 0xF0, "options": 0}, "00"),
        ({"commandID": 0xF3, "operationalChannel": 4, "basic": True}, "14"),
        ({"commandID": 0xF5, "buffer": [1, 2]}, "0102"),
    ],
)
def test_frames_to_a_device(value, wire):
    assert greenpower.encode(value).hex() == wire


@pytest.mark.parametrize("value", [5, {}, {"commandID": 0xF0}, REPLY | {"keyMic": None}])
def test_incomplete_frames_are_refused(value):
    with pytest.raises(EncodeError):
        greenpower.encode(value)
