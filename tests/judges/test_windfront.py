"""The rig's browser, which drives the page of Zigbee2MQTT, on a house as `make run` has it."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import aiohttp
import pytest
import yaml
from support.mosquitto import free_port

from zigwire.web.pages import DEFAULT, assets

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT.parent / "shared" / "rig" / "windfront" / "windfront_client.py"
CHROMIUM = shutil.which("chromium")
PATIENCE = 90.0
ROUTES = ("/dashboard", "/groups", "/network/0", "/logs/0", "/ota", "/activity", "/settings/0/settings/main")

pytestmark = [
    pytest.mark.skipif(not CLIENT.is_file(), reason="no ../shared/rig"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium"),
    pytest.mark.skipif(assets(DEFAULT) is None, reason="no page: `zigwire page fetch` gets it"),
]


@pytest.fixture
def visit(tmp_path):
    """Run a house, let the rig's browser look at it, and return what it saw."""

    async def play(frontend, *arguments):
        settings = {
            "version": 5,
            "mqtt": {"server": f"mqtt://127.0.0.1:{free_port()}"},
            "serial": {"port": "sim://"},
            "frontend": {"enabled": True, "host": "127.0.0.1", "port": free_port(), **frontend},
            "advanced": {"log_output": ["console"]},
        }
        (tmp_path / "configuration.yaml").write_text(yaml.safe_dump(settings))
        zigwire = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("zigwire"),
            "run",
            "--default",
            "--data",
            tmp_path,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                while b"a smart plug" not in (await zigwire.stdout.readline()).lower():
                    assert zigwire.returncode is None
                url = f"http://127.0.0.1:{settings['frontend']['port']}{frontend.get('base_url', '')}"
                await plug_has_reported(f"{url}/api?token={frontend.get('auth_token', '')}")
                return await look(url, *arguments)
        finally:
            zigwire.terminate()
            await zigwire.communicate()

    return play


async def plug_has_reported(url):
    """Wait until it is known whether the plug is on: until then the page has no switch for it."""
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=2**24) as socket:
        await socket.send_json({"topic": "plug/get", "payload": {"state": ""}})
        while True:
            message = await socket.receive_json()
            if message["topic"] == "plug" and "state" in message["payload"]:
                return


async def look(url, *arguments):
    visits = [argument for route in ROUTES for argument in ("--visit", route)]
    browser = await asyncio.create_subprocess_exec(
        sys.executable,
        CLIENT,
        *("--url", url, "--device", "plug", "--toggle", "state", *visits, *arguments),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "CHROMIUM": CHROMIUM},
    )
    seen, _ = await browser.communicate()
    return browser.returncode, json.loads(seen)


@pytest.mark.parametrize(
    ("frontend", "arguments"),
    [({}, ()), ({"auth_token": "sesame", "base_url": "/zigbee"}, ("--token", "sesame"))],
)
async def test_the_page_shows_and_switches_the_plug(visit, frontend, arguments):
    status, seen = await visit(frontend, *arguments)
    assert [device["name"] for device in seen["devices"]] == ["plug"]
    assert {"state", "power"} <= {row["property"] for row in seen["exposes"]}
    assert seen["toggle"]["answered"]
    assert seen["toggle"]["after"] is not seen["toggle"]["before"]
    assert (seen["console_errors"], seen["page_errors"], seen["failed_requests"]) == ([], [], [])
    assert (status, seen["ok"]) == (0, True)
