"""Lights that do not report are read after a remote acted."""

import asyncio

import pytest
from support.lamps import COLOR, XY, lamp
from support.waiting import until

from zigwire.bridge.polling import POLLS
from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.message import Message
from zigwire.zigbee.model import Device, Endpoint, Member

REMARKABLE, OTHER = 0x100B, 0x117C
SCENES = 5
READ = 0x00


def reads(home, name="lamp"):
    """Return clusters and attribute ids of the reads that a lamp got."""
    frames = [frame for frame in home.heard_by(name) if frame.destination_endpoint and frame.data[2] == READ]
    return [(frame.cluster, frame.data[3:].hex()) for frame in frames if frame.cluster]


def pass_quietly(home):
    """Let the time of quiet pass; what announced itself when it joined is not read for that."""
    for device in home.network.devices:
        home.bridge._returns.forget(device)
    home.leap(2)


async def lit(make_lit, *clusters, to="lamp", **lamps):
    """Return a home with a remote that is bound on some clusters."""
    home = await make_lit(lamps or None)
    await home.let_in(*(lamps or ("lamp", "other")), "remote")
    asked = {"from": "remote", "to": to, "clusters": [CLUSTERS.find(cluster).name for cluster in clusters]}
    assert (await home.ask("device/bind", asked))["status"] == "ok"
    ieee = home.network.coordinator.ieee
    await home.ask("device/bind", {"from": "remote", "to": ieee, "clusters": asked["clusters"]})
    home.air.clear()
    return home


async def test_a_dimmed_lamp_is_read_once_it_is_quiet(make_lit):
    home = await lit(make_lit, LEVEL)
    for step in (10, 10, -5):
        home.house.device("remote").dim(step)
    await until(lambda: [frame for frame in home.air if frame.source and frame.destination == 0])
    pass_quietly(home)
    await until(lambda: reads(home))
    assert reads(home) == [(LEVEL, "0000")]
    assert reads(home, "other") == []


async def test_other_brands_report_by_themselves(make_lit):
    home = await lit(make_lit, LEVEL, lamp=lamp(manufacturer=OTHER))
    home.house.device("remote").dim(10)
    await until(lambda: [frame for frame in home.air if frame.source and frame.destination == 0])
    await asyncio.sleep(0)
    assert home.bridge._polling._timers == {}


async def test_members_of_a_group_are_read_after_a_command_to_it(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "other", "remote")
    for name in ("lamp", "other"):
        home.network.groups.add_member(7, Member(home.of(name).ieee, 1))
        home.house.device(name).groups[1][7] = ""
    await home.ask("device/bind", {"from": "remote", "to": 7, "clusters": ["genOnOff"]})
    home.of("remote").endpoints[1].bindings.clear()
    home.air.clear()
    home.house.press("remote")
    await until(lambda: home.bridge._polling._timers)
    pass_quietly(home)
    await until(lambda: reads(home) and reads(home, "other"))
    assert reads(home) == reads(home, "other") == [(ON_OFF, "0000")]


async def test_a_scene_changes_all_that_a_lamp_has(make_lit):
    home = await lit(make_lit, SCENES, lamp=lamp(XY))
    home.house.device("remote").recall(0, 1)
    await until(lambda: home.bridge._polling._timers)
    pass_quietly(home)
    await until(lambda: len(reads(home)) == 4)
    assert sorted(reads(home)) == [(ON_OFF, "0000"), (LEVEL, "0000"), (COLOR, "03000400"), (COLOR, "0a40")]


async def test_a_disabled_or_removed_lamp_is_not_read(make_lit):
    home = await lit(make_lit, LEVEL, ON_OFF)
    home.house.device("remote").dim(10)
    await until(lambda: home.bridge._polling._timers)
    await home.ask("device/options", {"id": "lamp", "options": {"disabled": True}})
    pass_quietly(home)
    await until(lambda: not home.bridge._polling._timers)
    home.house.press("remote")
    await until(lambda: len([frame for frame in home.air if frame.source and frame.destination == 0]) > 1)
    assert home.bridge._polling._timers == {}
    assert reads(home) == []


def heard(cluster, type_, **args):
    return Message(0, cluster, type_, 1, 0, True, False, None, True, args=args)


@pytest.mark.parametrize(
    ("message", "clusters"),
    [
        (heard("genLevelCtrl", "commandStop"), ["genLevelCtrl"]),
        (heard("genLevelCtrl", "commandMoveWithOnOff"), ["genLevelCtrl", "genOnOff"]),
        (heard("genOnOff", "commandToggle"), ["genOnOff"]),
        (heard("genScenes", "commandRecall"), ["genLevelCtrl", "genOnOff", "lightingColorCtrl"]),
        (heard("manuSpecificPhilips", "commandHueNotification", button=2), ["genLevelCtrl"]),
        (heard("manuSpecificPhilips", "commandHueNotification", button=4, type=0), ["genOnOff"]),
        (heard("manuSpecificPhilips", "commandHueNotification", button=5), []),
        (heard("genOnOff", "commandOnWithTimedOff"), []),
        (heard("genOnOff", "attributeReport"), []),
    ],
)
def test_which_commands_change_what(message, clusters):
    assert [poll.cluster for poll in POLLS if poll.follows(message)] == clusters


@pytest.mark.parametrize(
    ("device", "polled"),
    [
        (Device("0x1", 1, manufacturer_code=REMARKABLE), [True, True, True]),
        (Device("0x1", 1, manufacturer_code=0x112E), [True, True, False]),
        (Device("0x1", 1, manufacturer_code=OTHER, manufacturer_name="GLEDOPTO"), [True, True, True]),
        (Device("0x1", 1, manufacturer_code=OTHER), [False, False, False]),
        (Device("0x1", 1), [False, False, False]),
    ],
)
def test_whose_lamps_are_read(device, polled):
    endpoint = Endpoint(1, input_clusters=[ON_OFF, LEVEL, COLOR])
    assert [poll.concerns(device, endpoint) for poll in POLLS] == polled
    assert not any(poll.concerns(device, Endpoint(1)) for poll in POLLS)
