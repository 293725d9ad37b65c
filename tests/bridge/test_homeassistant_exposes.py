"""What is announced of devices and groups, beside what Zigbee2MQTT 2.14.1 announces of them.

The data was recorded from it for a choice of definitions in which each component appears with each set of keys and
each form of template: without `device`, `origin` and availability, which are the same for all entities of a device.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.homeassistant import extras
from zigwire.bridge.homeassistant.actions import event_types
from zigwire.bridge.homeassistant.announce import Identity, announced, encoded
from zigwire.bridge.homeassistant.config import Config, Subject, Topics
from zigwire.bridge.homeassistant.exposes import of_device, of_group
from zigwire.bridge.homeassistant.extras import bridge_entities, scenes
from zigwire.zigbee.model import Scene

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "homeassistant.json").read_text())
COMMON = ("device", "origin", "availability", "availability_mode")
TOPICS = Topics("zigbee2mqtt/NAME")


def identity(node="IEEE", key="IEEE", **fields):
    state = {"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}
    return Identity(
        node=node,
        key=key,
        base_topic="zigbee2mqtt",
        device={"name": "SLUG"},
        origin={"name": "Zigwire"},
        availability=(state,),
        **fields,
    )


def bare(messages):
    """Return the payloads without what is common, by topic without its last level."""
    return {
        topic.removesuffix("/config"): {
            key: value.replace("slug", "SLUG") if key in ("object_id", "default_entity_id") else value
            for key, value in payload.items()
            if key not in COMMON
        }
        for topic, payload in messages.items()
    }


@pytest.mark.parametrize("device", RECORDED["devices"], ids=lambda device: device["id"])
@pytest.mark.parametrize("with_actions", [False, True])
def test_a_devices_entities(device, with_actions):
    subject = Subject(TOPICS, device["exposes"], device["model"], events=with_actions, action_sensor=with_actions)
    configs = list(of_device(subject))
    if device["ota"]:
        configs.append(extras.firmware(TOPICS, Topics("zigbee2mqtt/bridge"), "IEEE"))
    found = bare(announced(configs, identity()))
    for topic, payload in found.items():
        if topic.startswith("event/"):
            assert "regex_findall" in payload.pop("value_template")
    assert found == {**device["announced"], **(device["with_actions"] if with_actions else {})}


@pytest.mark.parametrize("group", RECORDED["groups"], ids=lambda group: ",".join(group["announced"]))
def test_a_groups_entities(group):
    exposes = [expose for member in group["members"] for expose in member["exposes"]]
    configs = of_group(Subject(TOPICS, exposes, is_group=True))
    assert bare(announced(configs, identity("NODE", "KEY"))) == group["announced"]


def test_the_recordings_show_every_component():
    shown = {topic.partition("/")[0] for device in RECORDED["devices"] for topic in device["announced"]}
    shown |= {topic.partition("/")[0] for device in RECORDED["devices"] for topic in device["with_actions"]}
    assert shown >= {
        "binary_sensor",
        "button",
        "climate",
        "cover",
        "event",
        "fan",
        "light",
        "lock",
        "number",
        "select",
        "sensor",
        "siren",
        "switch",
        "text",
        "update",
    }


@pytest.mark.parametrize(
    ("expose", "lacks"),
    [
        ({"type": "light", "features": []}, "state"),
        ({"type": "switch", "features": []}, "state"),
        ({"type": "lock", "features": []}, "state"),
        ({"type": "cover", "features": []}, "state"),
        ({"type": "climate", "features": []}, "local_temperature"),
        ({"type": "fan", "features": []}, "mode or a speed"),
        (
            {"type": "climate", "features": [{"type": "numeric", "name": "local_temperature", "property": "t"}]},
            "setpoint",
        ),
        (
            {
                "type": "fan",
                "features": [{"type": "enum", "name": "mode", "property": "fan_mode", "values": ["off", "gale"]}],
            },
            "gale",
        ),
    ],
)
def test_what_lacks_something_has_no_entity_and_the_others_have_theirs(expose, lacks, caplog):
    power = {"type": "numeric", "name": "power", "property": "power", "label": "Power", "access": 1, "unit": "W"}
    found = [config.object_id for config in of_device(Subject(TOPICS, [expose, power]))]
    assert found == ["power"]
    assert lacks in caplog.text


def test_kinds_that_home_assistant_does_not_have_are_left_out():
    assert list(of_device(Subject(TOPICS, [{"type": "hologram", "name": "x", "property": "x"}]))) == []


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("toggle", "toggle"),
        ("1_hold_release", "hold_release"),
        ("button_3_press", "press"),
        ("recall_12", "recall"),
        ("scene_*_e1", "scene"),
        ("region_10_enter", "region_enter"),
        ("region_*_leave", "region_leave"),
        ("dial_rotate_left_slow", "dial_rotate"),
        ("brightness_step_up", "brightness_step"),
    ],
)
def test_the_event_of_an_action(action, expected):
    assert event_types([action, action]) == [expected]


def test_actions_with_a_star_that_nothing_resolves_are_no_events():
    assert event_types(["hue_*", "on"]) == ["on"]


def test_scenes():
    known = [Scene(3, 0, ""), Scene(1, 0, "Film  Night"), Scene(3, 0, "Late")]
    found = announced(scenes(TOPICS, known), identity())
    first, second = (found[f"scene/IEEE/scene_{number}/config"] for number in (1, 3))
    assert (first["name"], first["object_id"], first["unique_id"]) == (
        "Film  Night",
        "slug_1_film_night",
        "IEEE_scene_1_zigbee2mqtt",
    )
    assert (second["name"], second["payload_on"]) == ("Late", '{ "scene_recall": 3 }')
    assert first["command_topic"] == "zigbee2mqtt/NAME/set"
    assert "state_topic" not in first


@pytest.mark.parametrize(("form", "device_class"), [("ISO_8601_local", "timestamp"), ("epoch", None)])
def test_last_seen(form, device_class):
    assert extras.last_seen(TOPICS, form).payload.get("device_class") == device_class


def test_the_bridges_own_entities():
    found = announced(bridge_entities(Topics("zigbee2mqtt/bridge")), identity("NODE", "bridge_IEEE", mode="all"))
    assert [topic.split("/")[2] for topic in found] == [
        "connection_state",
        "restart_required",
        "restart",
        "log_level",
        "version",
        "coordinator_version",
        "network_map",
        "permit_join",
    ]
    assert "availability" not in found["binary_sensor/NODE/connection_state/config"]
    assert found["select/NODE/log_level/config"]["options"] == ["error", "warning", "info", "debug"]


@pytest.mark.parametrize(
    ("base_topic", "expected"), [("zigbee2mqtt", "1221051039810110150109113116116"), ("ä", "228"), ("😀", "5535756832")]
)
def test_base_topics_are_encoded_by_their_utf16_units(base_topic, expected):
    assert encoded(base_topic) == expected


def sensor():
    return Config("sensor", "power", {"name": "Power", "icon": "mdi:flash", "state_topic": "t"})


def test_a_user_takes_an_entity_away():
    assert announced([sensor()], identity(overrides={"power": None})) == {}


def test_a_user_changes_what_is_announced():
    overrides = {
        "name": "the device's, not the entities'",
        "icon": None,
        "retain": True,
        "device": {"suggested_area": "Attic"},
        "power": {"name": "Load", "type": "number", "object_id": "load", "unit_of_measurement": "kW"},
        "load": {"expire_after": 60},
    }
    found = announced([sensor()], identity(overrides=overrides))
    payload = found["number/IEEE/load/config"]
    assert payload["unique_id"] == "IEEE_load_zigbee2mqtt"
    assert payload["default_entity_id"] == "number.slug_load"
    assert payload["device"] == {"name": "SLUG", "suggested_area": "Attic"}
    assert payload["name"] == "Power"
    assert payload["retain"] is True
    assert payload["expire_after"] == 60
    assert "icon" not in payload


def test_a_definition_changes_what_is_announced_before_the_user_does():
    def override(payload, options):
        return {**payload, "icon": options["icon"], "device_class": "power"}

    found = announced([sensor()], identity(override=override, options={"icon": "a"}, overrides={"icon": "b"}))
    assert found["sensor/IEEE/power/config"]["icon"] == "b"
    assert found["sensor/IEEE/power/config"]["device_class"] == "power"


NAMES = st.sampled_from(["state", "power", "action", "update", "mode", "battery"])
EXPOSES = st.builds(
    lambda kind, name, access, endpoint, unit: {
        "type": kind,
        "name": name,
        "label": name.title(),
        "property": f"{name}_{endpoint}" if endpoint else name,
        "access": access,
        "value_on": "ON",
        "value_off": "OFF",
        "values": ["a", "b"],
        **({"endpoint": endpoint} if endpoint else {}),
        **({"unit": unit} if unit else {}),
    },
    st.sampled_from(["binary", "numeric", "enum", "text", "list"]),
    NAMES,
    st.integers(0, 7),
    st.sampled_from([None, "l1"]),
    st.sampled_from([None, "W", "%"]),
)


@given(st.lists(EXPOSES, max_size=6))
def test_every_entity_has_its_ids_and_reads_its_own_device_only(exposes):
    for topic, payload in announced(of_device(Subject(TOPICS, exposes)), identity()).items():
        component, node, object_id, _ = topic.split("/")
        assert payload["unique_id"] == f"{node}_{object_id}_zigbee2mqtt"
        assert payload["default_entity_id"].startswith(f"{component}.slug")
        for key, value in payload.items():
            if key.endswith("_topic"):
                assert value == TOPICS.base or value.startswith(f"{TOPICS.base}/")
        if component in ("sensor", "binary_sensor"):
            assert payload.get("entity_category") != "config"
            assert "command_topic" not in payload
        if component == "sensor" and payload.get("state_class") and "device_class" in payload:
            assert payload["unit_of_measurement"]
