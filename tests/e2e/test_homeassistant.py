"""Home Assistant's discovery through the real program and broker."""

import json

from zigwire.simulator.catalogue import default_house


async def test_a_restart_clears_what_is_stale_and_repeats_nothing(make_world):
    world = await make_world(default_house(), homeassistant={"enabled": True})
    await world.bridge.start()
    ieee = await world.pair("plug")
    switch = f"homeassistant/switch/{ieee}/switch/config"
    await world.ear.wait(switch)
    stale = f"homeassistant/sensor/{ieee}/smell/config"
    foreign = f"homeassistant/sensor/{ieee}/taste/config"
    for topic, owner in ((stale, "zigbee2mqtt"), (foreign, "zigbee2mqtt/attic")):
        payload = {"availability": [{"topic": f"{owner}/bridge/state"}]}
        world.ear.mqtt.publish(topic, json.dumps(payload), retain=True)
    await world.ear.wait(foreign)
    await world.bridge.stop()
    since = len(world.ear.heard)
    await world.bridge.start()
    await world.ear.wait(stale, lambda payload: payload is None, since)
    await world.ear.request("health_check")
    heard = [topic for _, topic, _ in world.ear.heard[since:]]
    assert switch not in heard
    assert world.ear.latest[foreign] is not None

    since = len(world.ear.heard)
    world.ear.mqtt.publish("homeassistant/status", "online")
    await world.ear.wait("bridge/state", since=since)
    await world.ear.wait(ieee, since=since)
