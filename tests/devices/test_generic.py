"""Definitions made of what devices declare, held against recorded ones."""

from __future__ import annotations

import pytest

from zigwire.devices import Context, GenericSource, compile_definition
from zigwire.devices.convert import Bench
from zigwire.devices.generic import definition, python_source
from zigwire.zcl.codec import parse
from zigwire.zigbee.model import Device, DeviceType, Endpoint

PLUG = {1: ([0, 3, 4, 5, 6, 0x702, 0xB04], [])}
GANGS = {1: ([0, 3, 6], []), 2: ([0, 6], []), 242: ([], [33])}
CLIMATE = {1: ([0, 3, 1, 0x402, 0x405, 0x403], [])}
CONTACT = {1: ([0, 3, 1, 0x500], [])}
REMOTE = {1: ([0, 3, 1], [3, 4, 6, 8, 0x300])}
LAMP = {1: ([0, 3, 6, 8, 0x300], [])}
LOCK = {1: ([0, 3], []), 2: ([0, 0x101], [])}
HEATER = {1: ([0x201, 0x202], []), 2: ([0x201], []), 3: ([0x202], [])}
EVERYTHING = {
    1: ([0, 1, 2, 3, 6, 8, 0xC, 0xD, 0xF, 0x10, 0x102, 0x400, 0x402, 0x403, 0x404, 0x405, 0x406, 0x408, 0x40D], [6, 8]),
    2: ([6, 0x300, 0x402, 0x42A, 0x500, 0x502, 0x702], [0x102, 0x300]),
    3: ([6, 0xB04], []),
}
PHYSICAL = "1801010b40002199000c400021f401"


def device(endpoints, attributes=None, **more):
    return Device(
        ieee="0xa4c1380123456789",
        network_address=0x1234,
        manufacturer_name="maker",
        model_id="thing.1",
        endpoints={
            number: Endpoint(number, input_clusters=inputs, output_clusters=outputs, attributes=attributes or {})
            for number, (inputs, outputs) in endpoints.items()
        },
        **{"type": DeviceType.ROUTER, **more},
    )


def names(behaviour):
    return list(behaviour.properties)


async def configured(behaviour, bench, answers):
    bench.begin({"read_answers": [{"frame": at, "frame_hex": one} for at, one in answers.items()]})
    await behaviour.configure()
    return [one.get("frame_hex", "bind") for one in bench.sent]


def test_it_is_named_after_what_the_device_says():
    made = definition(device(PLUG))
    assert (made.vendor, made.model, made.description) == ("maker", "thing.1", "Automatically generated definition")
    assert (made.source, made.ota) == ("generated", False)
    nameless = definition(Device(ieee="0x1", network_address=1))
    assert (nameless.vendor, nameless.model) == ("", "")


@pytest.mark.parametrize(
    ("endpoints", "properties"),
    [
        (PLUG, ["identify", "state", "power_on_behavior", "power", "voltage", "current", "energy"]),
        (GANGS, ["identify", "state_1", "state_2", "power_on_behavior_1", "power_on_behavior_2"]),
        (CLIMATE, ["identify", "battery", "temperature", "humidity", "pressure"]),
        (CONTACT, ["identify", "battery", "alarm_1", "alarm_2", "tamper", "battery_low"]),
        (REMOTE, ["identify", "battery", "action"]),
        (
            LOCK,
            [
                "identify",
                "state",
                "lock_state",
                "pin_code",
                "action",
                "action_source_name",
                "action_user",
                "auto_relock_time",
                "sound_volume",
            ],
        ),
        ({1: ([0x202], [])}, ["fan_mode"]),
        ({1: ([0x702], [])}, ["power", "energy"]),
        ({1: ([0xB04], [])}, ["power", "voltage", "current"]),
        ({1: ([0], []), 2: ([0x402], [])}, ["temperature_2"]),
        ({11: ([6, 8], []), 242: ([], [33])}, ["state", "brightness", "effect", "power_on_behavior"]),
        ({1: ([0xFC00], [])}, []),
    ],
)
def test_what_it_offers(endpoints, properties):
    behaviour = GenericSource().find(device(endpoints), Bench())
    assert names(behaviour) == [*properties, "linkquality"]


@pytest.mark.parametrize("kind", [DeviceType.COORDINATOR, DeviceType.GREEN_POWER])
def test_these_declare_nothing(kind):
    assert GenericSource().find(device(PLUG, type=kind), Bench()) is None
    assert GenericSource().find(device({}), Bench()) is None


async def test_the_set_up_of_a_two_gang_switch():
    bench = Bench()
    behaviour = GenericSource().find(device(GANGS), bench)
    gang = ["bind", "100106000000100000e8fd", "1001000000"]
    assert await configured(behaviour, bench, {}) == [*gang, *gang, "1001000340", "1001000340"]


def test_gangs_are_told_apart():
    behaviour = GenericSource().find(device(GANGS), Bench())
    assert behaviour.decode(2, parse(6, bytes.fromhex("182a0a00001001")), Context()) == {"state_2": "ON"}
    assert behaviour.endpoint_names == {"1": 1, "2": 2}


def test_a_light_shows_what_it_told():
    only_white = device(LAMP, {"lightingColorCtrl": {"colorCapabilities": 0b10000, "colorTempPhysicalMax": 454}})
    behaviour = GenericSource().find(only_white, Bench())
    assert "color" not in names(behaviour)
    light = next(one for one in behaviour.exposes({}) if one.get("type") == "light")
    assert light["features"][2]["value_max"] == 454


async def test_a_lock_has_as_many_users_as_it_says():
    attributes = {"closuresDoorLock": {"numOfPinUsersSupported": 3}}
    for known, users in (({}, 50), (attributes, 3)):
        bench = Bench()
        behaviour = GenericSource().find(device(LOCK, known), bench)
        await behaviour.get("pin_code", Context(message={"pin_code": ""}))
        assert {one["endpoint"] for one in bench.sent} == {2}
        assert len(bench.sent) == users


def test_a_battery_lists_what_it_has_told():
    battery, host = device(CONTACT), Bench()
    behaviour = GenericSource().find(battery, host)
    assert "voltage" not in names(behaviour)
    assert behaviour.decode(1, parse(1, bytes.fromhex("182a0a2000201e")), Context()) is None
    assert "voltage" in names(GenericSource().find(battery, host))


def test_scenes_and_schedules_are_told_though_not_listed():
    remote = GenericSource().find(device({1: ([0x201], [5])}), Bench())
    assert not {"action", "weekly_schedule"} & set(names(remote))
    assert remote.decode(1, parse(5, bytes.fromhex("012a05010002")), Context()) == {"action": "recall_2"}
    schedule = parse(0x201, bytes.fromhex("192a00000100"))
    assert remote.decode(1, schedule, Context()) == {"weekly_schedule": {"days": ["sunday"], "transitions": []}}


class Told(Bench):
    """Notes of which device it was told that it changed."""

    def __init__(self):
        super().__init__()
        self.told = []

    def changed(self, device):
        self.told.append(device.ieee)


async def test_it_says_when_the_device_turned_out_to_be_another():
    host, lamp = Told(), device(LAMP)
    behaviour = GenericSource().find(lamp, host)
    assert "color" in names(behaviour)
    answers = {0: "1801010a4000191000", 1: PHYSICAL}
    await configured(behaviour, host, answers)
    assert host.told == [lamp.ieee]
    again = GenericSource().find(lamp, host)
    assert "color" not in names(again)
    await configured(again, host, answers)
    assert host.told == [lamp.ieee]


@pytest.mark.parametrize(
    "endpoints", [PLUG, GANGS, CLIMATE, CONTACT, REMOTE, LAMP, LOCK, HEATER, EVERYTHING, {1: ([], [])}]
)
def test_its_file_says_the_same(endpoints):
    """Run what a user would save, and compare."""
    thing = device(endpoints, {"lightingColorCtrl": {"colorCapabilities": 31}})
    room = {}
    exec(compile(python_source(thing), "thing.py", "exec"), room)
    (saved,) = room["DEFINITIONS"]
    assert saved.rank(thing) == (0, 0)
    assert (saved.vendor, saved.model) == ("maker", "thing.1")
    ours, theirs = compile_definition(definition(thing), thing, Bench()), compile_definition(saved, thing, Bench())
    assert theirs.exposes({}) == ours.exposes({})
    assert theirs.option_dicts == ours.option_dicts
    assert len(theirs.setup) == len(ours.setup)


def test_a_name_can_break_no_file():
    thing = device(PLUG)
    thing.model_id = 'a"""\n\\\'; import nothing #'
    room = {}
    exec(compile(python_source(thing), "thing.py", "exec"), room)
    assert room["DEFINITIONS"][0].models == [thing.model_id]
