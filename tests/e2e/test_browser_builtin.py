"""What people do at the small page that is part of Zigwire, in a real browser, checked on MQTT and in the house."""

import pytest
from playwright.async_api import expect
from support.browser import CHROMIUM, DESKTOP, PHONE, Visitor, chromium
from support.mosquitto import free_port

from zigwire.simulator.catalogue import default_house

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium")


@pytest.fixture
async def visit(make_world, tmp_path, monkeypatch):
    """Run a house with the plug in it, without another page, and open this one."""
    monkeypatch.setenv("ZIGWIRE_PAGES", str(tmp_path / "none"))
    async with chromium() as browser:

        async def begin(**frontend):
            settings = {"enabled": True, "host": "127.0.0.1", "port": free_port(), **frontend}
            world = await make_world(default_house(), frontend=settings, availability={"enabled": True})
            await world.bridge.start()
            await world.ear.request("device/rename", {"from": await world.pair("plug"), "to": "plug"})
            await world.ear.request("permit_join", {"time": 0})
            base_url = settings.get("base_url", "")
            return world, await Visitor.at(browser, f"http://127.0.0.1:{settings['port']}{base_url}/")

        yield begin


async def test_devices_come_are_switched_and_go(visit):
    world, visitor = await visit()
    ear, page = world.ear, visitor.page
    await visitor.open("")
    place = len(ear.heard)
    await visitor.click("Let devices join")
    await ear.wait("bridge/info", lambda info: info["permit_join"], place)
    world.house.pair("bulb")
    bulb = page.locator(".card", has_text="LED1545G12")
    await bulb.get_by_role("switch").wait_for()
    await ear.request("device/rename", {"from": world.house.device("bulb").ieee, "to": "<b>Lampe</b> & co"})
    await bulb.get_by_role("heading", name="<b>Lampe</b> & co").wait_for()
    place = len(ear.heard)
    await visitor.click("stop")
    await ear.wait("bridge/info", lambda info: not info["permit_join"], place)
    plug = page.locator(".card", has_text="ZNCZ02LM").get_by_role("switch")
    await plug.click()
    await expect(plug).to_have_attribute("aria-checked", "true")
    assert world.house.device("plug").on
    world.house.press("plug")
    await expect(plug).to_have_attribute("aria-checked", "false")
    world.house.leave("bulb")
    await bulb.wait_for(state="detached")
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert visitor.faults == []


async def test_a_restart_and_a_new_token(visit):
    world, visitor = await visit(base_url="/zigbee")
    ear, page = world.ear, visitor.page
    await visitor.open("")
    await expect(page.locator("#state")).to_have_text("Online")
    await ear.request("options", {"options": {"frontend": {"auth_token": "sesame"}}})
    place = len(ear.heard)
    await ear.request("restart")
    await page.get_by_label("Token").fill("open wide")
    await visitor.click("Go on")
    await visitor.sees("This is not the token.")
    await page.get_by_label("Token").fill("sesame")
    await visitor.click("Go on")
    await expect(page.locator("#state")).to_have_text("Online")
    await ear.wait("bridge/state", lambda state: state == {"state": "online"}, place)
    await page.locator(".card", has_text="plug").get_by_role("switch").click()
    await ear.wait("plug", lambda state: state and state.get("state") == "ON", place)
    await ear.request("group/add", {"friendly_name": "lamps"})
    await page.get_by_role("log").get_by_text("Added the group 'lamps'").wait_for()
    assert visitor.faults == []
