"""Entries of zigbee-herdsman's database: what is read comes out again, and nothing that is read does harm."""

import json
import sqlite3

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.storage.contents import Contents, insert_contents
from zigwire.storage.rows import select_devices, select_groups
from zigwire.storage.schema import migrate
from zigwire.storage.transfer.herdsman_database import read_lines, write_lines
from zigwire.zigbee.model import (
    NULL,
    Binding,
    ConfiguredReporting,
    Device,
    DeviceType,
    Endpoint,
    Group,
    InterviewState,
    Member,
    Scene,
)

IEEE = "0x00158d0001a00000"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=4
)
facts = st.dictionaries(texts, values, max_size=3)
bytes_ = st.integers(0, 0xFF)
words = st.integers(0, 0xFFFF)
addresses = st.integers(0, 2**64 - 1).map("0x{:016x}".format)
bindings = st.builds(Binding, words, addresses, bytes_) | st.builds(Binding, words, group=words)
reportings = st.builds(
    ConfiguredReporting,
    words,
    words,
    words,
    words,
    st.none() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | words,
)
scenes = st.builds(Scene, bytes_, words, texts, facts)
metas = facts.map(lambda meta: {name: value for name, value in meta.items() if name != "scenes"})
endpoints = st.builds(
    Endpoint,
    bytes_,
    words,
    words,
    st.lists(words, max_size=3),
    st.lists(words, max_size=3),
    st.lists(bindings, max_size=2),
    st.lists(reportings, max_size=2),
    st.lists(scenes, max_size=2, unique_by=lambda scene: (scene.id, scene.group)),
    st.dictionaries(texts, facts, max_size=2),
    metas,
)
numbers = st.none() | st.integers(0, 2**53)
names = st.none() | texts
devices = st.builds(
    Device,
    addresses,
    words,
    st.sampled_from([kind for kind in DeviceType if kind is not DeviceType.COORDINATOR]),
    st.sampled_from([state for state in InterviewState if state is not InterviewState.IN_PROGRESS]),
    manufacturer_code=numbers,
    manufacturer_name=names,
    model_id=names,
    power_source=names,
    zcl_version=numbers,
    application_version=numbers,
    stack_version=numbers,
    hardware_version=numbers,
    date_code=names,
    software_build_id=names,
    endpoints=st.lists(endpoints, max_size=3).map(lambda found: {endpoint.id: endpoint for endpoint in found}),
    last_seen=numbers,
    meta=facts,
)


@st.composite
def homes(draw):
    """Draw devices, groups of their endpoints, and entries of other kinds, all under numbers of their own."""
    found = draw(st.lists(devices, max_size=3, unique_by=lambda device: device.ieee))
    members = [Member(device.ieee, number) for device in found for number in device.endpoints]
    chosen = st.lists(st.sampled_from(members), max_size=2) if members else st.just([])
    groups = draw(
        st.lists(st.builds(Group, st.integers(1, 0xFFFF), chosen, facts), max_size=2, unique_by=lambda group: group.id)
    )
    groups.sort(key=lambda group: group.id)
    keepsakes = [{"id": 1, "type": "Coordinator", "ieeeAddr": IEEE, "endpoints": {}}] if draw(st.booleans()) else []
    for number, thing in enumerate([*found, *groups], start=2):
        thing.keepsakes = {"id": number}
    for device in found:
        if device.type is DeviceType.GREEN_POWER:
            device.endpoints.setdefault(242, Endpoint(242, 0xA1E0))
        if draw(st.booleans()):
            device.keepsakes |= {"checkinInterval": draw(words), "gpSecurityKey": draw(st.lists(bytes_, max_size=16))}
    return Contents(found, groups, keepsakes=keepsakes)


@given(homes())
def test_what_is_written_is_read_again(home):
    lines = read_lines(write_lines(home))
    assert lines.faults == []
    assert lines.contents == home


@given(homes())
def test_the_database_keeps_it_all(home):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    insert_contents(connection, home)
    assert select_devices(connection) == home.devices
    assert select_groups(connection) == home.groups
    connection.close()


@given(homes(), st.data())
def test_damaged_lines_never_crash(home, data):
    text = bytearray(write_lines(home))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, max(0, len(text) - 1)))
        text[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    write_lines(read_lines(bytes(text)).contents)


@given(st.data())
def test_entries_with_anything_in_them_never_crash(data):
    entry = {
        name: data.draw(values)
        for name in ("ieeeAddr", "nwkAddr", "groupID", "members", "meta", "interviewState", "modelId", "lastSeen")
    }
    record = {name: data.draw(values) for name in ("epId", "profId", "inClusterList", "binds", "clusters", "meta")}
    entry |= {"id": data.draw(values), "type": data.draw(values | st.sampled_from(["Group", "Router"]))}
    entry |= {"endpoints": data.draw(values | st.just({"1": record}))}
    if data.draw(st.booleans()):
        entry |= {"id": 1, "ieeeAddr": IEEE, "nwkAddr": 1, "groupID": 1, "endpoints": {"1": {"epId": 1, **record}}}
    lines = read_lines(orjson.dumps(entry))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    insert_contents(connection, lines.contents)
    connection.close()
    assert [json.loads(line)["id"] for line in write_lines(lines.contents).split(b"\n") if line] in ([], [entry["id"]])


def read_one(**changed):
    entry = {"id": 2, "type": "Router", "ieeeAddr": IEEE, "nwkAddr": 1, "interviewState": "SUCCESSFUL", **changed}
    return read_lines(orjson.dumps(entry))


def write_one(lines):
    return json.loads(write_lines(lines.contents))


def test_what_has_no_place_goes_out_again():
    odd = {
        "id": 2,
        "checkinInterval": 300,
        "gpSecurityKey": [1, 2],
        "scheduledOta": {"url": "x"},
        "hwVersion": "one",
        "endpoints": {
            "1": {
                "epId": 1,
                "profId": 260,
                "devId": 81,
                "inClusterList": [6],
                "outClusterList": [],
                "clusters": {"genOnOff": {"attributes": {"onOff": 1}}},
                "binds": [{"cluster": 6, "type": "endpoint", "deviceIeeeAddress": IEEE}],
                "configuredReportings": [
                    {"cluster": 6, "attrId": 0, "minRepIntval": 0, "maxRepIntval": 9, "repChange": [0, 1]}
                ],
                "meta": {"scenes": {"1_undefined": {"name": "x", "state": {}}}},
                "unheardOf": True,
            }
        },
    }
    written = write_one(read_one(**odd))
    for name, value in odd.items():
        assert written[name] == value


def test_a_change_that_is_null_stays_so():
    whole = {"cluster": 6, "attrId": 0, "minRepIntval": 0, "maxRepIntval": 9}
    reportings = [{**whole, "repChange": None}, {**whole, "attrId": 1}, {**whole, "attrId": 2, "repChange": 0}]
    endpoint = {"epId": 1, "inClusterList": [6], "outClusterList": [], "configuredReportings": reportings}
    lines = read_one(endpoints={"1": endpoint})
    assert [one.change for one in lines.contents.devices[0].endpoints[1].reportings] == [NULL, None, 0]
    assert write_one(lines)["endpoints"]["1"]["configuredReportings"] == reportings


def test_a_green_power_device_has_its_endpoint_though_it_is_not_noted():
    lines = read_one(type="GreenPower", epList=[], endpoints={})
    assert lines.contents.devices[0].endpoints == {242: Endpoint(242, 0xA1E0)}
    written = write_one(lines)
    assert (written["epList"], written["endpoints"]) == ([], {})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"ieeeAddr": 7}, "ieeeAddr is 7; 0x and 16 hex digits are needed"),
        ({"nwkAddr": -1}, "nwkAddr is -1; a number from 0 to 65535 is needed"),
        ({"nwkAddr": True}, "nwkAddr is true;"),
        ({"endpoints": [1]}, "endpoints is [1]; an object is needed"),
        ({"endpoints": {"1": {"epId": 256}}}, "epId is 256; a number from 0 to 255 is needed"),
        ({"endpoints": {"1": {"epId": 1, "inClusterList": [65536]}}}, "inClusterList is [65536]; a list of numbers"),
        ({"endpoints": {"1": {"epId": 1, "binds": {}}}}, "binds is {}; a list of objects is needed"),
        ({"id": "2"}, 'line 1: id is "2"; a number is needed'),
        ({"type": "Group", "groupID": 0}, "groupID is 0; a number from 1 to 65535 is needed"),
        ({"type": "Group", "groupID": 1, "members": [{}]}, "members has {}; deviceIeeeAddr and endpointID are needed"),
    ],
)
def test_a_fault_names_field_and_value(changed, fault):
    lines = read_one(**changed)
    assert lines.contents == Contents()
    assert fault in lines.faults[0]


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"interviewState": "IN_PROGRESS"}, InterviewState.PENDING),
        ({"interviewState": "FAILED", "interviewCompleted": True}, InterviewState.FAILED),
        ({"interviewState": None, "interviewCompleted": True}, InterviewState.SUCCESSFUL),
        ({"interviewState": None, "interviewCompleted": False}, InterviewState.FAILED),
    ],
)
def test_older_files_tell_otherwise_how_far_the_interview_came(changed, state):
    (device,) = read_one(**changed).contents.devices
    assert device.interview_state is state


def test_older_files_call_attributes_attrs():
    lines = read_one(endpoints={"1": {"epId": 1, "clusters": {"genOnOff": {"attrs": {"onOff": 1}}}}})
    assert lines.contents.devices[0].endpoints[1].attributes == {"genOnOff": {"onOff": 1}}


def test_new_devices_and_groups_get_fresh_numbers():
    home = Contents(
        [Device(IEEE, 1), Device("0x00158d0001a00001", 2, keepsakes={"id": 7})],
        [Group(3)],
        keepsakes=[{"id": 1, "type": "X"}],
    )
    written = [json.loads(line) for line in write_lines(home).split(b"\n")]
    assert [(entry["id"], entry["type"]) for entry in written] == [
        (1, "X"),
        (7, "Unknown"),
        (8, "Unknown"),
        (9, "Group"),
    ]


def test_of_two_entries_with_one_number_or_address_the_later_counts():
    one = {"id": 2, "type": "Router", "ieeeAddr": IEEE, "nwkAddr": 1}
    lines = read_lines(b"\n".join(map(orjson.dumps, [one, {**one, "nwkAddr": 2}, {**one, "id": 3, "nwkAddr": 3}])))
    assert [device.network_address for device in lines.contents.devices] == [3]
