import pytest

from zigwire.settings import SettingsError, load


@pytest.mark.parametrize("line", ["version: 5", "version: 5.0", "version: 4", "version: 1", "version:", ""])
def test_known_versions_load(tmp_path, line):
    path = tmp_path / "configuration.yaml"
    path.write_text(f"{line}\nmqtt:\n  server: mqtt://a\n")
    assert load(path, {}).as_dict()["version"] == 5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version: 6", "6 is newer"),
        ("version: '5'", '"5" must be a whole number from 1 to 5'),
        ("version: true", "true must be"),
        ("version: 0", "0 must be"),
        ("version: 4.5", "4.5 must be"),
        ("version: .inf", "inf must be"),
        ("version: []", "a list must be"),
    ],
)
def test_others_are_refused_and_not_touched(tmp_path, text, reason):
    path = tmp_path / "configuration.yaml"
    content = f"{text}\nmqtt:\n  server: mqtt://a\n"
    path.write_text(content)
    with pytest.raises(SettingsError, match=reason):
        load(path, {"ZIGBEE2MQTT_CONFIG_MQTT_SERVER": "mqtt://b"})
    assert path.read_text() == content
    assert [file.name for file in tmp_path.iterdir()] == ["configuration.yaml"]


@pytest.mark.parametrize("line", ["version: 4", ""])
def test_a_file_that_gets_another_version_while_it_is_in_use_is_not_saved(tmp_path, line):
    path = tmp_path / "configuration.yaml"
    path.write_text("version: 5\nmqtt:\n  server: mqtt://a\n")
    settings = load(path, {})
    content = f"{line}\nmqtt:\n  server: mqtt://a\n"
    path.write_text(content)
    with pytest.raises(SettingsError, match="brought up to date at the start"):
        settings.change({"advanced": {"channel": 15}})
    assert path.read_text() == content
