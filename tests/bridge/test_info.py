"""How bridge/devices describes devices."""

from types import SimpleNamespace

import pytest
from support.waiting import until

from zigwire.bridge.info import endpoint_names, reporting
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zigbee.model import NULL, ConfiguredReporting


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"l1": 1, "l2": 2}, {1: "l1", 2: "l2"}),
        ({"default": 11}, {}),
        ({"left": 1, "l1": 1}, {1: "left"}),
        ({"default": 1, "l1": 1, "l2": 2}, {2: "l2"}),
        ({}, {}),
    ],
)
def test_names_of_endpoints(names, shown):
    assert endpoint_names(SimpleNamespace(endpoint_names=names)) == shown


@pytest.mark.parametrize(
    ("change", "shown"), [(None, {}), (NULL, {"reportable_change": None}), (0, {"reportable_change": 0})]
)
def test_a_reportable_change_is_shown_as_it_was_named(change, shown):
    assert reporting(ConfiguredReporting(6, 0, 1, 60, change), CLUSTERS) == {
        "cluster": "genOnOff",
        "attribute": "onOff",
        "minimum_report_interval": 1,
        "maximum_report_interval": 60,
        **shown,
    }


async def test_a_device_without_a_written_definition_is_not_supported(make_home, monkeypatch):
    home = await make_home()
    await home.pair()
    entity = home.bridge.entities.of(home.device)
    assert entity.is_supported
    monkeypatch.setattr(entity.behaviour, "definition", SimpleNamespace(source="generated"))
    assert not entity.is_supported
    entity.behaviour = None
    assert not entity.is_supported


async def test_what_a_definition_noted_is_shown_though_its_set_up_failed(make_home):
    home = await make_home()
    await home.pair()
    home.bridge.info.devices()
    home.device.endpoints[1].reportings.append(ConfiguredReporting(6, 0, 7, 77, 0))
    home.bridge.entities._host.save(home.device)
    home.bridge.info.devices()
    home.bridge.info.flush()
    shown = home.sent.of("bridge/devices")[-1][-1]["endpoints"]["1"]["configured_reportings"]
    assert shown[-1]["maximum_report_interval"] == 77


async def test_options_are_told_as_they_are_in_force(make_home):
    home = await make_home(device_options={"qos": 1, "retain": True})
    await home.pair()
    home.say("bridge/request/device/options", {"id": home.plug.ieee, "options": {"retain": False}})
    await until(lambda: home.sent.of("bridge/response/device/options"))
    (response,) = home.sent.of("bridge/response/device/options")
    assert response["data"]["from"] == {"qos": 1, "retain": True}
    assert response["data"]["to"] == {"qos": 1, "retain": False}


async def test_what_is_heard_of_a_device_before_it_is_known_is_published_too(make_home):
    home = await make_home(advanced={"last_seen": "epoch"})
    await home.pair()
    interview = [event for event in home.sent.of("bridge/event") if event["data"].get("status") == "successful"]
    topics = [topic for topic, payload, *_ in home.sent.messages if payload in interview or topic == home.plug.ieee]
    assert topics.index("bridge/event") > 2
    assert all(state["last_seen"] for state in home.sent.of(home.plug.ieee))


async def test_nothing_is_published_of_who_is_heard_without_last_seen(make_home):
    home = await make_home()
    home.house.join("plug")
    await until(lambda: home.sent.of("bridge/event"))
    assert home.sent.of(home.plug.ieee) == []


async def test_a_device_that_never_reported_is_shown_under_its_new_name(make_home):
    home = await make_home()
    await home.pair()
    home.sent.messages.clear()
    home.say("bridge/request/device/rename", {"from": home.plug.ieee, "to": "lamp"})
    await until(lambda: home.sent.of("bridge/response/device/rename"))
    assert home.sent.of("lamp")[-1]["linkquality"] is not None


async def test_options_for_all_devices_take_effect_at_once(make_home):
    home = await make_home()
    await home.pair()
    home.say("bridge/request/options", {"options": {"device_options": {"qos": 1, "retain": True}}})
    await until(lambda: home.sent.of("bridge/response/options"))
    home.sent.messages.clear()
    home.say(f"{home.plug.ieee}/set", {"state": "ON"})
    await home.bridge.commands.idle()
    ((qos, retain),) = {message[2:] for message in home.sent.messages if message[0] == home.plug.ieee}
    assert (qos, retain) == (1, True)
