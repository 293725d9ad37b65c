"""From the real Zigbee2MQTT to Zigwire and back, on the rig's coordinator: nobody notices that the program changed.

Z2M_DIR names an npm project with node_modules/zigbee2mqtt; without it nothing is tested.
"""

import asyncio
import hashlib
import json
import os
import re
import sys
from pathlib import Path

import pytest
from support.inhabited import NUMBER, SETTINGS, inhabit, kind

ROOT = Path(__file__).resolve().parents[2]
RIG = ROOT.parent / "shared" / "rig"
Z2M = Path(os.environ.get("Z2M_DIR", "nowhere"))
ORIGINALS = ("database.db", "state.json", "coordinator_backup.json")
PROSE = re.compile(r"^\.definition\b.*\.description$")
KNOWN = {"SP 120": [".definition.supports_ota: False became True"]}  # a newer library of definitions
NETWORK_ITEMS = (0x0021, 0x003A, 0x002D)  # NIB, active key, extended PAN id

pytestmark = [
    pytest.mark.skipif(not RIG.is_dir(), reason="no ../shared/rig"),
    pytest.mark.skipif(not (Z2M / "node_modules" / "zigbee2mqtt").is_dir(), reason="no Z2M_DIR"),
]


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ORIGINALS}


def held(rig):
    """Return what the coordinator's memory has of the network."""
    return [rig.emulator.nv.items[item].hex() for item in NETWORK_ITEMS]


def normalised(device):
    """Leave out what is not the same by design: the coordinator's endpoints, the order in lists."""
    seen = dict(device)
    if device["type"] == "Coordinator":
        del seen["endpoints"]
        return seen
    for endpoint in seen["endpoints"].values():
        for name in ("bindings", "configured_reportings", "scenes"):
            endpoint[name] = sorted(endpoint[name], key=json.dumps)
    return seen


def differences(before, after):
    """List what two bridge/devices do not have in common, but for prose and what a newer library knows."""
    found, known = [], {device["ieee_address"]: normalised(device) for device in after}
    for device in before:
        here, there = normalised(device), known.pop(device["ieee_address"], {})
        model = device.get("model_id", "coordinator")
        found += [f"{model}{one}" for one in leaves(here, there) if one not in KNOWN.get(model, ())]
    return found + [f"{ieee} is new" for ieee in known]


def leaves(here, there, path=""):
    """List where two values differ, and how."""
    if isinstance(here, dict) and isinstance(there, dict):
        parts = [(f".{name}", here.get(name), there.get(name)) for name in sorted(here.keys() | there.keys())]
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        parts = [(f"[{index}]", *pair) for index, pair in enumerate(zip(here, there, strict=True))]
    elif here == there or PROSE.search(path):
        return []
    else:
        return [f"{path}: {here!r} became {there!r}"]
    return [one for name, old, new in parts for one in leaves(old, new, path + name)]


def group_differences(before, after):
    here, there = ({group["id"]: group for group in groups} for groups in (before, after))
    return [
        f"group {number}: {here.get(number)} became {there.get(number)}"
        for number in sorted(here | there)
        if here.get(number) != there.get(number)
    ]


def seen(rig):
    """Return the devices and groups as they are published."""
    return rig.retained["zigbee2mqtt/bridge/devices"], rig.retained["zigbee2mqtt/bridge/groups"]


async def interviewed(rig):
    """Interview every device over the bridge; return the names of those that did not answer."""
    silent = []
    for index in range(NUMBER):
        name = f"{kind(index)}{index}"
        rig.publish("bridge/request/device/interview", {"id": rig.ieee(name)})
        response = await rig.wait_mqtt("bridge/response/device/interview", timeout=30)
        if response["status"] != "ok":
            silent.append(f"{name}: {response['error']}")
    await rig.settle(3)
    return silent


async def started(rig, program):
    rig.target = f"sh {RIG}/targets/{program}.sh"
    rig.retained.clear()
    await rig.start_target()
    await rig.settle(2)


async def test_there_and_back(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(RIG))
    from scenario import Rig

    monkeypatch.setenv("ZIGWIRE", str(Path(sys.executable).with_name("zigwire")))
    async with Rig("", tmp_path, SETTINGS) as rig:
        await started(rig, "z2m")
        await inhabit(rig)
        devices, groups = seen(rig)
        await rig.stop_target()
        originals, network = digests(rig.data), held(rig)
        assert len(devices) == NUMBER + 1

        await started(rig, "zigwire")
        taken = differences(devices, seen(rig)[0]) + group_differences(groups, seen(rig)[1])
        print("taken over:", *taken, sep="\n  ")
        assert await switched(rig, "kitchen/plug") == "ON"
        assert await interviewed(rig) == []
        exported = tmp_path / "exported"
        await export(rig.data, tmp_path / "exported while it runs")
        await rig.stop_target()
        await export(rig.data, exported)
        assert digests(rig.data) == originals
        assert held(rig) == network

        rig.data = exported
        await started(rig, "z2m")
        given = differences(devices, seen(rig)[0]) + group_differences(groups, seen(rig)[1])
        print("given back:", *given, sep="\n  ")
        assert await switched(rig, "kitchen/plug") == "ON"
        await rig.stop_target()
        assert held(rig) == network
    assert lines(exported) == lines(tmp_path / "data")
    assert given == []
    assert taken == []


async def switched(rig, name):
    """Switch a device off and on; return the state that is published."""
    for state in ("OFF", "ON"):
        rig.publish(f"{name}/set", {"state": state})
        await rig.wait_mqtt(name, lambda published, state=state: published.get("state") == state, timeout=10)
    return state


async def export(data, target):
    program = Path(sys.executable).with_name("zigwire")
    process = await asyncio.create_subprocess_exec(program, "export", "--data", data, target)
    assert await process.wait() == 0


def lines(folder):
    """Return the identities that a database has, by address."""
    entries = [json.loads(line) for line in (folder / "database.db").read_text().splitlines()]
    return {entry.get("ieeeAddr") or entry["groupID"]: entry["id"] for entry in entries}
