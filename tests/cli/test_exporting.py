"""`zigwire export`: a data folder for Zigbee2MQTT out of Zigwire's."""

import json

import pytest
from click.testing import CliRunner

from zigwire.cli import main
from zigwire.storage import Database
from zigwire.zigbee.model import Device, DeviceType, Endpoint, Group, Member

PLUG = "0x00158d0001a00000"
CONFIGURATION = """\
# mine
version: 5
mqtt: {base_topic: zigbee2mqtt, server: mqtt://localhost, password: '!secret password'}
devices: devices.yaml
"""


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "external_converters").mkdir(parents=True)
    (folder / "external_converters" / "mine.js").write_text("// mine")
    (folder / "configuration.yaml").write_text(CONFIGURATION)
    (folder / "secret.yaml").write_text("password: hush\n")
    (folder / "devices.yaml").write_text(f"'{PLUG}': {{friendly_name: plug}}\n")
    return folder


def export(data, target):
    return CliRunner().invoke(main, ["export", "--data", str(data), str(target)])


def fill(data):
    with Database(data / "zigwire.db") as database:
        database.save_device(Device(PLUG, 1, DeviceType.ROUTER, endpoints={1: Endpoint(1)}))
        database.save_group(Group(7, [Member(PLUG, 1)]))
        database.put_state(PLUG, {"state": "ON"})


def test_all_that_belongs_to_a_folder_is_written(data, tmp_path):
    fill(data)
    target = tmp_path / "new" / "folder"
    result = export(data, target)
    assert result.exit_code == 0, result.output
    assert "1 device, 1 group, 1 state." in result.output
    assert "no backup of the coordinator" in result.output
    for name in ("configuration.yaml", "secret.yaml", "devices.yaml", "external_converters/mine.js"):
        assert (target / name).read_bytes() == (data / name).read_bytes(), name
    router, group = map(json.loads, (target / "database.db").read_text().split("\n"))
    assert (router["id"], router["type"], router["ieeeAddr"], router["epList"]) == (1, "Router", PLUG, [1])
    assert (group["id"], group["groupID"]) == (2, 7)
    assert group["members"] == [{"deviceIeeeAddr": PLUG, "endpointID": 1}]
    assert json.loads((target / "state.json").read_text()) == {PLUG: {"state": "ON"}}


def test_a_database_in_use_is_read_with_the_states_on_their_way(data, tmp_path):
    with Database(data / "zigwire.db") as database:
        database.save_device(Device(PLUG, 1, DeviceType.ROUTER))
        database.put_state(PLUG, {"state": "ON"})
        assert export(data, tmp_path / "one").exit_code == 0
        database.remove_state(PLUG)
        assert export(data, tmp_path / "two").exit_code == 0
    assert json.loads((tmp_path / "one" / "state.json").read_text()) == {PLUG: {"state": "ON"}}
    assert json.loads((tmp_path / "two" / "state.json").read_text()) == {}


def test_nothing_is_overwritten(data, tmp_path):
    fill(data)
    (tmp_path / "state.json").write_text("mine")
    result = export(data, tmp_path)
    assert result.exit_code == 1
    assert "is not empty: name a new folder" in result.output
    assert (tmp_path / "state.json").read_text() == "mine"


def test_what_is_missing_is_said(data, tmp_path):
    result = export(data, tmp_path / "new")
    assert result.exit_code == 1
    assert f"There is no {data / 'zigwire.db'}" in result.output
    assert not (tmp_path / "new").exists()
    (data / "zigwire.db").write_bytes(b"no database" * 100)
    result = export(data, tmp_path / "new")
    assert result.exit_code == 1
    assert "can't be read" in result.output


def test_what_lies_outside_of_the_folder_stays_there(data, tmp_path):
    fill(data)
    (tmp_path / "devices.yaml").write_text(f"'{PLUG}': {{friendly_name: plug}}\n")
    (data / "configuration.yaml").write_text(CONFIGURATION.replace("devices.yaml", "../devices.yaml"))
    result = export(data, tmp_path / "deep" / "new")
    assert result.exit_code == 0, result.output
    assert "which is outside the folder: not copied" in result.output
    assert not (tmp_path / "deep" / "devices.yaml").exists()
    assert (tmp_path / "deep" / "new" / "configuration.yaml").exists()
