"""The bridge in the process, between a simulated house and a list of what it publishes."""

import asyncio
import json
import logging
import shutil

import pytest
from support.home import Home, Sent
from support.waiting import until

from zigwire.bridge.logs import MqttLogHandler
from zigwire.devices import Context
from zigwire.zigbee.errors import RequestError


async def test_nothing_is_said_of_other_topics(make_home):
    home = await make_home()
    home.sent.messages.clear()
    home.bridge.message("other/plug/set", b"ON")
    home.bridge.message("zigbee2mqtt/bridge/state", b"{}")
    home.bridge.message("zigbee2mqtt/plug", b"{}")
    await asyncio.sleep(0)
    assert home.sent.messages == []


async def test_the_retained_topics(make_home):
    home = await make_home()
    await home.pair()
    retained = {topic: payload for topic, payload, _, retain in home.sent.messages if retain}
    assert retained["bridge/state"] == {"state": "online"}
    assert retained["bridge/converters"] == retained["bridge/extensions"] == retained["bridge/groups"] == []
    info = retained["bridge/info"]
    assert info["network"] == {"pan_id": 0x1234, "extended_pan_id": home.house.nvram.ieee, "channel": 15}
    assert info["config"]["devices"] == {home.plug.ieee: {"friendly_name": home.plug.ieee}}
    assert "network_key" not in info["config"]["advanced"]
    assert info["config_schema"]["properties"]["mqtt"]
    clusters = retained["bridge/definitions"]["clusters"]
    assert clusters["genOnOff"]["ID"] == 6
    assert clusters["genOnOff"]["attributes"]["onOff"]["type"] == 0x10
    assert clusters["genLevelCtrl"]["commands"]["moveToLevel"]["parameters"][0] == {"name": "level", "type": 0x20}
    device = retained["bridge/devices"][1]
    assert device["definition"]["model"] == "ZNCZ02LM"
    assert device["definition"]["supports_ota"] is True
    assert {expose.get("name", expose["type"]) for expose in device["definition"]["exposes"]} == {
        "switch",
        "power",
        "energy",
        "device_temperature",
        "power_outage_memory",
        "linkquality",
    }


async def test_one_entitys_commands_are_carried_out_in_order(make_home):
    home = await make_home()
    await home.pair()
    ieee = home.plug.ieee
    for state in ["ON", "OFF"] * 10:
        home.say(f"{ieee}/set", {"state": state})
    await home.bridge.commands.idle()
    optimistic = [payload["state"] for payload in home.sent.of(ieee)]
    assert optimistic[-1] == "OFF"
    assert not home.plug.on


async def test_more_commands_than_can_wait_are_refused(make_home, caplog):
    home = await make_home()
    await home.pair()
    for _ in range(150):
        home.say(f"{home.plug.ieee}/set", {"state": "TOGGLE"})
    await home.bridge.commands.idle()
    refused = [record for record in caplog.records if "wait for it already" in record.getMessage()]
    assert len(refused) == 50


async def test_optimistic_off_waits_for_the_devices_word(make_home):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "optimistic": False}})
    await home.pair()
    home.say("plug/set", {"power_outage_memory": True})
    await home.bridge.commands.idle()
    assert home.sent.of("plug") == []
    home.say("plug/set", {"state": "ON"})
    await until(lambda: home.sent.of("plug"))
    assert home.sent.of("plug")[0]["state"] == "ON"


async def test_a_disabled_device_says_and_does_nothing(make_home, caplog):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "disabled": True}})
    await home.pair()
    messages = home.device.messages
    home.house.press("plug")
    await until(lambda: home.device.messages > messages)
    home.say("plug/set", {"state": "ON"})
    await home.bridge.commands.idle()
    assert "disabled" in caplog.text
    assert home.sent.of("plug") == []


async def test_a_disabled_device_is_not_asked_by_its_definition_either(make_home):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "plug"}})
    await home.pair()
    behaviour = home.bridge.entities.of(home.device).behaviour
    await behaviour.get("state", Context())
    home.say("bridge/request/device/options", {"id": "plug", "options": {"disabled": True}})
    await until(lambda: home.sent.of("bridge/response/device/options"))
    with pytest.raises(RequestError, match="disabled"):
        await behaviour.get("state", Context())


async def test_last_seen_is_published_with_every_frame(make_home):
    home = await make_home(advanced={"last_seen": "epoch"})
    await home.pair()
    home.say(f"{home.plug.ieee}/get", {"state": ""})
    await until(lambda: home.sent.of(home.plug.ieee))
    assert home.sent.of(home.plug.ieee)[-1]["last_seen"] > 1_600_000_000_000


async def test_restart_is_asked_for(make_home):
    home = await make_home()
    home.say("bridge/request/restart")
    await until(lambda: home.sent.of("bridge/response/restart"))
    assert home.restarts == 1


async def test_what_was_known_is_published_at_the_start(make_home, tmp_path):
    home = await make_home()
    await home.pair()
    home.say(f"{home.plug.ieee}/set", {"state": "ON"})
    await home.bridge.commands.idle()
    home.database.flush()
    folder = tmp_path / "again"
    folder.mkdir()
    for path in tmp_path.glob("zigwire.db*"):
        shutil.copy(path, folder)
    again = Home(folder, {"devices": {home.plug.ieee: {"friendly_name": "plug"}}})
    again.house.form(home.house.parameters)
    try:
        await again.start()
        assert again.sent.of("plug")[0]["state"] == "ON"
    finally:
        await again.stop()


def test_the_log_as_messages():
    sent = Sent()
    handler = MqttLogHandler(sent, "zigbee2mqtt", debug=False)
    logger = logging.getLogger("zigwire.test")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("not this")
        logger.error("a %s", "fault")
        logger.error("a fault")
        logger.info("x" * 5000)
        logging.getLogger("zigwire.mqtt.client").error("what MQTT says of itself would never end")
    finally:
        logger.removeHandler(handler)
    first, second = sent.of("bridge/logging")
    assert first == {"level": "error", "message": "a fault", "namespace": "zigwire.test"}
    assert len(second["message"]) == 2000


async def test_no_secret_is_published(make_home):
    secrets = ("hidden-pass", "hidden-token", "[1, 2, 3, 4", "[1,2,3,4")
    home = await make_home(
        mqtt={"server": "mqtt://someone:hidden-pass@localhost:1883", "user": "someone", "password": "hidden-pass"},
        frontend={"auth_token": "hidden-token"},
        advanced={"network_key": list(range(1, 17))},
    )
    await home.pair()
    everything = json.dumps(home.sent.messages)
    assert "mqtt://localhost:1883" in everything
    assert [secret for secret in secrets if secret in everything] == []
