"""Users' converters and chosen definitions with the real program and broker."""

from __future__ import annotations

import pytest
from support.waiting import until

from zigwire.herdsman_library import Versions, default_folder
from zigwire.simulator.catalogue import default_house

CODE = """
import {onOff} from 'zigbee-herdsman-converters/lib/modernExtend';

export default {
    zigbeeModel: ['lumi.plug'],
    model: 'My plug',
    vendor: 'Me',
    description: 'Made here',
    extend: [onOff({powerOnBehavior: false})],
};
"""


ENDLESS = """
module.exports = {
    zigbeeModel: ['lumi.plug'], model: 'Wild', vendor: 'Me', description: 'Never ends', exposes: [], toZigbee: [],
    fromZigbee: [{cluster: 'genOnOff', type: 'attributeReport', convert: () => { while (true) {} }}],
};
"""


def definition(devices):
    return devices[1]["definition"]


async def test_a_converter_made_for_zigbee2mqtt(make_world):
    if Versions(default_folder()).current is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    world = await make_world(default_house())
    await world.bridge.start()
    ieee = await world.pair("plug")

    since = len(world.ear.heard)
    assert await world.ear.request("converter/save", {"name": "plug.mjs", "code": CODE}) == {"data": {}, "status": "ok"}
    await world.ear.wait("bridge/devices", lambda devices: definition(devices)["source"] == "external", since)
    await world.ear.wait("bridge/converters", lambda files: files == [{"name": "plug.mjs", "code": CODE}], since)
    world.ear.say(f"{ieee}/set", {"state": "ON"})
    await world.ear.wait(ieee, lambda state: state["state"] == "ON")

    await world.bridge.stop()
    await world.bridge.start()
    assert definition(world.ear.latest["bridge/devices"])["model"] == "My plug"

    since = len(world.ear.heard)
    chosen = await world.ear.request("device/options", {"id": ieee, "options": {"definition": "Xiaomi/ZNCZ02LM"}})
    assert chosen["data"]["to"] == {"definition": "Xiaomi/ZNCZ02LM"}
    await world.ear.wait("bridge/devices", lambda devices: definition(devices)["model"] == "ZNCZ02LM", since)
    refused = await world.ear.request("device/options", {"id": ieee, "options": {"definition": "Tuya/TS0601_swich"}})
    assert "Tuya/TS0601_switch" in refused["error"]
    python = await world.ear.request("converter/save", {"name": "plug.py", "code": "import os"})
    assert "ZIGWIRE_PYTHON_OVER_MQTT" in python["error"]


async def test_a_converter_that_never_ends_keeps_no_other_device_from_its_service(make_world):
    if Versions(default_folder()).current is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    world = await make_world(default_house())
    await world.bridge.start()
    bulb, plug = await world.pair("bulb"), world.house.device("plug")
    assert (await world.ear.request("converter/save", {"name": "wild.js", "code": ENDLESS}))["status"] == "ok"
    await world.pair("plug")
    for state in ("ON", "OFF", "ON", "OFF"):
        plug.press()
        since = world.ear.say(f"{bulb}/set", {"state": state})
        await world.ear.wait(bulb, lambda told, state=state: told["state"] == state, since)
    await until(lambda: f"The definition of {plug.ieee} went wrong: it was stopped after 0.5 s" in world.bridge.log)
    loops = {"name": "loops.js", "code": "while (true) {}"}
    assert "stopped after 0.5 s" in (await world.ear.request("converter/save", loops))["error"]
