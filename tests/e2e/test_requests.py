"""bridge/request/* through the real program."""

import asyncio
import signal

import pytest
from support.waiting import until
from support.world import Proxy

from zigwire.simulator.catalogue import default_house


@pytest.fixture
async def world(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    await world.pair("plug")
    return world


def ok(data):
    return {"data": data, "status": "ok"}


def error(response):
    assert response["status"] == "error"
    assert response["data"] == {}
    return response["error"]


async def test_health_is_true_only_when_the_radio_answers(world):
    assert await world.ear.request("health_check") == ok({"healthy": True})
    world.server.close()
    world.house.lose_radio()
    await world.ear.wait("bridge/state", lambda state: state["state"] == "offline", len(world.ear.heard) - 5)
    assert await world.ear.request("health_check") == ok({"healthy": False})


async def test_a_lost_radio_comes_back_and_everything_works_again(world):
    since = len(world.ear.heard)
    world.server.close()
    world.house.lose_radio()
    state = await world.ear.wait("bridge/state", lambda state: state["state"] == "offline", since)
    assert state["reason"]
    await world.open_port()
    await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, since)
    ieee = world.house.device("plug").ieee
    since = world.ear.say(f"{ieee}/set", {"state": "ON"})
    await world.ear.wait(ieee, lambda state: state["state"] == "ON", since)


async def test_without_a_radio_at_the_start_it_waits_and_says_so(make_world):
    world = await make_world(default_house())
    world.server.close()
    since = len(world.ear.heard)
    await world.bridge.launch()
    state = await world.ear.wait("bridge/state", lambda state: state and state["state"] == "offline", since)
    assert str(world.port) in state["reason"]
    assert (await world.ear.wait("bridge/info", since=since))["config"]["serial"]["adapter"] == "zstack"
    assert await world.ear.request("health_check") == ok({"healthy": False})
    await world.open_port()
    await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, since)
    await world.pair("plug")


async def test_without_a_broker_at_the_start_it_waits(make_world):
    world = await make_world(default_house())
    world.mosquitto.stop()
    await world.bridge.launch()
    await until(lambda: "can't be used" in world.bridge.log)
    since = len(world.ear.heard)
    world.mosquitto.start()
    await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, since)
    await world.pair("plug")


async def test_after_a_restart_of_the_broker_the_retained_topics_are_there_again(world):
    since = len(world.ear.heard)
    world.mosquitto.stop()
    world.mosquitto.start()
    for topic in ("bridge/state", "bridge/info", "bridge/devices", "bridge/groups", "bridge/definitions"):
        assert await world.ear.wait(topic, since=since) is not None
    assert await world.ear.request("health_check") == ok({"healthy": True})


async def test_after_a_broken_connection_the_last_will_does_not_stay(make_world):
    world = await make_world(default_house())
    proxy = Proxy(world.mosquitto.port)
    await proxy.open()
    path = world.data / "configuration.yaml"
    path.write_text(path.read_text().replace(world.mosquitto.url, f"mqtt://127.0.0.1:{proxy.port}"))
    try:
        await world.bridge.start()
        since = len(world.ear.heard)
        proxy.cut()
        await world.ear.wait("bridge/state", lambda state: state == {"state": "offline"}, since)
        await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, since)
    finally:
        proxy.close()


@pytest.mark.parametrize("seconds", [0.3, 0.5, 0.7, 0.9])
async def test_a_stop_while_it_starts_is_heard(make_world, seconds):
    world = await make_world(default_house())
    await world.bridge.launch()
    await asyncio.sleep(seconds)  # the moment is what is tested; any result but an end fails
    async with asyncio.timeout(15):
        assert await world.bridge.stop() in {0, -signal.SIGTERM}


async def test_a_restart_with_a_faulty_configuration_is_refused(world):
    path = world.data / "configuration.yaml"
    good = path.read_text()
    path.write_text(good.replace("channel: 15", "channel: 99"))
    assert "advanced.channel" in error(await world.ear.request("restart"))
    path.write_text(good)
    assert await world.ear.request("health_check") == ok({"healthy": True})


async def test_permit_join(world):
    since = len(world.ear.heard)
    assert await world.ear.request("permit_join", {"time": 60}) == ok({"time": 60})
    info = await world.ear.wait("bridge/info", since=since)
    assert info["permit_join"] is True
    assert info["permit_join_end"] > 0
    assert world.house.permit_left > 0
    assert await world.ear.request("permit_join", "0") == ok({"time": 0})
    assert world.house.permit_left == 0
    assert await world.ear.request("permit_join", {"time": 10, "device": world.house.device("plug").ieee}) == ok(
        {"time": 10, "device": world.house.device("plug").ieee}
    )
    assert "254" in error(await world.ear.request("permit_join", {"time": 255}))
    assert "abc" in error(await world.ear.request("permit_join", {"time": "abc"}))
    assert "nobody" in error(await world.ear.request("permit_join", {"time": 5, "device": "nobody"}))
    assert error(await world.ear.request("permit_join", {}))


async def test_rename_moves_everything(world):
    ieee = world.house.device("plug").ieee
    since = world.ear.say(f"{ieee}/set", {"state": "ON"})
    await world.ear.wait(ieee, since=since)
    since = len(world.ear.heard)
    response = await world.ear.request("device/rename", {"from": ieee, "to": "kitchen/plug"})
    assert response == ok({"from": ieee, "to": "kitchen/plug", "homeassistant_rename": False})
    assert (await world.ear.wait("kitchen/plug", since=since))["state"] == "ON"
    devices = await world.ear.wait("bridge/devices", since=since)
    assert devices[1]["friendly_name"] == "kitchen/plug"
    assert "kitchen/plug" in (world.data / "configuration.yaml").read_text()
    response = await world.ear.request("device/rename", {"last": True, "to": "plug", "transaction": [1]})
    assert response["transaction"] == [1]
    assert response["data"]["to"] == "plug"
    wrong = [{"from": "plug"}, {"from": "plug", "to": 5}, {"from": "plug", "to": "a/+/b"}, {"from": "x", "to": "y"}, 5]
    for payload in wrong:
        assert error(await world.ear.request("device/rename", payload))
    await world.bridge.stop()
    await world.bridge.start()
    since = world.ear.say("plug/set", {"state": "OFF"})
    await world.ear.wait("plug", lambda state: state["state"] == "OFF", since)


async def test_options(world):
    ieee = world.house.device("plug").ieee
    for options in ({"retain": True}, {"retain": None, "qos": 1, "power_precision": 0}):
        assert (await world.ear.request("device/options", {"id": ieee, "options": options}))["status"] == "ok"
    assert world.ear.latest["bridge/info"]["config"]["devices"][ieee] == {
        "friendly_name": ieee,
        "qos": 1,
        "power_precision": 0,
    }
    assert "ghost" in error(await world.ear.request("device/options", {"id": "ghost", "options": {}}))
    assert error(await world.ear.request("device/options", {"id": ieee}))
    assert "precision" in error(
        await world.ear.request("device/options", {"id": ieee, "options": {"power_precision": 9}})
    )
    assert "qos" in error(await world.ear.request("device/options", {"id": ieee, "options": {"qos": "high"}}))


async def test_interview_and_configure_again(world):
    ieee = world.house.device("plug").ieee
    assert await world.ear.request("device/interview", {"id": ieee}) == ok({"id": ieee})
    assert await world.ear.request("device/configure", ieee) == ok({"id": ieee})
    assert "nope" in error(await world.ear.request("device/interview", {"id": "nope"}))


async def test_remove(world):
    ieee = world.house.device("plug").ieee
    response = await world.ear.request("device/remove", {"id": ieee, "transaction": "rm"})
    assert response == {
        "data": {"id": ieee, "block": False, "force": False, "keep_config": False, "clear_cache": False},
        "status": "ok",
        "transaction": "rm",
    }
    assert [device["type"] for device in world.ear.latest["bridge/devices"]] == ["Coordinator"]
    await until(lambda: not world.house.on_network(world.house.device("plug")))
    assert ieee in error(await world.ear.request("device/remove", ieee))
    assert ieee not in (world.data / "configuration.yaml").read_text()


async def test_an_unreachable_device_is_removed_only_by_force(world):
    ieee = world.house.device("plug").ieee
    world.house.cut_power("plug")
    assert error(await world.ear.request("device/remove", {"id": ieee}))
    assert (await world.ear.request("device/remove", {"id": ieee, "force": True}))["status"] == "ok"


async def test_unknown_requests_are_answered(world):
    assert "does_not_exist" in error(await world.ear.request("does_not_exist", {}))


async def test_restart_in_place(world):
    process = world.bridge.process
    since = len(world.ear.heard)
    assert await world.ear.request("restart") == ok({})
    await world.ear.wait("bridge/state", lambda state: state == {"state": "offline"}, since)
    await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, since)
    assert world.bridge.process is process
    assert process.returncode is None
    assert len(await world.ear.wait("bridge/devices", since=since)) == 2


async def test_leaving_and_coming_back(world):
    ieee = world.house.device("plug").ieee
    await world.ear.request("device/rename", {"from": ieee, "to": "plug"})
    since = len(world.ear.heard)
    world.house.leave("plug")
    await world.ear.wait("bridge/event", lambda event: event["type"] == "device_leave", since)
    await world.pair("plug")
    since = world.ear.say("plug/set", {"state": "ON"})
    await world.ear.wait("plug", lambda state: state["state"] == "ON", since)


async def test_a_new_network_address_is_followed(world):
    plug = world.house.device("plug")
    before = plug.node.network_address
    since = len(world.ear.heard)
    world.house.rejoin("plug")
    assert plug.node.network_address != before
    await world.ear.wait(
        "bridge/devices", lambda devices: devices[1]["network_address"] == plug.node.network_address, since
    )
    since = world.ear.say(f"{plug.ieee}/set", {"state": "ON"})
    await world.ear.wait(plug.ieee, lambda state: state["state"] == "ON", since)


async def test_stop_says_goodbye(world):
    since = len(world.ear.heard)
    assert await world.bridge.stop() == 0
    await world.ear.wait("bridge/state", lambda state: state == {"state": "offline"}, since)


async def test_the_last_will_speaks_when_it_is_killed(world):
    since = len(world.ear.heard)
    await world.bridge.kill()
    await world.ear.wait("bridge/state", lambda state: state == {"state": "offline"}, since)
