"""What people do at the page of Zigbee2MQTT: real browser, real program, checked on MQTT and in the house."""

import base64
import json
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect
from support.browser import CHROMIUM, DESKTOP, PHONE, Windfront, chromium
from support.mosquitto import free_port
from support.ota_files import index_row
from support.waiting import until
from support.world import World

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.ota_image import Firmware
from zigwire.web.pages import DEFAULT, assets

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium"),
    pytest.mark.skipif(assets(DEFAULT) is None, reason="no page: `zigwire page fetch` gets it"),
]

INDEX = "index.json"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
VERSION = 0x11
ROUTES = [
    *("/", "/dashboard", "/devices", "/groups", "/reporting", "/bindings", "/ota", "/touchlink", "/network/0"),
    *("/logs/0", "/activity", "/frontend-settings", "/contribute"),
    *(f"/settings/0/{tab}" for tab in ("about", "health", "tools", "bridge", "dev-console")),
    *(f"/settings/0/settings/{tab}" for tab in ("main", "frontend", "mqtt", "serial", "availability")),
    *(f"/settings/0/settings/{tab}" for tab in ("ota", "advanced", "homeassistant", "health")),
]
TABS = ("info", "exposes", "bind", "reporting", "settings", "settings-specific", "state", "clusters", "groups", "scene")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory):
    """One house for all, with the plug in it."""
    world = World(tmp_path_factory.mktemp("browser"), default_house())
    frontend = {"enabled": True, "host": "127.0.0.1", "port": free_port()}
    ota = {"zigbee_ota_override_index_location": INDEX, "image_block_response_delay": 50}
    await world.open({"frontend": frontend, "ota": ota})
    try:
        (world.data / INDEX).write_text("[]")
        await world.bridge.start()
        world.url = f"http://127.0.0.1:{frontend['port']}/"
        await let_in(world, "plug")
        yield world
    finally:
        await world.close()


async def let_in(world, name):
    """Pair a device under its name in the house."""
    await world.ear.request("device/rename", {"from": await world.pair(name), "to": name})
    await world.ear.request("permit_join", {"time": 0})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser, world):
    visitor = await Windfront.at(browser, world.url)
    yield visitor
    await visitor.leave()
    assert visitor.faults == []


async def test_a_device_is_paired(world, visitor):
    ear, place = world.ear, len(world.ear.heard)
    await visitor.open("/devices")
    await visitor.click("Permit join")
    await ear.wait("bridge/info", lambda info: info["permit_join"], place)
    world.house.pair("bulb")
    bulb = world.house.device("bulb").ieee
    await visitor.row(bulb).get_by_text("LED1545G12").wait_for()
    successful = {"ieee_address": bulb, "status": "successful", "supported": True}
    await ear.wait("bridge/event", lambda event: successful.items() <= event["data"].items(), place)
    place = len(ear.heard)
    await visitor.click("Disable join")
    await ear.wait("bridge/info", lambda info: not info["permit_join"], place)
    await visitor.page.get_by_role("button", name="Permit join").wait_for()


async def test_a_device_is_renamed(world, visitor):
    ear, place = world.ear, len(world.ear.heard)
    await visitor.open("/devices")
    await visitor.click("Rename device", within=visitor.row("plug"))
    await visitor.dialog.get_by_role("textbox").fill("kettle")
    await visitor.click("Rename device", within=visitor.dialog)
    answer = await ear.wait("bridge/response/device/rename", since=place)
    assert (answer["status"], answer["data"]["to"]) == ("ok", "kettle")
    await visitor.row("kettle").wait_for()
    await visitor.row("plug").wait_for(state="detached")
    await ear.request("device/rename", {"from": "kettle", "to": "plug"})
    await visitor.row("plug").wait_for()


async def test_what_a_device_exposes(world, visitor):
    plug, place = world.house.device("plug"), len(world.ear.heard)
    await visitor.open(f"/device/0/{plug.ieee}/exposes")
    for title in ("State", "Power", "Energy", "Device temperature", "Linkquality"):
        await visitor.exposed(title).wait_for()
    before = plug.on
    await visitor.exposed("State").get_by_role("checkbox").click()
    wanted = "OFF" if before else "ON"
    await world.ear.wait("plug", lambda state: state and state.get("state") == wanted, place)
    assert plug.on is not before
    await visitor.open(f"/device/0/{plug.ieee}/state")  # the other tab shows its guess until it is drawn anew
    await expect(visitor.page.locator("textarea")).to_have_value(re.compile(f'"state": "{wanted}"'))
    await visitor.open(f"/device/0/{plug.ieee}/exposes")
    await visitor.shows_toggle(on=not before)
    world.house.press("plug")
    await visitor.shows_toggle(on=before)


async def test_an_option_is_changed(world, visitor):
    ieee, place = world.house.device("plug").ieee, len(world.ear.heard)
    await visitor.open(f"/device/0/{ieee}/settings-specific")
    await visitor.enter(visitor.exposed("Power precision").get_by_role("spinbutton"), "1")
    answer = await world.ear.wait("bridge/response/device/options", since=place)
    assert (answer["status"], answer["data"]["to"]["power_precision"]) == ("ok", 1)
    await visitor.open(f"/device/0/{ieee}/settings")
    await visitor.enter(visitor.field("debounce").first.get_by_role("spinbutton"), "1")
    info = await world.ear.wait("bridge/info", lambda info: "debounce" in info["config"]["devices"][ieee], place)
    assert info["config"]["devices"][ieee]["debounce"] == 1
    assert "debounce: 1" in (world.data / "configuration.yaml").read_text()
    await world.ear.request("device/options", {"id": "plug", "options": {"debounce": None, "power_precision": None}})


async def test_a_group_is_made_and_switched(world, visitor):
    ear, place = world.ear, len(world.ear.heard)
    plug = world.house.device("plug")
    ear.say("plug/set", {"state": "OFF"})
    await until(lambda: not plug.on)
    await visitor.open("/groups")
    await visitor.field("Friendly name").get_by_role("textbox").fill("lamps")
    await visitor.click("Create group")
    group = (await ear.wait("bridge/response/group/add", since=place))["data"]
    await visitor.row("lamps").get_by_role("link", name="lamps").click()
    await visitor.choose("Device", "plug (ZNCZ02LM)")
    await visitor.select("Endpoint", "1")
    await visitor.click("Add to group")
    member = {"ieee_address": plug.ieee, "endpoint": 1}
    await ear.wait("bridge/groups", lambda groups: [group["members"] for group in groups] == [[member]], place)
    await visitor.open(f"/group/0/{group['id']}/exposes")
    await visitor.exposed("State").get_by_role("button", name="ON", exact=True).click()
    await ear.wait("lamps", lambda state: state["state"] == "ON", place)
    assert plug.on
    await visitor.open(f"/group/0/{group['id']}/devices")
    await visitor.click("Remove from group")
    await ear.wait("bridge/groups", lambda groups: [group["members"] for group in groups] == [[]], place)
    assert group["friendly_name"] == "lamps"


async def test_a_bind_is_made_and_used(world, visitor):
    ear, house = world.ear, world.house
    await let_in(world, "remote")
    remote, plug = house.device("remote"), house.device("plug")
    place = len(ear.heard)
    await visitor.open(f"/device/0/{remote.ieee}/bind")
    await visitor.click("Add")
    await visitor.choose("Destination", "plug", visitor.dialog)
    await visitor.select("Destination endpoint", "1", visitor.dialog)
    await visitor.choose("Clusters", "genOnOff", visitor.dialog)
    await visitor.click("Bind", within=visitor.dialog)
    answer = await ear.wait("bridge/response/device/bind", since=place)
    assert (answer["status"], answer["data"]["clusters"]) == ("ok", ["genOnOff"])
    before, place = plug.on, len(ear.heard)
    house.press("remote")
    await ear.wait("plug", lambda state: state and state.get("state") == ("OFF" if before else "ON"), place)
    await visitor.page.get_by_role("main").get_by_text("genOnOff").first.wait_for()


async def test_the_map_is_drawn(world, visitor):
    place = len(world.ear.heard)
    await visitor.open("/network/0")
    await visitor.click("Load")
    answer = await world.ear.wait("bridge/response/networkmap", since=place)
    names = {node["friendlyName"] for node in answer["data"]["value"]["nodes"]}
    assert {"Coordinator", "plug"} <= names
    await visitor.page.get_by_role("main").get_by_text("plug").first.wait_for(state="attached")
    await visitor.select("Display type", "Map")
    await visitor.sees_drawing(visitor.page.locator("canvas").first)


async def test_an_update_is_watched(world, visitor):
    ear, plug = world.ear, world.house.device("plug")
    image = Firmware(0x115F, 1, VERSION, "1.1", "20260101").image(3000)
    (world.data / "plug.ota").write_bytes(image)
    (world.data / INDEX).write_text(json.dumps([index_row(image, "plug.ota")]))
    place = len(ear.heard)
    await visitor.open("/ota")
    row = visitor.row("plug")
    await visitor.click("OTA", within=row)
    await visitor.click("Check for new updates", within=visitor.dialog)
    checked = await ear.wait("bridge/response/device/ota_update/check", since=place)
    assert (checked["status"], checked["data"]["update_available"]) == ("ok", True)
    await row.get_by_text("build 17").wait_for()
    await visitor.click("OTA", within=row)
    await visitor.click("Update device firmware", within=visitor.dialog)
    await row.get_by_role("progressbar").wait_for()
    await row.get_by_text("Remaining time").wait_for()
    updated = await ear.wait("bridge/response/device/ota_update/update", since=place)
    assert (updated["status"], updated["data"]["to"]["file_version"]) == ("ok", VERSION)
    await row.get_by_text("Up-to-date").wait_for()
    assert plug.ota.file_version == VERSION


async def test_the_log_is_read(world, visitor):
    place = len(world.ear.heard)
    await visitor.open("/logs/0")
    await visitor.select("Log level config", "debug")
    await world.ear.wait("bridge/info", lambda info: info["log_level"] == "debug", place)
    await visitor.sees("Changed the options 'advanced.log_level'")
    await world.ear.request("options", {"options": {"advanced": {"log_level": "info"}}})
    await world.ear.request("group/add", {"friendly_name": "sentence"})
    await visitor.sees("Added the group 'sentence'")
    await visitor.field("Filter by text").get_by_role("textbox").fill("sentence")
    await visitor.page.get_by_text("advanced.log_level").first.wait_for(state="detached")
    await visitor.sees("Added the group 'sentence'")


async def test_documentation_is_shown(world, visitor):
    """The page fetches it from elsewhere, which its policy has to allow."""
    answer = {"body": "# A plug with a meter", "headers": {"Access-Control-Allow-Origin": "*"}}
    await visitor.page.context.route("https://raw.githubusercontent.com/**", lambda route: route.fulfill(**answer))
    await visitor.open(f"/device/0/{world.house.device('plug').ieee}/docs")
    await visitor.sees("A plug with a meter")


async def test_pictures_are_fetched_and_kept(world, visitor):
    answer = {"body": PICTURE, "headers": {"Access-Control-Allow-Origin": "*", "Content-Type": "image/png"}}
    await visitor.page.context.route("https://www.zigbee2mqtt.io/**", lambda route: route.fulfill(**answer))
    ieee, place = world.house.device("plug").ieee, len(world.ear.heard)
    await visitor.open("/settings/0/tools")
    await visitor.click("Localise device images")
    info = await world.ear.wait("bridge/info", lambda info: "icon" in info["config"]["devices"][ieee], place)
    icon = info["config"]["devices"][ieee]["icon"]
    assert (world.data / icon).read_bytes() == PICTURE
    async with visitor.page.expect_response(lambda answer: answer.url.endswith(icon)) as response:
        await visitor.open(f"/device/0/{ieee}/info")
    assert await (await response.value).body() == PICTURE


async def test_a_setting_is_changed_and_the_bridge_restarted(world, visitor, browser):
    ear, place = world.ear, len(world.ear.heard)
    other = await Windfront.at(browser, world.url)
    await other.open("/devices")
    await other.row("plug").wait_for()
    await visitor.open("/settings/0/settings/availability")
    await visitor.field("enabled").first.get_by_role("checkbox").check()
    await ear.wait("bridge/info", lambda info: info["restart_required"], place)
    await restart(world, visitor)
    await ear.wait("plug/availability", lambda state: state == {"state": "online"}, place)
    await other.row("plug").get_by_text("Online").wait_for()
    await other.leave()
    assert other.faults == []


async def restart(world, visitor):
    """Restart the bridge in place by the page, and wait until it is back."""
    place = len(world.ear.heard)
    await visitor.open("/settings/0/tools")
    await visitor.click("Restart Zigbee2MQTT")
    await visitor.click("Restart Zigbee2MQTT", within=visitor.dialog)
    assert (await world.ear.wait("bridge/response/restart", since=place))["status"] == "ok"
    for state in ("offline", "online"):
        await world.ear.wait("bridge/state", lambda told, state=state: told == {"state": state}, place)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_part_is_shown(world, visitor, size):
    await visitor.page.set_viewport_size(size)
    ieee = world.house.device("plug").ieee
    for route in (*ROUTES, *(f"/device/0/{ieee}/{tab}" for tab in TABS)):
        await visitor.open(route)
        await visitor.page.wait_for_function("() => !document.querySelector('main .loading')")
        assert visitor.faults == [], route


async def test_a_token_is_set_and_asked_for(world, visitor):
    """The last test here: from now on nobody comes in without it."""
    place = len(world.ear.heard)
    await visitor.open("/settings/0/settings/frontend")
    await visitor.enter(visitor.field("auth_token").get_by_role("textbox"), "sesame")
    await world.ear.wait("bridge/response/options", since=place)
    assert "sesame" in (world.data / "configuration.yaml").read_text()
    await restart(world, visitor)
    await visitor.say_token("open wide")
    await until(lambda: "gave a wrong token" in world.bridge.log)
    await visitor.say_token("sesame")
    await visitor.page.get_by_role("button", name="Permit join").wait_for()
    await visitor.open("/devices")
    await visitor.row("plug").wait_for()
