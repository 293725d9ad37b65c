from __future__ import annotations

import pytest

from zigwire.bridge.order import ordered
from zigwire.cli.converting import Timeline
from zigwire.devices import Bind, Definition, NativeSource, Sources, compile_definition
from zigwire.devices.convert import Session
from zigwire.devices.feature import Feature
from zigwire.zcl.requests import Read

IDENTITY = {
    "modelID": "lumi.plug",
    "manufacturerName": "LUMI",
    "manufacturerID": 4447,
    "ieeeAddr": "0xa4c1380123456789",
    "type": "Router",
    "powerSource": "Mains (single phase)",
    "endpoints": [
        {
            "id": 1,
            "profileID": 260,
            "deviceID": 81,
            "inputClusters": [0, 3, 6, 12],
            "outputClusters": [25],
            "attributes": {},
        }
    ],
    "meta": {},
}


@pytest.fixture
async def session():
    session = Session(Sources([NativeSource()]), ordered, Timeline(None))
    await session.answer({"kind": "device", "id": "Xiaomi/ZNCZ02LM", "identity": IDENTITY})
    return session


async def test_a_device(session):
    answer = await session.answer({"kind": "device", "identity": IDENTITY})
    assert (answer["vendor"], answer["model"], answer["source"]) == ("Xiaomi", "ZNCZ02LM", "native")
    assert answer["supports_ota"] is True
    assert [one["type"] for one in answer["exposes"]] == ["switch", *["numeric"] * 3, "binary", "numeric"]
    assert len(answer["options"]) == 6


async def test_decode(session):
    line = {
        "kind": "decode",
        "endpoint": 1,
        "cluster_id": 12,
        "profile": 260,
        "frame_hex": "182a0a5500390000803f",
        "options": {"power_calibration": 1.5},
        "state_before": {},
    }
    assert await session.answer(line) == {"payload": {"power": 1.01}, "published": []}


@pytest.mark.parametrize(
    ("message", "state", "frames", "after"),
    [
        ({"state": "ON"}, {}, [(1, 6, "010101")], {"state": "ON"}),
        ({"state": "TOGGLE"}, {"state": "ON"}, [(1, 6, "010102")], {"state": "OFF"}),
        ({"state": "ON", "on_time": 300, "off_wait_time": 10}, {}, [(1, 6, "01014200b80b6400")], None),
        (
            {"power_outage_memory": True},
            {},
            [(1, 0, "145f110102f0ff4109aa8005d14707011001"), (1, 0, "145f110102f0ff4107aa8003d3070801")],
            {"power_outage_memory": True},
        ),
    ],
)
async def test_encode(session, message, state, frames, after):
    answer = await session.answer(
        {"kind": "encode", "message": message, "options": {}, "state_before": state, "read_answers": []}
    )
    assert [(one["endpoint"], one["cluster_id"], one["frame_hex"]) for one in answer["frames"]] == frames
    assert (answer["state_after"], answer["published"]) == (after, [])


async def test_get(session):
    answer = await session.answer({"kind": "get", "message": {"state": "", "power": ""}, "read_answers": []})
    assert answer == {
        "frames": [
            {"endpoint": 1, "cluster_id": 6, "frame_hex": "1001000000"},
            {"endpoint": 1, "cluster_id": 12, "frame_hex": "1001005500"},
        ]
    }


async def test_configure(session):
    assert await session.answer({"kind": "configure", "read_answers": []}) == {"steps": []}


async def test_binds_show_their_target():
    class Source:
        def find(self, device, host):
            feature = Feature(setup=lambda place: (Bind(place.endpoint, "genOnOff"), READ))
            return compile_definition(
                Definition(vendor="A", model="1", description="", features=[feature]), device, host
            )

    READ = Read(endpoint=1, cluster="genOnOff", attributes=("onOff",))  # noqa: N806
    session = Session(Sources([Source()]), ordered, Timeline(None))
    await session.answer({"kind": "device", "identity": {"ieeeAddr": "0x1", "endpoints": [{"id": 3}]}})
    assert (await session.answer({"kind": "configure"}))["steps"] == [
        {"zdo": "bind", "endpoint": 3, "cluster_id": 6, "target": {"$endpoint": "0x00124b00deadbeef/1"}},
        {"endpoint": 1, "cluster_id": 6, "frame_hex": "1001000000"},
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({}, "kind is null; allowed: device, decode, encode, get, configure"),
        ({"kind": "other"}, 'kind is "other"; allowed: device, decode, encode, get, configure'),
        ({"kind": "device"}, "the line has no identity"),
        ({"kind": "decode", "cluster_id": 6}, "the line has no frame_hex"),
        ({"kind": "decode", "cluster_id": 6, "frame_hex": "18", "endpoint": 1}, "a ZCL header has 3 bytes"),
        ({"kind": "decode", "cluster_id": 6, "frame_hex": "xy", "endpoint": 1}, "frame_hex is no hex"),
        ({"kind": "encode", "message": {"state": "MAYBE"}}, 'state can\'t be "MAYBE"'),
        ({"kind": "get", "message": {"nope": ""}}, '"nope" is no key of this device'),
    ],
)
async def test_what_is_refused_says_why(session, line, error):
    answer = await session.answer(line)
    assert answer.keys() == {"error"}
    assert answer["error"].startswith(error)


async def test_an_unknown_device_is_none():
    session = Session(Sources([NativeSource()]), ordered, Timeline(None))
    answer = await session.answer(
        {"kind": "device", "identity": {"ieeeAddr": "0x1", "modelID": "x", "manufacturerName": None}}
    )
    assert answer == {"error": 'no definition fits model "x" of null'}
    assert await session.answer({"kind": "configure"}) == {
        "error": "no device is current: an earlier line must name one that is supported"
    }
