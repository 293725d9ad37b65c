"""From an empty folder to a switched plug: the real program, a real browser, checked on MQTT and in the house."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
import yaml
from support.browser import CHROMIUM, chromium
from support.mosquitto import Mosquitto, free_port
from support.waiting import until
from support.world import Ear

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.znp import serve
from zigwire.web.pages import DEFAULT, assets, versions

PATIENCE = 30_000  # milliseconds
PHONE = {"width": 360, "height": 740}


class Program:
    """`zigwire run` on a folder without a configuration."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self._log = folder / "run.log"
        self._environ = {
            **os.environ,
            "Z2M_ONBOARD_URL": f"http://0.0.0.0:{self.port}",
            "ZIGWIRE_PAGES": str(folder / "none"),
            **environ,
        }

    async def start(self) -> None:
        program = Path(sys.executable).with_name("zigwire")
        with self._log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                program, "run", "--data", self.data, stdout=log, stderr=log, env=self._environ
            )
        await until(lambda: "Set Zigwire up in a browser" in self.log, PATIENCE / 1000)

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@pytest.fixture
async def make_program(tmp_path):
    made = []

    async def make(**environ):
        program = Program(tmp_path, **environ)
        await program.start()
        made.append(program)
        return program

    yield make
    for program in made:
        await program.stop()


@pytest.fixture
async def page():
    if CHROMIUM is None:
        pytest.skip("no chromium")
    async with chromium() as browser:
        page = await browser.new_page(viewport=PHONE)
        page.set_default_timeout(PATIENCE)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page


@pytest.fixture
async def broker(tmp_path):
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    ear = Ear(mosquitto.url)
    await ear.start()
    yield ear, mosquitto.url
    await ear.mqtt.stop()
    mosquitto.stop()


async def fits(page) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_from_an_empty_folder_to_a_switched_plug(make_program, page, broker):
    house, (ear, url) = default_house(), broker
    server = await serve(house, 0)
    coordinator = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    program = await make_program()

    await page.goto(f"http://localhost:{program.port}/")
    await page.get_by_label("Another one").check()
    await page.get_by_role("textbox", name="Port").fill("tcp://127.0.0.1:1")
    await page.get_by_label("Adapter").select_option("zstack")
    await page.get_by_role("button", name="Start Zigwire").click()
    await page.get_by_text("nothing listens at tcp://127.0.0.1:1. Start again").wait_for()
    await page.get_by_role("textbox", name="Port").fill(coordinator)
    await page.get_by_label("Adapter").select_option("deconz")
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_text("It speaks zstack, not deconz.").wait_for()
    await page.get_by_label("Server").fill("mqtt://127.0.0.1:1")
    await page.get_by_role("button", name="Test it").click()
    await page.get_by_text("nothing listens there").wait_for()
    await page.get_by_label("Server").fill(url)
    await page.get_by_role("button", name="Test it").click()
    await page.get_by_text("It lets us in.").wait_for()
    await page.get_by_label("Channel").select_option("20")
    assert await fits(page)
    await page.get_by_role("button", name="Start Zigwire").click()

    permit = page.get_by_role("button", name="Let devices join")
    await permit.click()
    await ear.wait("bridge/info", lambda info: info["permit_join"])
    await page.get_by_role("button", name="Devices may join for").wait_for()
    house.pair("plug")
    plug = page.get_by_role("switch")
    await plug.wait_for()
    ieee = house.device("plug").ieee
    await ear.wait(ieee, lambda state: state.get("state") == "OFF")
    await plug.click()
    await ear.wait(ieee, lambda state: state["state"] == "ON")
    await page.locator("[role=switch][aria-checked=true]").wait_for()
    assert house.device("plug").on
    assert house.parameters.channel == 20
    await plug.click()
    await ear.wait(ieee, lambda state: state["state"] == "OFF", len(ear.heard) - 5)
    assert await fits(page)
    assert page.errors == []
    assert await program.stop() == 0
    server.close()


async def test_what_was_not_tried_is_tried_at_the_start(make_program, page, broker):
    house, (ear, url) = default_house(), broker
    server = await serve(house, 0)
    program = await make_program()
    await page.goto(f"http://localhost:{program.port}/")
    await page.get_by_label("Another one").check()
    port = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await page.get_by_role("textbox", name="Port").fill(port)
    await page.get_by_label("Channel").select_option("25")
    await page.get_by_label("Server").fill("mqtt://127.0.0.1:1")
    start = page.get_by_role("button", name="Start Zigwire")
    await start.click()
    await page.get_by_text(
        "nothing listens there: is the broker running? Start again to use it all the same."
    ).wait_for()
    await page.get_by_label("Server").fill(url)
    ear.mqtt.publish("zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True)
    await ear.wait("bridge/state")
    await start.click()
    await page.get_by_text("a bridge is online at zigbee2mqtt already").wait_for()
    await start.click()
    await page.get_by_role("button", name="Let devices join").click()
    await ear.wait("bridge/info", lambda info: info["permit_join"])
    assert house.parameters.channel == 25
    assert page.errors == []
    server.close()


async def test_the_simulated_house_from_elsewhere_with_code_and_token(make_program, page):
    program = await make_program()
    await page.set_extra_http_headers({"X-Forwarded-For": "192.168.1.7"})
    await page.goto(f"http://localhost:{program.port}/")
    await page.get_by_label("Code").fill("wrong")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_text("this is not the code").wait_for()
    code = program.log.split("The code for other machines is ")[1].split(".")[0]
    await page.get_by_label("Code").fill(code)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_text("Nothing yet").click()
    await page.get_by_label("Only this machine").check()
    await page.get_by_text("You are at another machine now").wait_for()
    await page.get_by_label("My network, with a token").check()
    token = await page.get_by_role("textbox", name="Token").input_value()
    await page.get_by_role("button", name="Start Zigwire").click()
    await page.get_by_text(f"asks for the token: {token}").wait_for()
    await page.get_by_role("link", name="Open the page").click()
    await page.get_by_label("Token").fill("wrong")
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_text("This is not the token.").wait_for()
    await page.get_by_label("Token").fill(token)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("switch").click()
    await page.locator("[role=switch][aria-checked=true]").wait_for()
    assert page.errors == []


@pytest.mark.skipif(assets(DEFAULT) is None, reason="the page is not here: `zigwire page fetch`")
async def test_the_simulated_house_on_to_the_full_page(make_program, page):
    program = await make_program(ZIGWIRE_PAGES=str(versions(DEFAULT).folder.parent))
    await page.goto(f"http://localhost:{program.port}/")
    await page.get_by_text("Nothing yet").click()
    await page.get_by_role("button", name="Start Zigwire").click()
    await page.locator("#root").wait_for(state="attached")
    await page.goto(f"http://localhost:{program.port}/#/device/0/{default_house().device('plug').ieee}/exposes")
    toggle = page.locator(".list-row input.toggle").first
    await toggle.click()
    await page.locator(".list-row input.toggle:checked").first.wait_for()
    ear = Ear(yaml.safe_load((program.data / "configuration.yaml").read_text())["mqtt"]["server"])
    await ear.start()
    await ear.wait("plug", lambda state: state["state"] == "ON", ear.say("plug/get", {"state": ""}))
    await ear.mqtt.stop()
    assert page.errors == []


async def test_a_start_that_fails_is_told_where_it_was_set_up(make_program, page, tmp_path):
    source = tmp_path / "z2m"
    source.mkdir()
    settings = "version: 5\nmqtt: {server: 'mqtt://localhost'}\nserial: {port: 'tcp://127.0.0.1:1', adapter: zboss}\n"
    (source / "configuration.yaml").write_text(settings + f"frontend: {{enabled: true, port: {free_port()}}}\n")
    program = await make_program()
    await page.set_extra_http_headers({"X-Forwarded-For": "192.168.1.7"})
    code = program.log.split("The code for other machines is ")[1].split(".")[0]
    await page.goto(f"http://localhost:{program.port}/?code={code}")
    await page.get_by_text("A Zigbee2MQTT").click()
    await page.get_by_label("Its data folder").fill(str(source))
    await page.get_by_label("Its data folder").press("Enter")
    await page.get_by_text("serial.adapter 'zboss' is unknown").wait_for()
    assert "Mend it, and try again" in program.log
    await page.get_by_role("button", name="Set it up anew").click()
    await page.get_by_role("button", name="Start Zigwire").wait_for()
    assert await program.stop() == 0


async def test_a_system_that_refuses_is_told_and_the_next_start_is_at_its_own_port(make_program, page, tmp_path):
    program = await make_program()
    (program.data / "simulator.sock").mkdir(parents=True)
    await page.goto(f"http://localhost:{program.port}/")
    await page.get_by_text("Nothing yet").click()
    await page.get_by_role("button", name="Start Zigwire").click()
    await page.get_by_role("heading", name="Zigwire did not start").wait_for()
    (program.data / "simulator.sock").rmdir()
    settings, port = (program.data / "configuration.yaml").read_text(), free_port()
    (program.data / "configuration.yaml").write_text(settings + "nonsense: [")
    await page.get_by_role("button", name="Try again").click()
    await page.locator("#failure output.bad").wait_for()
    (program.data / "configuration.yaml").write_text(settings.replace(f"port: {program.port}", f"port: {port}"))
    await page.get_by_role("button", name="Try again").click()
    await page.get_by_role("switch").wait_for()
    assert page.url == f"http://localhost:{port}/"
    assert page.errors == []


async def test_without_the_server_the_environment_sets_it_up(tmp_path, broker):
    ear, url = broker
    server = await serve(default_house(), 0)
    environ = {
        **os.environ,
        "Z2M_ONBOARD_NO_SERVER": "1",
        "ZIGBEE2MQTT_CONFIG_MQTT_SERVER": url,
        "ZIGBEE2MQTT_CONFIG_SERIAL_PORT": f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        "ZIGBEE2MQTT_CONFIG_SERIAL_ADAPTER": "zstack",
    }
    command = (Path(sys.executable).with_name("zigwire"), "run", "--data", tmp_path / "data")
    with (tmp_path / "run.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=environ)
    await ear.wait("bridge/state", lambda state: state == {"state": "online"})
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    server.close()
