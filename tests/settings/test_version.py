import pytest

from zigwire.settings import SettingsError, load


@pytest.mark.parametrize("line", ["version: 5", "", "version:", "version: 5.0"])
def test_current_and_new_files_load(tmp_path, line):
    path = tmp_path / "configuration.yaml"
    path.write_text(f"{line}\nmqtt:\n  server: mqtt://a\n")
    load(path, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version: 1", "1 can't be migrated yet"),
        ("version: 4", "4 can't be migrated yet"),
        ("version: 6", "6 is newer"),
        ("version: '5'", '"5" must be 5'),
        ("version: true", "true must be 5"),
        ("version: 0", "0 must be 5"),
        ("version: 4.5", "4.5 must be 5"),
        ("permit_join: false", "permit_join is of version 1"),
        ("advanced: {legacy_api: true}", "advanced.legacy_api is of version 1"),
    ],
)
def test_others_are_refused_and_not_touched(tmp_path, text, reason):
    path = tmp_path / "configuration.yaml"
    content = f"{text}\nmqtt:\n  server: mqtt://a\n"
    path.write_text(content)
    with pytest.raises(SettingsError, match=reason):
        load(path, {"ZIGBEE2MQTT_CONFIG_MQTT_SERVER": "mqtt://b"})
    assert path.read_text() == content
