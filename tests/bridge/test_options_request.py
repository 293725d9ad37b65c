"""bridge/request/options; the words of errors are those that Zigbee2MQTT 2.14.1 answers with."""

import logging

import pytest
from support.waiting import until

from zigwire.bridge.options_request import OptionsRequest
from zigwire.bridge.requests import RequestFault
from zigwire.settings import SettingsError, load


class Info:
    """Takes the place of bridge/info."""

    def __init__(self):
        self.restart_required = False
        self.published = 0

    def info(self):
        self.published += 1


class Options:
    def __init__(self, folder):
        self.path = folder / "configuration.yaml"
        self.path.write_text(
            "version: 5  # kept\nmqtt:\n  server: mqtt://me:hunter2@localhost\n  user: me\n"
            "devices:\n  '0x00158d0001a00000':\n    friendly_name: lamp\n"
        )
        self.settings = load(self.path, {})
        self.info = Info()
        self.applied = []
        request = OptionsRequest(self.settings, self.info, [lambda settings: self.applied.append(settings.advanced)])
        self.ask = request.handlers()["options"]

    async def change(self, **change):
        return await self.ask({"options": change})


@pytest.fixture
def options(tmp_path):
    return Options(tmp_path)


async def test_live_keys_take_effect_and_are_saved(options):
    assert await options.change(advanced={"log_level": "warning"}) == {"restart_required": False}
    assert [advanced.log_level for advanced in options.applied] == ["warning"]
    assert options.info.published == 1
    assert load(options.path, {}).advanced.log_level == "warning"
    assert "version: 5  # kept" in options.path.read_text()


async def test_others_need_a_restart_from_then_on(options):
    assert await options.change(advanced={"channel": 15}) == {"restart_required": True}
    assert await options.change(advanced={"last_seen": "epoch"}) == {"restart_required": True}
    assert options.info.restart_required is True
    assert options.settings.advanced.channel == 15


async def test_objects_are_merged_and_null_deletes(options):
    await options.change(mqtt={"keepalive": 30, "user": None}, devices={})
    mqtt = options.settings.mqtt
    assert (mqtt.server, mqtt.keepalive, mqtt.user) == ("mqtt://me:hunter2@localhost", 30, None)
    assert "user" not in options.path.read_text()
    assert options.settings.device("lamp")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"advanced": {"log_level": "shout"}}, "advanced/log_level must be equal to one of the allowed values"),
        ({"advanced": {"channel": 40}}, "advanced/channel must be <= 26"),
        ({"mqtt": {"version": "5"}}, "mqtt/version must be number,null"),
        ({"mqtt": {"server": 5}}, "mqtt/server must be string"),
        ({"frontend": {"base_url": "x"}}, 'frontend/base_url must match pattern "^/"'),
        ({"homeassistant": None}, "homeassistant must be object"),
        ({"advanced": {"network_key": {}}}, "advanced/network_key must be string"),
    ],
)
async def test_what_the_schema_forbids_is_refused_in_the_words_that_clients_know(options, change, error):
    before = options.path.read_text()
    with pytest.raises(RequestFault) as caught:
        await options.change(**change)
    assert str(caught.value) == error
    assert caught.value.detail
    assert options.path.read_text() == before
    assert not options.applied
    assert not options.info.published


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"mqtt": {"server": None}}, "mqtt.server: is missing"),
        ({"version": 3}, "version: 3 must be 5"),
        ({"advanced": {"network_key": [1, 2]}}, "advanced.network_key: (hidden) must be a list of 16"),
        ({"mqtt": {"password": "!secret password"}}, "mqtt.password: must not begin with an exclamation mark"),
        ({"devices": {"0x00158d0001a00001": {"friendly_name": "lamp"}}}, "friendly_name 'lamp' is already in use"),
        ({"groups": {"1": {"friendly_name": "lamp"}}}, "friendly_name 'lamp' is already in use"),
        ({"groups": {"1": {"friendly_name": "a/1"}}}, "friendly_name must not end with a slash and a number"),
    ],
)
async def test_what_other_rules_forbid_is_refused_too(options, change, error):
    before = options.path.read_text()
    with pytest.raises(SettingsError) as caught:
        await options.change(**change)
    assert error in str(caught.value)
    assert options.path.read_text() == before
    assert not options.applied


@pytest.mark.parametrize("message", ["", "x", 5, None, [], {}, {"options": None}, {"options": [1]}])
async def test_a_payload_without_options_is_refused(options, message):
    with pytest.raises(RequestFault, match="Invalid payload"):
        await options.ask(message)


async def test_secrets_are_not_repeated(options, caplog):
    caplog.set_level(logging.DEBUG)
    await options.change(mqtt={"password": "swordfish"}, frontend={"auth_token": "swordfish"})
    with pytest.raises(RequestFault) as caught:
        await options.change(advanced={"network_key": "swordfish"}, mqtt={"password": ["swordfish"]})
    assert options.settings.mqtt.password == "swordfish"
    assert "mqtt.password, frontend.auth_token" in caplog.text
    assert "swordfish" not in f"{caplog.text}{caught.value}{caught.value.detail}"


async def test_the_bridge_hears_them(make_home):
    home = await make_home()
    home.say("bridge/request/options", {"options": {"advanced": {"last_seen": "epoch"}}})
    await until(lambda: home.sent.of("bridge/response/options"))
    assert home.sent.of("bridge/response/options")[0]["status"] == "ok"
    assert home.sent.of("bridge/info")[-1]["config"]["advanced"]["last_seen"] == "epoch"
