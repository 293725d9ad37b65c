"""kill -9 at random moments on the rig's coordinator: what was acknowledged stays, and so does the network.

ZIGWIRE_JOINS says how many devices join in all.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from pathlib import Path

import pytest
from support.renames import Renames

ROOT = Path(__file__).resolve().parents[2]
RIG = ROOT.parent / "shared" / "rig"
JOINS = int(os.environ.get("ZIGWIRE_JOINS", "8"))
NETWORK_ITEMS = (0x0021, 0x003A, 0x002D)  # NIB, active key, extended PAN id

pytestmark = pytest.mark.skipif(not RIG.is_dir(), reason="no ../shared/rig")


class Acknowledged:
    """Joins and renames, as events and responses told them."""

    def __init__(self):
        self.renames = Renames()

    def hear(self, topic, payload, when):
        del when
        if topic.endswith("bridge/event") and payload["data"].get("status") == "successful":
            self.renames.joined(payload["data"]["ieee_address"], payload["data"]["friendly_name"])
        elif topic.endswith("bridge/response/device/rename") and payload["status"] == "ok":
            self.renames.answered(payload["transaction"])

    def check(self, devices):
        known = {device["ieee_address"]: device for device in devices}
        for ieee in self.renames.devices:
            assert known[ieee]["interview_completed"]
            self.renames.found(ieee, known[ieee]["friendly_name"])


async def live(rig, acknowledged, chance):
    """Join and rename for a while."""
    rig.publish("bridge/request/permit_join", {"time": 254})
    with contextlib.suppress(TimeoutError):
        await rig.wait_mqtt("bridge/response/permit_join", timeout=3)
    loop = asyncio.get_running_loop()
    end, newcomers = loop.time() + chance.uniform(0.2, 4), chance.randint(1, 5)
    while loop.time() < end:
        if chance.random() < 0.3 and newcomers and len(rig.devices) < JOINS and rig.emulator.permitting:
            newcomers -= 1
            rig.join(f"plug{len(rig.devices)}", "lumi_plug")
        elif acknowledged.renames.devices:
            wish = acknowledged.renames.ask(chance.choice(acknowledged.renames.devices))
            rig.publish("bridge/request/device/rename", wish)
        await asyncio.sleep(0.03)


async def test_killed_at_random_moments_on_the_rig(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(RIG))
    from scenario import Rig

    monkeypatch.setenv("ZIGWIRE", str(Path(sys.executable).with_name("zigwire")))
    chance, acknowledged, kills, network = random.Random(7), Acknowledged(), 0, None
    async with Rig(f"sh {RIG}/targets/zigwire.sh", tmp_path) as rig:
        rig._listeners.append(acknowledged.hear)
        while len(acknowledged.renames.devices) < JOINS:
            seen = []
            rig._listeners.append(lambda topic, payload, _, seen=seen: seen.append((topic, payload)))
            await rig.start_target()
            devices = await rig.wait_mqtt("bridge/devices", timeout=10) if not _devices(seen) else _devices(seen)
            acknowledged.check(devices)
            held = json.dumps([rig.emulator.nv.items[item].hex() for item in NETWORK_ITEMS])
            network = network or held
            assert held == network, "the network was changed"
            await live(rig, acknowledged, chance)
            os.killpg(rig.process.pid, signal.SIGKILL)
            await rig.process.wait()
            kills += 1
    print(f"{kills} kills, {len(acknowledged.renames.devices)} joins, {len(acknowledged.renames)} renames")


def _devices(seen):
    return next((payload for topic, payload in reversed(seen) if topic.endswith("bridge/devices")), None)
