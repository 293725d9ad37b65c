"""bridge/request/group/*: what is answered, saved, shown and told to the devices."""

import pytest
from support.waiting import until

from zigwire.zigbee.model import Member


def ok(**data):
    return {"data": data, "status": "ok"}


def refused(error):
    return {"data": {}, "status": "error", "error": error}


def shown(room):
    return {group["friendly_name"]: group for group in room.sent.of("bridge/groups")[-1]}


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ({"friendly_name": "lights", "id": 7}, ok(friendly_name="lights", id=7)),
        ({"friendly_name": "lights", "id": "7"}, ok(friendly_name="lights", id=7)),
        ({"friendly_name": " lights "}, ok(friendly_name="lights", id=1)),
        (b"lights", ok(friendly_name="lights", id=1)),
        ({"friendly_name": "lights", "id": ""}, ok(friendly_name="lights", id=1)),
        ({"friendly_name": "taken"}, refused("friendly_name 'taken' is already in use")),
        ({"friendly_name": "lights", "id": 2}, refused("Group ID '2' is already in use")),
        ({"friendly_name": "lights", "id": 901}, refused("id is 901; this number belongs to the default bind group")),
        ({"friendly_name": "lights", "id": 0}, refused("id is 0; 1 to 65527 is allowed")),
        ({"friendly_name": "lights", "id": True}, refused("id is true; 1 to 65527 is allowed")),
        ({"friendly_name": "lights", "id": 1.5}, refused("id is 1.5; 1 to 65527 is allowed")),
        ({"friendly_name": 5}, refused("Invalid payload")),
        ({"id": 5}, refused("Invalid payload")),
        ({"friendly_name": "a/1"}, None),
        ({"friendly_name": "a+b"}, refused("MQTT wildcard (+ and #) not allowed in friendly_name ('a+b')")),
    ],
)
async def test_add(make_room, payload, answer):
    room = await make_room(groups={"2": {"friendly_name": "taken"}})
    response = await room.ask("group/add", payload)
    assert response == answer or (answer is None and response["status"] == "error")
    known = {number: group.friendly_name for number, group in room.settings.groups.items()}
    data = response["data"]
    assert known == {2: "taken", **({data["id"]: data["friendly_name"]} if data else {})}
    assert set(room.network.groups) == set(known)
    assert {group["id"]: name for name, group in shown(room).items()} == known


async def test_settings_and_network_agree_after_a_start(make_room):
    room = await make_room(groups={"7": {"friendly_name": "lights"}})
    assert room.network.groups[7].members == []
    room.network.groups.add(9)
    room.network.groups.add(901)
    room.bridge._groups.start()
    assert {number: group.friendly_name for number, group in room.settings.groups.items()} == {7: "lights", 9: "9"}
    room.bridge.info.groups()
    assert {group["friendly_name"] for group in room.sent.of("bridge/groups")[-1]} == {
        "lights",
        "9",
        "default_bind_group",
    }


async def test_members_come_and_go(make_room):
    room = await make_room()
    await room.let_in("plug", "bulb")
    await room.ask("group/add", {"friendly_name": "lights", "id": 7})
    request = {"group": "lights", "device": "plug"}
    assert await room.ask("group/members/add", request) == ok(group="lights", device="plug", endpoint="default")
    assert await room.ask("group/members/add", request) == ok(group="lights", device="plug", endpoint="default")
    ieee = room.virtual("bulb").ieee
    numbered = {"group": 7, "device": ieee, "endpoint": 1}
    assert await room.ask("group/members/add", numbered) == ok(group=7, device=ieee, endpoint=1)
    assert 7 in room.virtual("plug").groups[1]
    members = [(member["ieee_address"], member["endpoint"]) for member in shown(room)["lights"]["members"]]
    assert members == [(room.virtual("plug").ieee, 1), (ieee, 1)]
    assert await room.ask("group/members/remove", request) == ok(group="lights", device="plug", endpoint="default")
    assert room.network.groups[7].members == [Member(ieee, 1)]
    assert 7 not in room.virtual("plug").groups[1]
    assert await room.ask("group/members/remove_all", {"device": "bulb"}) == ok(device="bulb", endpoint="default")
    assert room.network.groups[7].members == []
    assert room.virtual("bulb").groups[1] == {}


@pytest.mark.parametrize(
    ("request_name", "payload", "error"),
    [
        ("add", {"group": "nope", "device": "plug"}, "Group 'nope' does not exist"),
        ("add", {"group": "lights", "device": "nope"}, "Device 'nope' does not exist"),
        ("add", {"group": "nope", "device": "nope"}, "Group 'nope' does not exist"),
        (
            "add",
            {"group": "lights", "device": "plug", "endpoint": "left"},
            "Device 'plug' does not have endpoint 'left'",
        ),
        ("add", {"group": "lights", "device": "plug", "endpoint": 9}, "Device 'plug' does not have endpoint '9'"),
        ("add", {"group": "lights"}, "Invalid payload"),
        ("add", {"group": "lights", "device": None}, "Invalid payload"),
        ("add", {"device": "plug"}, "Invalid payload"),
        ("add", b"lights", "Invalid payload"),
        ("add", {"group": "lights", "device": "plug", "skip_disable_reporting": "yes"}, "Invalid payload"),
        ("remove", {"group": "plug", "device": "plug"}, "Group 'plug' does not exist"),
        ("remove_all", {"device": "lights"}, "Device 'lights' does not exist"),
        ("remove_all", b"", "Invalid payload"),
    ],
)
async def test_bad_member_requests_change_nothing(make_room, request_name, payload, error):
    room = await make_room(groups={"7": {"friendly_name": "lights"}})
    await room.let_in("plug")
    assert await room.ask(f"group/members/{request_name}", payload) == refused(error)
    assert room.network.groups[7].members == []
    assert room.air == []


async def test_a_device_without_room_for_another_group_is_no_member(make_room):
    room = await make_room(groups={"7": {"friendly_name": "lights"}})
    await room.let_in("plug")
    room.virtual("plug").groups[1] = dict.fromkeys(range(100, 116), "")
    response = await room.ask("group/members/add", {"group": "lights", "device": "plug"})
    assert response == refused("Failed to add to group (the device refused: INSUFFICIENT_SPACE (genGroups))")
    assert room.network.groups[7].members == []


async def test_remove_tells_the_members(make_room):
    room = await make_room()
    await room.let_in("plug", "spare")
    await room.group("lights", 7, "plug", "spare")
    await room.tell("lights", {"state": "ON"})
    assert await room.ask("group/remove", {"id": "lights"}) == ok(id="lights", force=False)
    assert 7 not in room.virtual("plug").groups[1]
    assert 7 not in room.network.groups
    assert room.settings.groups == {}
    assert shown(room) == {}
    assert ("lights", None, 0, True) in room.sent.messages
    assert room.bridge.entities.find("lights") is None
    assert await room.ask("group/remove", b"lights") == refused("Group 'lights' does not exist")


async def test_a_member_that_does_not_hear_its_removal_stays_one(make_room):
    room = await make_room()
    await room.let_in("plug", "spare")
    await room.group("lights", 7, "plug", "spare")
    room.virtual("plug").online = False
    room.say("bridge/request/group/remove", {"id": 7})
    await room.leaping(lambda: room.sent.of("bridge/response/group/remove"))
    (response,) = room.sent.of("bridge/response/group/remove")
    assert response["error"].startswith("Failed to remove group 'lights' (force: false) (plug: ")
    assert room.network.groups[7].members == [Member(room.virtual("plug").ieee, 1)]
    assert await room.ask("group/remove", {"id": 7, "force": True}) == ok(id=7, force=True)
    assert 7 not in room.network.groups
    assert 7 in room.virtual("plug").groups[1]


async def test_rename(make_room):
    room = await make_room(groups={"7": {"friendly_name": "lights", "retain": True}, "8": {"friendly_name": "other"}})
    await room.let_in("plug")
    await room.ask("group/members/add", {"group": "lights", "device": "plug"})
    await room.tell("lights", {"state": "ON"})
    answer = await room.ask("group/rename", {"from": "lights", "to": "lamps"})
    assert answer == ok(**{"from": "lights", "to": "lamps", "homeassistant_rename": False})
    kept = {topic: payload for topic, payload, _, retain in room.sent.messages if retain}
    assert kept["lights"] is None
    assert kept["lamps"] == {"state": "ON"}
    assert set(shown(room)) == {"lamps", "other"}
    for payload, error in [
        ({"from": "lights", "to": "x"}, "Group 'lights' does not exist"),
        ({"from": "lamps", "to": "other"}, "friendly_name 'other' is already in use"),
        ({"from": "lamps", "to": "plug"}, "friendly_name 'plug' is already in use"),
        ({"from": "plug", "to": "x"}, "Group 'plug' does not exist"),
        ({"from": "lamps"}, "Invalid payload"),
        ({"from": "lamps", "to": 5}, "Invalid payload"),
    ]:
        assert await room.ask("group/rename", payload) == refused(error)


async def test_a_group_is_renamed_though_a_device_has_its_number_for_a_name(make_room):
    room = await make_room(groups={"7": {"friendly_name": "lights"}})
    await room.let_in("plug")
    await room.ask("device/rename", {"from": "plug", "to": "7"})
    await room.ask("group/rename", {"from": "lights", "to": "lamps"})
    assert room.settings.groups[7].friendly_name == "lamps"


async def test_options(make_room):
    room = await make_room(groups={"7": {"friendly_name": "lights", "qos": 1}})
    request = {"id": "lights", "options": {"retain": True, "qos": None, "transition": 2}}
    assert await room.ask("group/options", request) == ok(
        **{"id": "lights", "from": {"qos": 1}, "to": {"retain": True, "transition": 2}, "restart_required": False}
    )
    assert room.bridge.entities.find_group("lights").options == {"transition": 2}
    restarting = {"id": "lights", "options": {"off_state": "last_member_state", "description": "Ceiling"}}
    assert (await room.ask("group/options", restarting))["data"]["restart_required"] is True
    assert shown(room)["lights"]["description"] == "Ceiling"
    response = await room.ask("group/options", {"id": "lights", "options": {"retain": "yes"}})
    assert response["status"] == "error"
    assert "retain" in response["error"]
    for payload in ({"id": "lights"}, {"options": {}}, {"id": "lights", "options": 5}):
        assert await room.ask("group/options", payload) == refused("Invalid payload")


async def test_a_device_that_leaves_is_in_no_group_any_more(make_room):
    room = await make_room()
    await room.let_in("plug", "spare")
    await room.group("lights", 7, "plug", "spare")
    room.house.leave("plug")
    await until(lambda: room.network.groups[7].members == [Member(room.virtual("spare").ieee, 1)])
    assert len(shown(room)["lights"]["members"]) == 1


async def test_reporting_follows_the_members(make_room):
    room = await make_room()
    await room.let_in("plug")
    await room.group("lights", 7)
    asked = []
    room.bridge.reporting.setup = lambda device, endpoint: note(asked, "setup", device.ieee, endpoint)
    room.bridge.reporting.clean_up = lambda device, endpoint: note(asked, "clean_up", device.ieee, endpoint)
    ieee = room.virtual("plug").ieee
    request = {"group": "lights", "device": "plug"}
    await room.ask("group/members/add", request)
    await until(lambda: asked == [("setup", ieee, 1)])
    await room.ask("group/members/remove", {**request, "skip_disable_reporting": True})
    await room.ask("group/members/add", request)
    await room.ask("group/members/remove", request)
    await until(lambda: asked == [("setup", ieee, 1), ("setup", ieee, 1), ("clean_up", ieee, 1)])


async def note(asked, *what):
    asked.append(what)
