"""Prometheus at the real program: who may read, numbers that are what happened, and all that is told is documented."""

import asyncio
import re
import time

import aiohttp
import pytest
from support import dashboard
from support.documents import ROOT, text
from support.mosquitto import free_port
from support.scrape import Scrape

from zigwire.simulator.catalogue import default_house

TOKEN = "open sesame"
PAGE = ROOT / "docs" / "metrics.md"
SERIES = re.compile(r"\b(?:zigwire|process)_\w+")


class Gauged:
    """A world with the plug, and who reads its metrics."""

    def __init__(self, world, client, url):
        self.world = world
        self.ear = world.ear
        self.client = client
        self.url = url

    async def ask(self, query="", **headers):
        async with self.client.get(f"{self.url}metrics{query}", headers=headers) as response:
            return response.status, await response.text()

    async def scrape(self):
        status, text = await self.ask(Authorization=f"Bearer {TOKEN}")
        assert status == 200
        return Scrape(text)

    async def switch(self, *states):
        for state in states:
            place = self.ear.say("plug/set", {"state": state})
            await self.ear.wait("plug", lambda told, state=state: told and told.get("state") == state, place)

    async def comes_true(self, condition):
        """Scrape until a condition holds."""
        async with asyncio.timeout(20):
            while not condition(await self.scrape()):
                pass


@pytest.fixture
async def gauged(make_world):
    frontend = {"enabled": True, "host": "127.0.0.1", "port": free_port(), "auth_token": TOKEN, "base_url": "/zigbee"}
    world = await make_world(default_house(), frontend=frontend, availability={"enabled": True})
    await world.bridge.start()
    ieee = await world.pair("plug")
    await world.ear.request("device/rename", {"from": ieee, "to": "plug"})
    async with aiohttp.ClientSession() as client:
        yield Gauged(world, client, f"http://127.0.0.1:{frontend['port']}/zigbee/")


async def test_who_may_read(gauged):
    for status, query, headers in (
        (401, "", {}),
        (401, "?token=sesame", {}),
        (200, "?token=open%20sesame", {}),
        (200, "", {"Authorization": f"Bearer {TOKEN}"}),
    ):
        told, text = await gauged.ask(query, **headers)
        assert (told, "zigwire_radio_up" in text) == (status, status == 200)


async def test_numbers_are_what_happened(gauged):
    world, ear = gauged.world, gauged.ear
    async with gauged.client.ws_connect(f"{gauged.url}api?token=open%20sesame"):
        before = await gauged.scrape()
        await gauged.switch("ON", "OFF", "ON")
        scrape = await gauged.scrape()
        assert scrape.value("zigwire_web_clients") == 1
    plug = {"device": "plug", "ieee_address": world.house.device("plug").ieee}
    assert scrape.value("zigwire_device_commands_total", **plug, verb="set", status="ok") == 3
    assert scrape.value("zigwire_command_seconds_count") == 3
    assert (
        scrape.value("zigwire_build_info") == scrape.value("zigwire_radio_up") == scrape.value("zigwire_mqtt_up") == 1
    )
    assert scrape.value("zigwire_device_available", **plug) == 1
    received = "zigwire_mqtt_messages_received_total"
    assert scrape.value(received) == before.value(received) + 3
    assert scrape.value("process_cpu_seconds_total") > 0
    assert scrape.value("process_resident_memory_bytes") > 2**20
    await ear.request("device/rename", {"from": "plug", "to": "kettle"})
    scrape = await gauged.scrape()
    assert scrape.value("zigwire_device_commands_total", device="plug") is None
    assert scrape.value("zigwire_device_commands_total", device="kettle") == 3


async def test_what_is_lost_is_counted(gauged):
    world = gauged.world
    world.house.lose_radio()
    await gauged.comes_true(lambda scrape: scrape.value("zigwire_radio_losses_total") == 1)
    world.mosquitto.kill()
    await gauged.comes_true(lambda scrape: scrape.value("zigwire_mqtt_up") == 0)
    scrape = await gauged.scrape()
    assert scrape.value("zigwire_mqtt_losses_total") == 1
    assert scrape.value("zigwire_mqtt_messages_dropped_total") == 0


async def test_a_restart_begins_anew(gauged):
    ear = gauged.ear
    await gauged.switch("ON")
    before = await gauged.scrape()
    place = len(ear.heard)
    await ear.request("restart")
    await ear.wait("bridge/state", lambda state: state == {"state": "offline"}, place)
    await ear.wait("bridge/state", lambda state: state == {"state": "online"}, place)
    after = await gauged.scrape()
    name = "zigwire_start_time_seconds"
    assert before.value(name) < after.value(name) <= time.time()
    assert before.value("process_start_time_seconds") == after.value("process_start_time_seconds")
    assert before.value("zigwire_device_commands_total") == 1
    assert after.value("zigwire_device_commands_total") is None


async def test_all_is_documented_and_the_dashboard_asks_for_what_exists(gauged):
    scrape = await gauged.scrape()
    asked = {name for expression in dashboard.expressions() for name in SERIES.findall(expression)}
    assert len(asked) > 30
    assert asked <= scrape.names
    own = {name for name in scrape.families if name.startswith("zigwire")}
    assert set(re.findall(r"`(zigwire_\w+)`", text(PAGE))) == own
