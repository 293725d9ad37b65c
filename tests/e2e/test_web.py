"""Browsers on the real program: the full page in Chromium, and the WebSocket when the bridge or the broker goes."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager

import aiohttp
import pytest
from support.mosquitto import free_port
from support.site import told
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.web.pages import DEFAULT, assets

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
PATIENCE = 20_000  # milliseconds

NO_BROWSER = {
    "condition": CHROMIUM is None or assets(DEFAULT) is None,
    "reason": "no chromium, or no page: `zigwire page fetch` gets it",
}


class Visitor:
    """A person at a browser, and what went wrong for them."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.faults = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda line: self.faults.append(line.text) if self._is_fault(line) else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("response", lambda answer: self.faults.append(answer.url) if answer.status >= 400 else None)

    @staticmethod
    def _is_fault(line):
        return line.type == "error" and "ERR_FAILED" not in line.text

    async def open(self, route):
        await self.page.goto(f"{self.url}#{route}")

    async def sees(self, text):
        await self.page.get_by_text(text).first.wait_for()


@asynccontextmanager
async def visiting(url):
    from playwright.async_api import async_playwright

    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="en-US")
        await page.route(lambda address: "zigbee2mqtt.io" in address, lambda route: route.abort())
        yield Visitor(page, url)
        await browser.close()


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


@pytest.mark.skipif(**NO_BROWSER)
@pytest.mark.parametrize(
    ("frontend", "query"),
    [({}, ""), ({"auth_token": "open sesame", "base_url": "/zigbee"}, "?token=open%20sesame")],
)
async def test_the_plug_is_switched(make_served, frontend, query):
    world = await make_served(**frontend)
    plug = world.house.device("plug")
    async with visiting(f"{world.url}{query}") as visitor:
        if query:
            await visitor.page.add_init_script("localStorage.setItem('z2m-auth_0', 'true')")
        await visitor.open("/devices")
        await visitor.page.locator("table tbody").get_by_text("ZNCZ02LM").wait_for()
        await visitor.open(f"/device/0/{plug.ieee}/exposes")
        toggle = visitor.page.locator(".list-row input.toggle").first
        await toggle.wait_for()
        before, place = plug.on, len(world.ear.heard)
        await toggle.click()
        wanted = "OFF" if before else "ON"
        await world.ear.wait("plug", lambda state: state and state["state"] == wanted, place)
        assert plug.on is not before
        await visitor.open("/network/0")
        await visitor.page.get_by_role("button", name="Data").or_(visitor.page.locator("main button")).first.wait_for()
        assert not visitor.faults


@pytest.mark.skipif(**NO_BROWSER)
async def test_the_page_comes_back_after_a_restart(make_served):
    world = await make_served()
    async with visiting(world.url) as visitor:
        await visitor.open("/devices")
        await visitor.page.locator("table tbody").get_by_text("ZNCZ02LM").wait_for()
        place = len(world.ear.heard)
        await world.ear.request("restart")
        await world.ear.wait("bridge/state", lambda state: state == {"state": "offline"}, place)
        await world.ear.wait("bridge/state", lambda state: state == {"state": "online"}, place)
        await world.ear.request("device/rename", {"from": "plug", "to": "kettle"})
        await visitor.page.locator("table tbody").get_by_text("kettle", exact=True).wait_for()


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
