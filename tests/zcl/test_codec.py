"""Frames to messages, requests to frames."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.errors import EncodeError, ParseError
from zigwire.zcl.message import Attribute, Message
from zigwire.zcl.requests import (
    Command,
    ConfigureReporting,
    Read,
    ReadReporting,
    Report,
    Reporting,
    Request,
    Typed,
    Write,
)
from zigwire.zcl.status import Status

ON_OFF_REPORT = bytes.fromhex("182a0a00001001")


def said(message):
    """What a message says, in few words."""
    values = {attribute.key: attribute.value for attribute in message.attributes}
    return message.cluster, message.type, values or message.args


MESSAGES = [
    (0x0006, "182a0a00001001", ("genOnOff", "attributeReport", {"onOff": 1})),
    (0x0402, "182a0a00002908fc", ("msTemperatureMeasurement", "attributeReport", {"measuredValue": -1016})),
    (0x0702, "182a0a00002540e201000000", ("seMetering", "attributeReport", {"currentSummDelivered": 123456})),
    (0x000C, "182a0a55003900004842", ("genAnalogInput", "attributeReport", {"presentValue": 50.0})),
    (0x0000, "182a0a01ff42040121bd0b", ("genBasic", "attributeReport", {0xFF01: b"\x01\x21\xbd\x0b"})),
    (0x0000, "182a0105000042096c756d692e706c7567", ("genBasic", "readResponse", {"modelId": "lumi.plug"})),
    (0x0006, "002a000000ffff", ("genOnOff", "read", {"onOff": None, 0xFFFF: None})),
    (0x0006, "182a04860040", ("genOnOff", "writeResponse", {"globalSceneCtrl": None})),
    (0x0006, "182a0b0286", ("genOnOff", "defaultResponse", {"cmdId": 2, "statusCode": 0x86})),
    (0x0006, "012a02", ("genOnOff", "commandToggle", {})),
    (0x0008, "012a0500 32", ("genLevelCtrl", "commandMoveWithOnOff", {"movemode": 0, "rate": 50})),
    (
        0x0500,
        "192a00010001010100",
        (
            "ssIasZone",
            "commandStatusChangeNotification",
            {"zonestatus": 1, "extendedstatus": 1, "zoneID": 1, "delay": 1},
        ),
    ),
    (0xFCC0, "1c5f112a0a0902 2001", ("64704", "attributeReport", {0x0209: 1})),
    (0x0006, "192a99aabb", ("genOnOff", "raw", {})),
    (0x0006, "182a99aabb", ("genOnOff", "raw", {})),
    (0x0006, "1b2a0a00001001", ("genOnOff", "raw", {})),
    (0x0006, "182a0a000099", ("genOnOff", "raw", {})),
    (0x0008, "012a0500", ("genLevelCtrl", "raw", {})),
    (0xFE00, "012a0500", ("65024", "raw", {})),
]


@pytest.mark.parametrize(("cluster_id", "wire", "expected"), MESSAGES)
def test_messages(cluster_id, wire, expected):
    message = parse(cluster_id, bytes.fromhex(wire))
    assert said(message) == expected
    assert message.cluster_id == cluster_id
    assert message.rest == (message.payload if message.type == "raw" else b"")


def test_a_message_has_all_of_the_header():
    message = parse(0xFCC0, bytes.fromhex("1d5f11630102"))
    assert message == Message(
        cluster_id=0xFCC0,
        cluster="64704",
        type="raw",
        tsn=0x63,
        command_id=1,
        cluster_specific=True,
        to_client=True,
        manufacturer=0x115F,
        disable_default_response=True,
        payload=b"\x02",
        rest=b"\x02",
        frame=bytes.fromhex("1d5f11630102"),
    )


@pytest.mark.parametrize("control", [0x00, 0x08, 0x10, 0x18])
@pytest.mark.parametrize(
    ("cluster_id", "record"),
    [
        (0x0006, "00001001"),
        (0x0402, "00002908fc"),
        (0x0402, "0000290080"),
        (0x0201, "1000287f"),
        (0x000C, "55003900004842"),
        (0x000C, "5500390000c07f"),
        (0x0300, "0700210000"),
        (0x0006, "010099"),
        (0x0006, "34122005"),
        (0x0006, "00004203616263"),
        (0x0006, "0000100100"),
    ],
)
def test_the_short_way_says_the_same_as_the_long_one(control, cluster_id, record):
    data = bytes([control, 42, 10]) + bytes.fromhex(record)
    fresh = CLUSTERS.extended({"genOnOff": {"id": 6}, "genAnalogInput": {"id": 12}, "hvacThermostat": {"id": 0x201}})
    long, short = parse(cluster_id, data, fresh), parse(cluster_id, data, fresh)
    assert repr(short) == repr(long)
    assert repr(parse(cluster_id, data)) == repr(long)


def test_a_wrong_length_is_no_report_of_one_attribute():
    assert said(parse(6, ON_OFF_REPORT)) == said(parse(6, ON_OFF_REPORT))
    message = parse(6, ON_OFF_REPORT + b"\x01")
    assert (said(message), message.rest) == (("genOnOff", "attributeReport", {"onOff": 1}), b"\x01")
    assert parse(6, ON_OFF_REPORT[:-1]).type == "raw"


def test_the_short_way_keeps_no_more_than_a_table_of_bounded_size():
    table = CLUSTERS.extended({"genOnOff": {"id": 6}})
    for attribute_id in range(2000):
        parse(6, b"\x18\x2a\x0a" + attribute_id.to_bytes(2, "little") + b"\x20\x01", table)
    assert len(table.find(6).layouts) <= 256


def test_an_unknown_type_keeps_the_records_before_it_and_the_rest():
    message = parse(0x0B04, bytes.fromhex("182a0a 0b05296608 0505 99 0102"))
    assert said(message) == ("haElectricalMeasurement", "attributeReport", {"activePower": 2150})
    assert message.rest.hex() == "0505990102"


def test_a_number_that_means_no_value_is_nan():
    (attribute,) = parse(0x0402, bytes.fromhex("182a0a0000290080")).attributes
    assert math.isnan(attribute.value)
    assert (attribute.name, attribute.status, attribute.extra) == ("measuredValue", 0, {"raw": -32768})


def test_a_number_out_of_range_is_an_invalid_value():
    (attribute,) = parse(0x0201, bytes.fromhex("182a0a1000287f")).attributes
    assert attribute == Attribute(0x10, "localTemperatureCalibration", None, 0x28, Status.INVALID_VALUE, {"raw": 127})


def test_numbers_of_unknown_attributes_stay_as_they_are():
    assert said(parse(0x0402, bytes.fromhex("182a0a34122108ff")))[2] == {0x1234: 0xFF08}


LUMI = CLUSTERS.extended(
    {
        "manuSpecificLumi": {
            "id": 0xFCC0,
            "manufacturer": 0x115F,
            "attributes": {"mode": {"id": 9, "type": "UINT8"}},
            "commands": {"start": {"id": 0, "parameters": [{"name": "speed", "type": "UINT8"}]}},
        },
        "genOnOff": {"id": 6, "attributes": {"own": {"id": 0x10, "type": "UINT8", "manufacturer": 0x1021}}},
    },
    assumed_manufacturer=0x1021,
)


@pytest.mark.parametrize(
    ("cluster_id", "wire", "expected"),
    [
        (0xFCC0, "1c5f112a0a09002001", ("manuSpecificLumi", "attributeReport", {"mode": 1})),
        (0xFCC0, "182a0a09002001", ("manuSpecificLumi", "attributeReport", {"mode": 1})),
        (0xFCC0, "055f112a0007", ("manuSpecificLumi", "commandStart", {"speed": 7})),
        (0x0006, "182a0a10002001", ("genOnOff", "attributeReport", {"own": 1})),
    ],
)
def test_own_clusters_of_a_device(cluster_id, wire, expected):
    assert said(parse(cluster_id, bytes.fromhex(wire), LUMI)) == expected


@pytest.mark.parametrize("wire", ["", "18", "182a", "1c5f112a"])
def test_frames_without_a_header_are_errors(wire):
    with pytest.raises(ParseError):
        parse(6, bytes.fromhex(wire))


FRAMES = [
    (Read(endpoint=1, cluster="genOnOff", attributes=("onOff", 0x4003)), "10010000000340"),
    (Read(endpoint=1, cluster=0xFC00, attributes=(1,), manufacturer=0x115F), "145f1101000100"),
    (Read(endpoint=1, cluster="genOnOff", attributes=(0,), to_client=True), "1801000000"),
    (Write(endpoint=1, cluster="hvacThermostat", attributes={"occupiedHeatingSetpoint": 1750}), "100102120029d606"),
    (Write(endpoint=1, cluster="genOnOff", attributes={0x4003: 255}, variant="undivided"), "100103034030ff"),
    (
        Write(endpoint=1, cluster="genOnOff", attributes={0xF000: Typed(0x30, 1)}, variant="no_response"),
        "10010500f03001",
    ),
    (Write(endpoint=1, cluster="genBasic", attributes={"locationDesc": None}), "100102100042ff"),
    (
        Write(endpoint=1, cluster="genBasic", attributes={0xFF0D: Typed(0x20, 3)}, manufacturer=0x115F),
        "145f1101020dff2003",
    ),
    (Command(endpoint=1, cluster="genOnOff", command="toggle"), "010102"),
    (Command(endpoint=1, cluster="genOnOff", command=2, disable_default_response=True), "110102"),
    (
        Command(endpoint=1, cluster="genLevelCtrl", command="moveToLevel", args={"level": 5, "transtime": 10}),
        "010100050a00",
    ),
    (Command(endpoint=1, cluster="genGroups", command="add", args={"groupid": 1, "groupname": ""}), "110100010000"),
    (
        Command(
            endpoint=1,
            cluster="ssIasZone",
            command="statusChangeNotification",
            args={"zonestatus": 1, "extendedstatus": 0, "zoneID": 1, "delay": 0},
            to_client=True,
        ),
        "0901000100" + "00010000",
    ),
    (Command(endpoint=1, cluster=0xFC00, command=5, payload=b"\xab"), "010105ab"),
    (Command(endpoint=1, cluster=0xFC00, command=5), "010105"),
    (
        ConfigureReporting(
            endpoint=1,
            cluster="genLevelCtrl",
            records=(Reporting("currentLevel", 1, 3600, 1), Reporting(Typed(0x10, 0xF000), 0, 0xFFFF)),
        ),
        "100106000000200100100e01" + "0000f0100000ffff",
    ),
    (ReadReporting(endpoint=1, cluster="genOnOff", attributes=("onOff",)), "100108000000"),
    (Report(endpoint=1, cluster="genOnOff", attributes={"onOff": True}, to_client=True), "18010a00001001"),
    (Report(endpoint=1, cluster="genOnOff", attributes={1: Typed(0x20, 7)}, to_client=True), "18010a01002007"),
]


@pytest.mark.parametrize(("request_", "wire"), FRAMES)
def test_requests(request_, wire):
    assert encode(request_, 1).hex() == wire


@pytest.mark.parametrize(("request_", "wire"), FRAMES)
def test_requests_can_be_read_back(request_, wire):
    cluster = CLUSTERS.resolve(request_.cluster)
    message = parse(cluster.id, bytes.fromhex(wire))
    assert (message.tsn, message.manufacturer, message.to_client) == (1, request_.manufacturer, request_.to_client)
    assert message.type != "raw" or cluster.name == str(cluster.id)


@pytest.mark.parametrize(
    ("request_", "wire"),
    [
        (Read(endpoint=1, cluster="manuSpecificLumi", attributes=("mode",)), "145f1101000900"),
        (Read(endpoint=1, cluster="manuSpecificLumi", attributes=("mode",), manufacturer=0x1234), "14341201000900"),
        (Read(endpoint=1, cluster="manuSpecificLumi", attributes=("mode",), manufacturer=0), "1001000900"),
        (Read(endpoint=1, cluster="genOnOff", attributes=("own",)), "14211001001000"),
        (Command(endpoint=1, cluster="manuSpecificLumi", command="start", args={"speed": 1}), "055f11010001"),
    ],
)
def test_the_table_knows_the_manufacturer_code(request_, wire):
    assert encode(request_, 1, LUMI).hex() == wire


REFUSED = [
    (Read(endpoint=1, cluster="genNothing", attributes=(0,)), "'genNothing' is no cluster"),
    (
        Read(endpoint=1, cluster="genOnOff", attributes=("nothing",)),
        "cluster genOnOff: 'nothing' is none of its attributes",
    ),
    (Read(endpoint=1, cluster="genOnOff", attributes=(0x10000,)), "65536 is no UINT16"),
    (Read(endpoint=1, cluster="genOnOff", attributes=("onOff", "own")), "different manufacturers"),
    (Write(endpoint=1, cluster="genOnOff", attributes={0xF000: 1}), "attribute 61440 is unknown: its data type"),
    (
        Write(endpoint=1, cluster="genOnOff", attributes={"onTime": 70000}),
        r"70000 is out of range for attribute onTime \(UINT16\)",
    ),
    (
        Write(endpoint=1, cluster="genOnOff", attributes={"onTime": "x"}),
        "attribute onTime: 'x' is no UINT16: a number from 0 to 65535",
    ),
    (Command(endpoint=1, cluster="genOnOff", command="explode"), "'explode' is none of its commands"),
    (Command(endpoint=1, cluster="genOnOff", command=0x77, args={"a": 1}), "can only be given as payload"),
    (Command(endpoint=1, cluster="genLevelCtrl", command="move"), "command move: parameter movemode is missing"),
    (ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting(0xF000, 0, 1),)), "data type must be given"),
    (
        ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting("onOff", -1, 1),)),
        "attribute onOff: -1 is no UINT16",
    ),
    (Request(endpoint=1, cluster="genOnOff"), "is no request"),
]


@pytest.mark.parametrize(("request_", "text"), REFUSED)
def test_what_can_not_be_sent_is_named(request_, text):
    with pytest.raises(EncodeError, match=text):
        encode(request_, 1, LUMI)


@given(st.sampled_from([*(CLUSTERS.get(name).id for name in CLUSTERS), 0xFC00]), st.binary(max_size=60))
def test_any_bytes_give_a_message_or_a_parse_error(cluster_id, data):
    try:
        message = parse(cluster_id, data)
    except ParseError:
        assert len(data) < 5
        return
    assert data.endswith(message.payload)
    assert message.payload.endswith(message.rest)


def test_mutated_frames_give_a_message_or_a_parse_error():
    chance = random.Random(1)
    frames = [(cluster_id, bytes.fromhex(wire)) for cluster_id, wire, _ in MESSAGES]
    kinds = set()
    for _ in range(200_000):
        cluster_id, data = chance.choice(frames)
        changed = bytearray(data)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        kinds.add(parse(cluster_id, bytes(changed[: chance.randrange(3, 40)]) + b"\x00\x00").type)
    assert {"raw", "attributeReport", "readResponse", "defaultResponse", "commandOn"} <= kinds
