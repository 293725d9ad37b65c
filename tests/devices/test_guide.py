"""The definition in the guide works as the guide says."""

from __future__ import annotations

import re
from pathlib import Path

from zigwire.devices import Context, compile_definition
from zigwire.devices.convert import Bench
from zigwire.zcl.codec import parse
from zigwire.zigbee.model import Device, Endpoint

GUIDE = Path(__file__).parents[2] / "docs" / "describe-a-device.md"


def blocks():
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_datapoints():
    code, _ = blocks()
    room = {}
    exec(compile(code, str(GUIDE), "exec"), room)
    endpoints = {1: Endpoint(1, input_clusters=[0xEF00])}
    thing = Device("0x1", 1, model_id="TS0601", manufacturer_name="_TZE204_example", endpoints=endpoints)
    (definition,) = room["DEFINITIONS"]
    assert definition.rank(thing) == (1, 0)
    behaviour = compile_definition(definition, thing, Bench())
    frame = parse(0xEF00, bytes.fromhex("192a02000101020004000000d7"))
    assert behaviour.decode(1, frame, Context()) == {"temperature": 21.5}
    assert behaviour.can_set("child_lock")
    assert behaviour.can_set("unit")


async def test_the_definition_at_its_end():
    _, code = blocks()
    room = {}
    exec(compile(code, str(GUIDE), "exec"), room)
    endpoints = {number: Endpoint(number, input_clusters=[0, 6, 0x402, 0xFCC0]) for number in (1, 2)}
    switch = Device(ieee="0x1", network_address=1, model_id="example.switch.2", endpoints=endpoints)
    (definition,) = room["DEFINITIONS"]
    assert definition.rank(switch) == (0, 0)
    bench = Bench()
    behaviour = compile_definition(definition, switch, bench)
    assert set(behaviour.properties) == {
        "state_left",
        "state_right",
        "power_on_behavior_left",
        "power_on_behavior_right",
        "temperature",
        "led_disabled_night",
        "click_speed",
        "linkquality",
    }
    assert behaviour.decode(2, parse(6, bytes.fromhex("182a0a00001001")), Context()) == {"state_right": "ON"}
    outcome = await behaviour.set("click_speed", "FAST", Context(message={"click_speed": "FAST"}))
    assert outcome.state == {"click_speed": "fast"}
    assert bench.sent[0]["frame_hex"] == "145f11010225012002"
    await behaviour.configure()


def test_every_block_that_it_names_exists():
    rows = re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    blocks = [(module, name) for module, _, text in rows for name in re.findall(r"`(\w+)\(", text)]
    assert len(blocks) > 20
    for module, name in blocks:
        assert callable(getattr(__import__(f"zigwire.devices.blocks.{module}", fromlist=[name]), name))
