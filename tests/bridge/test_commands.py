"""Commands while the house changes around them."""

import asyncio

from support.waiting import until

from zigwire.bridge.homeassistant import without_needless_state
from zigwire.mqtt.message import Properties


def slow(home):
    """Let every frame take its time, so that commands are under way."""
    home.house.medium.delay = 0.05


async def test_a_command_under_way_is_published_under_the_new_name(make_home):
    home = await make_home(devices={"0x00158d0001a2b3c4": {"friendly_name": "old", "retain": True}})
    await home.pair()
    slow(home)
    home.say("old/set", {"state": "ON"})
    home.say("bridge/request/device/rename", {"from": "old", "to": "new"})
    await home.bridge.commands.idle()
    await until(lambda: home.sent.of("new"))
    kept = {topic: payload for topic, payload, _, retain in home.sent.messages if retain}
    assert kept["new"]["state"] == "ON"
    assert kept.get("old") is None


async def test_giving_up_leaves_nothing_behind(make_home):
    home = await make_home()
    await home.pair()
    slow(home)
    frames = []
    for _ in range(4):
        home.say(f"{home.plug.ieee}/set", {"state": "TOGGLE"})
    await asyncio.sleep(0)
    home.bridge.commands.stop()
    home.house.on_air = frames.append
    await home.bridge.commands.idle()
    home.house.advance(1)
    assert [frame for frame in frames if frame.source == 0 and frame.cluster == 6] == []


async def test_a_fault_of_ours_in_one_key_leaves_the_others_alone(make_home, caplog):
    home = await make_home()
    await home.pair()
    behaviour = home.bridge.entities.of(home.device).behaviour
    carry_out = behaviour.set

    async def broken(key, value, context):
        if key == "power_outage_memory":
            raise KeyError("oops")
        return await carry_out(key, value, context)

    behaviour.set = broken
    asked = Properties(response_topic="me/answers", correlation_data=b"7")
    home.say(f"{home.plug.ieee}/set", {"state": "ON", "power_outage_memory": True}, asked)
    await home.bridge.commands.idle()
    assert home.sent.of(home.plug.ieee)[-1]["state"] == "ON"
    ((_, answer, _),) = home.sent.correlated
    assert answer["results"]["state"] == {"result": "confirmed"}
    assert answer["results"]["power_outage_memory"]["error"] == "fault in Zigwire: KeyError('oops')"
    assert "oops" in caplog.text


async def test_a_read_is_told_what_was_asked_with_it(make_home):
    home = await make_home()
    await home.pair()
    behaviour = home.bridge.entities.of(home.device).behaviour
    asked = []

    async def note(key, context):
        asked.append((key, context.message))
        return {}

    behaviour.get = note
    home.say(f"{home.plug.ieee}/get", {"state": {"user": 1}})
    await home.bridge.commands.idle()
    assert asked == [("state", {"state": {"user": 1}})]


async def test_keys_are_read_in_the_order_in_which_they_would_be_set(make_home):
    home = await make_home()
    await home.pair()
    asked = []

    async def note(key, _context):
        asked.append(key)
        return {}

    home.bridge.entities.of(home.device).behaviour.get = note
    home.say(f"{home.plug.ieee}/get", {"state": "", "brightness": ""})
    await home.bridge.commands.idle()
    assert asked == ["brightness", "state"]


async def test_commands_for_a_removed_device_are_dropped(make_home, caplog):
    home = await make_home()
    await home.pair()
    slow(home)
    for _ in range(5):
        home.say(f"{home.plug.ieee}/set", {"state": "TOGGLE"})
    home.say("bridge/request/device/remove", {"id": home.plug.ieee, "force": True})
    await until(lambda: home.sent.of("bridge/response/device/remove"))
    async with asyncio.timeout(1):
        await home.bridge.commands.idle()
    assert "Can't set" not in caplog.text


async def test_bad_homeassistant_rename_changes_nothing(make_home):
    home = await make_home()
    await home.pair()
    ieee = home.plug.ieee
    home.say("bridge/request/device/rename", {"from": ieee, "to": "new", "homeassistant_rename": "yes"})
    await until(lambda: home.sent.of("bridge/response/device/rename"))
    assert home.sent.of("bridge/response/device/rename")[0]["status"] == "error"
    assert home.settings.devices[ieee].friendly_name == ieee


async def test_an_endpoint_with_thousands_of_digits_is_an_endpoint_that_it_has_not(make_home, caplog):
    home = await make_home()
    await home.pair()
    home.say(f"{home.plug.ieee}/{'1' * 5000}/set", {"state": "ON"})
    assert "has no endpoint" in caplog.text
    assert all(len(record.getMessage()) < 500 for record in caplog.records)


async def test_a_device_is_named_though_the_settings_can_not_be_saved(make_home, caplog):
    home = await make_home()
    home.settings.path.write_text("version: 5\nmqtt: [")
    await home.pair()
    assert "is not entered into the configuration" in caplog.text
    events = [(event["type"], event["data"].get("status")) for event in home.sent.of("bridge/event")]
    assert events[0] == ("device_joined", None)
    assert ("device_interview", "successful") in events


def test_home_assistants_state_beside_a_colour_is_left_out_while_it_is_on():
    for message, state, expected in [
        ({"state": "ON", "color_temp": 300}, {"state": "ON"}, {"color_temp": 300}),
        ({"state": "ON", "color": {"x": 1}}, {"state": "ON"}, {"color": {"x": 1}}),
        ({"state": "ON", "color_temp": 300, "brightness": 5}, {"state": "ON"}, None),
        ({"state": "ON", "color_temp": 300}, {"state": "OFF"}, None),
        ({"state": "ON"}, {"state": "ON"}, None),
    ]:
        wanted = dict(message) if expected is None else expected
        without_needless_state(message, state)
        assert message == wanted
