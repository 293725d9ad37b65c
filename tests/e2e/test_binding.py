"""Binds through the real program: a remote that switches a plug without the bridge."""

import pytest

from zigwire.simulator.catalogue import default_house


@pytest.fixture
async def world(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    for name in ("plug", "remote"):
        ieee = await world.pair(name)
        assert (await world.ear.request("device/rename", {"from": ieee, "to": name}))["status"] == "ok"
    return world


async def test_a_remote_is_bound_and_survives_a_restart(world):
    ear = world.ear
    response = await ear.request("device/bind", {"from": "remote", "to": "plug"})
    assert response["data"]["clusters"] == ["genScenes", "genOnOff"]
    since = len(ear.heard)
    world.house.press("remote")
    await ear.wait("plug", lambda state: state["state"] == "ON", since)
    assert await world.bridge.stop() == 0
    since = len(ear.heard)
    await world.bridge.start()
    devices = await ear.wait("bridge/devices", since=since)
    plug, remote = (
        next(device for device in devices if device["friendly_name"] == name) for name in ("plug", "remote")
    )
    binds = remote["endpoints"]["1"]["bindings"]
    to_plug = [bind["cluster"] for bind in binds if bind["target"]["ieee_address"] == plug["ieee_address"]]
    assert to_plug == ["genScenes", "genOnOff"]
    assert plug["endpoints"]["1"]["configured_reportings"] == [
        {
            "cluster": "genOnOff",
            "attribute": "onOff",
            "minimum_report_interval": 0,
            "maximum_report_interval": 3600,
            "reportable_change": 0,
        }
    ]
    world.house.press("remote")
    await ear.wait("plug", lambda state: state["state"] == "OFF", since)
    response = await ear.request("device/unbind", {"from": "remote", "to": "plug"})
    assert response["data"]["failed"] == []
    assert plug["ieee_address"] not in {bind.ieee for bind in world.house.device("remote").node.bindings}
