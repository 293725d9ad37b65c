"""What definitions are told of their devices."""

import pytest
from support.waiting import until

from zigwire.zigbee.model import Device


@pytest.fixture
async def told(make_lit):
    """Return a home with a lamp and what its definition was told."""
    home = await make_lit(device_options={"transition": 1})
    await home.let_in("lamp")
    heard = []
    entity = home.bridge.entities.of(home.of("lamp"))
    entity.behaviour.event = lambda kind, data: heard.append((kind, dict(data)))
    return home, heard


async def test_options_as_they_were_and_as_they_are(told):
    home, heard = told
    await home.ask("device/options", {"id": "lamp", "options": {"no_tilt": True}})
    await home.ask("device/options", {"id": "lamp", "options": {"no_tilt": None, "transition": 3}})
    first, second = (data for kind, data in heard if kind == "deviceOptionsChanged")
    assert (first["from"].get("no_tilt"), first["to"]["no_tilt"]) == (None, True)
    assert second["from"] == first["to"]
    assert second["to"]["transition"] == 3
    assert second["to"].get("no_tilt") is None


async def test_an_announce_and_another_network_address(told):
    home, heard = told
    device: Device = home.of("lamp")
    home.house.device("lamp").announce()
    await until(lambda: ("deviceAnnounce", {}) in heard)
    device.network_address ^= 1
    home.bridge.device_changed(device)
    home.bridge.device_changed(device)
    assert [kind for kind, _ in heard if kind == "deviceNetworkAddressChanged"] == ["deviceNetworkAddressChanged"]


async def test_those_of_disabled_devices_are_told_nothing(told):
    home, heard = told
    await home.ask("device/options", {"id": "lamp", "options": {"disabled": True}})
    home.house.device("lamp").announce()
    await until(lambda: [event for event in home.sent.of("bridge/event") if event["type"] == "device_announce"])
    assert heard == []
