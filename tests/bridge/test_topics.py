import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.topics import EntityTopic, RequestTopic, filters, parse


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("plug/set", EntityTopic("plug", "set")),
        ("plug/get", EntityTopic("plug", "get")),
        ("plug/set/state", EntityTopic("plug", "set", "state")),
        ("plug/get/state", EntityTopic("plug", "get", "state")),
        ("kitchen/plug/set", EntityTopic("kitchen/plug", "set")),
        ("kitchen/plug/left/set/state", EntityTopic("kitchen/plug/left", "set", "state")),
        ("get/set", EntityTopic("get", "set")),
        ("a/set/set", EntityTopic("a/set", "set")),
        ("bridge/request/device/rename", RequestTopic("device/rename")),
        ("bridge/request/", None),
        ("bridge/state", None),
        ("plug", None),
        ("set", None),
        ("/set", None),
        ("plug/availability", None),
        ("plug/set/", None),
    ],
)
def test_topics(topic, expected):
    assert parse(topic) == expected


@given(st.text())
def test_any_topic_is_taken_apart_or_not_ours(topic):
    parsed = parse(topic)
    if isinstance(parsed, EntityTopic):
        assert "/".join(filter(None, (parsed.path, parsed.verb, parsed.attribute))) == topic


def test_filters_match_commands_and_requests_but_not_what_we_publish():
    from paho.mqtt.client import topic_matches_sub

    def heard(topic):
        return any(topic_matches_sub(wanted, topic) for wanted in filters("zigbee2mqtt"))

    for topic in ("plug/set", "a/b/c/d/plug/l1/set/state", "plug/get/state", "bridge/request/device/ota_update/check"):
        assert heard(f"zigbee2mqtt/{topic}")
    for topic in ("plug", "bridge/devices", "bridge/logging", "plug/availability", "bridge/response/health_check"):
        assert not heard(f"zigbee2mqtt/{topic}")
