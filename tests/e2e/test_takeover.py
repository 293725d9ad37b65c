"""The first start on a folder that Zigbee2MQTT 2.14.1 left, and going back."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import yaml

from zigwire.simulator.house import House
from zigwire.zigbee.radio import NetworkParameters

RECORDED = Path(__file__).resolve().parents[1] / "data" / "zigbee2mqtt"
PROGRAM = Path(sys.executable).with_name("zigwire")
KEY = bytes([1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 13])
NETWORK = NetworkParameters(6754, "0x0102030405060708", 11, KEY)
ORIGINALS = ("database.db", "state.json", "coordinator_backup.json")


def settle_in(world):
    """Put the recorded folder in the place of the world's own; broker and port stay the world's."""
    path = world.data / "configuration.yaml"
    recorded = yaml.safe_load((RECORDED / path.name).read_text())
    own = yaml.safe_load(path.read_text())
    recorded["mqtt"], recorded["serial"] = own["mqtt"], own["serial"]
    path.write_text(yaml.safe_dump(recorded, sort_keys=False))
    for name in ORIGINALS:
        shutil.copy(RECORDED / name, world.data)


def entries(path):
    """Return the entries by number, without what changes while a bridge runs."""
    found = {}
    for line in path.read_text().split("\n"):
        entry = json.loads(line)
        entry.pop("lastSeen", None)
        found[entry["id"]] = entry
    return found


async def run(*arguments):
    process = await asyncio.create_subprocess_exec(
        PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_there_and_back(make_world, tmp_path):
    house = House()
    house.form(NETWORK)
    world = await make_world(house)
    settle_in(world)
    await world.bridge.start()
    devices = await world.ear.wait("bridge/devices", lambda devices: len(devices) == 21)
    lamp = next(device for device in devices if device["friendly_name"] == "lamp")
    assert lamp["model_id"] == "TRADFRI bulb E27 WS opal 980lm"
    assert lamp["interview_completed"]
    groups = {group["friendly_name"]: group["members"] for group in await world.ear.wait("bridge/groups")}
    assert [member["ieee_address"] for member in groups["lights"]] == ["0x00158d0001a00002", "0x00158d0001a0000b"]
    assert "20 devices, 3 groups, 13 states, the network with PAN id 6754 on channel 11" in world.bridge.log
    assert house.parameters == NETWORK

    status, output = await run("export", "--data", world.data, tmp_path / "beside")
    assert status == 0, output
    await world.bridge.stop()
    assert _warnings(world.bridge.log) == []
    for name in ORIGINALS:
        assert (world.data / name).read_bytes() == (RECORDED / name).read_bytes(), name

    status, output = await run("export", "--data", world.data, tmp_path / "after")
    assert status == 0, output
    for folder in (tmp_path / "beside", tmp_path / "after"):
        assert entries(folder / "database.db") == entries(RECORDED / "database.db")
        assert json.loads((folder / "state.json").read_text()) == json.loads((RECORDED / "state.json").read_text())
        assert (folder / "configuration.yaml").read_bytes() == (world.data / "configuration.yaml").read_bytes()
    backup = json.loads((tmp_path / "after" / "coordinator_backup.json").read_text())
    assert backup["network_key"]["key"] == KEY.hex()
    assert backup["extended_pan_id"] == "0102030405060708"

    status, output = await run("export", "--data", world.data, tmp_path / "after")
    assert status == 1
    assert "is not empty" in output


async def test_no_network_is_formed_on_a_blank_coordinator(make_world):
    house = House()
    world = await make_world(house)
    settle_in(world)
    await world.bridge.launch()
    assert await world.bridge.process.wait() == 1
    assert "holds no network, but 20 devices are known" in world.bridge.log
    assert house.parameters is None


async def test_an_empty_database_is_refused(make_world):
    house = House()
    house.form(NETWORK)
    world = await make_world(house)
    settle_in(world)
    (world.data / "database.db").write_bytes(b"")
    await world.bridge.launch()
    assert await world.bridge.process.wait() == 1
    assert "database.db knows no device, but configuration.yaml names 20" in world.bridge.log


def _warnings(log):
    return [line for line in log.splitlines() if "differs from the configuration" in line or "ERROR" in line]
