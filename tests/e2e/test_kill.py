"""kill -9 at random moments: nothing that was acknowledged is lost, and the network stays the same.

ZIGWIRE_JOINS says how many devices join in all (200 for the figure in the release notes).
"""

import asyncio
import os
import random
import time

from zigwire.simulator.catalogue import KINDS
from zigwire.simulator.house import House

JOINS = int(os.environ.get("ZIGWIRE_JOINS", "12"))
MOMENTARY = {"linkquality", "last_seen"}


class Ledger:
    """What the bridge acknowledged, and what of it is missing."""

    def __init__(self, ear):
        self.ear = ear
        self.names = {}
        self.asked = {}
        self.read = 0
        self.reports = 0
        self.states = {}

    def note(self):
        """Take over what was heard since the last call."""
        for when, topic, value in self.ear.heard[self.read :]:
            if topic == "bridge/event" and value["data"].get("status") == "successful":
                self.names.setdefault(value["data"]["ieee_address"], value["data"]["friendly_name"])
            elif topic == "bridge/response/device/rename" and value["status"] == "ok":
                ieee, name = self.asked[value["transaction"]]
                self.names[ieee] = name
            elif topic.startswith("plug") and isinstance(value, dict):
                self.reports += 1
                self.states.setdefault(topic, []).append((when, value))
        self.read = len(self.ear.heard)

    def check(self, devices, killed, begin):
        known = {device["ieee_address"]: device for device in devices}
        for ieee, name in self.names.items():
            assert ieee in known, f"{ieee} joined and is gone"
            device = known[ieee]
            assert device["interview_completed"], f"{ieee} was interviewed: {device['interview_state']}"
            assert device["model_id"] == "lumi.plug"
            names = {name, *(wanted for address, wanted in self.asked.values() if address == ieee)}
            assert device["friendly_name"] in names, f"{ieee} is {device['friendly_name']}, was renamed to {name}"
            if device["friendly_name"] != name:
                self.names[ieee] = device["friendly_name"]  # carried out, but killed before the response left
        for topic, history in self.states.items():
            self.check_state(topic, history, killed, begin)
        self.states = {}

    def check_state(self, topic, history, killed, begin):
        """Compare the first state after the restart with the last before the kill, or one that was on its way then."""
        if topic not in set(self.names.values()):
            return
        known = next((value for _, name, value in self.ear.heard[begin:] if name == topic and value), {})
        last = [value for when, value in history if when <= killed][-1:]
        later = [value for when, value in history if when > killed]
        assert any(goes_on(state, known) for state in (*last, *later)), f"{topic} was {last}, is {known}"


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
            device = chance.choice(paired)
            transaction = f"t{len(ledger.asked)}"
            ledger.asked[transaction] = (device.ieee, f"plug_{len(ledger.asked)}")
            ear.say(
                "bridge/request/device/rename",
                {"from": device.ieee, "to": ledger.asked[transaction][1], "transaction": transaction},
            )
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
    while len(ledger.names) < JOINS:
        begin = len(world.ear.heard)
        await world.bridge.start()
        devices = await world.ear.wait("bridge/devices", since=begin)
        await world.ear.request("health_check")  # answered after the states of the start
        if kills:
            ledger.check(devices, killed, begin)
        network = network or house.parameters
        assert house.parameters == network, "the network was changed"
        await stir(world, ledger, chance, time.monotonic() + chance.uniform(0.2, 4))
        killed = time.monotonic()
        await world.bridge.kill()
        ledger.note()
        kills += 1
    print(f"{kills} kills, {len(ledger.names)} joins, {len(ledger.asked)} renames, {ledger.reports} states published")
