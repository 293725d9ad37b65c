"""The coordinator's backup: which network it is of, and where it is kept."""

import json
import os

import pytest

from zigwire.storage.transfer.backup import backup_path, latest_backup, read_network, save_backup
from zigwire.storage.transfer.shapes import BadEntry

DOCUMENT = {
    "coordinator_ieee": "00124b0012345678",
    "pan_id": "1a62",
    "extended_pan_id": "0102030405060708",
    "channel": 11,
    "network_key": {"key": "000102030405060708090a0b0c0d0e0f"},
}


def test_the_network_is_read():
    record = read_network(json.dumps(DOCUMENT).encode())
    assert record.coordinator == "0x00124b0012345678"
    assert record.parameters.pan_id == 0x1A62
    assert record.parameters.extended_pan_id == "0x0102030405060708"
    assert record.parameters.channel == 11
    assert record.parameters.network_key == bytes(range(16))


def test_zigbee_herdsman_leaves_out_leading_zeros():
    assert read_network(json.dumps({**DOCUMENT, "pan_id": "a62"}).encode()).parameters.pan_id == 0x0A62


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"channel": 27}, "channel is 27; a number from 11 to 26 is needed"),
        ({"pan_id": 6754}, "pan_id is 6754; 4 hex digits are needed"),
        ({"pan_id": "12345"}, 'pan_id is "12345"; 4 hex digits'),
        ({"extended_pan_id": "xyz"}, 'extended_pan_id is "xyz"; 16 hex digits'),
        ({"coordinator_ieee": None}, "coordinator_ieee is null; 16 hex digits"),
        ({"network_key": 5}, "network_key is 5; an object is needed"),
        ({"network_key": {"key": "00"}}, "key is of another form; 32 hex digits are needed"),
        ({"extended_pan_id": "1"}, 'extended_pan_id is "1"; 16 hex digits'),
    ],
)
def test_a_fault_names_field_and_value(changed, fault):
    with pytest.raises(BadEntry) as found:
        read_network(json.dumps({**DOCUMENT, **changed}).encode())
    assert fault in str(found.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_backup(data):
    with pytest.raises(BadEntry):
        read_network(data)


def test_zigbee2mqtts_backup_stays_as_it_is(tmp_path):
    assert latest_backup(tmp_path) is None
    assert backup_path(tmp_path).name == "coordinator_backup.json"
    (tmp_path / "database.db").touch()
    assert backup_path(tmp_path).name == "zigwire_coordinator_backup.json"


def test_a_backup_is_replaced_and_private(tmp_path):
    path = tmp_path / "coordinator_backup.json"
    for channel in (11, 12):
        save_backup(path, {**DOCUMENT, "channel": channel})
        assert read_network(path.read_bytes()).parameters.channel == channel
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_the_latest_backup_counts(tmp_path):
    old, new = tmp_path / "zigwire_coordinator_backup.json", tmp_path / "coordinator_backup.json"
    for age, path in enumerate((new, old)):
        save_backup(path, DOCUMENT)
        os.utime(path, (1000 - age, 1000 - age))
    assert latest_backup(tmp_path) == new
