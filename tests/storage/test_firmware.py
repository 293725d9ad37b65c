"""Firmware updates that wait or are under way: kept, gone with their device, taken over and given back."""

import json
import sqlite3

import orjson
import pytest

from zigwire.storage import Database, schema
from zigwire.storage.contents import read_contents
from zigwire.storage.firmware import Schedule, Update
from zigwire.storage.transfer.herdsman_database import read_lines, write_lines
from zigwire.zigbee.model import Device

IEEE = "0x00158d0001a00000"
UPDATE = Update("5f3c", 150.0, 0.25, 50)


@pytest.fixture
def database(tmp_path):
    with Database(tmp_path / "zigwire.db") as database:
        database.save_device(Device(IEEE, 1))
        yield database


@pytest.mark.parametrize("schedule", [Schedule(), Schedule("http://x/y.ota"), Schedule(downgrade=True)])
def test_schedules_are_kept_until_they_are_taken_back(database, tmp_path, schedule):
    database.save_schedule(IEEE, Schedule("before", downgrade=True))
    database.save_schedule(IEEE, schedule)
    assert database.load_schedules() == {IEEE: schedule}
    assert read_contents(tmp_path / "zigwire.db").schedules == {IEEE: schedule}
    database.save_schedule(IEEE, None)
    assert database.load_schedules() == {}


def test_updates_are_kept_until_they_are_over(database):
    database.save_update(IEEE, UPDATE)
    assert database.load_updates() == {IEEE: UPDATE}
    database.save_update(IEEE, None)
    assert database.load_updates() == {}


def test_both_outlive_changes_of_their_device_and_go_with_it(database):
    database.save_schedule(IEEE, Schedule())
    database.save_update(IEEE, UPDATE)
    database.save_device(Device(IEEE, 2))
    assert (database.load_schedules(), database.load_updates()) == ({IEEE: Schedule()}, {IEEE: UPDATE})
    database.remove_device(IEEE)
    assert (database.load_schedules(), database.load_updates()) == ({}, {})


@pytest.mark.parametrize(
    ("fields", "schedule"),
    [
        ({}, Schedule()),
        ({"downgrade": True}, Schedule(downgrade=True)),
        ({"url": "/data/ota/later.ota"}, Schedule("/data/ota/later.ota")),
    ],
)
def test_schedules_of_zigbee2mqtt_are_taken_over_and_given_back(fields, schedule):
    entry = {"id": 2, "type": "Router", "ieeeAddr": IEEE, "nwkAddr": 1, "scheduledOta": fields}
    contents = read_lines(orjson.dumps(entry)).contents
    assert contents.schedules == {IEEE: schedule}
    assert json.loads(write_lines(contents))["scheduledOta"] == fields


@pytest.mark.parametrize("fields", [None, "soon", [], 1])
def test_what_is_no_schedule_does_no_harm(fields):
    entry = {"id": 2, "type": "Router", "ieeeAddr": IEEE, "nwkAddr": 1, "scheduledOta": fields}
    contents = read_lines(orjson.dumps(entry)).contents
    assert contents.schedules == {}
    assert [device.ieee for device in contents.devices] == [IEEE]


KEEPSAKES = {
    "0x01": {"scheduledOta": {"url": "x", "downgrade": False}, "checkinInterval": 5},
    "0x02": {"scheduledOta": {"downgrade": True}},
    "0x03": {"checkinInterval": 5},
    "0x04": {"scheduledOta": "soon"},
}


def test_schedules_that_were_kept_as_keepsakes_become_schedules(tmp_path, monkeypatch):
    path = tmp_path / "zigwire.db"
    with monkeypatch.context() as before:
        before.setattr(schema, "_STEPS", schema._STEPS[:3])
        before.setattr(schema, "VERSION", 3)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        schema.migrate(connection)
        for ieee, keepsakes in [*((ieee, json.dumps(one)) for ieee, one in KEEPSAKES.items()), ("0x05", "no JSON")]:
            connection.execute(
                "INSERT INTO devices (ieee, network_address, type, interview_state, meta, keepsakes)"
                " VALUES (?, 1, 'Router', 'SUCCESSFUL', '{}', ?)",
                (ieee, keepsakes),
            )
        connection.close()
    with Database(path) as database:
        assert database.load_schedules() == {"0x01": Schedule("x"), "0x02": Schedule(downgrade=True)}
        kept = {device.ieee: device.keepsakes for device in database.load_devices()}
    assert kept == {**KEEPSAKES, "0x01": {"checkinInterval": 5}, "0x02": {}, "0x05": {}}
