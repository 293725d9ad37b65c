"""Facts about Aqara's outlets, as recorded."""

from __future__ import annotations

import pytest

from tests.support.virtual_time import VirtualTime
from zigwire.devices import Context, NativeSource
from zigwire.devices.convert import Bench
from zigwire.devices.errors import BadValueError
from zigwire.zcl.codec import parse
from zigwire.zigbee.model import Device, Endpoint

OWN = 0xFCC0
CLUSTERS = [0, 2, 3, 6, 12, 0x702, 0xB04, OWN]


def outlet(model, *endpoints):
    bench = Bench()
    device = Device(
        ieee="0x00158d0001a00002",
        network_address=0x2002,
        manufacturer_code=0x115F,
        manufacturer_name="LUMI",
        model_id=model,
        endpoints={number: Endpoint(number, input_clusters=CLUSTERS) for number in endpoints or (1,)},
    )
    behaviour = NativeSource().find(device, bench)
    assert behaviour is not None
    return behaviour, bench


async def sent(behaviour, bench, key, value):
    bench.begin({})
    await behaviour.set(key, value, Context(message={key: value}))
    return [f"{one['endpoint']}:{one['frame_hex']}" for one in bench.sent]


@pytest.mark.parametrize(
    ("model", "name", "vendor"),
    [
        ("lumi.plug", "ZNCZ02LM", "Xiaomi"),
        ("lumi.plug.mitw01", "ZNCZ03LM", "Xiaomi"),
        ("lumi.ctrl_86plug.aq1", "QBCZ11LM", "Aqara"),
        ("lumi.plug.maeu01", "SP-EUC01", "Aqara"),
        ("lumi.plug.acn005", "ZNQBCZ11LM", "Aqara"),
        ("lumi.plug.sacn03", "QBCZ15LM", "Aqara"),
        ("lumi.plug.aeu001", "WP-P01D", "Aqara"),
        ("lumi.plug.mmeu01", "ZNCZ04LM", "Xiaomi"),
        ("lumi.plug.maus01", "ZNCZ12LM", "Aqara"),
        ("lumi.plug.macn01", "ZNCZ15LM", "Aqara"),
        ("lumi.plug.sacn02", "QBCZ14LM", "Aqara"),
    ],
)
async def test_the_family(model, name, vendor):
    behaviour, _ = outlet(model, 1, 2)
    assert (behaviour.definition.model, behaviour.definition.vendor) == (name, vendor)
    behaviour.stop()


@pytest.mark.parametrize(
    ("model", "key", "value", "frame"),
    [
        ("lumi.plug.maeu01", "power_outage_memory", True, "145f11010201021001"),
        ("lumi.plug.maeu01", "led_disabled_night", False, "145f11010203021000"),
        ("lumi.plug.maeu01", "overload_protection", 650, "145f1101020b023900802244"),
        ("lumi.plug.maeu01", "auto_off", True, "145f11010202021001"),
        ("lumi.plug.maeu01", "button_lock", "ON", "145f11010200022000"),
        ("lumi.plug.acn005", "button_switch_mode", "relay_and_usb", "145f11010226022001"),
        ("lumi.plug.acn005", "power_on_behavior", "inverted", "145f11010217052003"),
        ("lumi.plug.aeu001", "charging_limit", 0.6, "145f1101020602399a99193f"),
        ("lumi.plug.aeu001", "charging_protection", "OFF", "145f11010202021000"),
        ("lumi.plug.aeu001", "led_indicator", "on", "145f11010203021001"),
        ("lumi.plug.mmeu01", "power_outage_memory", True, "145f11010201021001"),
        ("lumi.plug.maus01", "power_outage_memory", True, "145f110102f0ff4109aa8005d14700011001"),
        ("lumi.plug.maus01", "power_outage_memory", False, "145f110102f0ff4109aa8005d14701011000"),
        ("lumi.plug.macn01", "overload_protection", 2500, "145f1101020b023900401c45"),
        ("lumi.plug.sacn02", "button_lock", "OFF", "145f11010200022001"),
    ],
)
async def test_settings(model, key, value, frame):
    behaviour, bench = outlet(model, 1, 2)
    assert await sent(behaviour, bench, key, value) == [f"1:{frame}"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("power_outage_memory", "yes"), ("overload_protection", 5000), ("button_lock", True), ("auto_off", None)],
)
async def test_nonsense_is_refused(key, value):
    behaviour, bench = outlet("lumi.plug.maeu01")
    with pytest.raises(BadValueError):
        await sent(behaviour, bench, key, value)
    assert bench.sent == []


async def test_a_relay_and_usb():
    behaviour, bench = outlet("lumi.plug.sacn03", 1, 2)
    assert await sent(behaviour, bench, "state_usb", "ON") == ["2:010101"]
    frame = parse(OWN, bytes.fromhex("1c5f112a0af7004106642001652000"))
    assert behaviour.decode(1, frame, Context()) == {"state_relay": "ON", "state_usb": "OFF"}


def test_a_status_report():
    behaviour, _ = outlet("lumi.plug.aeu001")
    blob = "64100103281e983900004841953900005040963900c00f45973900005a4205210300"
    frame = f"1c5f112a0af70041{len(blob) // 2:02x}{blob}"
    assert behaviour.decode(1, parse(OWN, bytes.fromhex(frame)), Context()) == {
        "device_temperature": 30,
        "power_outage_count": 2,
        "state": "ON",
        "energy": 3.25,
        "consumption": 3.25,
        "voltage": 230,
        "current": 0.05,
        "power": 12.5,
    }


@pytest.mark.parametrize(
    ("model", "state"),
    [
        ("lumi.plug.maeu01", {"button_lock": "OFF"}),
        ("lumi.plug.macn01", {"button_lock": "OFF"}),
        ("lumi.plug.mmeu01", {"operation_mode": "control_relay"}),
        ("lumi.plug.maus01", {"operation_mode": "control_relay"}),
    ],
)
async def test_one_attribute_means_different_things(model, state):
    behaviour, _ = outlet(model)
    frame = parse(OWN, bytes.fromhex("1c5f112a0a00022001"))
    assert behaviour.decode(1, frame, Context()) == state
    behaviour.stop()


async def test_the_american_plug_is_asked_in_its_own_cluster():
    behaviour, bench = outlet("lumi.plug.maus01")
    bench.begin({})
    await behaviour.get("power_outage_memory", Context(message={"power_outage_memory": ""}))
    assert [f"{one['cluster_id']:x}:{one['frame_hex']}" for one in bench.sent] == ["fcc0:145f110100f0ff"]
    answer = parse(OWN, bytes.fromhex("1c5f112a01f0ff004109aa8005d14701011000"))
    assert behaviour.decode(1, answer, Context(state={"power_outage_memory": True})) == {"power_outage_memory": False}


async def test_the_temperature_of_the_european_plug_is_read_every_half_hour():
    time, bench = VirtualTime(), Bench()
    endpoints = {1: Endpoint(1, input_clusters=CLUSTERS)}
    device = Device("0x00158d0001a00002", 0x2002, model_id="lumi.plug.maeu01", endpoints=endpoints)
    behaviour = NativeSource(time.timing).find(device, bench)
    await time.go(3600)
    assert [f"{one['cluster_id']}:{one['frame_hex']}" for one in bench.sent] == ["2:1001000000"] * 2
    behaviour.stop()


async def test_the_set_up_of_the_european_plug():
    behaviour, bench = outlet("lumi.plug.maeu01")
    bench.begin({})
    await behaviour.configure()
    assert [one.get("frame_hex", "bind") for one in bench.sent] == [
        "bind",
        "100106000000100000100e",
        "bind",
        "10010004060506",
        "bind",
        "10010001030203",
        "100106000000250500100e000000000000",
        "145f11010209002001",
    ]
