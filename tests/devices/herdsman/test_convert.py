from __future__ import annotations

from zigwire.bridge.order import ordered
from zigwire.cli.converting import START, Timeline
from zigwire.devices import Sources
from zigwire.devices.convert import Session
from zigwire.devices.herdsman import HerdsmanSource, VirtualClock

ASKING = """
    fromZigbee: [{cluster: "genOnOff", type: "attributeReport", convert: async (model, msg, publish) => {
        setTimeout(() => publish({later: true}), 1000);
        await msg.endpoint.read("genBasic", ["modelId"]);
        return {state: msg.data.onOff};
    }}], toZigbee: [], exposes: []
"""
IDENTITY = {
    "ieeeAddr": "0x00158d0001a00001",
    "modelID": "asking",
    "manufacturerName": "Test",
    "endpoints": [{"id": 1, "inputClusters": [0, 6]}],
}


async def test_what_a_definition_says_after_it_asked_is_what_the_frame_means(library):
    clock = VirtualClock(START)
    source = HerdsmanSource(library(asking=ASKING), clock)
    session = Session(Sources([source]), ordered, Timeline((source, clock)))
    await session.answer({"kind": "device", "identity": IDENTITY})
    line = {
        "kind": "decode",
        "endpoint": 1,
        "cluster_id": 6,
        "frame_hex": "18070a00001001",
        "read_answers": [{"frame": 0, "frame_hex": "18010105000042026869"}],
    }
    assert await session.answer(line) == {"payload": {"state": 1}, "published": [{"payload": {"later": True}}]}
    source.close()
