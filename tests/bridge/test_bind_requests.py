"""device/bind, device/unbind and device/binds/clear."""

from dataclasses import replace

import pytest
from support.waiting import until

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.simulator.zdo import Bind
from zigwire.zigbee.model import Binding, Member

SCENES, BASIC, COLOR = 5, 0, 0x0300
ANSWERS = {"from": "remote", "from_endpoint": "default", "to": "lamp", "failed": []}


def ok(data):
    return {"data": data, "status": "ok"}


def refused(response):
    assert response["status"] == "error"
    assert response["data"] == {}
    return response["error"]


@pytest.fixture
async def home(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    return home


async def test_a_bound_remote_controls_a_lamp_and_its_state_is_known(home):
    response = await home.ask("device/bind", {"from": "remote", "to": "lamp"})
    assert response == ok({**ANSWERS, "clusters": ["genScenes", "genOnOff", "genLevelCtrl"]})
    lamp, remote = home.house.device("lamp"), home.house.device("remote")
    assert remote.node.bindings == [
        Bind(1, cluster, ieee=lamp.ieee, destination_endpoint=1) for cluster in (SCENES, ON_OFF, LEVEL)
    ]
    home.house.press("remote")
    await until(lambda: any(state["state"] == "ON" for state in home.sent.of("lamp")))
    home.bridge.info.flush()
    shown = next(device for device in home.sent.of("bridge/devices")[-1] if device["friendly_name"] == "remote")
    assert shown["endpoints"]["1"]["bindings"][1] == {
        "cluster": "genOnOff",
        "target": {"type": "endpoint", "ieee_address": lamp.ieee, "endpoint": 1},
    }


async def test_a_bind_is_shown_before_and_after_the_reporting_that_follows_it(home):
    home.bridge.info.flush()
    before = len(home.sent.of("bridge/info"))
    await home.ask("device/bind", {"from": "remote", "to": "lamp", "clusters": ["genLevelCtrl"]})
    home.bridge.info.flush()
    assert len(home.sent.of("bridge/info")) == before + 2
    lamp = next(device for device in home.sent.of("bridge/devices")[-1] if device["friendly_name"] == "lamp")
    assert "currentLevel" in [item["attribute"] for item in lamp["endpoints"]["1"]["configured_reportings"]]


async def test_unbinding_ends_what_nobody_needs(home):
    await home.ask("device/bind", {"from": "remote", "to": "lamp"})
    assert home.reports("lamp") == {"onOff": (0, 300), "currentLevel": (5, 3600)}
    response = await home.ask("device/unbind", {"from": "remote", "to": "lamp", "to_endpoint": 1})
    assert response == ok({**ANSWERS, "to_endpoint": 1, "clusters": ["genScenes", "genOnOff", "genLevelCtrl"]})
    assert home.house.device("remote").node.bindings == []
    await until(lambda: home.reports("lamp") == {"onOff": (0, 300)})
    await until(lambda: home.of("lamp").meta == {"configured": "0.0.0"})
    assert [bind.cluster for bind in home.house.device("lamp").node.bindings] == [ON_OFF]


async def test_reporting_stays_when_it_is_asked_for(home):
    await home.ask("device/bind", {"from": "remote", "to": "lamp", "clusters": ["genLevelCtrl"]})
    await home.ask("device/unbind", {"from": "remote", "to": "lamp", "skip_disable_reporting": True})
    assert "currentLevel" in home.reports("lamp")


async def test_the_coordinator_is_a_target(home):
    asked = {"from": "lamp", "to": "Coordinator", "clusters": ["genOnOff"], "to_endpoint": None}
    answer = {"from": "lamp", "from_endpoint": "default", "to": "Coordinator", "to_endpoint": None, "failed": []}
    assert await home.ask("device/bind", asked) == ok({**answer, "clusters": ["genOnOff"]})
    unbound = await home.ask("device/unbind", {"from": "lamp", "to": home.network.coordinator.ieee, "transaction": 7})
    assert unbound["transaction"] == 7
    assert unbound["data"]["clusters"] == ["genScenes", "genOnOff", "genLevelCtrl", "lightingColorCtrl"]
    assert home.house.device("lamp").node.bindings == []


async def test_binding_to_a_group_reaches_its_members(home):
    home.network.groups.add_member(7, Member(home.house.device("lamp").ieee, 1))
    home.house.device("lamp").groups[1][7] = ""
    response = await home.ask("device/bind", {"from": "remote", "to": 7, "clusters": ["genLevelCtrl"]})
    assert response == ok({**ANSWERS, "to": 7, "clusters": ["genLevelCtrl"]})
    assert home.house.device("remote").node.bindings == [Bind(1, LEVEL, group=7)]
    assert home.reports("lamp")["currentLevel"] == (5, 3600)


async def test_the_default_bind_group_comes_into_being(home):
    response = await home.ask("device/bind", {"from": "remote", "to": "default_bind_group", "clusters": ["genOnOff"]})
    assert response["data"]["clusters"] == ["genOnOff"]
    assert home.house.device("remote").node.bindings == [Bind(1, ON_OFF, group=901)]
    home.bridge.info.flush()
    assert [group["id"] for group in home.sent.of("bridge/groups")[-1]] == [901]
    assert (await home.ask("device/unbind", {"from": "remote", "to": 901}))["status"] == "ok"
    assert home.house.device("remote").node.bindings == []


async def test_what_failed_is_named(home):
    remote = home.house.device("remote")
    remote.node.bindings_limit = 1
    response = await home.ask("device/bind", {"from": "remote", "to": "lamp"})
    assert response == ok({**ANSWERS, "clusters": ["genScenes"], "failed": ["genOnOff", "genLevelCtrl"]})
    response = await home.ask("device/bind", {"from": "remote", "to": "lamp", "clusters": ["genOnOff"]})
    assert refused(response) == "Failed to bind"


BIND_FAULTS = [
    ("no object", "Invalid payload"),
    ({"from": "remote"}, "Invalid payload"),
    ({"from": None, "to": "lamp"}, "Invalid payload"),
    ({"from": "remote", "to": ["lamp"]}, "Invalid payload"),
    ({"from": "remote", "to": "lamp", "clusters": "genOnOff"}, "Invalid payload"),
    ({"from": "remote", "to": "lamp", "skip_disable_reporting": "yes"}, "Invalid payload"),
    ({"from": "remote", "to": "lamp", "from_endpoint": {}}, "Invalid payload"),
    ({"from": "nope", "to": "lamp"}, "Source device 'nope' does not exist"),
    ({"from": "remote", "to": "nope"}, "Target device or group 'nope' does not exist"),
    ({"from": "remote", "to": "lamp", "from_endpoint": 9}, "Source device 'remote' does not have endpoint '9'"),
    ({"from": "remote", "to": "lamp", "to_endpoint": "l3"}, "Target device 'lamp' does not have endpoint 'l3'"),
    ({"from": "remote", "to": "lamp", "clusters": ["hvacThermostat"]}, "Nothing to bind"),
    ({"from": "remote", "to": "lamp", "clusters": []}, "Nothing to bind"),
    (
        {"from": "remote", "to": "lamp", "clusters": ["genFoo"]},
        "'genFoo' is no cluster: a name such as genOnOff, or a number, is",
    ),
]


async def test_faults_are_answered(home):
    for asked, error in BIND_FAULTS:
        assert refused(await home.ask("device/bind", asked)) == error, asked
    assert home.house.device("remote").node.bindings == []


async def test_only_sides_that_match_are_bound(home):
    assert refused(await home.ask("device/bind", {"from": "lamp", "to": "plug"})).startswith("Target device")
    await home.let_in("other")
    assert refused(await home.ask("device/bind", {"from": "lamp", "to": "other"})) == "Nothing to bind"
    assert refused(await home.ask("device/unbind", {"from": "lamp", "to": "other"})) == "Nothing to unbind"
    response = await home.ask("device/bind", {"from": "lamp", "to": "remote", "clusters": [ON_OFF]})
    assert response["data"]["clusters"] == [ON_OFF]


async def test_binds_are_cleared(home):
    await home.let_in("other")
    lamp, remote = home.house.device("lamp"), home.house.device("remote")
    for name in ("lamp", "other"):
        await home.ask("device/bind", {"from": "remote", "to": name, "clusters": ["genOnOff"]})
    asked = {"target": "remote", "ieee_list": [lamp.ieee.upper().replace("X", "x")]}
    assert await home.ask("device/binds/clear", asked) == ok(asked)
    left = home.of("remote").endpoints[1].bindings
    assert left == [Binding(ON_OFF, home.house.device("other").ieee, 1)]
    assert [bind.ieee for bind in remote.node.bindings] == [home.house.device("other").ieee]
    response = await home.ask("device/binds/clear", {"target": "remote"})
    assert response == ok({"target": "remote", "ieee_list": ["0xffffffffffffffff"]})
    assert remote.node.bindings == home.of("remote").endpoints[1].bindings == []


CLEAR_FAULTS = [
    ("lamp", "Invalid payload"),
    ({"target": 5}, "Invalid payload"),
    ({"target": "nope"}, "Invalid target"),
    ({"target": "remote", "ieee_list": []}, "Invalid payload"),
    ({"target": "remote", "ieee_list": ["0x12"]}, "Invalid payload"),
    ({"target": "remote", "ieee_list": ["0xffffffffffffffff"] * 10}, "Invalid payload"),
    ({"target": "lamp"}, "the device refused: NOT_SUPPORTED"),
]


async def test_faulty_clearing_is_answered(home):
    lamp = home.house.device("lamp")
    lamp.node.descriptor = replace(lamp.node.descriptor, revision=22)
    before = list(home.of("lamp").endpoints[1].bindings)
    for asked, error in CLEAR_FAULTS:
        assert refused(await home.ask("device/binds/clear", asked)).startswith(error), asked
    assert home.of("lamp").endpoints[1].bindings == before


async def test_a_level_is_not_lost_on_the_way(home):
    await home.ask("device/bind", {"from": "remote", "to": "lamp", "clusters": ["genLevelCtrl"]})
    home.house.device("remote").dim(50)
    await until(lambda: home.house.device("lamp").read(AttributeKey(1, LEVEL, 0)) == 150)
