"""Migrations against Zigbee2MQTT's own: `migration_table.json` has what its 2.14.1 made of each document."""

import base64
import json
from pathlib import Path

import pytest

from zigwire.settings import SettingsError, check, load
from zigwire.settings import settings as settings_module
from zigwire.settings.migrations import migrate
from zigwire.settings.parse import parse

ROWS = json.loads((Path(__file__).parent / "migration_table.json").read_text())
LAMP = "0x00158d0001a00001"

DIFFERENT = {
    "1: two places of legacy triggers": "each key has a note of its own",
    "1: homeassistant true and topics": "the original fails on it",
    "1: version null": "the original fails on it; a key without a value is taken for absent",
    "1: homeassistant false and topics": "the original switches on what was off",
    "3: svg": "the original makes a file that browsers don't know (.svg+xml)",
    "3: icon out of the folder": "the original writes outside of device_icons",
    "4: states broken": "a note says that state.json stays as it is",
}
SAME = [row for row in ROWS if row["name"] not in DIFFERENT]


def migrated(folder, row):
    for name, text in row["before"].items():
        (folder / name).write_text(text)
    load(folder / "configuration.yaml", {})
    documents = {path.name: parse(path.read_text(), path.name) for path in folder.glob("*.yaml")}
    return {name: document for name, document in documents.items() if "_backup_" not in name}


def tags(folder):
    found = {}
    for path in folder.glob("migration-*.log"):
        found[path.name] = [line[1:].split("]")[0] for line in path.read_text().splitlines() if line.startswith("[")]
    return found


@pytest.mark.parametrize("row", SAME, ids=lambda row: row["name"])
def test_result_is_that_of_the_original(tmp_path, row):
    assert migrated(tmp_path, row) == row["after"]
    assert tags(tmp_path) == row["tags"]
    icons = {path.name: path.read_bytes() for path in (tmp_path / "device_icons").glob("*")}
    assert icons == {name: base64.b64decode(content) for name, content in row.get("icons", {}).items()}
    if "state" in row:
        assert json.loads((tmp_path / "state.json").read_text()) == json.loads(row["state"])


def test_the_table_has_no_other_differences():
    assert DIFFERENT.keys() <= {row["name"] for row in ROWS}
    assert [row["name"] for row in ROWS if "refused" in row] == [
        name for name, why in DIFFERENT.items() if "fails" in why
    ]


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("homeassistant: true", {"enabled": True, "discovery_topic": "ha"}),
        ("homeassistant: false", {"enabled": False, "discovery_topic": "ha"}),
        ("", {"enabled": True, "discovery_topic": "ha"}),
    ],
)
def test_a_switch_takes_what_moves_into_it(tmp_path, text, section):
    path = file(tmp_path, f"{text}\nadvanced:\n  homeassistant_discovery_topic: ha\n")
    assert load(path, {}).as_dict()["homeassistant"].items() >= section.items()


def test_comments_order_and_quotes_survive(tmp_path):
    path = file(tmp_path, OLD)
    load(path, {})
    assert path.read_text() == NEW


OLD = f"""\
# my house
mqtt:
  base_topic: home  # as ever
  server: 'mqtt://localhost'
permit_join: true # careful
frontend:
  # the hall's tablet
  port: 8099
advanced:
  # radio
  channel: 15
  legacy_api: false  # who needs it
  log_level: warn  # quiet
  rtscts: false
serial:
  port: /dev/ttyACM0   # stick
devices:
  # upstairs
  '{LAMP}':
    friendly_name: "lamp"
    retrieve_state: true
    transition: 2  # slow
# the end
"""
NEW = f"""\
# my house
mqtt:
  base_topic: home  # as ever
  server: 'mqtt://localhost'
frontend:
  # the hall's tablet
  port: 8099
  enabled: true
advanced:
  # radio
  channel: 15
  log_level: warning  # quiet
serial:
  port: /dev/ttyACM0   # stick
  rtscts: false
devices:
  # upstairs
  '{LAMP}':
    friendly_name: "lamp"
    transition: 2  # slow
version: 5
# the end
"""


def file(folder, text):
    path = folder / "configuration.yaml"
    path.write_text(text if "mqtt:" in text else f"{text}\nmqtt:\n  server: mqtt://a\n")
    return path


def test_files_as_they_were_are_kept(tmp_path):
    (tmp_path / "devices.yaml").write_text(f"'{LAMP}': {{friendly_name: a, retrieve_state: true}}\n")
    path = file(tmp_path, "version: 2\ndevices: devices.yaml\n")
    before = path.read_bytes(), (tmp_path / "devices.yaml").read_bytes()
    load(path, {})
    copies = (tmp_path / "configuration_backup_v2.yaml", tmp_path / "devices_backup_v2.yaml")
    assert tuple(copy.read_bytes() for copy in copies) == before


def test_the_log_is_told_and_notes_name_the_keys(tmp_path):
    path = file(tmp_path, "ban: [a]\nadvanced:\n  legacy_api: true\n")
    assert len(load(path, {}).migrations) == 4
    notes = (tmp_path / "migration-1-to-2.log").read_text()
    assert "[TRANSFER] ban is called blocklist now" in notes
    assert "[REMOVAL] advanced.legacy_api is gone" in notes
    assert load(path, {}).migrations == ()


def test_a_second_start_changes_nothing(tmp_path):
    path = file(tmp_path, OLD)
    load(path, {})
    times = {name: name.stat().st_mtime_ns for name in tmp_path.iterdir()}
    load(path, {})
    assert {name: name.stat().st_mtime_ns for name in tmp_path.iterdir()} == times


@pytest.mark.parametrize(
    "text",
    [
        "advanced:\n  channel: 99\n  legacy_api: true\n",
        "serial: /dev/ttyUSB0\nadvanced:\n  baudrate: 115200\n",
        "version: 2\nfrontend: 8080\n",
        "advanced:\n  network_key: '!secret key'\n",
    ],
)
def test_a_document_with_faults_is_left_as_it_was(tmp_path, text):
    path = file(tmp_path, text)
    before = path.read_text()
    for attempt in (load, check):
        with pytest.raises(SettingsError):
            attempt(path, {})
    assert path.read_text() == before
    assert [found.name for found in tmp_path.iterdir()] == ["configuration.yaml"]


@pytest.mark.parametrize("fails", ["back_up", "write"])
def test_a_failure_half_way_leaves_the_file_and_the_next_start_ends_it(tmp_path, monkeypatch, fails):
    path = file(tmp_path, OLD)
    (tmp_path / "state.json").write_text('{"a":{"update":{"state":"idle"}}}')

    def fail(*_):
        raise SettingsError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(settings_module.Files, fails, fail)
        with pytest.raises(SettingsError, match="full"):
            load(path, {})
    assert path.read_text() == OLD
    load(path, {})
    assert path.read_text() == NEW
    assert (tmp_path / "configuration_backup_v1.yaml").read_text() == OLD
    assert json.loads((tmp_path / "state.json").read_text()) == {"a": {}}


def test_a_check_writes_nothing(tmp_path):
    path = file(tmp_path, OLD)
    check(path, {})
    assert path.read_text() == OLD
    assert [found.name for found in tmp_path.iterdir()] == ["configuration.yaml"]


def test_the_environment_is_laid_on_what_came_of_it(tmp_path):
    path = file(tmp_path, "advanced:\n  rtscts: false\n")
    settings = load(path, {"ZIGBEE2MQTT_CONFIG_SERIAL_RTSCTS": "true"})
    assert settings.serial.rtscts is True


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (b'{"a":', b'{"a":'),
        (b"\xff", b"\xff"),
        (b"[1]", b"[1]"),
        ('{"ü": {"update": {}, "x": 1.5}, "b": null}'.encode(), '{"ü":{"update":{},"x":1.5},"b":null}'.encode()),
    ],
)
def test_states_that_are_no_states_stay(tmp_path, state, after):
    (tmp_path / "state.json").write_bytes(state)
    load(file(tmp_path, "version: 4\n"), {})
    assert (tmp_path / "state.json").read_bytes() == after


@pytest.mark.parametrize(
    "icon", ["data:image/x/../../../evil;base64,PHN2Zy8+", "data:text/html;base64,PHN2Zy8+", "data:image/png;base64,?"]
)
def test_an_icon_that_is_no_picture_is_gone_and_noted(tmp_path, icon):
    path = file(tmp_path, f"version: 3\ndevices:\n  '{LAMP}':\n    friendly_name: a\n    icon: {icon}\n")
    load(path, {})
    assert "icon" not in path.read_text()
    assert f"[REMOVAL] devices.{LAMP}.icon is gone" in (tmp_path / "migration-3-to-4.log").read_text()
    assert not (tmp_path / "device_icons").exists()
    assert icon in (tmp_path / "configuration_backup_v3.yaml").read_text()


def test_a_picture_for_browsers_has_a_name_for_browsers(tmp_path):
    row = next(row for row in ROWS if row["name"] == "3: svg")
    migrated(tmp_path, row)
    (icon,) = (tmp_path / "device_icons").iterdir()
    assert icon.suffix == ".svg"
    assert icon.read_bytes() == b"<svg/>"


def test_states_matter_to_older_versions_only(tmp_path):
    (tmp_path / "state.json").mkdir()
    load(file(tmp_path, "version: 5\n"), {})
    with pytest.raises(SettingsError, match=r"state.json: can't be read"):
        load(file(tmp_path, "version: 4\n"), {})


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_document_is_not_changed_itself(version):
    document = {"version": version, "homeassistant": True, "ban": ["a"], "devices": {LAMP: {"retrieve_state": True}}}
    before = json.dumps(document)
    assert migrate(document, None).since == version
    assert json.dumps(document) == before
