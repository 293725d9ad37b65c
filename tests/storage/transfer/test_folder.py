"""A folder that Zigbee2MQTT 2.14.1 left, and what is done about damaged ones."""

import json
import shutil
from pathlib import Path

import pytest

from zigwire.storage.contents import read_contents
from zigwire.storage.database import Database
from zigwire.storage.errors import StorageError
from zigwire.storage.transfer import read_folder, write_folder
from zigwire.zigbee.model import Binding, ConfiguredReporting, DeviceType, InterviewState, Member, Scene

RECORDED = Path(__file__).resolve().parents[2] / "data" / "zigbee2mqtt"
PLUG, LAMP, REMOTE = "0x00158d0001a00000", "0x00158d0001a00002", "0x00158d0001a00006"
NAMED = [f"0x00158d0001a000{number:02x}" for number in range(20)]
COORDINATOR = "0x00124b0012345678"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(RECORDED, tmp_path / "zigbee2mqtt"))


def entries(path):
    return [json.loads(line) for line in path.read_text().split("\n")]


def test_everything_is_found(folder):
    found = read_folder(folder, NAMED)
    contents = found.contents
    assert found.faults == []
    assert found.source == folder / "database.db"
    devices = {device.ieee: device for device in contents.devices}
    assert list(devices) == NAMED
    lamp = devices[LAMP]
    assert (lamp.model_id, lamp.manufacturer_name) == ("TRADFRI bulb E27 WS opal 980lm", "IKEA of Sweden")
    assert (lamp.type, lamp.interview_state) == (DeviceType.ROUTER, InterviewState.SUCCESSFUL)
    assert lamp.last_seen > 1_700_000_000_000
    assert lamp.meta == {"configured": "0.0.0"}
    endpoint = lamp.endpoints[1]
    assert endpoint.bindings == [Binding(6, COORDINATOR, 1), Binding(8, COORDINATOR, 1)]
    assert ConfiguredReporting(8, 0, 5, 3600, 1) in endpoint.reportings
    assert [scene.name for scene in endpoint.scenes] == ["evening", "night"]
    assert endpoint.scenes[0] == Scene(3, 0, "evening", {"state": "ON", "brightness": 120})
    assert endpoint.attributes["lightingColorCtrl"]["colorTempPhysicalMin"] == 250
    assert Binding(6, group=7) in devices[REMOTE].endpoints[1].bindings
    assert devices[REMOTE].keepsakes["checkinInterval"] == 300
    groups = {group.id: group for group in contents.groups}
    assert groups[7].members == [Member(LAMP, 1), Member("0x00158d0001a0000b", 1)]
    assert contents.states["1"] == {"state": "ON"}
    assert contents.states[PLUG] == {"state": "ON"}
    parameters = contents.network.parameters
    assert (parameters.pan_id, parameters.channel) == (6754, 11)
    assert parameters.extended_pan_id == "0x0102030405060708"
    assert contents.network.coordinator == COORDINATOR


def test_it_comes_out_as_it_went_in(folder, tmp_path):
    with Database(tmp_path / "zigwire.db") as database:
        assert database.is_blank()
        database.fill(read_folder(folder, NAMED).contents)
        assert not database.is_blank()
        database.put_state(PLUG, {"state": "OFF"})
        target = tmp_path / "given back"
        target.mkdir()
        write_folder(target, read_contents(tmp_path / "zigwire.db"))
    assert entries(target / "database.db") == entries(folder / "database.db")
    states = json.loads((folder / "state.json").read_text())
    assert json.loads((target / "state.json").read_text()) == {**states, PLUG: {"state": "OFF"}}
    assert (target / "database.db").stat().st_mode & 0o077 == 0


def test_nothing_is_found_without_a_database(folder):
    (folder / "database.db").unlink()
    assert read_folder(folder, NAMED) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 4096, b'{"id":1,"type":"Coordinator"', b"[]", b"null"])
def test_an_empty_database_is_refused_when_devices_are_named(folder, content):
    (folder / "database.db").write_bytes(content)
    with pytest.raises(StorageError, match=r"knows no device, but configuration.yaml names 20") as refused:
        read_folder(folder, NAMED)
    assert "--form-new-network" in str(refused.value)
    assert read_folder(folder, []).contents.devices == []


def test_a_cut_database_is_refused(folder):
    path = folder / "database.db"
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(StorageError, match=r"is damaged and knows \d+ of the 20 devices in configuration.yaml no more"):
        read_folder(folder, NAMED)


def test_the_older_copy_takes_the_place_of_a_cut_database(folder):
    path = folder / "database.db"
    shutil.copy(path, folder / "database.db.backup")
    path.write_bytes(path.read_bytes()[:9000])
    found = read_folder(folder, NAMED)
    assert found.source.name == "database.db.backup"
    assert len(found.contents.devices) == 20
    assert "not used: database.db is damaged" in found.faults[0]


def test_a_line_that_can_not_be_read_is_named(folder):
    path = folder / "database.db"
    path.write_text(path.read_text().replace(f'"ieeeAddr":"{PLUG}"', '"ieeeAddr":"0x12"', 1))
    found = read_folder(folder, NAMED)
    assert len(found.contents.devices) == 19
    assert found.faults == ['database.db, line 2 ("0x12"): ieeeAddr is "0x12"; 0x and 16 hex digits are needed']
    assert [len(group.members) for group in found.contents.groups if group.id == 1] == [1], "a member that is gone"


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("state.json", b"{", "state.json: "),
        ("state.json", b"[1]", "state.json: [1] is no object"),
        ("state.json", b'{"7": 3}', "state.json: the state of 7 is 3; an object is needed"),
        ("coordinator_backup.json", b"", "coordinator_backup.json: "),
        ("coordinator_backup.json", b'{"adapterType": "zStack"}', "coordinator_backup.json: channel is null"),
    ],
)
def test_other_damaged_files_are_named(folder, name, content, fault):
    (folder / name).write_bytes(content)
    found = read_folder(folder, NAMED)
    assert len(found.contents.devices) == 20
    assert [text[: len(fault)] for text in found.faults] == [fault]


def test_keys_are_not_shown(folder):
    path = folder / "coordinator_backup.json"
    document = json.loads(path.read_text())
    document["network_key"]["key"] += "00"
    path.write_text(json.dumps(document))
    (fault,) = read_folder(folder, NAMED).faults
    assert "32 hex digits are needed" in fault
    assert "0103" not in fault
