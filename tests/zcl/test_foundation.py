"""The general commands: payload to records and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl.errors import EncodeError, ParseError
from zigwire.zcl.foundation import GENERAL_COMMANDS, Body
from zigwire.zcl.message import Attribute

NAMES = {command.type: command for command in GENERAL_COMMANDS.values()}


def record(attribute_id, value=None, type_id=None, status=0, **extra):
    return Attribute(attribute_id, None, value, type_id, status, extra or None)


BOTH_WAYS = [
    ("read", "00000540", Body((record(0), record(0x4005)))),
    (
        "readResponse",
        "00000010010100864003001811",
        Body((record(0, 1, 0x10), record(1, status=0x86), record(0x340, 17, 0x18))),
    ),
    ("write", "0000200501002902fe", Body((record(0, 5, 0x20), record(1, -510, 0x29)))),
    ("writeUndivided", "00002005", Body((record(0, 5, 0x20),))),
    ("writeNoResponse", "00002005", Body((record(0, 5, 0x20),))),
    ("writeResponse", "00", Body(args={"statusCode": 0})),
    ("writeResponse", "8601008802 00", Body((record(1, status=0x86), record(2, status=0x88)))),
    (
        "configReport",
        "000000290a0058023200" + "000200100000ffff" + "010300e803",
        Body(
            (
                record(0, None, 0x29, direction=0, minimum=10, maximum=600, change=50),
                record(2, None, 0x10, direction=0, minimum=0, maximum=0xFFFF),
                record(3, direction=1, timeout=1000),
            )
        ),
    ),
    ("configReportResponse", "00", Body(args={"statusCode": 0})),
    ("configReportResponse", "8c000100", Body((record(1, status=0x8C, direction=0),))),
    ("readReportConfig", "000100", Body((record(1, direction=0),))),
    (
        "readReportConfigResponse",
        "00000000200100100e01" + "8b000100",
        Body(
            (
                record(0, None, 0x20, direction=0, minimum=1, maximum=3600, change=1),
                record(1, status=0x8B, direction=0),
            )
        ),
    ),
    ("attributeReport", "00002908fc", Body((record(0, -1016, 0x29),))),
    ("defaultResponse", "0a86", Body(args={"cmdId": 10, "statusCode": 0x86})),
    ("discover", "000010", Body(args={"startAttrId": 0, "maxAttrIds": 16})),
    (
        "discoverResponse",
        "01000010" + "014021",
        Body((record(0, None, 0x10), record(0x4001, None, 0x21)), {"discComplete": 1}),
    ),
    ("discoverResponse", "01", Body((), {"discComplete": 1})),
    ("readStructured", "0500020100ff00", Body((record(5, selector={"indicatorType": 0, "indexes": [1, 255]}),))),
    (
        "writeStructured",
        "0500112000" + "2007",
        Body((record(5, 7, 0x20, selector={"indicatorType": 0x10, "indexes": [32]}),)),
    ),
    ("writeStructuredResponse", "00", Body(args={"statusCode": 0})),
    (
        "writeStructuredResponse",
        "87050000",
        Body((record(5, status=0x87, selector={"indicatorType": 0, "indexes": []}),)),
    ),
    ("discoverCommands", "0010", Body(args={"startCmdId": 0, "maxCmdIds": 16})),
    ("discoverCommandsResponse", "01000102", Body(args={"discComplete": 1, "commandIds": [0, 1, 2]})),
    ("discoverCommandsGenerated", "0010", Body(args={"startCmdId": 0, "maxCmdIds": 16})),
    ("discoverCommandsGeneratedResponse", "0100", Body(args={"discComplete": 1, "commandIds": [0]})),
    ("discoverExtended", "000010", Body(args={"startAttrId": 0, "maxAttrIds": 16})),
    ("discoverExtendedResponse", "0100001005", Body((record(0, None, 0x10, access=5),), {"discComplete": 1})),
]


@pytest.mark.parametrize(("name", "payload", "body"), BOTH_WAYS)
def test_payload_and_body_turn_into_each_other(name, payload, body):
    command, wire = NAMES[name], bytes.fromhex(payload)
    assert command.parse(wire) == body
    assert command.build(body) == wire


def test_every_general_command_is_there():
    assert sorted(GENERAL_COMMANDS) == list(range(0x17))
    assert {name for name, *_ in BOTH_WAYS} == NAMES.keys()
    assert all(command.response in {None, *GENERAL_COMMANDS} for command in NAMES.values())


WITH_VALUES = ["write", "attributeReport"]


@pytest.mark.parametrize("name", WITH_VALUES)
def test_an_unknown_type_keeps_the_records_before_it_and_the_rest(name):
    body = NAMES[name].parse(bytes.fromhex("0000 20 05" + "0100 99 0102" + "0200 20 06"))
    assert body == Body((record(0, 5, 0x20),), rest=bytes.fromhex("010099010202002006"))


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("attributeReport", "0000990102"),
        ("attributeReport", "000029"),
        ("attributeReport", ""),
        ("readResponse", "0000002908"),
        ("configReport", "0000009900000000"),
        ("read", "000001"),
        ("read", ""),
        ("writeResponse", ""),
        ("writeResponse", "8600"),
        ("defaultResponse", "0a"),
        ("discoverResponse", ""),
        ("discoverResponse", "010000"),
        ("readStructured", "050003"),
    ],
)
def test_payloads_without_a_readable_record_are_errors(name, payload):
    with pytest.raises(ParseError):
        NAMES[name].parse(bytes.fromhex(payload))


def test_a_lone_failure_is_a_status():
    assert NAMES["writeResponse"].parse(b"\x86") == Body(args={"statusCode": 0x86})


def test_successes_beside_failures_are_read_and_left_out_when_written():
    body = NAMES["writeResponse"].parse(bytes.fromhex("000000860100"))
    assert body.attributes == (record(0), record(1, status=0x86))
    assert NAMES["writeResponse"].build(body).hex() == "860100"


def test_the_xiaomi_attribute_arrives_as_bytes_and_goes_back_as_it_was():
    payload = bytes.fromhex("01ff42 04 0121bd0b" + "0500 42 02 6869")
    body = NAMES["attributeReport"].parse(payload)
    assert [attribute.value for attribute in body.attributes] == [bytes.fromhex("0121bd0b"), "hi"]
    assert NAMES["attributeReport"].build(body) == payload


def test_a_change_left_out_means_every_change():
    body = Body((record(0, None, 0x39, direction=0, minimum=1, maximum=2),))
    assert NAMES["configReport"].build(body).hex() == "00000039010002" + "0000000000"


@pytest.mark.parametrize(
    ("name", "body", "text"),
    [
        ("write", Body((record(5, 300, 0x20),)), "attribute 5: 300 is no UINT8"),
        ("configReport", Body((record(5, None, 0x20, direction=0, minimum=1),)), "attribute 5: maximum is missing"),
        ("defaultResponse", Body(args={"cmdId": 1}), "statusCode is missing"),
        ("readStructured", Body((record(5, selector={"indexes": [0] * 16}),)), "at most 15 indexes"),
        ("discoverCommandsResponse", Body(args={"discComplete": 1, "commandIds": [256]}), "list of command ids"),
    ],
)
def test_what_can_not_be_built_is_named(name, body, text):
    with pytest.raises(EncodeError, match=text):
        NAMES[name].build(body)


@given(st.sampled_from(sorted(GENERAL_COMMANDS)), st.binary(max_size=40))
def test_any_payload_gives_a_body_that_loses_nothing_or_a_parse_error(command_id, payload):
    try:
        body = GENERAL_COMMANDS[command_id].parse(payload)
    except ParseError:
        return
    assert payload.endswith(body.rest)
    assert body.attributes or body.args
