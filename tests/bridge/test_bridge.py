"""The bridge in the process, between a simulated house and a list of what it publishes."""

import asyncio
import json
import logging

import pytest
import yaml
from support.waiting import until

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.logs import MqttLogHandler
from zigwire.bridge.states import States
from zigwire.devices import NativeSource, Sources
from zigwire.settings import load
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zigbee.model import InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import NetworkParameters


class Sent:
    """Takes the place of the MQTT client."""

    def __init__(self):
        self.messages = []

    def publish(self, topic, payload, *, qos=0, retain=False, properties=None):
        del properties
        self.messages.append(
            (topic.removeprefix("zigbee2mqtt/"), json.loads(payload) if payload else None, qos, retain)
        )

    def of(self, topic):
        return [payload for name, payload, *_ in self.messages if name == topic]


class Home:
    def __init__(self, folder, document):
        path = folder / "configuration.yaml"
        path.write_text(yaml.safe_dump({"version": 5, "mqtt": {"server": "mqtt://localhost"}, **document}))
        self.settings = load(path, {})
        self.house = default_house()
        self.database = Database(folder / "zigwire.db")
        parameters = NetworkParameters(0x1234, None, 15, bytes(16))
        self.network = Network(lambda: SimulatedRadio(self.house), self.database, parameters=parameters)
        self.sent = Sent()
        self.restarts = 0
        states = States(self.database)
        sources = Sources([NativeSource()])
        self.bridge = Bridge(self.settings, self.network, self.sent, states, sources, self.count_restart)
        self.plug = self.house.device("plug")

    def count_restart(self):
        self.restarts += 1

    async def start(self):
        await self.network.start(self.bridge)
        await self.network.wait_online()
        self.bridge.start()

    async def pair(self):
        self.house.join("plug")
        await until(lambda: self.device and self.device.interview_state is InterviewState.SUCCESSFUL)

    @property
    def device(self):
        return self.network.devices.get(self.plug.ieee)

    def say(self, topic, payload=b""):
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.bridge.message(f"zigbee2mqtt/{topic}", raw)

    async def stop(self):
        self.bridge.stop()
        await self.network.stop()
        self.database.close()


@pytest.fixture
async def make_home(tmp_path):
    homes = []

    async def make(**document):
        home = Home(tmp_path, document)
        homes.append(home)
        await home.start()
        return home

    yield make
    for home in homes:
        await home.stop()


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
    refused = [record for record in caplog.records if "are waiting for it already" in record.getMessage()]
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
    home.house.press("plug")
    home.say("plug/set", {"state": "ON"})
    await home.bridge.commands.idle()
    await until(lambda: "disabled" in caplog.text)
    assert home.sent.of("plug") == []


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
    await home.network.stop()
    home.database.flush()
    again = Home(tmp_path, {"devices": {home.plug.ieee: {"friendly_name": "plug"}}})
    again.house.form(home.house.parameters)
    try:
        await again.start()
        assert again.sent.of("plug")[0]["state"] == "ON"
    finally:
        await again.stop()


async def test_availability_of_a_device_on_mains(make_home):
    """Asked after its timeout, it is offline without an answer; heard again it is online and its state is read."""
    override = {"timeout": 0.001, "max_jitter": 0}
    home = await make_home(
        availability={"enabled": True},
        devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "availability": override}},
    )
    await home.pair()
    assert home.sent.of("plug/availability") == [{"state": "online"}]
    home.house.cut_power("plug")
    await until(lambda: home.sent.of("plug/availability")[-1] == {"state": "offline"}, 20)
    home.sent.messages.clear()
    home.house.restore_power("plug")
    await until(lambda: home.sent.of("plug/availability") == [{"state": "online"}])
    await until(lambda: home.sent.of("plug"), 5)
    topic, _, qos, retain = next(message for message in home.sent.messages if message[0] == "plug/availability")
    assert (topic, qos, retain) == ("plug/availability", 1, True)


async def test_availability_of_one_device_can_be_off(make_home):
    home = await make_home(
        availability={"enabled": True},
        devices={"0x00158d0001a2b3c4": {"friendly_name": "plug", "availability": False}},
    )
    await home.pair()
    assert home.sent.of("plug/availability") == []


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
