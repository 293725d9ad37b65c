"""Everything at once: into a blank database, and out of one that another Zigwire wrote."""

import sqlite3

import pytest

from zigwire.storage import schema
from zigwire.storage.contents import Contents, read_contents
from zigwire.storage.database import Database
from zigwire.storage.errors import StorageError
from zigwire.zigbee.model import Device, Endpoint, Group, Member
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

IEEE = "0x00158d0001a00000"
RECORD = NetworkRecord(NetworkParameters(6754, IEEE, 11, bytes(16)), IEEE)


def contents():
    endpoint = Endpoint(1, attributes={"genOnOff": {"onOff": 1}}, meta={"a": 1}, keepsakes={"b": [None]})
    device = Device(IEEE, 1, endpoints={1: endpoint}, keepsakes={"id": 2})
    group = Group(7, [Member(IEEE, 1)], {"c": 2}, {"id": 3})
    return Contents([device], [group], {IEEE: {"state": "ON"}, "7": {}}, RECORD, [{"id": 1, "type": "Coordinator"}])


def test_what_goes_in_comes_out(tmp_path):
    path = tmp_path / "zigwire.db"
    with Database(path) as database:
        assert database.is_blank()
        database.fill(contents())
        assert not database.is_blank()
        assert database.load_devices() == contents().devices
        assert database.load_groups() == contents().groups
        assert database.load_network() == RECORD
        assert database.load_states() == contents().states
        assert read_contents(path) == contents()


def test_it_is_all_or_nothing(tmp_path):
    broken = contents()
    broken.groups.append(Group(7))
    broken.states["8"] = {"value": object()}
    with Database(tmp_path / "zigwire.db") as database:
        with pytest.raises(TypeError):
            database.fill(broken)
        assert database.is_blank()
        assert database.load_states() == {}


def test_each_of_device_group_and_network_is_something(tmp_path):
    for number, part in enumerate(
        (Contents(devices=contents().devices), Contents(groups=[Group(1)]), Contents(network=RECORD))
    ):
        with Database(tmp_path / f"{number}.db") as database:
            database.fill(part)
            assert not database.is_blank()


def test_a_database_of_the_first_version_is_read_and_left_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "zigwire.db"
    with monkeypatch.context() as before:
        before.setattr(schema, "_STEPS", schema._STEPS[:1])
        before.setattr(schema, "VERSION", 1)
        with sqlite3.connect(path, isolation_level=None) as connection:
            schema.migrate(connection)
            connection.execute(
                "INSERT INTO devices (ieee, network_address, type, interview_state, meta)"
                " VALUES (?, 1, 'Router', 'SUCCESSFUL', '{}')",
                (IEEE,),
            )
            connection.execute("INSERT INTO endpoints VALUES (?, 1, 260, 81, '[6]', '[]')", (IEEE,))
            connection.execute("INSERT INTO groups VALUES (7)")
        connection.close()
    content = path.read_bytes()
    found = read_contents(path)
    assert found.devices[0].endpoints[1] == Endpoint(1, 260, 81, [6])
    assert found.groups == [Group(7)]
    assert path.read_bytes() == content


def test_what_is_no_database(tmp_path):
    with pytest.raises(StorageError, match="There is no"):
        read_contents(tmp_path / "zigwire.db")
