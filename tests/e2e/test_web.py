"""Browsers on the real program: the page below a path, and the WebSocket when the bridge or the broker goes."""

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import pytest
from support.browser import CHROMIUM, Windfront, chromium
from support.mosquitto import free_port
from support.site import told
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.web.pages import DEFAULT, assets


@pytest.fixture
def make_served(make_world):
    """Make a world that serves browsers, with the plug in it."""

    async def make(**frontend):
        settings = {"enabled": True, "host": "127.0.0.1", "port": free_port(), **frontend}
        world = await make_world(default_house(), frontend=settings)
        await world.bridge.start()
        ieee = await world.pair("plug")
        await world.ear.request("device/rename", {"from": ieee, "to": "plug"})
        world.url = f"http://127.0.0.1:{settings['port']}{settings.get('base_url', '').rstrip('/')}/"
        return world

    return make


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
@pytest.mark.skipif(assets(DEFAULT) is None, reason="no page: `zigwire page fetch` gets it")
async def test_the_page_with_a_token_below_a_path(make_served):
    world = await make_served(auth_token="open sesame", base_url="/zigbee")
    plug = world.house.device("plug")
    async with chromium() as browser:
        visitor = await Windfront.at(browser, world.url)
        await visitor.open("/devices")
        await visitor.say_token("open sesame")
        await visitor.row("plug").get_by_text("ZNCZ02LM").wait_for()
        await visitor.open(f"/device/0/{plug.ieee}/exposes")
        before, place = plug.on, len(world.ear.heard)
        await visitor.exposed("State").get_by_role("checkbox").click()
        wanted = "OFF" if before else "ON"
        await world.ear.wait("plug", lambda state: state and state["state"] == wanted, place)
        assert plug.on is not before
        assert visitor.faults == []


@asynccontextmanager
async def connected(world, query=""):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{world.url}api{query}", max_msg_size=2**24) as socket,
    ):
        yield socket


async def hear(socket, topic, found=lambda _: True):
    """Return the payload of the next message of a topic that is looked for."""
    async with asyncio.timeout(20):
        while True:
            [message] = await told(socket)
            if message["topic"] == topic and found(message["payload"]):
                return message["payload"]


async def test_a_newcomer_is_told_everything(make_served):
    world = await make_served(availability={"enabled": True})
    async with connected(world) as socket:
        messages = [message async for message in everything(socket)]
    topics = {message["topic"] for message in messages}
    lists = {"state", "info", "devices", "groups", "definitions", "converters", "extensions"}
    assert topics >= {"plug", *(f"bridge/{name}" for name in lists)}
    for message in messages:
        if message["topic"].startswith("bridge/"):
            assert message["payload"] == world.ear.latest[message["topic"]]
    assert "linkquality" in next(message["payload"] for message in messages if message["topic"] == "plug")


async def everything(socket):
    """Yield what is told until the answer to a request."""
    await socket.send_json({"topic": "bridge/request/health_check", "payload": {"transaction": "end"}})
    while True:
        [message] = await told(socket)
        if message["topic"] == "bridge/response/health_check":
            assert message["payload"]["transaction"] == "end"
            return
        yield message


async def test_while_the_broker_is_away(make_served):
    world = await make_served()
    plug = world.house.device("plug")
    async with connected(world) as socket:
        await hear(socket, "plug")
        world.mosquitto.kill()
        for state, on in (("ON", True), ("OFF", False)):
            await socket.send_json({"topic": f"{plug.ieee}/set", "payload": {"state": state}})
            await hear(socket, "plug", lambda told, state=state: told.get("state") == state)
            assert plug.on is on
        await socket.send_json({"topic": "bridge/request/permit_join", "payload": {"time": 10, "transaction": "t"}})
        answer = await hear(socket, "bridge/response/permit_join")
        assert (answer["status"], answer["transaction"]) == ("ok", "t")


async def test_a_start_while_the_broker_is_away(make_world):
    frontend = {"enabled": True, "host": "127.0.0.1", "port": free_port()}
    world = await make_world(default_house(), frontend=frontend)
    world.url = f"http://127.0.0.1:{frontend['port']}/"
    world.mosquitto.kill()
    await world.bridge.launch()
    await until(lambda: "Browsers are served" in world.bridge.log, 20)
    async with connected(world) as socket:
        assert (await hear(socket, "bridge/info"))["version"]
        await socket.send_json({"topic": "bridge/request/health_check", "payload": {"transaction": "t"}})
        assert (await hear(socket, "bridge/response/health_check"))["status"] == "ok"


async def test_states_as_attributes_reach_browsers_whole(make_served):
    world = await make_served()
    await world.ear.request("options", {"options": {"advanced": {"output": "attribute"}}})
    async with connected(world) as socket:
        place = len(world.ear.heard)
        await socket.send_json({"topic": "plug/set", "payload": {"state": "ON"}})
        await world.ear.wait("plug/state", since=place)
        assert "linkquality" in await hear(socket, "plug", lambda state: state.get("state") == "ON")


async def test_the_end_of_the_bridge_is_told(make_served):
    world = await make_served()
    async with connected(world) as socket:
        stopping = asyncio.create_task(world.bridge.stop())
        await hear(socket, "bridge/state", lambda state: state == {"state": "offline"})
        assert (await socket.receive(20)).data == 1001
        assert await stopping == 0


async def test_a_taken_port_ends_nothing(make_served):
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    world = await make_served(port=port)
    assert (await world.ear.request("health_check"))["status"] == "ok"
    assert f"127.0.0.1:{port}" in world.bridge.log
    assert "another program" in world.bridge.log
    taken.close()


async def test_tokens_are_in_no_log(make_served):
    world = await make_served(auth_token="open-sesame")
    await world.ear.request("options", {"options": {"advanced": {"log_level": "debug"}}})
    async with connected(world, "?token=open-sesame") as socket:
        await hear(socket, "bridge/info")
    async with connected(world, "?token=wrong-word") as socket:
        assert (await socket.receive(20)).data == 4401
    assert "gave a wrong token" in world.bridge.log
    assert "open-sesame" not in world.bridge.log
    assert "wrong-word" not in world.bridge.log
    assert "open-sesame" not in json.dumps([value for *_, value in world.ear.heard], default=repr)
