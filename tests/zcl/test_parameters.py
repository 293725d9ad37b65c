"""Parameters of commands: their types, and the conditions under which they occur."""

import math

import pytest

from zigwire.zcl.clusters import CLUSTERS, CommandDefinition
from zigwire.zcl.errors import EncodeError, ParseError

BOTH_WAYS = [
    ("genLevelCtrl", "moveToLevel", False, {"level": 128, "transtime": 10}, "800a00"),
    (
        "genLevelCtrl",
        "moveToLevel",
        False,
        {"level": 128, "transtime": 10, "optionsMask": 1, "optionsOverride": 1},
        "800a000101",
    ),
    ("genGroups", "getMembership", False, {"groupcount": 2, "grouplist": [1, 0x0203]}, "0201000302"),
    ("genGroups", "getMembershipRsp", True, {"capacity": 5, "groupcount": 0, "grouplist": []}, "0500"),
    ("genGroups", "viewRsp", True, {"status": 0, "groupid": 1, "groupname": "a"}, "0001000161"),
    ("genScenes", "recall", False, {"groupid": 1, "sceneid": 2}, "010002"),
    ("genScenes", "recall", False, {"groupid": 1, "sceneid": 2, "transitionTime": 3}, "0100020300"),
    (
        "genScenes",
        "add",
        False,
        {
            "groupid": 1,
            "sceneid": 2,
            "transtime": 3,
            "scenename": "",
            "extensionfieldsets": [
                {"clstId": 6, "len": 1, "extField": [1]},
                {"clstId": 0x0300, "len": 4, "extField": [0x0102, 0x0304]},
                {"clstId": 0xFC00, "len": 2, "extField": [9, 8]},
            ],
        },
        "01000203000006000101" + "00030402010403" + "00fc020908",
    ),
    ("genScenes", "viewRsp", True, {"status": 0x8B, "groupid": 1, "sceneid": 2}, "8b010002"),
    (
        "hvacThermostat",
        "setWeeklySchedule",
        False,
        {
            "numoftrans": 1,
            "dayofweek": 2,
            "mode": 3,
            "transitions": [{"transitionTime": 360, "heatSetpoint": 2000, "coolSetpoint": 2500}],
        },
        "0102036801d007c409",
    ),
    (
        "hvacThermostat",
        "setWeeklySchedule",
        False,
        {"numoftrans": 1, "dayofweek": 2, "mode": 2, "transitions": [{"transitionTime": 360, "coolSetpoint": 2500}]},
        "0102026801c409",
    ),
    (
        "ssIasAce",
        "getZoneStatusRsp",
        True,
        {"zonestatuscomplete": 1, "numofzones": 1, "zoneinfo": [{"zoneID": 3, "zoneStatus": 5}]},
        "0101030500",
    ),
    (
        "manuSpecificTuya",
        "dataRequest",
        False,
        {"seq": 1, "dpValues": [{"dp": 1, "datatype": 1, "data": b"\x01"}, {"dp": 2, "datatype": 0, "data": b""}]},
        "0100" + "0101000101" + "02000000",
    ),
    (
        "genOta",
        "imageBlockResponse",
        True,
        {
            "status": 0,
            "manufacturerCode": 1,
            "imageType": 2,
            "fileVersion": 3,
            "fileOffset": 4,
            "dataSize": 2,
            "data": b"\xab\xcd",
        },
        "0001000200030000000400000002abcd",
    ),
    (
        "genOta",
        "imageBlockResponse",
        True,
        {"status": 0x97, "currentTime": 1, "requestTime": 2, "minimumBlockPeriod": 3},
        "9701000000020000000300",
    ),
    ("genOta", "imageNotify", True, {"payloadType": 1, "queryJitter": 100, "manufacturerCode": 0x115F}, "01645f11"),
    (
        "greenPower",
        "notification",
        False,
        {"options": 0, "srcID": 0x01020304, "frameCounter": 5, "commandID": 0x22, "payloadSize": 0, "commandFrame": {}},
        "0000" + "04030201" + "05000000" + "22" + "00",
    ),
]


@pytest.mark.parametrize(("cluster", "name", "to_client", "arguments", "wire"), BOTH_WAYS)
def test_parameters_and_bytes_turn_into_each_other(cluster, name, to_client, arguments, wire):
    command = CLUSTERS.get(cluster).command(name, to_client=to_client)
    decoded, rest = command.decode(bytes.fromhex(wire))
    assert (decoded, rest) == (arguments, b"")
    if cluster != "greenPower":
        assert command.encode(arguments).hex() == wire


def command(*parameters):
    return CommandDefinition.from_json("test", {"id": 0, "parameters": list(parameters)})


@pytest.mark.parametrize(
    ("type_name", "value", "wire"),
    [
        ("LIST_UINT8", [1, 2], "0102"),
        ("LIST_UINT24", [1, 2], "010000020000"),
        ("LIST_UINT32", [1, 2], "0100000002000000"),
        (1008, b"\x01\x02", "0102"),
        ("BIG_ENDIAN_UINT24", 0x010203, "010203"),
        ("LIST_MIBOXER_ZONES", [{"groupId": 101, "zoneNum": 1}], "01650001"),
    ],
)
def test_special_types(type_name, value, wire):
    definition = command({"name": "count", "type": "UINT8"}, {"name": "value", "type": type_name})
    assert definition.encode({"count": 2, "value": value}).hex() == "02" + wire
    assert definition.decode(bytes.fromhex("02" + wire)) == ({"count": 2, "value": value}, b"")


@pytest.mark.parametrize(
    ("condition", "flags", "there"),
    [
        (["bits", "flags", 3], 3, True),
        (["bits", "flags", 3], 1, False),
        (["no_bits", "flags", 2], 1, True),
        (["no_bits", "flags", 2], 2, False),
        (["bit_field", "flags", 4, 3, 6], 0x60, True),
        (["bit_field", "flags", 4, 3, 6], 0x50, False),
        (["equals", "flags", 0], 0, True),
        (["equals", "flags", 0], 1, False),
        (["differs", "flags", 0], 1, True),
        (["differs", "flags", 0], 0, False),
        (["above", "flags", 1], 2, True),
        (["above", "flags", 1], 1, False),
    ],
)
def test_conditions(condition, flags, there):
    definition = command({"name": "flags", "type": "UINT8"}, {"name": "value", "type": "UINT8", "when": [condition]})
    assert definition.decode(bytes([flags, 7])) == (
        ({"flags": flags, "value": 7}, b"") if there else ({"flags": flags}, b"\x07")
    )
    assert definition.encode({"flags": flags, "value": 7}) == bytes([flags, 7] if there else [flags])


def test_non_values_are_nan_and_bytes_behind_the_parameters_are_kept():
    arguments, rest = CLUSTERS.get("genLevelCtrl").command("step").decode(bytes.fromhex("00ff05000101aa"))
    assert math.isnan(arguments.pop("stepsize"))
    assert (arguments, rest) == ({"stepmode": 0, "transtime": 5, "optionsMask": 1, "optionsOverride": 1}, b"\xaa")


def test_a_cut_datapoint_stays_unread():
    definition = CLUSTERS.get("manuSpecificTuya").command("dataReport", to_client=True)
    arguments, rest = definition.decode(bytes.fromhex("0001 0501000101 06010004ab"))
    assert [entry["dp"] for entry in arguments["dpValues"]] == [5]
    assert rest.hex() == "06010004ab"


@pytest.mark.parametrize("payload", ["", "80", "800a"])
def test_missing_parameters_are_errors(payload):
    with pytest.raises(ParseError):
        CLUSTERS.get("genLevelCtrl").command("moveToLevel").decode(bytes.fromhex(payload))


def test_values_out_of_range_are_errors():
    definition = command({"name": "percent", "type": "UINT8", "max": 100})
    with pytest.raises(ParseError, match="percent: 101"):
        definition.decode(b"\x65")
    with pytest.raises(EncodeError, match="command test: 101 is out of range for parameter percent: at most 100"):
        definition.encode({"percent": 101})


@pytest.mark.parametrize(
    ("cluster", "name", "arguments", "text"),
    [
        ("genLevelCtrl", "moveToLevel", {"level": 1}, "parameter transtime is missing"),
        ("genLevelCtrl", "moveToLevel", {"level": 256, "transtime": 0}, "level: 256 is no UINT8: 0 to 255"),
        ("genGroups", "getMembership", {"groupcount": 1, "grouplist": 7}, "grouplist: 7 is no list of UINT16"),
        ("manuSpecificTuya", "dataRequest", {"seq": 1, "dpValues": [{"dp": 1}]}, "has no data"),
        ("manuSpecificTuya", "dataRequest", {"seq": 1, "dpValues": "x"}, "'x' is no list of datapoints"),
        (
            "genScenes",
            "add",
            {"groupid": 1, "sceneid": 1, "transtime": 0, "scenename": "", "extensionfieldsets": [1]},
            "1 has no clstId",
        ),
    ],
)
def test_refused_parameters_are_named(cluster, name, arguments, text):
    with pytest.raises(EncodeError, match=text):
        CLUSTERS.get(cluster).command(name).encode(arguments)


def test_unknown_types_are_named():
    with pytest.raises(EncodeError, match="parameter value: 'UINT9' is no type"):
        command({"name": "value", "type": "UINT9"})
