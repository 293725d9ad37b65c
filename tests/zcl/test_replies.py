"""Which frame answers which, and the frames that answer."""

import pytest

from zigwire.zcl.codec import encode, parse
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.replies import answers, default_response, read_response, wants_default_response
from zigwire.zcl.requests import Command, Read, Typed
from zigwire.zcl.status import Status

REPORT = "082a0a00001001"


@pytest.mark.parametrize(
    ("cluster_id", "wire", "unicast", "status", "wanted"),
    [
        (0x0006, REPORT, True, Status.SUCCESS, True),
        (0x0006, REPORT, False, Status.SUCCESS, False),
        (0x0006, "182a0a00001001", True, Status.SUCCESS, False),
        (0x0006, "182a0a00001001", True, Status.FAILURE, True),
        (0x0006, "082a0b0a00", True, Status.FAILURE, False),
        (0x0006, "002a000000", True, Status.SUCCESS, False),
        (0x0006, "012a02", True, Status.SUCCESS, True),
        (0x0500, "092a00010000010000", True, Status.SUCCESS, True),
        (0x0004, "012a00010000", True, Status.SUCCESS, False),
        (0x0006, "012a99", True, Status.SUCCESS, False),
    ],
)
def test_who_wants_a_default_response(cluster_id, wire, unicast, status, wanted):
    message = parse(cluster_id, bytes.fromhex(wire))
    assert wants_default_response(message, unicast=unicast, status=status) is wanted


@pytest.mark.parametrize(
    ("wire", "status", "response"),
    [
        (REPORT, Status.SUCCESS, "102a0b0a00"),
        ("012a02", Status.FAILURE, "182a0b0201"),
        ("0c5f112a0a00001001", Status.SUCCESS, "145f112a0b0a00"),
    ],
)
def test_default_response(wire, status, response):
    assert default_response(parse(6, bytes.fromhex(wire)), status).hex() == response


def test_read_response():
    message = parse(0x000A, bytes.fromhex("002a00 0000 0100 0200 0200 f0f0"))
    response = read_response(message, {"time": 0x01020304, 1: 3, 0xF0F0: Typed(0x20, 7)})
    assert response.hex() == "182a01" + "000000e204030201" + "0100001803" + "020086" + "020086" + "f0f0002007"


def test_a_read_response_refuses_values_that_do_not_fit():
    with pytest.raises(EncodeError, match="attribute time: -1 is no UTC"):
        read_response(parse(0x000A, bytes.fromhex("002a000000")), {"time": -1})


READ = encode(Read(endpoint=1, cluster="genOnOff", attributes=("onOff",)), 42)
TOGGLE = encode(Command(endpoint=1, cluster="genOnOff", command="toggle"), 42)
ADD = encode(Command(endpoint=1, cluster="genGroups", command="add", args={"groupid": 1, "groupname": ""}), 42)


@pytest.mark.parametrize(
    ("sent", "cluster_id", "wire", "answer"),
    [
        (READ, 6, "182a010000001001", True),
        (READ, 6, "182b010000001001", False),
        (READ, 6, "102a010000001001", False),
        (READ, 6, "182a0a00001001", False),
        (READ, 6, "182a0b0082", True),
        (READ, 6, "182a0b0000", False),
        (READ, 6, "192a01", False),
        (TOGGLE, 6, "182a0b0200", True),
        (TOGGLE, 6, "182a0b0286", True),
        (TOGGLE, 6, "182a0b0100", False),
        (TOGGLE, 6, "182a010000001001", False),
        (ADD, 4, "092a00000100", True),
        (ADD, 4, "092a01000100", False),
        (ADD, 4, "182a0b0081", True),
        (ADD, 4, "182a0b0000", False),
    ],
)
def test_answers(sent, cluster_id, wire, answer):
    assert answers(sent, cluster_id, parse(cluster_id, bytes.fromhex(wire))) is answer


def test_a_message_of_another_cluster_answers_nothing():
    assert not answers(READ, 8, parse(6, bytes.fromhex("182a010000001001")))


@pytest.mark.parametrize("command", [0x99, 0xFF])
def test_an_unknown_command_is_answered_by_a_default_response(command):
    assert answers(bytes([0x00, 42, command]), 6, parse(6, bytes([0x18, 42, 0x0B, command, 0x82])))
    assert answers(bytes([0x01, 42, command]), 6, parse(6, bytes([0x18, 42, 0x0B, command, 0x00])))
