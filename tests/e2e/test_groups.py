"""Groups and scenes through the real program."""

import pytest
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.zigbee.radio import Mode


@pytest.fixture
async def world(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    for name in ("plug", "spare"):
        ieee = await world.pair(name)
        assert (await world.ear.request("device/rename", {"from": ieee, "to": name}))["status"] == "ok"
    for request, payload in [
        ("group/add", {"friendly_name": "plugs"}),
        ("group/members/add", {"group": "plugs", "device": "plug"}),
        ("group/members/add", {"group": "plugs", "device": "spare"}),
    ]:
        assert (await world.ear.request(request, payload))["status"] == "ok"
    return world


async def on(world, name, state):
    await until(lambda: (world.ear.latest.get(name) or {}).get("state") == state)


async def test_a_group_switches_its_members_and_follows_them(world):
    air = []
    world.house.on_air = air.append
    world.ear.say("plugs/set", {"state": "ON"})
    for name in ("plug", "spare", "plugs"):
        await on(world, name, "ON")
    (frame,) = [frame for frame in air if frame.mode is Mode.GROUP]
    assert (frame.destination, frame.destination_endpoint, frame.cluster) == (1, 255, 6)
    assert world.house.device("plug").on
    assert world.house.device("spare").on
    world.house.press("plug")
    await on(world, "plug", "OFF")
    world.house.press("spare")
    await on(world, "plugs", "OFF")


async def test_groups_and_scenes_outlast_a_restart(world):
    world.ear.say("plug/set", {"state": "ON"})
    await on(world, "plug", "ON")
    since = world.ear.say("plugs/set", {"scene_store": {"ID": 4, "name": "Half"}})
    (group,) = await world.ear.wait("bridge/groups", lambda groups: groups[0]["scenes"], since)
    assert group["scenes"] == [{"id": 4, "name": "Half"}]
    await world.bridge.stop()
    since = len(world.ear.heard)
    await world.bridge.start()
    (group,) = await world.ear.wait("bridge/groups", since=since)
    assert (group["friendly_name"], group["id"], len(group["members"])) == ("plugs", 1, 2)
    world.ear.say("plugs/set", {"state": "OFF"})
    await on(world, "plug", "OFF")
    world.ear.say("plugs/set", {"scene_recall": 4})
    await on(world, "plug", "ON")
    await on(world, "spare", "OFF")
    await until(lambda: world.house.device("plug").on and not world.house.device("spare").on)


async def test_requests_that_are_no_json_are_answered_too(world):
    response = await world.ear.request("group/members/add", "{nonsense")
    assert response == {"data": {}, "status": "error", "error": "Invalid payload"}


async def test_a_removed_group_leaves_nothing_behind(world):
    world.ear.say("plugs/set", {"state": "ON"})
    await on(world, "plugs", "ON")
    assert (await world.ear.request("group/remove", "plugs"))["data"] == {"id": "plugs", "force": False}
    await until(lambda: world.ear.latest["bridge/groups"] == [])
    assert world.house.device("plug").groups[1] == {}
    assert "plugs" not in (world.data / "configuration.yaml").read_text()
