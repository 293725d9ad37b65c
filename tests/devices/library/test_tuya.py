"""Facts about Tuya's devices, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices import Context, NativeSource
from zigwire.devices.convert import Bench
from zigwire.zcl.codec import parse
from zigwire.zigbee.model import Device, Endpoint


def made_by(name):
    endpoints = {1: Endpoint(1, profile=260, device=81, input_clusters=[0, 3, 0xEF00])}
    device = Device("0xa4c1380123456789", 1, model_id="TS0601", manufacturer_name=name, endpoints=endpoints)
    bench = Bench()
    return NativeSource().find(device, bench), bench


@pytest.mark.parametrize(
    ("name", "model", "frame", "state"),
    [
        ("_TZE204_myd45weu", "TS0601_soil", "192a020001030200040000002a", {"soil_moisture": 42}),
        (
            "_TZE204_pkpfn9hc",
            "TS0601_co2_temperature_humidity_sensor",
            "192a02000112020004000000d7",
            {"temperature": 21.5},
        ),
        ("_TZE204_cjbofhxw", "PJ-MGW1203", "192a02000113020004000000d7", {"power": 21.5}),
        ("_TZE284_cjbofhxw", "PJ-1203-W", "192a02000165020004000000d7", {"energy": 0.22}),
        ("_TZE204_he9apaui", "TS0601_2gang_switch", "192a0200010201000101", {"state_l2": "ON"}),
        ("_TZE204_fhv95pf1", "TS0601_stairwell_switch", "192a0200011d01000101", {"child_lock": "ON"}),
    ],
)
def test_the_manufacturer_tells_them_apart(name, model, frame, state):
    behaviour, _ = made_by(name)
    assert behaviour.definition.model == model
    assert behaviour.decode(1, parse(0xEF00, bytes.fromhex(frame)), Context()) == state


def test_others_that_call_themselves_the_same_are_not_known_here():
    assert made_by("_TZE200_unknown")[0] is None


@pytest.mark.parametrize(("endpoint", "key"), [(None, "state_l2"), ("l2", "state")])
async def test_a_gang_is_named_by_key_or_topic(endpoint, key):
    behaviour, bench = made_by("_TZE204_he9apaui")
    outcome = await behaviour.set(key, "OFF", Context(message={key: "OFF"}, endpoint=endpoint))
    assert outcome.state == {"state_l2": "OFF"}
    assert [one["frame_hex"] for one in bench.sent] == ["11010001000201000100"]
