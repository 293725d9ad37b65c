"""What is published of a state change, by settings."""

import dataclasses
import json

import pytest
import yaml

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.publisher import Publisher, attributes, last_seen
from zigwire.bridge.states import States
from zigwire.devices import NativeSource, compile_definition
from zigwire.devices.convert import Bench
from zigwire.settings import load
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState

IEEE = "0x00158d0001a2b3c4"


class Sent:
    def __init__(self):
        self.messages = []

    def publish(self, topic, payload, *, qos=0, retain=False, properties=None):
        self.messages.append((topic, payload, qos, retain, properties))

    def states(self):
        return [json.loads(payload) for topic, payload, *_ in self.messages]


@pytest.fixture
def make(tmp_path):
    def build(options=None, adjust=(), now=lambda: 1000.0, **sections):
        device = Device(
            IEEE,
            0x1234,
            DeviceType.ROUTER,
            InterviewState.SUCCESSFUL,
            manufacturer_name="LUMI",
            model_id="lumi.plug",
            endpoints={number: Endpoint(number) for number in (1, 2, 3, 100)},
            last_seen=1_700_000_000_123,
            linkquality=77,
        )
        document = {"version": 5, "mqtt": {"server": "mqtt://localhost"}, "devices": {IEEE: {"friendly_name": "plug"}}}
        document["devices"][IEEE] |= options or {}
        for name, values in sections.items():
            document[name] = document.get(name, {}) | values
        path = tmp_path / "configuration.yaml"
        path.write_text(yaml.safe_dump(document))
        settings = load(path, {})
        definition = NativeSource().definition(device)
        entity = DeviceEntity(device, "plug", settings.devices[IEEE], compile_definition(definition, device, Bench()))
        sent = Sent()
        publisher = Publisher(sent, States(None), settings, lambda _: entity, now)
        for adjuster in adjust:
            publisher.adjust(adjuster)
        return publisher, entity, sent

    return build


def test_changes_are_merged_with_what_is_known(make):
    publisher, plug, sent = make()
    publisher.publish(plug, {"state": "ON"})
    publisher.publish(plug, {"power": 3})
    assert sent.states() == [{"state": "ON", "linkquality": 77}, {"state": "ON", "power": 3, "linkquality": 77}]
    topic, payload, qos, retain, properties = sent.messages[1]
    assert (topic, qos, retain, properties) == ("zigbee2mqtt/plug", 0, False, None)
    assert payload == b'{"linkquality":77,"power":3,"state":"ON"}'


def test_without_cache_only_the_change_is_published(make):
    publisher, plug, sent = make(advanced={"cache_state": False})
    publisher.publish(plug, {"state": "ON"})
    publisher.publish(plug, {"power": 3})
    assert sent.states()[1] == {"power": 3, "linkquality": 77}


def test_what_is_known_is_published_again_without_cache_too(make):
    publisher, plug, sent = make(advanced={"cache_state": False})
    publisher.publish(plug, {"state": "ON"})
    publisher.publish(plug, {"power": 3})
    publisher.again(plug)
    assert sent.states()[2] == {"state": "ON", "power": 3, "linkquality": 77}


def test_a_disabled_device_is_not_published_again(make):
    publisher, plug, sent = make({"disabled": True})
    publisher.again(plug)
    assert sent.messages == []


async def test_what_is_held_back_goes_out_under_the_new_name(make):
    publisher, plug, sent = make({"debounce": 60})
    publisher.report(plug, {"power": 1})
    plug.name = "kitchen"
    publisher.flush()
    assert [topic for topic, *_ in sent.messages] == ["zigbee2mqtt/kitchen"]


async def test_a_throttled_value_that_was_overtaken_is_not_published(make):
    publisher, plug, sent = make({"throttle": 60})
    publisher.report(plug, {"state": "ON"})
    publisher.report(plug, {"state": "OFF", "power": 0})
    publisher.publish(plug, {"state": "ON"})
    publisher.flush()
    assert [state["state"] for state in sent.states()] == ["ON", "ON", "ON"]


def test_objects_are_merged(make):
    publisher, plug, sent = make()
    publisher.publish(plug, {"color": {"x": 0.1, "y": 0.2}})
    publisher.publish(plug, {"color": {"hue": 5}})
    assert sent.states()[1]["color"] == {"x": 0.1, "y": 0.2, "hue": 5}


def test_retain_qos_and_retention(make):
    publisher, plug, sent = make({"retain": True, "qos": 2, "retention": 60}, mqtt={"version": 5})
    publisher.publish(plug, {"state": "ON"})
    _, _, qos, retain, properties = sent.messages[0]
    assert (qos, retain, properties.message_expiry_interval) == (2, True, 60)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("epoch", 1_700_000_000_123), ("ISO_8601", "2023-11-14T22:13:20.123Z")],
)
def test_last_seen(make, form, expected):
    publisher, plug, sent = make(advanced={"last_seen": form})
    publisher.publish(plug, {})
    assert sent.states()[0]["last_seen"] == expected


def test_last_seen_in_local_time_has_an_offset():
    assert last_seen(1_700_000_000_123, "ISO_8601_local")[19] in "+-"


def test_elapsed_is_the_time_since_the_last_report(make):
    times = iter([10.0, 12.5])
    publisher, plug, sent = make(now=lambda: next(times), advanced={"elapsed": True})
    publisher.report(plug, {"state": "ON"})
    publisher.publish(plug, {"state": "OFF"})
    publisher.report(plug, {"state": "ON"})
    assert [state.get("elapsed") for state in sent.states()] == [None, None, 2500]


def test_filters(make):
    publisher, plug, sent = make({"filtered_attributes": ["volt.*", "linkquality"], "filtered_cache": ["energy"]})
    publisher.publish(plug, {"voltage": 230, "energy": 1, "state": "ON"})
    publisher.publish(plug, {"power": 2})
    assert sent.states() == [{"energy": 1, "state": "ON"}, {"power": 2, "state": "ON"}]


def test_nothing_left_is_not_published(make):
    publisher, plug, sent = make({"filtered_attributes": [".*"]})
    publisher.publish(plug, {"state": "ON"})
    assert sent.messages == []


def test_device_information(make):
    publisher, plug, sent = make(mqtt={"include_device_information": True})
    publisher.publish(plug, {"state": "ON"})
    assert sent.states()[0]["device"] == {
        "friendlyName": "plug",
        "ieeeAddr": IEEE,
        "manufacturerName": "LUMI",
        "model": "ZNCZ02LM",
        "networkAddress": 0x1234,
        "type": "Router",
    }


def test_attributes_tell_by_being_empty_what_is_not_known_of_a_device(make):
    publisher, plug, sent = make(advanced={"output": "attribute"}, mqtt={"include_device_information": True})
    publisher.publish(plug, {"state": "ON"})
    topics = {topic.removeprefix("zigbee2mqtt/plug/"): payload for topic, payload, *_ in sent.messages}
    assert topics["device-model"] == b"ZNCZ02LM"
    unknown = {name for name, payload in topics.items() if payload == b""}
    assert unknown == {
        f"device-{name}"
        for name in (
            "manufacturerID",
            "powerSource",
            "applicationVersion",
            "stackVersion",
            "zclVersion",
            "hardwareVersion",
            "dateCode",
            "softwareBuildID",
        )
    }


def test_a_property_may_be_called_device(make):
    publisher, plug, sent = make()
    publisher.publish(plug, {"device": "siren"})
    assert sent.states()[0]["device"] == "siren"


def test_output_by_attribute(make):
    publisher, plug, sent = make(advanced={"output": "attribute_and_json"})
    publisher.publish(plug, {"state": "ON"})
    assert [(topic, payload) for topic, payload, *_ in sent.messages] == [
        ("zigbee2mqtt/plug", b'{"linkquality":77,"state":"ON"}'),
        ("zigbee2mqtt/plug/state", b"ON"),
        ("zigbee2mqtt/plug/linkquality", b"77"),
    ]


def test_attributes_of_all_shapes():
    state = {
        "color": {"r": 1, "g": 2, "b": 3},
        "update": {"state": "idle", "progress": None},
        "list": [1, "two", {"three": 3}],
        "on": True,
        "hue": {"color": {"x": 0.5}},
    }
    assert dict(attributes(state)) == {
        "color": b"1,2,3",
        "update-state": b"idle",
        "update-progress": b"",
        "list": b'1,two,{"three":3}',
        "on": b"true",
        "hue-color-x": b"0.5",
    }


async def test_debounced_reports_are_cached_at_once_and_published_later(make):
    publisher, plug, sent = make({"debounce": 60})
    publisher.report(plug, {"power": 1})
    publisher.report(plug, {"energy": 2})
    assert sent.messages == []
    publisher.publish(plug, {"state": "ON"})
    assert sent.states() == [{"power": 1, "energy": 2, "state": "ON", "linkquality": 77}]
    publisher.flush()
    assert len(sent.messages) == 2


async def test_throttled_reports(make):
    publisher, plug, sent = make({"throttle": 60})
    publisher.report(plug, {"power": 1})
    publisher.report(plug, {"power": 2})
    assert [state["power"] for state in sent.states()] == [1]
    publisher.forget(plug.key)
    assert [state["power"] for state in sent.states()] == [1, 2]


def test_clear_removes_a_retained_message(make):
    publisher, _, sent = make()
    publisher.clear("plug")
    assert sent.messages == [("zigbee2mqtt/plug", b"", 0, True, None)]


async def test_nothing_is_published_of_a_disabled_device_not_even_what_was_held_back(make):
    publisher, plug, sent = make({"debounce": 5})
    publisher.report(plug, {"state": "ON"})
    plug.settings = dataclasses.replace(plug.settings, disabled=True)
    publisher.forget(plug.key)
    publisher.publish(plug, {"state": "OFF"})
    assert sent.messages == []


def test_who_follows_hears_of_changes_and_of_what_was_published(make):
    publisher, plug, _ = make()
    heard = []
    publisher.follow(lambda *told: heard.append(told))
    publisher.publish(plug, {"state": "ON"})
    publisher.publish(plug, {})
    (_, first, message), (_, second, whole) = heard
    assert (first, second) == ({"state": "ON"}, {})
    assert message["state"] == whole["state"] == "ON"


@pytest.mark.parametrize("output", ["json", "attribute", "attribute_and_json"])
def test_who_watches_sees_whole_states_in_every_form(make, output):
    publisher, entity, sent = make(advanced={"output": output})
    seen = []
    publisher.watch(lambda name, payload: seen.append((name, json.loads(payload), len(sent.messages))))
    publisher.publish(entity, {"state": "ON"})
    publisher.publish(entity, {"power": 5})
    assert [(name, state) for name, state, _ in seen] == [
        ("plug", {"state": "ON", "linkquality": 77}),
        ("plug", {"state": "ON", "power": 5, "linkquality": 77}),
    ]
    assert seen[-1][2] == len(sent.messages)


def test_the_whole_state(make):
    publisher, entity, sent = make({"filtered_attributes": ["power"]})
    assert json.loads(publisher.state(entity)) == {"linkquality": 77}
    publisher.publish(entity, {"state": "ON", "power": 5, "action": "single"})
    assert json.loads(publisher.state(entity)) == {"state": "ON", "linkquality": 77}
    assert len(sent.messages) == 1


def test_no_state_of_the_disabled(make):
    publisher, entity, _ = make({"disabled": True})
    assert publisher.state(entity) is None
