import stat

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from zigwire.settings import NameFault, Settings, SettingsError, check, load
from zigwire.settings.defaults import published_defaults

LAMP = "0x00158d0001a00000"
PLUG = "0x00158d0001a00001"
OTHER = "0x00158d0001a00002"

FILE = f"""\
# my house
version: 5
mqtt:
  server: mqtt://localhost  # the broker
advanced:
  network_key: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
mine: untouched
devices:
  # upstairs
  '{LAMP}':
    friendly_name: lamp  # the old one
    transition: 2
  {PLUG}:
    friendly_name: kitchen/plug
groups:
  1:
    friendly_name: all

# the end
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "configuration.yaml"
    file.write_text(FILE)
    return file


@pytest.fixture
def settings(path):
    return load(path, {})


def test_typed_access(settings):
    assert settings.mqtt.server == "mqtt://localhost"
    assert settings.mqtt.base_topic == "zigbee2mqtt"
    assert settings.advanced.last_seen == "disable"
    assert settings.devices[LAMP].options == {"transition": 2}
    assert settings.groups[1].friendly_name == "all"


def test_a_load_without_a_reason_writes_nothing(path):
    before = path.stat()
    load(path, {})
    assert path.read_text() == FILE
    assert path.stat().st_ino == before.st_ino


def test_look_up(settings):
    assert settings.device(LAMP).friendly_name == "lamp"
    assert settings.device("kitchen/plug").ieee == PLUG
    assert settings.device("all") is None
    assert settings.group("all").id == settings.group(1).id == settings.group("1").id == 1
    assert settings.group("lamp") is None
    assert settings.group(2) is None


def test_public_config_is_that_of_bridge_info(tmp_path):
    """What Zigbee2MQTT 2.14.1 publishes for the same file."""
    path = tmp_path / "configuration.yaml"
    path.write_text(
        "version: 5\n"
        "mqtt: {base_topic: zigbee2mqtt, server: 'mqtt://127.0.0.1:1883', password: hunter2}\n"
        "serial: {adapter: zstack, port: 'tcp://127.0.0.1:5000'}\n"
        "advanced: {network_key: [1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13], log_output: [console]}\n"
        "homeassistant: {enabled: true}\n"
        "frontend: {enabled: false, auth_token: hunter2}\n"
        f"devices: {{'{LAMP}': {{friendly_name: lamp, device_temperature_precision: 1}}}}\n"
    )
    assert load(path, {}).public_config() == {
        "advanced": {
            "cache_state": True,
            "cache_state_persistent": True,
            "cache_state_send_on_startup": True,
            "channel": 11,
            "elapsed": False,
            "enable_external_js": True,
            "ext_pan_id": [221, 221, 221, 221, 221, 221, 221, 221],
            "last_seen": "disable",
            "log_console_json": False,
            "log_debug_namespace_ignore": "",
            "log_debug_to_mqtt_frontend": False,
            "log_directories_to_keep": 10,
            "log_directory": str(tmp_path / "log" / "%TIMESTAMP%"),
            "log_file": "log.log",
            "log_level": "info",
            "log_namespaced_levels": {},
            "log_output": ["console"],
            "log_rotation": True,
            "log_symlink_current": False,
            "log_syslog": {},
            "output": "json",
            "pan_id": 6754,
            "timestamp_format": "YYYY-MM-DD HH:mm:ss",
        },
        "availability": {
            "active": {"backoff": True, "max_jitter": 30000, "pause_on_backoff_gt": 0, "timeout": 10},
            "enabled": False,
            "passive": {"timeout": 1500},
        },
        "blocklist": [],
        "device_options": {},
        "devices": {LAMP: {"friendly_name": "lamp", "device_temperature_precision": 1}},
        "frontend": {"base_url": "/", "enabled": False, "package": "zigbee2mqtt-windfront", "port": 8080},
        "groups": {},
        "health": {"interval": 10, "reset_on_check": False},
        "homeassistant": {
            "discovery_topic": "homeassistant",
            "enabled": True,
            "experimental_event_entities": False,
            "legacy_action_sensor": False,
            "status_topic": "homeassistant/status",
        },
        "map_options": {
            "graphviz": {
                "colors": {
                    "fill": {"coordinator": "#e04e5d", "enddevice": "#fff8ce", "router": "#4ea3e0"},
                    "font": {"coordinator": "#ffffff", "enddevice": "#000000", "router": "#ffffff"},
                    "line": {"active": "#009900", "inactive": "#994444"},
                }
            }
        },
        "mqtt": {
            "base_topic": "zigbee2mqtt",
            "force_disable_retain": False,
            "include_device_information": False,
            "keepalive": 60,
            "maximum_packet_size": 1048576,
            "reject_unauthorized": True,
            "server": "mqtt://127.0.0.1:1883",
            "version": 4,
        },
        "ota": {
            "default_maximum_data_size": 50,
            "disable_automatic_update_check": False,
            "image_block_request_timeout": 150000,
            "image_block_response_delay": 250,
            "update_check_interval": 1440,
        },
        "passlist": [],
        "serial": {"adapter": "zstack", "disable_led": False, "port": "tcp://127.0.0.1:5000"},
        "version": 5,
    }


SERVER = "mqtt://me:hunter2@host:1883"
INDEX = "https://me:hunter2@host/index.json?a@b"


@pytest.fixture
def with_users(path):
    path.write_text(FILE.replace("mqtt://localhost", SERVER) + f"ota:\n  zigbee_ota_override_index_location: {INDEX}\n")
    return load(path, {})


def test_users_in_urls_are_not_published(with_users):
    config = with_users.public_config()
    assert config["mqtt"]["server"] == "mqtt://host:1883"
    assert config["ota"]["zigbee_ota_override_index_location"] == "https://host/index.json?a@b"
    assert "hunter2" not in str(config)
    assert with_users.mqtt.server == SERVER


def test_urls_without_a_user_are_published_as_they_are(path):
    path.write_text(FILE + "ota: {zigbee_ota_override_index_location: 'mine@home/[index?'}\n")
    config = load(path, {}).public_config()
    assert config["mqtt"]["server"] == "mqtt://localhost"
    assert config["ota"]["zigbee_ota_override_index_location"] == "mine@home/[index?"


def test_a_client_that_sends_back_what_was_published_keeps_the_user(with_users, path):
    before = path.read_text()
    with_users.change({"mqtt": with_users.public_config()["mqtt"] | {"keepalive": 60}})
    assert with_users.mqtt.server == SERVER
    assert SERVER in path.read_text()
    assert "keepalive: 60" in path.read_text()
    assert "keepalive" not in before
    with_users.change({"mqtt": {"server": "mqtt://other"}})
    assert with_users.mqtt.server == "mqtt://other"


def test_what_is_published_is_a_copy(settings):
    settings.public_config()["mqtt"]["server"] = "x"
    settings.as_dict()["devices"][LAMP]["friendly_name"] = "x"
    assert settings.as_dict()["mqtt"]["server"] == "mqtt://localhost"
    assert settings.device("lamp")
    assert published_defaults()["devices"] == {}


def test_as_dict_has_the_secrets(settings):
    assert settings.as_dict()["advanced"]["network_key"] == [1] * 16


def test_debug_in_the_environment(path):
    assert load(path, {"DEBUG": "1"}).advanced.log_level == "debug"
    assert path.read_text() == FILE


# ---- changes ----


def saved(path, old, new):
    assert FILE.count(old) == 1
    assert path.read_text() == FILE.replace(old, new)


def test_device_options(settings, path):
    assert settings.set_device_options("lamp", {"retain": True, "transition": None}) is False
    assert settings.devices[LAMP].retain is True
    saved(path, "    transition: 2\n", "    retain: true\n")
    assert settings.set_device_options(LAMP, {"disabled": True}) is True


def test_names_are_not_changed_by_options(settings):
    settings.set_device_options("lamp", {"friendly_name": "x", "qos": 1})
    assert settings.devices[LAMP].friendly_name == "lamp"


def test_home_assistant_null_is_kept(settings, path):
    settings.set_device_options("lamp", {"homeassistant": {"switch": None}})
    assert settings.devices[LAMP].homeassistant.document == {"switch": None}
    settings.set_device_options("lamp", {"homeassistant": None})
    assert settings.devices[LAMP].homeassistant is None
    saved(path, "    transition: 2\n", "    transition: 2\n    homeassistant: null\n")


def test_rename_device(settings, path):
    settings.rename("lamp", "bedroom/lamp")
    assert settings.device("bedroom/lamp").ieee == LAMP
    assert settings.device("lamp") is None
    saved(path, "friendly_name: lamp  #", "friendly_name: bedroom/lamp  #")


def test_rename_back_to_the_address(settings):
    settings.rename("lamp", LAMP)
    assert settings.devices[LAMP].friendly_name == LAMP


def test_rename_group(settings, path):
    settings.rename("all", "everything")
    saved(path, "friendly_name: all", "friendly_name: everything")


@pytest.mark.parametrize("name", ["all", "lamp", "kitchen/plug", PLUG, "1", "a/1"])
def test_rename_to_a_name_that_is_not_free(settings, path, name):
    with pytest.raises(NameFault):
        settings.rename("lamp", name)
    assert path.read_text() == FILE


def test_name_in_use_says_so(settings):
    with pytest.raises(NameFault, match=r"^friendly_name 'all' is already in use$"):
        settings.rename("lamp", "all")


def test_white_space_around_names_is_dropped(settings):
    assert settings.rename("lamp", " bed lamp\n") == "bed lamp"
    assert settings.devices[LAMP].friendly_name == "bed lamp"
    assert settings.add_device(OTHER, "\tother ").friendly_name == "other"
    assert settings.add_group(" lights ").friendly_name == "lights"
    with pytest.raises(NameFault, match="empty"):
        settings.rename("other", "  ")


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.rename("lamp", "lamp/set"),
        lambda s: s.rename("all", "bridge/all"),
        lambda s: s.add_device(OTHER, "x/availability"),
        lambda s: s.add_group("a/get/b"),
        lambda s: s.change({"devices": {LAMP: {"friendly_name": "lamp/set"}}}),
        lambda s: s.change({"groups": {"1": {"friendly_name": "a/b/c/d/e/f/g/h"}}}),
    ],
)
def test_names_whose_topics_mean_something_else_are_not_given(settings, path, act):
    with pytest.raises(NameFault):
        act(settings)
    assert path.read_text() == FILE


def test_names_that_were_given_elsewhere_are_warned_of(path):
    path.write_text(FILE.replace("friendly_name: lamp ", "friendly_name: lamp/set "))
    settings = load(path, {})
    (warning,) = settings.warnings
    assert warning.startswith(f"devices.{LAMP}: friendly_name must not have 'set' or 'get'")
    settings.set_device_options("lamp/set", {"retain": True})
    settings.change({"advanced": {"last_seen": "epoch"}})
    assert settings.devices[LAMP].friendly_name == "lamp/set"
    settings.rename("lamp/set", "lamp")
    assert settings.warnings == ()


def test_long_numbers_name_nothing(settings):
    assert settings.group("1" * 5000) is None
    assert settings.device("1" * 5000) is None
    with pytest.raises(SettingsError, match="does not exist"):
        settings.rename("1" * 5000, "x")


@pytest.mark.parametrize(
    ("lists", "admitted"),
    [
        ({}, {LAMP, PLUG, OTHER}),
        ({"blocklist": [LAMP]}, {PLUG, OTHER}),
        ({"passlist": [PLUG.upper().replace("X", "x")]}, {PLUG}),
        ({"passlist": [LAMP, PLUG], "blocklist": [LAMP]}, {LAMP, PLUG}),
    ],
    ids=str,
)
def test_who_may_be_in_the_network(settings, lists, admitted):
    settings.change(lists)
    assert {ieee for ieee in (LAMP, PLUG, OTHER) if settings.admits(ieee)} == admitted


def test_check_writes_nothing(path):
    path.write_text(FILE.replace("  network_key: [", "  pan_id: GENERATE\n  network_key: ["))
    before, status = path.read_text(), path.stat()
    check(path, {"ZIGWIRE_CONFIG_ADVANCED_LAST_SEEN": "epoch"})
    assert path.read_text() == before
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert list(path.parent.iterdir()) == [path]


def test_check_lists_all_faults_of_a_load(path):
    path.write_text(
        FILE.replace("  network_key: [", "  pan_id: GENERATE\n  channel: 99\n  network_key: [")
        + "serial: {adapter: auto}\n"
    )
    before = path.read_text()
    for act in (check, load):
        with pytest.raises(SettingsError) as caught:
            act(path, {})
        assert [fault.path for fault in caught.value.faults] == ["serial.adapter", "advanced.channel"]
    with pytest.raises(SettingsError, match="ZIGWIRE_CONFIG_NONE"):
        check(path, {"ZIGWIRE_CONFIG_NONE": "1"})
    with pytest.raises(SettingsError, match="does not exist"):
        check(path.with_name("none.yaml"), {})
    assert path.read_text() == before


def test_add_and_remove_device(settings, path):
    assert settings.add_device(OTHER).friendly_name == OTHER
    saved(
        path,
        "    friendly_name: kitchen/plug\n",
        f"    friendly_name: kitchen/plug\n  '{OTHER}':\n    friendly_name: '{OTHER}'\n",
    )
    settings.remove_device(OTHER)
    assert path.read_text() == FILE
    settings.remove_device("lamp")
    assert LAMP not in settings.devices
    assert "# upstairs\n" in path.read_text()


def test_groups(settings, path):
    assert settings.add_group("lights", 7).id == 7
    assert settings.add_group("two").id == 2
    assert settings.set_group_options("lights", {"off_state": "last_member_state"}) is True
    assert settings.set_group_options(7, {"retain": True}) is False
    assert settings.groups[7].off_state == "last_member_state"
    assert "\n  '2':\n    friendly_name: two\n\n# the end\n" in path.read_text()
    settings.remove_group("7")
    settings.remove_group(2)
    assert path.read_text() == FILE


def test_block(settings, path):
    settings.block(OTHER)
    settings.block(OTHER)
    assert settings.blocklist == (OTHER,)
    assert path.read_text() == FILE.replace("\n# the end", f"blocklist:\n  - '{OTHER}'\n\n# the end")
    settings.unblock(OTHER)
    assert settings.blocklist == ()


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.set_device_options("ghost", {}),
        lambda s: s.set_group_options("ghost", {}),
        lambda s: s.remove_device("ghost"),
        lambda s: s.remove_group("ghost"),
        lambda s: s.rename("ghost", "x"),
    ],
)
def test_unknown_entities(settings, act):
    with pytest.raises(SettingsError, match="'ghost' does not exist"):
        act(settings)


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.set_device_options("lamp", {"qos": 7}),
        lambda s: s.set_device_options("lamp", {"retention": 5}),
        lambda s: s.set_group_options("all", {"off_state": "x"}),
        lambda s: s.add_device(LAMP),
        lambda s: s.add_device("lamp"),
        lambda s: s.add_device(OTHER, "all"),
        lambda s: s.add_device(OTHER, "a/#"),
        lambda s: s.add_group("lamp"),
        lambda s: s.add_group("more", 1),
        lambda s: s.add_group("more", 70000),
        lambda s: s.change({"mqtt": {"server": None}}),
        lambda s: s.change({"advanced": {"channel": 99}, "mqtt": {"base_topic": "x"}}),
        lambda s: s.change({"mqtt": "x"}),
        lambda s: s.change({"devices": None, "mqtt": None}),
        lambda s: s.change({"homeassistant": None}),
        lambda s: s.change({"version": 4}),
        lambda s: s.change({"devices": "devices.yaml"}),
        lambda s: s.change({"mqtt": {"user": "!configuration.yaml version"}}),
        lambda s: s.change({"mine": "\ud800"}),
    ],
)
def test_a_refused_change_saves_and_changes_nothing(settings, path, act):
    before = settings.as_dict()
    with pytest.raises(SettingsError):
        act(settings)
    assert path.read_text() == FILE
    assert settings.as_dict() == before


@pytest.mark.parametrize(
    ("change", "restart"),
    [
        ({"mqtt": {"base_topic": "home"}}, True),
        ({"serial": {"port": "sim://"}}, True),
        ({"frontend": {"enabled": True}}, True),
        ({"blocklist": [OTHER]}, True),
        ({"availability": {"active": {"timeout": 5}}}, True),
        ({"advanced": {"channel": 15}}, True),
        ({"devices": {LAMP: {"debounce": 1}}}, True),
        ({"devices": {LAMP: {"retain": True}}}, False),
        ({"homeassistant": {"enabled": True, "status_topic": "ha"}}, False),
        ({"advanced": {"log_level": "debug"}}, False),
        ({"advanced": {"log_namespaced_levels": {"z2m": "debug"}, "log_debug_namespace_ignore": "x"}}, False),
        ({"advanced": {"last_seen": "epoch"}}, False),
        ({"unknown": {"key": 1}}, False),
        ({}, False),
    ],
    ids=str,
)
def test_change_says_whether_a_restart_is_required(settings, path, change, restart):
    assert settings.change(change) is restart
    assert load(path, {}).as_dict() == settings.as_dict()


def test_change_with_null_deletes(settings, path):
    settings.change({"mine": None, "devices": {LAMP: {"transition": None}}})
    assert path.read_text() == FILE.replace("mine: untouched\n", "").replace("    transition: 2\n", "")


def test_change_generates_the_same_values_for_memory_and_file(settings, path):
    settings.change({"advanced": {"pan_id": "GENERATE"}})
    assert load(path, {}).advanced.pan_id == settings.advanced.pan_id


# ---- the user edits meanwhile ----


def test_edits_by_the_user_are_kept(settings, path):
    path.write_text(FILE.replace("mqtt://localhost  # the broker", "mqtt://elsewhere  # new"))
    settings.set_device_options("lamp", {"transition": 3})
    assert path.read_text() == FILE.replace("mqtt://localhost  # the broker", "mqtt://elsewhere  # new").replace(
        "transition: 2", "transition: 3"
    )
    assert settings.mqtt.server == "mqtt://localhost", "takes effect with the next start"
    settings.add_device(OTHER)
    assert load(path, {}).mqtt.server == "mqtt://elsewhere"


@pytest.mark.parametrize("text", [FILE + "mqtt: again", FILE.replace("version: 5", "version: 4"), "mqtt: 5", "", "[]"])
def test_faulty_edits_by_the_user_are_kept_and_changes_refused(settings, path, text):
    path.write_text(text)
    with pytest.raises(SettingsError):
        settings.set_device_options("lamp", {"transition": 3})
    assert path.read_text() == text
    assert settings.devices[LAMP].options == {"transition": 2}


def test_an_entity_that_the_user_removed_is_put_back_when_changed(settings, path):
    path.write_text("version: 5\nmqtt: {server: 'mqtt://a'}\n")
    settings.set_device_options("lamp", {"transition": 3})
    assert load(path, {}).devices[LAMP].options == {"transition": 3}


def test_a_number_that_the_user_gave_to_a_group_is_not_given_again(settings, path):
    path.write_text(FILE.replace("groups:\n", "groups:\n  2: {friendly_name: mine}\n"))
    assert settings.add_group("new").id == 3


# ---- other files ----


@pytest.fixture
def spread(tmp_path):
    (tmp_path / "configuration.yaml").write_text(
        "version: 5\n"
        "mqtt:\n  server: '!secret.yaml server'\n  user: '!secret user'\n  password: '!others.yml word' # hidden\n"
        "advanced:\n  network_key: !secret key\n"
        "devices: [devices.yaml, more.yaml, none.yaml]\n"
        "groups: groups.yaml\n"
    )
    (tmp_path / "secret.yaml").write_text(f"# secrets\nserver: mqtt://a\nuser: me\nkey: {[7] * 16}\nunused: 1\n")
    (tmp_path / "others.yml").write_text("word: hunter2 # word\n")
    (tmp_path / "devices.yaml").write_text(f"# first\n'{LAMP}':\n  friendly_name: lamp\n  qos: 1\n")
    (tmp_path / "more.yaml").write_text(f"# second\n'{PLUG}':\n  friendly_name: plug\n'{LAMP}':\n  retain: true\n")
    (tmp_path / "groups.yaml").write_text("# groups\n")
    return tmp_path


def contents(directory):
    return {path.name: path.read_text() for path in directory.iterdir()}


def test_other_files_are_read(spread):
    before = contents(spread)
    settings = load(spread / "configuration.yaml", {})
    assert (settings.mqtt.server, settings.mqtt.user, settings.mqtt.password) == ("mqtt://a", "me", "hunter2")
    assert settings.advanced.network_key == bytes([7] * 16)
    assert not settings.has_public_key
    assert settings.devices.keys() == {LAMP, PLUG}
    assert (settings.devices[LAMP].qos, settings.devices[LAMP].retain) == (1, True)
    assert contents(spread) == before
    assert settings.public_config()["mqtt"]["server"] == "mqtt://a"
    assert "hunter2" not in str(settings.public_config())


def test_changes_go_to_the_file_where_the_entry_lives(spread):
    settings = load(spread / "configuration.yaml", {})
    before = contents(spread)
    settings.set_device_options("plug", {"retain": True})
    settings.add_device(OTHER)
    settings.add_group("all")
    settings.change({"mqtt": {"password": "new", "user": "me"}})
    after = contents(spread)
    assert after["configuration.yaml"] == before["configuration.yaml"]
    assert after["secret.yaml"] == before["secret.yaml"]
    assert after["others.yml"] == "word: new # word\n"
    assert after["more.yaml"] == before["more.yaml"].replace("name: plug\n", "name: plug\n  retain: true\n")
    assert after["devices.yaml"] == before["devices.yaml"] + f"'{OTHER}':\n  friendly_name: '{OTHER}'\n"
    assert after["groups.yaml"] == "# groups\n'1':\n  friendly_name: all\n"
    assert load(spread / "configuration.yaml", {}).as_dict() == settings.as_dict()


def test_a_device_of_two_files_moves_to_the_last_one_when_changed(spread):
    settings = load(spread / "configuration.yaml", {})
    settings.set_device_options("lamp", {"qos": None})
    assert settings.devices[LAMP].qos is None
    assert load(spread / "configuration.yaml", {}).as_dict() == settings.as_dict()
    assert LAMP not in (spread / "devices.yaml").read_text()


def test_a_deleted_reference_leaves_the_secret_file_alone(spread):
    settings = load(spread / "configuration.yaml", {})
    before = contents(spread)
    settings.change({"mqtt": {"password": None}})
    assert (spread / "others.yml").read_text() == before["others.yml"]
    assert "password" not in (spread / "configuration.yaml").read_text()


def test_generated_values_go_to_the_secret_file(spread):
    secret = spread / "secret.yaml"
    secret.write_text(secret.read_text().replace(str([7] * 16), "GENERATE"))
    settings = load(spread / "configuration.yaml", {})
    assert "!secret key" in (spread / "configuration.yaml").read_text()
    assert load(spread / "configuration.yaml", {}).advanced.network_key == settings.advanced.network_key


def test_missing_secrets_are_all_listed(spread):
    (spread / "secret.yaml").write_text("server: mqtt://a\n")
    (spread / "others.yml").unlink()
    with pytest.raises(SettingsError) as caught:
        load(spread / "configuration.yaml", {})
    assert str(caught.value).splitlines() == [
        "mqtt.user: refers to 'user', which secret.yaml does not have",
        "others.yml: does not exist",
        "advanced.network_key: refers to 'key', which secret.yaml does not have",
    ]


# ---- new files and generated values ----


def test_generate(path):
    path.write_text(
        "mqtt: {server: 'mqtt://a'}\n"
        "advanced:\n  network_key: GENERATE # new\n  pan_id: GENERATE\n  ext_pan_id: GENERATE\n"
    )
    first, second = load(path, {}), load(path, {})
    assert first.advanced == second.advanced
    assert "GENERATE" not in path.read_text()
    assert f"network_key: {list(first.advanced.network_key)} # new\n" in path.read_text()
    assert len(set(first.advanced.network_key)) > 4
    assert 1 <= first.advanced.pan_id <= 0xFFFE
    assert not first.has_public_key


def test_the_default_key_is_known_to_everybody(path):
    path.write_text("mqtt: {server: 'mqtt://a'}\n")
    assert load(path, {}).has_public_key


def test_create(tmp_path):
    path = tmp_path / "configuration.yaml"
    settings = Settings.create(path, {"mqtt": {"server": "mqtt://a"}, "frontend": {"enabled": True}}, {})
    text = path.read_text()
    assert text.startswith("# Zigwire's configuration.")
    assert "\nversion: 5\n" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert settings.frontend.enabled
    assert settings.advanced.enable_external_js is False
    assert not settings.has_public_key
    assert load(path, {}).as_dict() == settings.as_dict()


def test_create_does_not_overwrite_nor_write_what_is_wrong(tmp_path, path):
    with pytest.raises(SettingsError, match="exists already"):
        Settings.create(path, {"mqtt": {"server": "mqtt://a"}}, {})
    with pytest.raises(SettingsError, match=r"mqtt\.server: is missing"):
        Settings.create(tmp_path / "new.yaml", {}, {})
    assert not (tmp_path / "new.yaml").exists()


def test_create_with_the_environment(tmp_path):
    environ = {"ZIGWIRE_CONFIG_MQTT_SERVER": "mqtt://a"}
    assert Settings.create(tmp_path / "configuration.yaml", {}, environ).mqtt.server == "mqtt://a"


# ---- whatever the file holds ----


def test_no_file(tmp_path):
    with pytest.raises(SettingsError, match=r"configuration\.yaml: does not exist"):
        load(tmp_path / "configuration.yaml", {})


def test_not_utf_8(path):
    path.write_bytes(b"mqtt:\n  user: \xff")
    with pytest.raises(SettingsError, match=r"not UTF-8 text \(byte 14\)"):
        load(path, {})


def test_syntax_errors_name_line_and_column(path):
    path.write_text("mqtt:\n  server: [\n")
    with pytest.raises(SettingsError, match=r"configuration\.yaml: line 3, column 1"):
        load(path, {})


@given(st.binary(max_size=200))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_load_or_give_a_settings_error(tmp_path, content):
    path = tmp_path / "configuration.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        load(path, {})
    assert path.read_bytes() == content


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted(published_defaults())


@given(
    st.dictionaries(st.sampled_from(KEYS), ANY | st.dictionaries(st.sampled_from(["network_key", "x", "port"]), ANY))
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_change_is_saved_or_refused(tmp_path, change):
    path = tmp_path / "configuration.yaml"
    path.write_text(FILE)
    settings = load(path, {})
    before = settings.as_dict()
    try:
        settings.change(change)
    except SettingsError:
        assert settings.as_dict() == before
    assert load(path, {}).as_dict() == settings.as_dict()
