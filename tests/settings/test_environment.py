import pytest

from zigwire.settings import Settings, SettingsError, load
from zigwire.settings.environment import overrides

P = "ZIGBEE2MQTT_CONFIG_"


@pytest.mark.parametrize(
    ("variable", "text", "path", "value"),
    [
        ("MQTT_BASE_TOPIC", "home", "mqtt.base_topic", "home"),
        ("MQTT_SERVER", "!secret server", "mqtt.server", "!secret server"),
        ("MQTT_VERSION", "5", "mqtt.version", 5),
        ("MQTT_VERSION", "null", "mqtt.version", None),
        ("MQTT_KEEPALIVE", "1.5", "mqtt.keepalive", 1.5),
        ("MQTT_PASSWORD", "0123", "mqtt.password", "0123"),
        ("ADVANCED_CHANNEL", "25", "advanced.channel", 25),
        ("ADVANCED_PAN_ID", "GENERATE", "advanced.pan_id", "GENERATE"),
        ("ADVANCED_PAN_ID", "4660", "advanced.pan_id", 4660),
        ("ADVANCED_EXT_PAN_ID", "[1,2,3,4,5,6,7,8]", "advanced.ext_pan_id", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("ADVANCED_LOG_OUTPUT", '["console"]', "advanced.log_output", ["console"]),
        ("ADVANCED_LOG_SYSLOG_PORT", "1514", "advanced.log_syslog.port", 1514),
        ("FRONTEND_ENABLED", "TRUE", "frontend.enabled", True),
        ("HOMEASSISTANT_ENABLED", "false", "homeassistant.enabled", False),
        ("PASSLIST", "[]", "passlist", []),
        ("SERIAL", '{"port": "sim://"}', "serial", {"port": "sim://"}),
        ("MAP_OPTIONS_GRAPHVIZ_COLORS_LINE_ACTIVE", "#fff", "map_options.graphviz.colors.line.active", "#fff"),
    ],
)
def test_values_are_parsed_by_the_type_of_the_key(variable, text, path, value):
    assert overrides({P + variable: text}) == [(tuple(path.split(".")), value)]


@pytest.mark.parametrize(
    ("variable", "text", "fault"),
    [
        ("ADVANCED_CHANNEL", "x", '"x" must be a whole number from 11 to 26'),
        ("ADVANCED_CHANNEL", "40", "40 must be a whole number from 11 to 26"),
        ("MQTT_KEEPALIVE", "nan", "nan must be a number"),
        ("FRONTEND_ENABLED", "yes", '"yes" must be true or false'),
        ("ADVANCED_LOG_OUTPUT", "console", '"console" must be a list'),
        ("ADVANCED_NETWORK_KEY", "[1]", "(hidden) must be a list of 16"),
        ("MQTT", "5", "must be an object"),
        ("MQTT_SEVER", "x", "names no key"),
        ("mqtt_server", "x", "names no key"),
    ],
)
def test_faults_name_the_variable(variable, text, fault):
    with pytest.raises(SettingsError) as caught:
        overrides({P + variable: text})
    assert str(caught.value).startswith(f"{P}{variable}: {fault}")


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "0x" + "f" * 10000])
def test_very_long_numbers_are_faults(text):
    with pytest.raises(SettingsError, match="must be a whole number from 11 to 26"):
        overrides({"ZIGWIRE_CONFIG_ADVANCED_CHANNEL": text})


def test_all_faults_are_listed():
    with pytest.raises(SettingsError) as caught:
        overrides({P + "A": "1", P + "B": "1", P + "MQTT_VERSION": "x", "OTHER": ""})
    assert len(caught.value.faults) == 3


def test_an_empty_variable_sets_nothing():
    assert overrides({P + "MQTT_USER": "", P + "ADVANCED_CHANNEL": "", P + "MQTT_SEVER": ""}) == []


def test_own_prefix_counts_more_and_inner_keys_are_laid_on_outer_ones():
    environ = {
        P + "MQTT_USER": "old",
        "ZIGWIRE_CONFIG_MQTT_USER": "new",
        P + "MQTT": '{"server": "mqtt://a", "user": "x"}',
    }
    assert overrides(environ) == [(("mqtt",), {"server": "mqtt://a", "user": "x"}), (("mqtt", "user"), "new")]


def test_values_are_written_into_the_file(tmp_path):
    path = tmp_path / "configuration.yaml"
    path.write_text("version: 5\nmqtt:\n  server: mqtt://a # broker\n")
    settings = load(path, {P + "MQTT_SERVER": "mqtt://b", P + "FRONTEND_PORT": "8099"})
    assert settings.mqtt.server == "mqtt://b"
    assert path.read_text() == "version: 5\nmqtt:\n  server: mqtt://b # broker\nfrontend:\n  port: 8099\n"


def test_references_are_written_as_they_are_and_resolved(tmp_path):
    path, secret = tmp_path / "configuration.yaml", tmp_path / "secret.yaml"
    path.write_text("version: 5\nmqtt:\n  server: mqtt://a # broker\n")
    secret.write_text("server: mqtt://b\npassword: hunter2 # mine\n")
    environ = {
        P + "MQTT_SERVER": "!secret server",
        P + "MQTT": '{"server": "mqtt://c", "password": "!secret password"}',
    }
    for _ in range(2):
        settings = load(path, environ)
        settings.change({"mqtt": {"keepalive": 30}})
        assert (settings.mqtt.server, settings.mqtt.password, settings.mqtt.keepalive) == ("mqtt://b", "hunter2", 60)
        assert "'!secret server'" in path.read_text()
        assert "'!secret password'" in path.read_text()
        assert "hunter2" not in path.read_text()
        assert secret.read_text() == "server: mqtt://b\npassword: hunter2 # mine\n"


def test_a_new_file_has_references_as_they_are(tmp_path):
    path = tmp_path / "configuration.yaml"
    (tmp_path / "secret.yaml").write_text("server: mqtt://b\n")
    settings = Settings.create(path, {}, {P + "MQTT_SERVER": "!secret server"})
    assert settings.mqtt.server == "mqtt://b"
    assert "'!secret server'" in path.read_text()


def test_a_reference_to_nothing_is_a_fault(tmp_path):
    path = tmp_path / "configuration.yaml"
    path.write_text("version: 5\nmqtt:\n  server: mqtt://a\n")
    (tmp_path / "secret.yaml").write_text("other: 1\n")
    with pytest.raises(SettingsError, match=r"mqtt.user: refers to 'user', which secret.yaml does not have"):
        load(path, {P + "MQTT_USER": "!secret user"})
    with pytest.raises(SettingsError, match=r"none.yaml: does not exist"):
        load(path, {P + "MQTT_USER": "!none user"})


def test_values_stay_when_something_else_is_said(tmp_path):
    path = tmp_path / "configuration.yaml"
    path.write_text("mqtt:\n  server: mqtt://a\n")
    settings = load(path, {P + "MQTT_SERVER": "mqtt://b"})
    settings.change({"mqtt": {"server": "mqtt://c"}})
    assert settings.mqtt.server == "mqtt://b"
