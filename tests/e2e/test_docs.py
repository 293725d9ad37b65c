"""The documents' examples are carried out by the real program, in the simulated house that they are about."""

import asyncio
import json
import shutil
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from support.documents import PAGES, ROOT, blocks, title
from support.mosquitto import Mosquitto
from support.world import PATIENCE, Bridge, Ear

from zigwire.mqtt import Properties
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.control import call

PROGRAM = Path(sys.executable).with_name("zigwire")
FRONT = ROOT / "README.md"
NAMES = {device.ieee: device.name for device in default_house().devices.values()}
KINETIC = "0x0000000001719697"
TALKING, LISTENING = {"devices", "set", "get", "request", "simulator"}, {"watch", "permit-join"}


@asynccontextmanager
async def running(folder):
    """Run the house in `folder/data` with a broker of its own; give who listens to it."""
    broker = Mosquitto(folder)
    broker.start()
    path = folder / "data" / "configuration.yaml"
    settings = yaml.safe_load(path.read_text()) | {"mqtt": {"server": broker.url, "version": 5}}
    path.write_text(yaml.safe_dump(settings))
    ear = Ear(broker.url, version=5)
    await ear.start()
    bridge = Bridge(path.parent, ear)
    try:
        await bridge.start()
        yield ear
    finally:
        await bridge.stop()
        await ear.mqtt.stop()
        broker.stop()


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """Two folders: a house as `make run` leaves it, with the plug, and one in which everything is paired and named."""
    new, whole = tmp_path_factory.mktemp("new"), tmp_path_factory.mktemp("whole")
    (new / "data").mkdir()
    settings = {"version": 5, "serial": {"port": "sim://"}, "advanced": {"log_output": ["console"]}}
    (new / "data" / "configuration.yaml").write_text(yaml.safe_dump(settings))
    asyncio.run(pair(new, "plug"))
    copy(new, whole)
    asyncio.run(pair(whole, "spare", "bulb", "remote", "kinetic"))
    return new, whole


def copy(source, target):
    shutil.copytree(source / "data", target / "data", ignore=shutil.ignore_patterns("*.sock"))


async def pair(folder, *devices):
    async with running(folder) as ear:
        await ear.request("permit_join", {"time": 254})
        for device in devices:
            verb = "green-power-pair" if device == "kinetic" else "pair"
            await call(folder / "data" / "simulator.sock", verb, device=device)
        for ieee, name in (NAMES | {KINETIC: "kinetic"}).items():
            if name in devices:
                await paired(ear, ieee)
                assert (await ear.request("device/rename", {"from": ieee, "to": name}))["status"] == "ok"
        await ear.request("permit_join", {"time": 0})


async def paired(ear, ieee):
    def there(devices):
        return any(one["ieee_address"] == ieee and one["interview_completed"] for one in devices)

    if not there(ear.latest["bridge/devices"]):
        await ear.wait("bridge/devices", there, len(ear.heard))


def acts(page):
    """Whether a page has something to be carried out."""
    typed = (arguments[0] for block in blocks(page, "console") for arguments in block.commands())
    return bool(blocks(page, "publish", "hear")) or not (TALKING | LISTENING).isdisjoint(typed)


@pytest.mark.parametrize("page", [page for page in PAGES if acts(page)], ids=title)
async def test_examples_are_carried_out(page, houses, tmp_path):
    copy(houses[0] if page == FRONT else houses[1], tmp_path)
    async with running(tmp_path) as ear, left_open() as terminals:
        for block in blocks(page, "publish", "hear", "console"):
            if block.kind == "console":
                for arguments in block.commands():
                    await typed(tmp_path, ear, terminals, *arguments)
                continue
            for topic, payload in block.messages():
                await (published if block.kind == "publish" else heard)(ear, topic, payload)


async def published(ear, topic, payload):
    """Publish what is to be published: it is answered with ok, commands as MQTT 5 has it."""
    request = topic.removeprefix("bridge/request/")
    command = request == topic
    answers = f"answers/{len(ear.heard)}" if command else f"bridge/response/{request}"
    since = ear.say(topic, payload, Properties(response_topic=answers) if command else None)
    answer = await ear.wait(answers, since=since)
    assert answer["status"] == "ok", f"{topic} {payload}: {answer}"


async def heard(ear, topic, payload):
    """See that it was heard, or is soon: with these keys, and these values where they are no numbers."""
    await ear.wait(topic, lambda value: alike(json.loads(payload), value))


def alike(shown, value):
    if isinstance(shown, dict):
        return isinstance(value, dict) and all(key in value and alike(shown[key], value[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(value, list) and all(any(alike(one, each) for each in value) for one in shown)
    return isinstance(value, int | float) if isinstance(shown, float) else shown == value


@asynccontextmanager
async def left_open():
    """Keep the terminals in which something listens; each has something to show in the end."""
    terminals = {}
    try:
        yield terminals
        async with asyncio.timeout(PATIENCE):
            for terminal in terminals.values():
                assert await terminal.stdout.readline()
    finally:
        for terminal in terminals.values():
            terminal.send_signal(signal.SIGINT)
            await terminal.communicate()


async def typed(folder, ear, terminals, *arguments):
    """Type a command that talks with the house; a reader waits until what is paired has joined."""
    verb = arguments[0]
    if verb not in TALKING | LISTENING:
        return
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    if verb in LISTENING:
        terminals[verb] = process
        return
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, f"{arguments}: {output.decode()}"
    if arguments[:2] == ("simulator", "pair") and "permit-join" in terminals:
        await paired(ear, next(ieee for ieee, name in NAMES.items() if name == arguments[2]))
