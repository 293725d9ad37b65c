"""kill -9 at random moments: nothing that was acknowledged is lost, and the network stays the same.

ZIGWIRE_JOINS says how many devices join in all (200 for the figure in the release notes).
"""

import asyncio
import os
import random
import time

import pytest
from support.renames import Renames

from zigwire.simulator.catalogue import KINDS
from zigwire.simulator.house import House

JOINS = int(os.environ.get("ZIGWIRE_JOINS", "12"))
MOMENTARY = {"linkquality", "last_seen"}


class Ledger:
    """What the bridge acknowledged, and what of it is missing."""

    def __init__(self, ear):
        self.ear = ear
        self.renames = Renames()
        self.read = 0
        self.reports = 0
        self.states = {}

    def note(self):
        """Take over what was heard since the last call."""
        for when, topic, value in self.ear.heard[self.read :]:
            if topic == "bridge/event" and value["data"].get("status") == "successful":
                self.renames.joined(value["data"]["ieee_address"], value["data"]["friendly_name"])
            elif topic == "bridge/response/device/rename" and value["status"] == "ok":
                self.renames.answered(value["transaction"])
            elif topic.startswith("plug") and isinstance(value, dict):
                self.reports += 1
                self.states.setdefault(topic, []).append((when, value))
        self.read = len(self.ear.heard)

    def check(self, devices, killed, begin, relays):
        known = {device["ieee_address"]: device for device in devices}
        for ieee in self.renames.devices:
            assert ieee in known, f"{ieee} joined and is gone"
            device = known[ieee]
            assert device["interview_completed"], f"{ieee} was interviewed: {device['interview_state']}"
            assert device["model_id"] == "lumi.plug"
            self.renames.found(ieee, device["friendly_name"])
        names = {device["friendly_name"]: device["ieee_address"] for device in devices}
        for topic, history in self.states.items():
            if topic in names:
                self.check_state(topic, history, killed, begin, relays[names[topic]])
        self.states = {}

    def check_state(self, topic, history, killed, begin, relay):
        """Compare the first state after the restart with the last before the kill, or one that was on its way then.

        What the bridge noted but could not publish any more is newer: it is how the relay is.
        """
        known = next((value for _, name, value in self.ear.heard[begin:] if name == topic and value), {})
        last = [value for when, value in history if when <= killed][-1:]
        later = [value for when, value in history if when > killed]
        newest = [{**state, "state": relay} for state in last]
        assert any(goes_on(state, known) for state in (*last, *later, *newest)), f"{topic} was {last}, is {known}"


def goes_on(before, now):
    """Tell whether nothing is missing; the relay moves only when it is pressed, measurements go on by themselves."""
    return before.keys() - MOMENTARY <= now.keys() and before.get("state") == now.get("state")


async def stir(world, ledger, chance, until):
    """Let people pair, rename and press until a moment."""
    ear, house = world.ear, world.house
    ear.say("bridge/request/permit_join", {"time": 254})
    newcomers = chance.randint(1, 5)
    while time.monotonic() < until:
        unpaired = [device for device in house.devices.values() if not house.on_network(device) and not device.pairing]
        paired = [device for device in house.devices.values() if house.on_network(device)]
        deed = chance.random()
        if deed < 0.3 and unpaired and newcomers:
            newcomers -= 1
            house.pair(unpaired[0].name)
        elif deed < 0.6 and paired:
            ear.say("bridge/request/device/rename", ledger.renames.ask(chance.choice(paired).ieee))
        elif paired:
            house.press(chance.choice(paired).name)
        await asyncio.sleep(0.03)
        ledger.note()


async def test_killed_at_random_moments_nothing_acknowledged_is_lost(make_world):
    chance = random.Random(20261122)
    house = House()
    for number in range(JOINS):
        house.add(f"plug{number}", KINDS["lumi.plug"], f"0x00158d00010000{number:02x}")
    world = await make_world(house)
    ledger = Ledger(world.ear)
    network, kills, killed = None, 0, 0.0
    while len(ledger.renames.devices) < JOINS:
        begin = len(world.ear.heard)
        await world.bridge.start()
        devices = await world.ear.wait("bridge/devices", since=begin)
        await world.ear.request("health_check")  # answered after the states of the start
        if kills:
            relays = {device.ieee: "ON" if device.on else "OFF" for device in house.devices.values()}
            ledger.check(devices, killed, begin, relays)
        network = network or house.parameters
        assert house.parameters == network, "the network was changed"
        await stir(world, ledger, chance, time.monotonic() + chance.uniform(0.2, 4))
        killed = time.monotonic()
        await world.bridge.kill()
        ledger.note()
        kills += 1
    joins, renames = len(ledger.renames.devices), len(ledger.renames)
    print(f"{kills} kills, {joins} joins, {renames} renames, {ledger.reports} states published")


def test_a_lost_rename_is_noticed():
    renames = Renames()
    renames.joined("0x1", "0x1")
    asked = [renames.ask("0x1")["to"] for _ in range(4)]
    renames.answered(asked[1])
    for name in ("0x1", asked[0], "plug_9"):
        with pytest.raises(AssertionError):
            renames.found("0x1", name)
    renames.found("0x1", asked[1])
    renames.found("0x1", asked[3])
    with pytest.raises(AssertionError):
        renames.found("0x1", asked[2])
