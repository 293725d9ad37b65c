"""The reference device through the real program: what its page says, over a real broker and the coordinator's wire."""

import pytest

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.load import Load
from zigwire.simulator.plug import MEMORY

FIELDS = {"state", "power", "energy", "device_temperature", "power_outage_memory", "linkquality", "voltage"}


@pytest.fixture
async def world(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    await world.pair("plug")
    ieee = world.house.device("plug").ieee
    await world.ear.request("device/rename", {"from": ieee, "to": "plug"})
    return world


async def said(world, key, value, since):
    return await world.ear.wait("plug", lambda state: state and state.get(key) == value, since)


async def silent(world):
    """Let the plug say all that it says on its own, and nothing any more."""
    plug = world.house.device("plug")
    for name in ("announce", "hello", "heartbeat", "sample"):
        plug.forget(name)
    since = len(world.ear.heard)
    plug.report_heartbeat()
    await world.ear.wait("plug", lambda state: state and "energy" in state, since)
    return plug


async def test_pairing_tells_its_story(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    ieee = await world.pair("plug")
    await world.ear.wait("bridge/event", lambda event: event["type"] == "device_announce")
    events = [value for _, topic, value in world.ear.heard if topic == "bridge/event"]
    story = [(event["type"], event["data"].get("status")) for event in events]
    assert story[0] == ("device_joined", None)
    assert ("device_interview", "started") in story
    assert ("device_announce", None) in story
    interviewed = events[story.index(("device_interview", "successful"))]["data"]
    assert interviewed["supported"] is True
    assert interviewed["definition"]["model"] == "ZNCZ02LM"
    device = world.ear.latest["bridge/devices"][1]
    assert device["ieee_address"] == ieee
    assert (device["model_id"], device["manufacturer"], device["power_source"]) == (
        "lumi.plug",
        "LUMI",
        "Mains (single phase)",
    )
    assert device["interview_completed"] is True
    assert device["endpoints"]["2"]["clusters"]["input"] == ["genAnalogInput"]


async def test_switching(world):
    relay = world.house.device("plug")
    for topic, payload, on in [
        ("plug/set", {"state": "ON"}, True),
        ("plug/set", {"state": "off"}, False),
        ("plug/set", {"state": "TOGGLE"}, True),
        ("plug/set/state", "OFF", False),
        ("plug/set", "toggle", True),
        (f"{relay.ieee}/set", "OFF", False),
        ("plug/1/set", {"state": "ON"}, True),
    ]:
        since = world.ear.say(topic, payload)
        await said(world, "state", "ON" if on else "OFF", since)
        assert relay.on is on


async def test_reading(world):
    since = world.ear.say("plug/set", {"state": "ON"})
    await said(world, "state", "ON", since)
    since = world.ear.say("plug/get", {"state": "", "power": ""})
    state = await world.ear.wait("plug", lambda state: state.get("power") is not None, since)
    assert state["state"] == "ON"
    assert 20 < state["power"] < 60
    assert state["linkquality"] > 0


async def test_what_the_plug_reports_on_its_own(world):
    since = len(world.ear.heard)
    world.house.press("plug")
    state = await world.ear.wait("plug", since=since)
    assert state["state"] in {"ON", "OFF"}
    since = len(world.ear.heard)
    world.house.device("plug").report_heartbeat()
    state = await world.ear.wait("plug", lambda state: "energy" in state, since)
    assert FIELDS - {"power_outage_memory"} <= state.keys()
    assert 200 < state["voltage"] < 250


async def test_power_outage_memory_as_its_page_says(world):
    """It restores the state after a power cut from the first press of the button after it was set."""
    plug = world.house.device("plug")
    since = world.ear.say("plug/get", {"power_outage_memory": ""})
    await said(world, "power_outage_memory", False, since)
    since = world.ear.say("plug/set", {"power_outage_memory": True})
    await said(world, "power_outage_memory", True, since)
    since = world.ear.say("plug/get", {"power_outage_memory": ""})
    await said(world, "power_outage_memory", True, since)
    if not plug.on:
        world.house.press("plug")
    else:
        world.house.press("plug")
        world.house.press("plug")
    assert plug.on
    world.house.cut_power("plug")
    since = len(world.ear.heard)
    world.house.restore_power("plug")
    await said(world, "state", "ON", since)
    assert plug.on


@pytest.mark.parametrize(
    ("options", "name", "before", "after"),
    [
        ({"device_temperature_calibration": -2}, "device_temperature", 28, 26),
        ({"device_temperature_calibration": -2.8, "device_temperature_precision": 1}, "device_temperature", 28, 25.2),
        ({"voltage_precision": 0}, "voltage", 229.6, 230),
        ({"voltage_calibration": 10}, "voltage", 229.6, 252.56),
        ({"energy_calibration": 100}, "energy", 1.34, 2.68),
        ({"energy_calibration": 100, "energy_precision": 1}, "energy", 1.34, 2.7),
        ({"energy_calibration": 100, "energy_precision": 0}, "energy", 1.34, 3),
    ],
)
async def test_options_take_effect_with_the_next_report(world, options, name, before, after):
    plug = world.house.device("plug")
    plug.unplug()
    plug.meter.energy, plug.meter.temperature = 1.34, 28.0
    plug.set_temperature(28.0)
    plug.mains = Load(229.6, swing=0.0)

    async def report(value):
        since = len(world.ear.heard)
        plug.report_heartbeat()
        await said(world, name, value, since)

    await report(before)
    response = await world.ear.request("device/options", {"id": "plug", "options": options, "transaction": 7})
    assert response == {
        "data": {"id": "plug", "from": {}, "to": options, "restart_required": False},
        "status": "ok",
        "transaction": 7,
    }
    await report(after)


@pytest.mark.parametrize(
    ("topic", "payload", "words"),
    [
        ("plug/set", '{"state": ', ["plug", "JSON"]),
        ("plug/set", {"brightnes": 1}, ["plug", "brightnes", "state"]),
        ("plug/set", {"state": "MAYBE"}, ["plug", "state", "MAYBE", "ON"]),
        ("nonexistent/set", {"state": "ON"}, ["nonexistent"]),
        ("plug/set", "", ["plug", "payload"]),
        ("plug/set", {}, ["plug", "payload"]),
        ("plug/set", [1, 2], ["plug", "[1, 2]"]),
        ("plug/set", {"state": None}, ["plug", "state", "null"]),
        ("plug/set", "42", ["plug", "42"]),
        ("plug/set", {"power": 5}, ["plug", "power"]),
        ("plug/get", {"nope": ""}, ["plug", "nope"]),
        ("plug/l5/set", {"state": "ON"}, ["plug", "l5"]),
        ("plug/set", {"state": "x" * 300_000}, ["plug", "state", "xxx", "ON"]),
        ("plug/set", bytes(range(200, 256)), ["plug", "payload"]),
        ("plug/set", {"power_outage_memory": "yes"}, ["plug", "power_outage_memory", "yes", "true"]),
        ("plug/get", {"energy": ""}, ["plug", "energy"]),
    ],
)
async def test_bad_commands_are_named_and_change_nothing(world, topic, payload, words):
    plug = await silent(world)
    settings = (world.data / "configuration.yaml").read_text()
    before = (plug.on, plug.restores, plug.own_state()["written"], plug.attributes[MEMORY].value)
    since = world.ear.say(topic, payload)
    fault = await world.ear.wait("bridge/logging", lambda entry: entry["level"] == "error", since)
    for word in words:
        assert word in fault["message"]
    assert len(fault["message"]) < 500
    await world.ear.request("health_check")  # answered after whatever else came of it
    assert [value for _, name, value in world.ear.heard[since:] if name == "plug"] == []
    assert (plug.on, plug.restores, plug.own_state()["written"], plug.attributes[MEMORY].value) == before
    assert (world.data / "configuration.yaml").read_text() == settings


async def test_an_unreachable_device_is_named(world):
    world.house.cut_power("plug")
    since = world.ear.say("plug/set", {"state": "ON"})
    fault = await world.ear.wait("bridge/logging", lambda entry: entry["level"] == "error", since)
    assert "plug" in fault["message"]
    assert "state" in fault["message"]
