"""Discovery by Home Assistant in a whole home: what is announced when, and what state messages and commands need."""

import asyncio
import json
import shutil
from typing import ClassVar

import pytest
from support.home import Home
from support.waiting import until

from zigwire.bridge.homeassistant import without_needless_state
from zigwire.bridge.homeassistant.retained import read
from zigwire.bridge.homeassistant.service import ARRANGING, LATECOMERS, LISTENING
from zigwire.bridge.homeassistant.states import at_endpoint
from zigwire.devices.definition import Definition
from zigwire.zigbee.model import Member, Scene

PLUG = "0x00158d0001a2b3c4"
BRIDGE = "zigbee2mqtt_bridge_"
STATUS = "homeassistant/status"
POWER = f"homeassistant/sensor/{PLUG}/power/config"
SWITCH = f"homeassistant/switch/{PLUG}/switch/config"


@pytest.fixture
async def make(make_home):
    async def make(**document):
        document = {"homeassistant": {"enabled": True}, **document}
        home = await make_home(**document)
        await home.pair()
        return home

    return make


@pytest.fixture
async def home(make):
    home = await make(devices={PLUG: {"friendly_name": "plug"}})
    home.report = lambda changes: home.bridge.publisher.publish(home.bridge.entities.of(home.device), changes)
    await listened(home)
    return home


async def listened(home):
    """Let the time pass in which the broker tells what is announced already."""
    await asyncio.sleep(0)
    home.leap(LISTENING + 1)
    await until(lambda: "homeassistant/#" not in home.sent.subscriptions)


def hear(home, topic, payload):
    home.bridge.message(topic, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


def announced(home):
    """Return what is retained below the discovery topic now."""
    retained = {
        topic: payload
        for topic, payload, _, retain in home.sent.messages
        if topic.startswith("homeassistant/") and retain
    }
    return {topic: payload for topic, payload in retained.items() if payload is not None}


def place(home, topic, found=lambda _: True):
    """Return where the first message on a topic is among all."""
    return next(
        index for index, (name, payload, *_) in enumerate(home.sent.messages) if name == topic and found(payload)
    )


async def test_a_device_is_announced_after_its_interview(make):
    home = await make()
    await until(lambda: SWITCH in announced(home))
    topics = {topic for topic in announced(home) if PLUG in topic}
    assert {topic.split("/")[3] for topic in topics} == {
        "switch",
        "power",
        "energy",
        "device_temperature",
        "switch_power_outage_memory",
        "linkquality",
        "update",
    }
    power = announced(home)[POWER]
    assert power["unique_id"] == f"{PLUG}_power_zigbee2mqtt"
    assert power["state_topic"] == f"zigbee2mqtt/{PLUG}"
    assert power["device"]["identifiers"] == [f"zigbee2mqtt_{PLUG}"]
    assert power["device"]["via_device"].startswith(BRIDGE)
    assert power["origin"]["name"] == "Zigwire"
    assert [one["topic"] for one in power["availability"]] == ["zigbee2mqtt/bridge/state"]
    _, _, qos, retain = home.sent.messages[place(home, POWER)]
    assert (qos, retain) == (1, True)


async def test_the_bridge_is_announced_once_the_broker_told_what_it_has(make):
    home = await make()
    bridge = [topic for topic in announced(home) if "connection_state" in topic]
    assert bridge == []
    assert home.sent.subscriptions == {STATUS, "homeassistant/#"}
    await listened(home)
    assert len([topic for topic in announced(home) if PLUG not in topic]) == 8


async def test_what_is_announced_already_is_not_announced_again(make):
    home = await make()
    await until(lambda: SWITCH in announced(home))
    before = announced(home)
    home.bridge.homeassistant.stop()
    home.sent.messages.clear()
    home.bridge.homeassistant.start()
    for topic, payload in before.items():
        if topic != POWER:
            hear(home, topic, payload)
    hear(home, POWER, {**before[POWER], "icon": "mdi:old"})
    await listened(home)
    assert [topic for topic in announced(home) if PLUG in topic] == [POWER]
    assert announced(home)[POWER] == before[POWER]


@pytest.mark.parametrize(
    ("topic", "payload", "is_cleared"),
    [
        ("sensor/0x0000000000000001/power/config", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, True),
        (f"sensor/{PLUG}/smell/config", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, True),
        ("light/1221_9/light/config", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, True),
        (f"sensor/{PLUG}/smell/config", {"availability": [{"topic": "zigbee2mqtt/attic/bridge/state"}]}, False),
        (f"sensor/{PLUG}/smell/config", {"availability": []}, False),
        (f"sensor/{PLUG}/smell/config", {"availability": "x"}, False),
        (f"sensor/{PLUG}/smell/config", [1], False),
        (f"sensor/{PLUG}/smell/config", b"{", False),
        ("sensor/tasmota/power/config", {"availability_topic": "tele/x"}, False),
        (f"sensor/{PLUG}/config", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, False),
        (f"sensor/{PLUG}/power/state", {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]}, False),
    ],
)
async def test_what_is_ours_and_nobodys_any_more_is_cleared(make, topic, payload, is_cleared):
    home = await make()
    hear(home, f"homeassistant/{topic}", payload)
    await listened(home)
    assert (None in home.sent.of(f"homeassistant/{topic}")) is is_cleared


async def test_what_is_retained_of_a_device_that_is_not_known_yet_stays(make):
    home = await make()
    home.bridge.entities.of(home.device).behaviour = None
    home.bridge.homeassistant.stop()
    home.bridge.homeassistant.start()
    hear(home, POWER, {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]})
    await listened(home)
    assert None not in home.sent.of(POWER)


async def test_triggers_are_announced_when_an_action_is_first_seen(home):
    home.report({"action": "single"})
    home.report({"action": "single"})
    topic = f"homeassistant/device_automation/{PLUG}/action_single/config"
    assert len(home.sent.of(topic)) == 1
    trigger = announced(home)[topic]
    assert trigger["topic"] == "zigbee2mqtt/plug/action"
    assert (trigger["automation_type"], trigger["type"], trigger["subtype"], trigger["payload"]) == (
        "trigger",
        "action",
        "single",
        "single",
    )


async def test_actions_have_a_topic_of_their_own(home):
    home.report({"action": "single"})
    assert home.sent.of("plug/action") == [b"single"]


async def test_triggers_seen_in_former_times_are_remembered(make):
    home = await make()
    topic = f"homeassistant/device_automation/{PLUG}/action_double/config"
    coordinator = home.network.coordinator.ieee
    device = {"via_device": f"{BRIDGE}{coordinator}"}
    hear(home, topic, {"type": "action", "payload": "double", "topic": "zigbee2mqtt/old/action", "device": device})
    await listened(home)
    assert home.sent.of(topic)[-1]["topic"] == f"zigbee2mqtt/{PLUG}/action"


async def test_triggers_can_be_unwanted(make):
    home = await make(devices={PLUG: {"friendly_name": "plug", "homeassistant": {"device_automation": None}}})
    await listened(home)
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"action": "single"})
    assert not [topic for topic in announced(home) if "device_automation" in topic]


async def test_an_action_is_taken_back_for_the_sensor_of_older_versions(make):
    home = await make(
        homeassistant={"enabled": True, "legacy_action_sensor": True}, devices={PLUG: {"friendly_name": "plug"}}
    )
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"action": "single"})
    assert [state["action"] for state in home.sent.of("plug")] == ["single", ""]


async def test_a_device_can_be_hidden(make):
    home = await make(devices={PLUG: {"friendly_name": "plug", "homeassistant": None}})
    hear(home, POWER, {"availability": [{"topic": "zigbee2mqtt/bridge/state"}]})
    await listened(home)
    assert home.sent.of(POWER) == [None]
    assert not [topic for topic in announced(home) if PLUG in topic]


async def test_what_a_user_wants_otherwise_takes_effect_at_once(home):
    wanted = {"homeassistant": {"name": "Boiler", "energy": None, "power": {"icon": "mdi:fire"}}}
    home.say("bridge/request/device/options", {"id": "plug", "options": wanted})
    await until(lambda: home.sent.of("bridge/response/device/options"))
    power = announced(home)[POWER]
    assert power["device"]["name"] == "Boiler"
    assert power["object_id"] == "boiler_power"
    assert power["icon"] == "mdi:fire"
    assert f"homeassistant/sensor/{PLUG}/energy/config" not in announced(home)


async def test_a_rename_changes_the_topics_then_leaves_the_old_name_then_tells_the_state(home):
    home.report({"state": "ON"})
    home.sent.messages.clear()
    home.say("bridge/request/device/rename", {"from": "plug", "to": "lamp"})
    await until(lambda: SWITCH in announced(home))
    assert None not in home.sent.of("plug")
    home.leap(1)
    await until(lambda: home.sent.of("plug") == [None])
    new = place(home, SWITCH, lambda payload: payload and payload["state_topic"] == "zigbee2mqtt/lamp")
    old = place(home, "plug")
    await until(lambda: home.sent.of("lamp") and home.sent.messages[-1][0] == "lamp")
    assert None not in home.sent.of(SWITCH)
    assert new < old < len(home.sent.messages) - 1
    assert home.sent.of("lamp")[-1]["state"] == "ON"


async def test_a_name_that_somebody_else_took_meanwhile_keeps_what_is_retained(home):
    home.say("bridge/request/device/rename", {"from": "plug", "to": "lamp"})
    await until(lambda: len(home.sent.of("bridge/response/device/rename")) == 1)
    home.say("bridge/request/device/rename", {"from": "lamp", "to": "plug"})
    await until(lambda: len(home.sent.of("bridge/response/device/rename")) == 2)
    home.leap(1)
    await until(lambda: home.sent.of("lamp") and home.sent.of("lamp")[-1] is None)
    assert None not in home.sent.of("plug")


async def test_a_rename_may_let_home_assistant_forget_the_entities_first(home):
    home.report({"state": "ON", "action": "single"})
    home.sent.messages.clear()
    asked = {"from": "plug", "to": "lamp", "homeassistant_rename": True}
    home.say("bridge/request/device/rename", asked)
    await until(lambda: None in home.sent.of(SWITCH))
    home.bridge.homeassistant.changed(home.bridge.entities.of(home.device))
    assert home.sent.of(SWITCH) == [None]
    home.leap(1)
    await until(lambda: None in home.sent.of("plug"))
    home.leap(2)
    await until(lambda: len(home.sent.of(SWITCH)) == 2)
    assert home.sent.of(SWITCH)[-1]["object_id"] == "lamp"
    trigger = f"homeassistant/device_automation/{PLUG}/action_single/config"
    assert [one and one["topic"] for one in home.sent.of(trigger)] == [None, "zigbee2mqtt/lamp/action"]
    count = len(home.sent.of("lamp"))
    home.leap(1)
    await until(lambda: len(home.sent.of("lamp")) > count)


async def test_a_removed_device_is_cleared(home):
    home.say("bridge/request/device/remove", {"id": "plug"})
    await until(lambda: home.sent.of("bridge/response/device/remove"))
    assert not [topic for topic in announced(home) if PLUG in topic]
    assert [topic for topic in announced(home) if "permit_join" in topic]


async def test_home_assistant_hears_all_states_as_soon_as_it_started_and_once_more(home):
    home.report({"state": "ON"})
    home.sent.messages.clear()
    hear(home, STATUS, b"online")
    await until(lambda: home.sent.of("plug"))
    assert home.sent.of("plug")[0]["state"] == "ON"
    assert home.sent.of("bridge/state") == [{"state": "online"}]
    assert place(home, "bridge/state") < place(home, "plug")
    assert announced(home) == {}
    home.leap(LATECOMERS + 1)
    await until(lambda: len(home.sent.of("plug")) == 2)


async def test_home_assistant_hears_what_is_known_though_messages_are_made_without_the_cache(make):
    home = await make(advanced={"cache_state": False}, devices={PLUG: {"friendly_name": "plug"}})
    await listened(home)
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"state": "ON"})
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"power": 3})
    home.sent.messages.clear()
    hear(home, STATUS, b"online")
    await until(lambda: home.sent.of("plug"))
    state = home.sent.of("plug")[0]
    assert (state["state"], state["power"]) == ("ON", 3)


async def test_other_words_of_home_assistant_mean_nothing(home):
    home.report({"state": "ON"})
    home.sent.messages.clear()
    hear(home, STATUS, b"offline")
    hear(home, STATUS, b"\xff")
    hear(home, "homeassistant/statusx", b"online")
    for _ in range(5):
        home.leap(LATECOMERS)
        await asyncio.sleep(0)
    assert home.sent.of("plug") == home.sent.of("bridge/state") == []


async def test_where_nothing_is_retained_home_assistant_is_told_all_when_it_starts(make):
    home = await make(mqtt={"server": "mqtt://localhost", "force_disable_retain": True})
    await listened(home)
    home.sent.messages.clear()
    hear(home, STATUS, b"online")
    await until(lambda: home.sent.of(SWITCH))
    assert len([topic for topic in announced(home) if PLUG in topic]) == 7


async def test_availability_counts_where_it_is_watched(make):
    home = await make(availability={"enabled": True})
    await until(lambda: SWITCH in announced(home))
    assert [one["topic"] for one in announced(home)[SWITCH]["availability"]] == [
        "zigbee2mqtt/bridge/state",
        f"zigbee2mqtt/{PLUG}/availability",
    ]
    assert announced(home)[SWITCH]["availability_mode"] == "all"


async def test_a_disabled_device_is_never_available(make):
    home = await make(devices={PLUG: {"friendly_name": "plug", "disabled": True}})
    await until(lambda: SWITCH in announced(home))
    assert [one["value_template"] for one in announced(home)[SWITCH]["availability"]] == ['{{ "offline" }}']


async def test_links_lead_to_the_web_page(make):
    home = await make(frontend={"url": "http://house:8080"})
    await listened(home)
    assert announced(home)[SWITCH]["device"]["configuration_url"] == f"http://house:8080/#/device/0/{PLUG}/info"
    bridge = next(payload for topic, payload in announced(home).items() if topic.endswith("/restart/config"))
    assert bridge["device"]["configuration_url"] == "http://house:8080/#/settings"


async def test_scenes_of_a_device(home):
    endpoint = next(iter(home.device.endpoints.values()))
    endpoint.scenes.append(Scene(4, 0, "Film night"))
    home.bridge.homeassistant.changed(home.bridge.entities.of(home.device))
    scene = announced(home)[f"homeassistant/scene/{PLUG}/scene_4/config"]
    assert (scene["name"], scene["default_entity_id"]) == ("Film night", "scene.plug_4_film_night")
    endpoint.scenes.clear()
    home.bridge.homeassistant.changed(home.bridge.entities.of(home.device))
    assert not [topic for topic in announced(home) if "/scene/" in topic]


async def test_scenes_are_announced_when_they_are_arranged(home):
    scenes = next(iter(home.device.endpoints.values())).scenes
    topic = f"homeassistant/scene/{PLUG}/scene_4/config"
    for scene in (Scene(4, 0, "Film"), Scene(4, 0, "Film night")):
        scenes[:] = [scene]
        home.bridge._scenes_changed([home.device])
    assert topic not in announced(home)
    await asyncio.sleep(0)
    home.leap(ARRANGING + 1)
    await until(lambda: topic in announced(home))
    assert [payload["name"] for name, payload, *_ in home.sent.messages if name == topic] == ["Film night"]
    scenes.clear()
    home.bridge._scenes_changed([home.device])
    assert topic not in announced(home), "what is gone is cleared at once"


# --- groups and endpoints ---


class TwoLamps:
    """The behaviour of a device with two lamps and no more."""

    definition = Definition(vendor="Acme", model="L2", description="Two lamps")
    endpoint_names: ClassVar = {"l1": 1, "l2": 2}

    def exposes(self, options):
        del options
        return [self.lamp("l1"), self.lamp("l2")]

    def lamp(self, endpoint):
        names = ("state", "brightness")
        features = [{"type": "binary", "name": name, "property": f"{name}_{endpoint}"} for name in names]
        return {"type": "light", "endpoint": endpoint, "features": features}

    def override_discovery(self, payload, options):
        del options
        return dict(payload)

    def stop(self):
        """Nothing is under way."""


@pytest.fixture
def lamps(home):
    entity = home.bridge.entities.of(home.device)
    entity.behaviour = TwoLamps()
    home.bridge.homeassistant.changed(entity)
    return entity


def group(home, *members):
    groups = home.network.groups
    groups.add(7)
    groups.drop_device(PLUG)
    for endpoint in members:
        groups.add_member(7, Member(PLUG, endpoint))
    return home.bridge.entities.find_key("7")


GROUP_NODE = "1221051039810110150109113116116_7"


async def test_each_endpoint_of_a_light_has_its_own_topic(home, lamps):
    light = announced(home)[f"homeassistant/light/{PLUG}/light_l2/config"]
    assert light["state_topic"] == "zigbee2mqtt/plug/l2"
    assert light["command_topic"] == "zigbee2mqtt/plug/l2/set"
    home.report({"state_l1": "ON", "state_l2": "OFF", "brightness_l2": 7})
    assert home.sent.of("plug/l1") == [{"state": "ON"}]
    assert home.sent.of("plug/l2") == [{"state": "OFF", "brightness": 7}]


async def test_a_property_that_is_called_like_the_endpoint_of_a_light_has_its_own_topic(home, lamps):
    options = {"type": "enum", "name": "light_type", "label": "Light type", "property": "light_type", "access": 3}
    lamps.behaviour.exposes = lambda _: [{**options, "values": ["led", "halogen"]}]
    home.bridge.homeassistant.changed(lamps)
    home.report({"light_type": "led"})
    assert home.sent.of("plug/type") == [{"light": "led"}]


async def test_a_group_is_what_its_members_are(home, lamps):
    home.bridge.homeassistant.changed(group(home, 2))
    light = announced(home)[f"homeassistant/light/{GROUP_NODE}/light/config"]
    assert light["group"] == [f"{PLUG}_light_l2_zigbee2mqtt"]
    assert light["unique_id"] == "7_light_zigbee2mqtt"
    assert light["device"]["identifiers"] == [f"zigbee2mqtt_{GROUP_NODE}"]
    assert light["device"]["model"] == "Group"


async def test_a_groups_switch_stands_for_the_members_switches_not_for_their_settings(home):
    home.bridge.homeassistant.changed(group(home, 1))
    switch = announced(home)[f"homeassistant/switch/{GROUP_NODE}/switch/config"]
    assert switch["group"] == [f"{PLUG}_switch_zigbee2mqtt"]


async def test_a_group_without_members_is_cleared(home, lamps):
    home.bridge.homeassistant.changed(group(home, 1))
    home.bridge.homeassistant.changed(group(home))
    assert not [topic for topic in announced(home) if GROUP_NODE in topic]


async def test_a_group_follows_its_members(home):
    home.bridge.homeassistant.changed(group(home, 1))
    entity = home.bridge.entities.of(home.device)
    entity.behaviour = TwoLamps()
    home.bridge.homeassistant.changed(entity)
    assert [topic for topic in announced(home) if GROUP_NODE in topic] == [
        f"homeassistant/light/{GROUP_NODE}/light/config"
    ]


async def test_a_removed_device_is_in_no_group_any_more(home):
    home.bridge.homeassistant.changed(group(home, 1))
    home.say("bridge/request/device/remove", {"id": "plug"})
    await until(lambda: home.sent.of("bridge/response/device/remove"))
    assert not [topic for topic in announced(home) if GROUP_NODE in topic]


async def test_a_removed_group_is_cleared(home, lamps):
    home.bridge.homeassistant.changed(group(home, 1))
    home.network.groups.remove(7)
    home.bridge.homeassistant.removed("7")
    assert not [topic for topic in announced(home) if GROUP_NODE in topic]


async def test_scenes_of_a_group_are_those_of_its_members_endpoints(home, lamps):
    endpoint = next(iter(home.device.endpoints.values()))
    endpoint.scenes += [Scene(1, 7, "Cosy"), Scene(2, 0, "The device's")]
    home.bridge.homeassistant.changed(group(home, endpoint.id))
    scenes = [topic for topic in announced(home) if f"scene/{GROUP_NODE}" in topic]
    assert scenes == [f"homeassistant/scene/{GROUP_NODE}/scene_1/config"]
    assert announced(home)[scenes[0]]["command_topic"] == "zigbee2mqtt/7/set"


# --- settings ---


async def test_it_is_switched_on_and_off_while_running(make):
    home = await make(homeassistant={"enabled": False})
    assert announced(home) == {}
    assert home.sent.subscriptions == set()
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"state": "ON"})
    assert "power" not in home.sent.of(PLUG)[-1]
    home.say("bridge/request/options", {"options": {"homeassistant": {"enabled": True}}})
    await until(lambda: STATUS in home.sent.subscriptions)
    await listened(home)
    assert SWITCH in announced(home)
    home.bridge.publisher.publish(home.bridge.entities.of(home.device), {"state": "ON"})
    assert home.sent.of(PLUG)[-1]["power"] is None
    home.say("bridge/request/options", {"options": {"homeassistant": {"enabled": False}}})
    await until(lambda: home.sent.subscriptions == set())
    assert SWITCH in announced(home)


async def test_what_was_announced_elsewhere_is_cleared_there(home):
    home.say("bridge/request/options", {"options": {"homeassistant": {"discovery_topic": "ha"}}})
    await until(lambda: "ha/#" in home.sent.subscriptions)
    assert announced(home) == {}
    home.leap(LISTENING + 1)
    await until(lambda: home.sent.of(f"ha/switch/{PLUG}/switch/config"))


@pytest.mark.parametrize(
    "change", [{"homeassistant": {"discovery_topic": "zigbee2mqtt"}}, {"advanced": {"output": "attribute"}}]
)
async def test_settings_that_would_confuse_home_assistant_are_refused(home, change):
    home.say("bridge/request/options", {"options": change})
    await until(lambda: home.sent.of("bridge/response/options"))
    assert home.sent.of("bridge/response/options")[0]["status"] == "error"


async def test_without_a_cache_a_user_is_warned(make, caplog):
    await make(advanced={"cache_state": False})
    assert "cache_state" in caplog.text


# --- states and commands ---


async def test_home_assistant_finds_every_property(home):
    home.report({"state": "ON", "color": {"hue": 10, "saturation": 20}})
    state = home.sent.of("plug")[-1]
    assert state["state"] == "ON"
    for name in ("power", "energy", "device_temperature", "power_outage_memory"):
        assert state[name] is None
    assert state["update"] == {"installed_version": -1, "latest_version": -1, "state": None}
    assert state["color"] == {"hue": 10, "saturation": 20, "h": 10, "s": 20}
    home.report({"update": {"state": "idle", "installed_version": 4}})
    assert home.sent.of("plug")[-1]["update"] == {"state": "idle", "installed_version": 4, "latest_version": 4}
    home.report({"update": {"state": "idle", "installed_version": 5, "latest_version": 6}})
    assert home.sent.of("plug")[-1]["update"] == {"state": "idle", "installed_version": 5, "latest_version": 6}


async def test_states_at_the_start_are_complete(home, tmp_path):
    home.report({"state": "ON"})
    home.database.flush()
    folder = tmp_path / "again"
    folder.mkdir()
    for path in tmp_path.glob("zigwire.db*"):
        shutil.copy(path, folder)
    document = {"homeassistant": {"enabled": True}, "devices": {PLUG: {"friendly_name": "plug"}}}
    again = Home(folder, document)
    again.house.form(home.house.parameters)
    try:
        await again.start()
        assert again.sent.of("plug")[0]["power"] is None
        assert again.sent.of("plug")[0]["update"]["installed_version"] == -1
    finally:
        await again.stop()


async def test_linkquality_is_known_after_a_restart(home):
    home.report({"state": "ON"})
    assert home.sent.of("plug")[-1]["linkquality"] is not None
    assert home.database.load_devices()[0].linkquality == home.device.linkquality


def test_the_properties_of_one_endpoint():
    message = {"state_l1": "ON", "state_l2": "OFF", "brightness_l1": 9, "linkquality": 1}
    assert at_endpoint(message, "l1") == {"state": "ON", "brightness": 9}


@pytest.mark.parametrize(
    ("message", "state", "left"),
    [
        ({"state": "ON", "color": {"x": 0.1}}, {"state": "ON"}, {"color": {"x": 0.1}}),
        ({"state": "ON", "color_temp": 200}, {"state": "OFF"}, {"state": "ON", "color_temp": 200}),
        (
            {"state": "ON", "color_temp": 200, "brightness": 1},
            {"state": "ON"},
            {"state": "ON", "color_temp": 200, "brightness": 1},
        ),
        ({"state": "OFF"}, {"state": "ON"}, {"state": "OFF"}),
    ],
)
def test_state_is_left_out_of_colouring(message, state, left):
    without_needless_state(message, state)
    assert message == left


def test_triggers_of_another_bridge_are_not_ours():
    payload = json.dumps({"type": "action", "payload": "on", "device": {"via_device": "other"}}).encode()
    assert read(f"device_automation/{PLUG}/action_on/config", payload, "zigbee2mqtt", "ours") is None
