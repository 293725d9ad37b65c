import pytest

from zigwire.settings import SettingsError, values
from zigwire.settings.read import read_configuration

IEEE = "0x00158d0001a00000"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (values.regular_expression, "linkquality"),
        (values.regular_expression, "^battery_(low|percentage)$"),
        (values.regular_expression, ""),
        (values.retention, 0),
        (values.retention, 60.0),
        (values.retention, 4294967295),
        (values.topic, "zigbee2mqtt"),
        (values.topic, "home/zigbee 1/ü"),
        (values.discovery_topic, "/homeassistant/status/"),
        (values.keepalive, 0.5),
        (values.keepalive, 65535),
        (values.port, 0),
        (values.mqtt_version, 5),
        (values.icon, ""),
        (values.icon, "device_icons/lamp.png"),
        (values.broker, "mqtts://me:word@[::1]:8883"),
    ],
)
def test_accepted(rule, value):
    assert rule(value) is None


@pytest.mark.parametrize(
    ("rule", "value", "allowed"),
    [
        (values.regular_expression, "(", "regular expression: missing ), unterminated subpattern at position 0"),
        (values.regular_expression, "a{99999999999}", "regular expression"),
        (values.regular_expression, "(" * 5000, "regular expression"),
        (values.regular_expression, "a)|(b", "regular expression"),
        (values.regular_expression, "(?P<name>a)", "regular expression"),
        (values.regular_expression, "(?i)power", "regular expression"),
        (values.retention, -1, "whole number of seconds from 0 to 4294967295"),
        (values.retention, 1e12, "from 0 to 4294967295"),
        (values.retention, 0.5, "whole"),
        (values.topic, "home/#", "without wildcards"),
        (values.topic, "+", "without wildcards"),
        (values.topic, "", "topic"),
        (values.topic, "zigbee2mqtt/", "not beginning or ending with a slash"),
        (values.topic, "/x", "not beginning or ending with a slash"),
        (values.topic, "a\0b", "topic"),
        (values.topic, "a\ud800b", "topic"),
        (values.discovery_topic, "homeassistant/+", "without wildcards"),
        (values.discovery_topic, "", "topic"),
        (values.keepalive, -1, "0 to 65535"),
        (values.keepalive, 65536, "0 to 65535"),
        (values.port, -1, "0 to 65535"),
        (values.mqtt_version, 6, "3, 4 or 5"),
        (values.icon, "/etc/passwd", "URL"),
        (values.broker, "localhost", "URL"),
        (values.broker, "mqtt://", "URL"),
        (values.broker, "mqtt://host:70000", "URL"),
        (values.broker, "ws://host", "URL"),
    ],
)
def test_refused(rule, value, allowed):
    assert allowed in rule(value)


def test_all_faults_of_a_file_are_listed_with_path_and_value():
    document = {
        "mqtt": {"server": "mqtt://me:hunter2@host:x", "base_topic": "home/#", "keepalive": 1e9},
        "advanced": {"channel": 99},
        "devices": {IEEE: {"friendly_name": "lamp", "filtered_cache": ["a", "*"], "retention": -1}},
        "groups": {"1": {"friendly_name": "lamps", "filtered_attributes": ["["]}},
        "device_options": {"filtered_optimistic": ["*"]},
    }
    with pytest.raises(SettingsError) as caught:
        read_configuration(document)
    assert str(caught.value).splitlines() == [
        'mqtt.base_topic: "home/#" must be a topic without wildcards (+ and #), not beginning or ending with a slash',
        "mqtt.server: (hidden) must be a URL like mqtt://host:1883 or mqtts://host:8883",
        "mqtt.keepalive: 1000000000.0 must be from 0 to 65535 seconds",
        f"devices.{IEEE}.retention: -1 must be a whole number of seconds from 0 to 4294967295",
        f'devices.{IEEE}.filtered_cache[1]: "*" must be a regular expression: nothing to repeat at position 0',
        'groups.1.filtered_attributes[0]: "[" must be a regular expression: unterminated character set at position 0',
        "advanced.channel: 99 must be a whole number from 11 to 26",
        'device_options.filtered_optimistic[0]: "*" must be a regular expression: nothing to repeat at position 0',
    ]
