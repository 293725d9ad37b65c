"""Groups follow their members, members follow their groups; what goes on air for a group."""

import pytest
from support.waiting import until

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import LEVEL

GROUPED = {"7": {"friendly_name": "lights"}}


@pytest.fixture
def make_grouped(make_room):
    async def make(*members, devices=("plug", "spare", "bulb"), groups=GROUPED, **document):
        room = await make_room(groups=groups, **document)
        await room.let_in(*devices)
        for member in members:
            await room.ask("group/members/add", {"group": "lights", "device": member})
        room.sent.messages.clear()
        room.air.clear()
        return room

    return make


def told(room, name):
    """Return what was published of one, without what devices always say."""
    return [{key: value for key, value in state.items() if key != "linkquality"} for state in room.sent.of(name)]


async def settle(room, name, state):
    await until(lambda: room.sent.of(name) and room.sent.of(name)[-1].get("state") == state)


async def test_a_command_for_a_group_is_one_multicast_and_all_members_follow(make_grouped):
    room = await make_grouped("plug", "spare")
    await room.tell("lights", {"state": "ON"})
    (frame,) = room.multicasts()
    assert (frame.destination, frame.destination_endpoint, frame.cluster) == (7, 255, 6)
    assert (frame.data[0], frame.data[2:]) == (0x11, b"\x01")
    assert told(room, "lights")[0] == {"state": "ON"}
    for name in ("plug", "spare"):
        assert told(room, name)[0]["state"] == "ON"
        await until(lambda name=name: room.virtual(name).on)


async def test_members_take_over_what_they_can(make_grouped):
    room = await make_grouped("plug", "bulb")
    await room.tell("lights", {"brightness": 42})
    await room.tell("lights", {"color_temp": 300})
    assert told(room, "lights")[-1] == {
        "state": "ON",
        "brightness": 42,
        "color_temp": 300,
        "color_mode": "color_temp",
    }
    assert told(room, "bulb")[-1] == told(room, "lights")[-1]
    assert all(state.keys() == {"state"} for state in told(room, "plug")[:1])
    assert "brightness" not in room.sent.of("plug")[-1]
    assert [frame.cluster for frame in room.multicasts()] == [8, 0x300]


async def test_a_group_is_off_when_all_members_are(make_grouped):
    room = await make_grouped("plug", "bulb")
    room.says("plug", "state", 1)
    await settle(room, "lights", "ON")
    room.says("bulb", "state", 1)
    await settle(room, "bulb", "ON")
    room.says("plug", "state", 0)
    await settle(room, "plug", "OFF")
    assert told(room, "lights")[-1]["state"] == "ON"
    room.says("bulb", "state", 0)
    await settle(room, "lights", "OFF")


async def test_a_group_may_follow_the_last_member(make_grouped):
    room = await make_grouped(
        "plug", "bulb", groups={"7": {"friendly_name": "lights", "off_state": "last_member_state"}}
    )
    room.says("bulb", "state", 1)
    await settle(room, "lights", "ON")
    room.says("plug", "state", 1)
    await settle(room, "plug", "ON")
    room.says("plug", "state", 0)
    await settle(room, "lights", "OFF")


async def test_what_a_group_follows_is_published_once(make_grouped):
    room = await make_grouped("bulb")
    for _ in range(3):
        room.says("bulb", "brightness", 77)
    await until(lambda: len(room.sent.of("bulb")) == 3)
    assert told(room, "lights") == [{"brightness": 77}]
    await room.tell("lights", {"brightness": 10})
    room.says("bulb", "brightness", 77)
    await until(lambda: told(room, "lights")[-1]["brightness"] == 77)
    assert told(room, "bulb")[-1]["brightness"] == 77


async def test_groups_that_share_a_member_follow_each_other(make_grouped):
    groups = {**GROUPED, "8": {"friendly_name": "corner"}}
    room = await make_grouped("plug", "bulb", groups=groups)
    await room.ask("group/members/add", {"group": "corner", "device": "plug"})
    await room.tell("lights", {"brightness": 99})
    assert told(room, "corner") == [{"state": "ON"}]
    await room.tell("corner", {"state": "OFF"})
    assert told(room, "lights")[-1]["state"] == "ON"
    room.says("bulb", "state", 0)
    await settle(room, "lights", "OFF")
    assert told(room, "corner")[-1] == {"state": "OFF"}


async def test_a_follow_up_of_an_overlapping_group_is_no_reason_to_be_silent(make_grouped):
    """Zigbee2MQTT compares with the last report of a member only, and misses this one."""
    groups = {**GROUPED, "8": {"friendly_name": "corner"}}
    room = await make_grouped("plug", groups=groups)
    await room.ask("group/members/add", {"group": "corner", "device": "plug"})
    room.says("plug", "state", 1)
    await settle(room, "corner", "ON")
    await room.tell("lights", {"state": "OFF"})
    await settle(room, "corner", "OFF")
    room.says("plug", "state", 1)
    await settle(room, "corner", "ON")


async def test_disabled_members_are_passed_over(make_grouped):
    room = await make_grouped("plug", "spare")
    room.says("spare", "state", 1)
    await settle(room, "spare", "ON")
    await room.ask("device/options", {"id": "spare", "options": {"disabled": True}})
    room.sent.messages.clear()
    await room.tell("lights", {"state": "ON"})
    room.says("plug", "state", 0)
    await settle(room, "lights", "OFF")
    assert room.sent.of("spare") == []


async def test_nothing_is_assumed_of_a_group_or_member_that_is_not_optimistic(make_grouped):
    room = await make_grouped("plug", "spare", groups={"7": {"friendly_name": "lights", "optimistic": False}})
    await room.tell("lights", {"state": "ON"})
    assert room.sent.of("lights") == []
    await until(lambda: told(room, "plug") and told(room, "plug")[-1]["state"] == "ON")
    assert room.sent.of("lights") == []


async def test_a_member_that_is_not_optimistic_waits_for_its_report(make_grouped):
    room = await make_grouped("plug", "spare")
    await room.ask("device/options", {"id": "spare", "options": {"optimistic": False}})
    room.virtual("spare").online = False
    room.sent.messages.clear()
    await room.tell("lights", {"state": "ON"})
    assert told(room, "plug")[0]["state"] == "ON"
    assert room.sent.of("spare") == []


async def test_get_asks_all_members(make_grouped):
    room = await make_grouped("plug", "spare")
    await room.tell("lights", {"state": ""}, verb="get")
    (frame,) = room.multicasts()
    assert (frame.destination, frame.destination_endpoint, frame.data[0], frame.data[2:]) == (7, 255, 0x10, b"\0\0\0")


async def test_retain_qos_and_filters_of_a_group(make_grouped):
    options = {"friendly_name": "lights", "retain": True, "qos": 1, "filtered_attributes": ["brightness"]}
    room = await make_grouped("bulb", groups={"7": options})
    await room.tell("lights", {"brightness": 5})
    (message,) = [message for message in room.sent.messages if message[0] == "lights"]
    assert message == ("lights", {"state": "ON"}, 1, True)


async def test_a_group_whose_last_lit_member_goes_is_off(make_grouped):
    room = await make_grouped("plug", "spare")
    room.says("plug", "state", 1)
    await settle(room, "lights", "ON")
    await room.ask("group/members/remove", {"group": "lights", "device": "plug"})
    await settle(room, "lights", "OFF")
    await room.ask("group/members/add", {"group": "lights", "device": "plug"})
    await settle(room, "lights", "ON")


async def test_an_empty_group_knows_no_key(make_grouped, caplog):
    room = await make_grouped()
    await room.tell("lights", {"state": "ON"})
    assert "Can't set 'state' of 'lights'" in caplog.text
    assert room.multicasts() == []


async def test_cached_states_of_groups_are_published_at_the_start(make_grouped):
    room = await make_grouped("plug")
    await room.tell("lights", {"state": "ON"})
    room.sent.messages.clear()
    room.bridge.start()
    assert room.sent.of("lights") == [{"state": "ON"}]


async def test_scenes_of_a_group(make_grouped):
    room = await make_grouped("plug", "bulb")
    await room.tell("lights", {"brightness": 42})
    await room.tell("lights", {"scene_store": {"ID": 1, "name": "Cosy"}})
    assert room.sent.of("bridge/groups")[-1][0]["scenes"] == [{"id": 1, "name": "Cosy"}]
    await until(lambda: room.sent.of("bridge/devices"))
    shown = {device["friendly_name"]: device for device in room.sent.of("bridge/devices")[-1]}
    assert shown["bulb"]["endpoints"]["1"]["scenes"] == []
    await room.tell("lights", {"state": "OFF"})
    await room.tell("lights", {"scene_recall": 1})
    assert told(room, "bulb")[-1] == {"state": "ON", "brightness": 42}
    assert told(room, "lights")[-1]["state"] == "ON"
    assert told(room, "plug")[-1]["state"] == "ON"
    assert [frame.data[2:].hex() for frame in room.multicasts() if frame.cluster == 5] == ["04070001", "05070001ffff"]
    await until(lambda: room.virtual("bulb").read(AttributeKey(1, LEVEL, 0)) == 42)
    await room.ask("group/members/remove", {"group": "lights", "device": "bulb"})
    assert room.known("bulb").endpoints[1].scenes == []
