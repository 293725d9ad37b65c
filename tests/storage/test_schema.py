"""From the tables of earlier releases to those of this one."""

import sqlite3

import pytest

from zigwire.storage import Database, schema
from zigwire.zigbee.model import (
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
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

IEEE, COORDINATOR = "0x00158d0001a00000", "0x00124b0012345678"
KEY = bytes(range(16))

ROWS_1 = """
INSERT INTO devices (ieee, network_address, type, interview_state, model_id, last_seen, meta)
    VALUES ('0x00158d0001a00000', 100, 'Router', 'SUCCESSFUL', 'lumi.plug', 123, '{"configured": 1}');
INSERT INTO endpoints VALUES ('0x00158d0001a00000', 1, 260, 81, '[0, 6]', '[25]');
INSERT INTO bindings VALUES ('0x00158d0001a00000', 1, 6, '0x00124b0012345678', 1, NULL);
INSERT INTO bindings VALUES ('0x00158d0001a00000', 1, 8, NULL, NULL, 7);
INSERT INTO reportings VALUES ('0x00158d0001a00000', 1, 6, 0, 1, 3600, 0, NULL);
INSERT INTO scenes VALUES ('0x00158d0001a00000', 1, 2, 7, 'evening', '{"state": "ON"}');
INSERT INTO groups VALUES (7);
INSERT INTO members VALUES (7, '0x00158d0001a00000', 1);
INSERT INTO network
    VALUES (1, 6754, '0x00124b0012345678', 11, x'000102030405060708090a0b0c0d0e0f', '0x00124b0012345678');
INSERT INTO states VALUES ('0x00158d0001a00000', '{"state":"ON"}');
"""
"""A home as the first release kept it."""


@pytest.fixture
def first_release(tmp_path, monkeypatch):
    """Return what writes a database as the first release did."""

    def write(name):
        with monkeypatch.context() as before:
            before.setattr(schema, "_STEPS", schema._STEPS[:1])
            before.setattr(schema, "VERSION", 1)
            connection = sqlite3.connect(tmp_path / name, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            schema.migrate(connection)
            connection.executescript(ROWS_1)
            connection.close()
        return tmp_path / name

    return write


def check(database):
    (device,) = database.load_devices()
    endpoint = Endpoint(
        1,
        260,
        81,
        [0, 6],
        [25],
        bindings=[Binding(6, ieee=COORDINATOR, endpoint=1), Binding(8, group=7)],
        reportings=[ConfiguredReporting(6, 0, 1, 3600, 0)],
        scenes=[Scene(2, 7, "evening", {"state": "ON"})],
    )
    assert device == Device(
        IEEE,
        100,
        DeviceType.ROUTER,
        InterviewState.SUCCESSFUL,
        model_id="lumi.plug",
        last_seen=123,
        endpoints={1: endpoint},
        meta={"configured": 1},
    )
    assert database.load_groups() == [Group(7, [Member(IEEE, 1)])]
    parameters = NetworkParameters(6754, COORDINATOR, 11, KEY)
    assert database.load_network() == NetworkRecord(parameters, COORDINATOR)
    assert database.load_states() == {IEEE: {"state": "ON"}}


def test_a_home_of_the_first_release_is_all_there(first_release):
    path = first_release("zigwire.db")
    with Database(path) as database:
        check(database)
        database.save_device(database.load_devices()[0])
        database.save_group(database.load_groups()[0])
    with Database(path) as database:
        check(database)


def test_a_snapshot_of_the_first_release_takes_the_place_of_a_damaged_file(first_release, tmp_path):
    first_release("zigwire.db.1")
    (tmp_path / "zigwire.db").write_bytes(b"x" * 8192)
    with Database(tmp_path / "zigwire.db") as database:
        check(database)


def test_a_step_that_fails_leaves_the_tables_as_they_were(first_release, monkeypatch):
    path = first_release("zigwire.db")
    monkeypatch.setattr(schema, "_STEPS", (*schema._STEPS[:1], schema._STEPS[1] + "INSERT INTO nowhere VALUES (1);"))
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        schema.migrate(connection)
    connection.close()
    monkeypatch.undo()
    with Database(path) as database:
        check(database)
