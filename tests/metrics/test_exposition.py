"""What is told of a bridge in the process: its numbers are what happened."""

import asyncio

import pytest
from aiohttp.test_utils import make_mocked_request
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from support.home import Home
from support.scrape import Scrape
from support.waiting import until

from zigwire.metrics.exposition import Exposition
from zigwire.zigbee.model import DeviceType


class Metered(Home):
    """A home with the plug, and metrics."""

    def __init__(self, folder, document):
        super().__init__(folder, {"availability": {"enabled": True}, **document})
        self.exposition = Exposition()
        self.browsers = []
        self.states = self.bridge._states
        self.exposition.tell_of(self.bridge, self.network, self.sent, self.states, self.browsers)

    async def ask(self, accept=""):
        return await self.exposition.serve(make_mocked_request("GET", "/metrics", headers={"Accept": accept}))

    async def scrape(self):
        return Scrape((await self.ask()).body.decode())

    async def command(self, topic, payload):
        self.say(topic, payload)
        await until(self.is_idle)

    async def quiet(self):
        """Scrape while nothing is on the air."""
        async with asyncio.timeout(10):
            while True:
                before, scrape = len(self.air), await self.scrape()
                if before == len(self.air) and not self.network._requests.is_asking(self.device):
                    return scrape

    def is_idle(self):
        return not self.bridge.commands._lines

    def frames(self, **about):
        """Count the frames on the air that are as told."""
        return sum(all(getattr(frame, name) == value for name, value in about.items()) for frame in self.air)


@pytest.fixture
async def home(tmp_path):
    home = Metered(tmp_path, {"groups": {"1": {"friendly_name": "lights"}}})
    await home.start()
    await home.pair()
    home.say("bridge/request/device/rename", {"from": home.plug.ieee, "to": "plug"})
    await until(lambda: home.sent.of("bridge/response/device/rename"))
    yield home
    await home.stop()


async def test_commands(home):
    for state in ("ON", "OFF", "ON"):
        await home.command("plug/set", {"state": state})
    await home.command("plug/get", {"state": ""})
    await home.command("plug/set", {"state": "purple"})
    await home.command("lights/set", {"state": "ON"})
    home.say("nobody/set", {"state": "ON"})
    home.say("plug/set", b"{")
    scrape = await home.scrape()
    plug = {"device": "plug", "ieee_address": home.plug.ieee}
    assert scrape.value("zigwire_device_commands_total", **plug, verb="set", status="ok") == 3
    assert scrape.value("zigwire_device_commands_total", **plug, verb="get", status="ok") == 1
    assert scrape.value("zigwire_device_commands_total", **plug, verb="set", status="error") == 1
    assert scrape.value("zigwire_group_commands_total", group="lights", verb="set") == 1
    assert scrape.value("zigwire_commands_refused_total") == 2
    assert scrape.value("zigwire_command_seconds_count") == 6


async def test_frames_and_requests(home):
    before = await home.quiet()
    await home.command("plug/set", {"state": "ON"})
    scrape = await home.quiet()
    plug = home.device.network_address
    assert scrape.value("zigwire_radio_send_seconds_count") == home.frames(source=0)
    assert scrape.value("zigwire_device_frames_sent_total", device="plug") == home.frames(source=0, destination=plug)
    assert scrape.value("zigwire_device_frames_received_total", device="plug") == home.frames(source=plug)
    assert scrape.value("zigwire_frame_handling_seconds_count") >= home.frames(source=plug)
    name = "zigwire_device_request_seconds"
    total = scrape.value(f"{name}_count", device="plug")
    assert total == before.value(f"{name}_count", device="plug") + 1
    assert scrape.value(f"{name}_bucket", device="plug", le="+Inf") == total
    assert scrape.value(f"{name}_sum", device="plug") > before.value(f"{name}_sum", device="plug")
    assert scrape.value("zigwire_device_frames_undelivered_total") is None
    assert scrape.value("zigwire_device_retries_total", device="plug") == 0


async def test_a_device_that_is_away(home):
    home.plug.online = False
    home.say("plug/set", {"state": "ON"})
    await home.leaping(home.is_idle)
    scrape = await home.scrape()
    assert scrape.value("zigwire_device_frames_undelivered_total", device="plug", reason="MAC_NO_ACK") >= 5
    assert scrape.value("zigwire_device_retries_total", device="plug") >= 4
    assert scrape.value("zigwire_radio_frames_undelivered_total") >= 5
    assert scrape.value("zigwire_device_requests_failed_total", device="plug", reason="undelivered") >= 1
    assert scrape.value("zigwire_device_commands_total", device="plug", status="error") == 1


async def test_what_waits_for_a_sleeping_device(home):
    home.device.type, home.device.mac_capabilities = DeviceType.END_DEVICE, 0
    home.plug.online = False
    home.say("plug/set", {"state": "ON"})
    await home.leaping(home.is_idle)
    scrape = await home.scrape()
    assert scrape.value("zigwire_device_commands_asleep", device="plug") == 1
    assert scrape.value("zigwire_device_commands_total", device="plug") is None


async def test_queues(home):
    home.plug.online = False
    for _ in range(3):
        home.say("plug/set", {"state": "ON"})
    await until(lambda: home.bridge.commands.waiting(home.plug.ieee) == 2)
    asked = [asyncio.create_task(home.network.interview(home.device)) for _ in range(2)]
    await until(lambda: home.network.waiting_requests(home.device))
    scrape = await home.scrape()
    assert scrape.value("zigwire_device_commands_waiting", device="plug") == 2
    assert scrape.value("zigwire_device_requests_waiting", device="plug") >= 1
    assert scrape.value("zigwire_radio_frames_waiting") == 0
    for task in asked:
        task.cancel()


async def test_how_a_device_is(home):
    home.states.update(home.plug.ieee, {"battery": 55, "update": {"state": "updating", "progress": 25.5}})
    scrape = await home.scrape()
    assert scrape.value("zigwire_device_info", device="plug", vendor="Xiaomi", model="ZNCZ02LM", type="Router") == 1
    assert scrape.value("zigwire_device_available", device="plug") == 1
    assert scrape.value("zigwire_device_link_quality", device="plug") == home.device.linkquality
    assert scrape.value("zigwire_device_last_seen_timestamp_seconds") == home.device.last_seen / 1000
    assert scrape.value("zigwire_device_battery_ratio", device="plug") == 0.55
    assert scrape.value("zigwire_device_firmware_update_progress_ratio", device="plug") == 0.255
    assert scrape.value("zigwire_device_firmware_update_available", device="plug") == 0
    home.states.update(home.plug.ieee, {"update": {"state": "available"}})
    assert (await home.scrape()).value("zigwire_device_firmware_update_available", device="plug") == 1


async def test_a_device_that_nobody_watches(tmp_path):
    home = Metered(tmp_path, {"availability": {"enabled": False}})
    await home.start()
    await home.pair()
    scrape = await home.scrape()
    assert scrape.value("zigwire_device_info", device=home.plug.ieee) == 1
    for name in ("available", "battery_ratio", "firmware_update_available", "firmware_update_progress_ratio"):
        assert scrape.value(f"zigwire_device_{name}") is None
    await home.stop()


async def test_a_device_that_is_removed_vanishes(home):
    await home.command("plug/set", {"state": "ON"})
    home.say("bridge/request/device/remove", {"id": "plug", "force": True})
    await until(lambda: home.sent.of("bridge/response/device/remove"))
    assert home.plug.ieee not in (await home.ask()).body.decode()


async def test_the_radio(home):
    scrape = await home.scrape()
    assert scrape.value("zigwire_coordinator_info", channel="15", ieee_address=home.network.coordinator.ieee) == 1
    assert (scrape.value("zigwire_radio_up"), scrape.value("zigwire_radio_losses_total")) == (1, 0)
    home.has_radio = False
    home.house.lose_radio()
    await until(lambda: home.network.radio_state != "online")
    scrape = await home.scrape()
    assert (scrape.value("zigwire_radio_up"), scrape.value("zigwire_radio_losses_total")) == (0, 1)
    await home.command("plug/set", {"state": "ON"})
    failed = (await home.scrape()).value("zigwire_device_requests_failed_total", device="plug", reason="radio_offline")
    assert failed >= 1


async def test_browsers(home):
    home.browsers.append("somebody")
    assert (await home.scrape()).value("zigwire_web_clients") == 1


async def test_names_of_any_kind(tmp_path):
    name = 'wohn"zimmer\\/lämpchen'
    home = Metered(tmp_path, {})
    await home.start()
    await home.pair()
    home.bridge.entities.of(home.device).name = name
    assert (await home.scrape()).value("zigwire_device_link_quality", device=name) is not None
    await home.stop()


async def test_both_formats(home):
    plain, open_ = (
        await home.ask("text/plain;version=0.0.4"),
        await home.ask("application/openmetrics-text;version=1.0.0"),
    )
    assert plain.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert open_.headers["Content-Type"].startswith("application/openmetrics-text")
    families = {family.name for family in openmetrics(open_.body.decode())}
    assert {"zigwire_build", "zigwire_device_frames_received", "zigwire_frame_handling_seconds"} <= families
