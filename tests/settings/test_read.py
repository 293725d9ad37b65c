"""Which documents are accepted: by the schema, which has to agree with Zigbee2MQTT 2.14, and by the checks."""

import copy

import pytest
from jsonschema import Draft7Validator

from zigwire.settings import SettingsError, json_schema
from zigwire.settings.change import merged
from zigwire.settings.read import read_configuration

MQTT = {"mqtt": {"server": "mqtt://localhost"}}
IEEE = "0x00158d0001a00000"


def device(**options):
    return {"devices": {IEEE: {"friendly_name": "lamp"} | options}}


def group(**options):
    return {"groups": {"1": {"friendly_name": "lamps"} | options}}


# Laid on a document with mqtt.server only. Expected: of the schema, then of the checks.
DOCUMENTS = [
    ({}, True, True),
    ({"version": 5}, True, True),
    ({"unknown": {"key": 1}}, True, True),
    ({"mqtt": {"unknown": 1}}, True, True),
    ({"mqtt": {"server": 5}}, False, False),
    ({"mqtt": {"server": None}}, False, False),
    ({"mqtt": {"server": "localhost"}}, True, False),
    ({"mqtt": {"server": "http://localhost"}}, True, False),
    ({"mqtt": {"server": "mqtts://[::1]:8883"}}, True, True),
    ({"mqtt": {"server": "mqtts://[::1"}}, True, False),
    ({"mqtt": {"version": None}}, True, True),
    ({"mqtt": {"version": 5}}, True, True),
    ({"mqtt": {"version": 6}}, True, False),
    ({"mqtt": {"version": "5"}}, False, False),
    ({"mqtt": {"keepalive": 0.5}}, True, True),
    ({"mqtt": {"keepalive": True}}, False, False),
    ({"mqtt": {"keepalive": None}}, False, False),
    ({"mqtt": {"maximum_packet_size": 20}}, True, True),
    ({"mqtt": {"maximum_packet_size": 19}}, False, False),
    ({"mqtt": {"maximum_packet_size": 268435457}}, False, False),
    ({"mqtt": {"user": None}}, False, False),
    ({"mqtt": []}, False, False),
    ({"serial": None}, False, False),
    ({"serial": {"port": None}}, True, True),
    ({"serial": {"port": "sim://"}}, True, True),
    ({"serial": {"adapter": "zstack"}}, True, True),
    ({"serial": {"adapter": "xbee"}}, True, True),
    ({"serial": {"adapter": "auto"}}, False, False),
    ({"serial": {"adapter": None}}, False, False),
    ({"serial": {"baudrate": 115200.5}}, True, False),
    ({"serial": {"rtscts": "false"}}, False, False),
    ({"homeassistant": True}, False, False),
    ({"homeassistant": {"enabled": True}}, True, True),
    ({"homeassistant": {"enabled": 1}}, False, False),
    ({"homeassistant": {"enabled": True, "discovery_topic": "zigbee2mqtt"}}, True, False),
    ({"homeassistant": {"enabled": True}, "advanced": {"output": "attribute"}}, True, False),
    ({"homeassistant": {"enabled": True}, "advanced": {"output": "attribute_and_json"}}, True, True),
    ({"availability": {"active": {}}}, False, False),
    ({"availability": {"active": {"timeout": 1}}}, True, True),
    ({"availability": {"active": {"timeout": 0.9}}}, False, False),
    ({"availability": {"active": {"timeout": 5, "max_jitter": 999}}}, False, False),
    ({"availability": {"passive": {"timeout": "1500"}}}, False, False),
    ({"blocklist": [IEEE]}, True, True),
    ({"blocklist": IEEE}, False, False),
    ({"passlist": [1]}, False, False),
    ({"map_options": {"graphviz": {"colors": {"fill": {"router": 5}}}}}, False, False),
    ({"ota": {"default_maximum_data_size": 100}}, True, True),
    ({"ota": {"default_maximum_data_size": 101}}, False, False),
    ({"ota": {"image_block_request_timeout": 9999}}, False, False),
    ({"ota": {"zigbee_ota_override_index_location": None}}, True, True),
    ({"frontend": {"base_url": "/z2m"}}, True, True),
    ({"frontend": {"base_url": "z2m"}}, False, False),
    ({"frontend": {"port": 65536}}, True, False),
    ({"frontend": {"package": "other"}}, False, False),
    ({"frontend": {"auth_token": None, "host": None, "disable_ui_serving": None}}, True, True),
    ({"frontend": {"notification_filter": None}}, False, False),
    ({"advanced": {"channel": 11}}, True, True),
    ({"advanced": {"channel": 10}}, False, False),
    ({"advanced": {"channel": 27}}, False, False),
    ({"advanced": {"pan_id": "GENERATE", "ext_pan_id": "GENERATE", "network_key": "GENERATE"}}, True, True),
    ({"advanced": {"pan_id": "random"}}, True, False),
    ({"advanced": {"pan_id": 0}}, False, False),
    ({"advanced": {"pan_id": 65535}}, False, False),
    ({"advanced": {"ext_pan_id": [1] * 8}}, True, True),
    ({"advanced": {"ext_pan_id": [1] * 7}}, True, False),
    ({"advanced": {"network_key": [1] * 16}}, True, True),
    ({"advanced": {"network_key": [1] * 15 + [256]}}, True, False),
    ({"advanced": {"network_key": ["1"] * 16}}, False, False),
    ({"advanced": {"network_key": 5}}, False, False),
    ({"advanced": {"log_output": []}}, True, True),
    ({"advanced": {"log_output": ["console", "printer"]}}, False, False),
    ({"advanced": {"log_level": "warn"}}, False, False),
    ({"advanced": {"log_namespaced_levels": {"z2m:mqtt": "debug"}}}, True, True),
    ({"advanced": {"log_namespaced_levels": {"z2m:mqtt": "loud"}}}, False, False),
    ({"advanced": {"log_namespaced_levels": {"mqtt": "debug"}}}, False, False),
    ({"advanced": {"log_directories_to_keep": 4}}, False, False),
    ({"advanced": {"log_syslog": None}}, True, True),
    ({"advanced": {"log_syslog": {"host": "logs", "port": 514}}}, True, True),
    ({"advanced": {"log_syslog": {"port": "514"}}}, False, False),
    ({"advanced": {"log_syslog": "logs"}}, False, False),
    ({"advanced": {"adapter_concurrent": None, "adapter_delay": None, "transmit_power": None}}, True, True),
    ({"advanced": {"adapter_concurrent": 65}}, False, False),
    ({"advanced": {"transmit_power": -129}}, False, False),
    ({"advanced": {"last_seen": "epoch"}}, True, True),
    ({"advanced": {"last_seen": True}}, False, False),
    ({"health": {"interval": 0}}, False, False),
    ({"devices": {}}, True, True),
    ({"devices": None}, False, False),
    ({"devices": {"lamp": {"friendly_name": "lamp"}}}, False, False),
    ({"devices": {IEEE: {}}}, False, False),
    ({"devices": {IEEE: None}}, False, False),
    (device(), True, True),
    (device(friendly_name=5), False, False),
    (device(friendly_name="a/+"), True, False),
    (device(temperature_precision=1, simulated_brightness={"delta": 20}), True, True),
    (device(qos=3), False, False),
    (device(qos=2), True, True),
    (device(retention=5), True, False),
    ({"mqtt": {"version": 5}} | device(retention=5), True, True),
    (device(icon="device_icons/a.png"), True, True),
    (device(icon="/etc/passwd"), True, False),
    (device(homeassistant=None), True, True),
    (device(homeassistant={"name": None, "light": {"name": "x"}, "switch": None}), True, True),
    (device(homeassistant={"name": 5}), False, False),
    (device(homeassistant="off"), False, False),
    (
        device(filtered_attributes=["a"], filtered_cache=["b"], filtered_optimistic=["c"], debounce_ignore=[]),
        True,
        True,
    ),
    (device(filtered_cache="b"), False, False),
    (device(filtered_attributes=["("]), True, False),
    (device(filtered_cache=["["]), True, False),
    (device(filtered_optimistic=["*"]), True, False),
    (device(debounce_ignore=["("]), True, True),
    (group(filtered_attributes=["("]), True, False),
    (group(filtered_cache=["("]), True, False),
    (group(filtered_optimistic=["("]), True, False),
    ({"device_options": {"filtered_attributes": ["("]}}, True, False),
    ({"mqtt": {"version": 5}} | device(retention=-1), True, False),
    ({"mqtt": {"version": 5}} | device(retention=1e12), True, False),
    ({"mqtt": {"base_topic": "home/#"}}, True, False),
    ({"mqtt": {"base_topic": "zigbee2mqtt/"}}, True, False),
    ({"mqtt": {"base_topic": ""}}, True, False),
    ({"mqtt": {"keepalive": 65536}}, True, False),
    ({"mqtt": {"client_id": "", "user": "", "password": "", "key": ""}}, True, True),
    ({"mqtt": {"key": "key.pem"}}, True, False),
    ({"mqtt": {"key": "key.pem", "cert": "cert.pem"}}, True, True),
    ({"homeassistant": {"discovery_topic": "ha/+"}}, True, False),
    ({"homeassistant": {"status_topic": "#"}}, True, False),
    ({"homeassistant": {"status_topic": "/ha/status/"}}, True, True),
    (device(friendly_name="lamp/set"), True, True),
    ({"groups": {"9" * 5000: {"friendly_name": "lamps"}}}, True, False),
    (device(debounce="1"), False, False),
    (device(availability=False, description="on the shelf"), True, True),
    (device(availability={"timeout": 5, "backoff": False}), True, True),
    (device(availability="yes"), True, False),
    (group(), True, True),
    (group(off_state="last_member_state", retain=True, optimistic=False, qos=0), True, True),
    (group(off_state="any"), False, False),
    (group(friendly_name="lamp") | device(), True, False),
    ({"groups": {"lamps": {"friendly_name": "lamps"}}}, True, False),
    ({"groups": {"-1": {"friendly_name": "lamps"}}}, False, False),
    ({"groups": {"65536": {"friendly_name": "lamps"}}}, True, False),
    ({"device_options": {"retain": True, "transition": 2}}, True, True),
    ({"device_options": {"retain": "yes"}}, True, False),
    ({"device_options": []}, False, False),
]


@pytest.mark.parametrize(("document", "by_schema", "by_checks"), DOCUMENTS, ids=lambda value: str(value)[:60])
def test_accepts_and_refuses(document, by_schema, by_checks):
    whole = merged(MQTT, document)
    assert Draft7Validator(json_schema()).is_valid(whole) is by_schema
    if by_checks:
        read_configuration(whole)
        return
    with pytest.raises(SettingsError) as caught:
        read_configuration(whole)
    assert str(caught.value)


@pytest.mark.parametrize("document", [{}, {"mqtt": {}}])
def test_server_is_required(document):
    assert not Draft7Validator(json_schema()).is_valid(document)
    with pytest.raises(SettingsError, match="is missing"):
        read_configuration(document)


def faults(document):
    with pytest.raises(SettingsError) as caught:
        read_configuration(merged(MQTT, document))
    return str(caught.value).splitlines()


def test_every_fault_is_listed_with_path_value_and_what_is_allowed():
    document = {
        "mqtt": {"keepalive": "x" * 100},
        "serial": {"adapter": "auto"},
        "advanced": {"channel": 40, "last_seen": 1, "log_output": ["console", "printer"]},
    }
    assert faults(document) == [
        f'mqtt.keepalive: "{"x" * 59}… must be a number',
        'serial.adapter: "auto" must be one of deconz, zstack, zigate, ezsp, ember, zboss, zoh, xbee',
        'advanced.log_output[1]: "printer" must be one of console, file, syslog',
        "advanced.channel: 40 must be a whole number from 11 to 26",
        "advanced.last_seen: 1 must be one of disable, ISO_8601, ISO_8601_local, epoch",
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"mqtt": {"password": ["hunter2"]}},
        {"mqtt": {"server": "hunter2"}},
        {"mqtt": {"user": {"hunter2": 1}}},
        {"frontend": {"auth_token": ["hunter2"]}},
        {"advanced": {"network_key": "hunter2"}},
        {"mqtt": "mqtt://me:hunter2@host"},
        {"frontend": ["hunter2"]},
        {"mqtt": {"base_topic": {"password": "hunter2"}}},
    ],
    ids=str,
)
def test_secrets_are_not_shown(document):
    with pytest.raises(SettingsError) as caught:
        read_configuration(MQTT | document)
    assert "hunter2" not in str(caught.value)


def test_values_are_typed():
    configuration = read_configuration(
        MQTT
        | {
            "advanced": {"channel": 15.0, "network_key": [9] * 16, "log_syslog": None},
            "frontend": {"disable_ui_serving": None},
            "groups": {"7": {"friendly_name": "all"}},
            "device_options": {"retain": True, "transition": 2},
            "devices": {
                IEEE: {"friendly_name": "lamp", "qos": 1, "transition": 3, "homeassistant": {"name": "L", "x": None}}
            },
        }
    )
    assert configuration.advanced.channel == 15
    assert isinstance(configuration.advanced.channel, int)
    assert configuration.advanced.network_key == bytes([9] * 16)
    assert configuration.advanced.log_syslog.port == 514
    assert configuration.frontend.disable_ui_serving is False
    assert configuration.groups[7].id == 7
    lamp = configuration.devices[IEEE]
    assert (lamp.ieee, lamp.friendly_name, lamp.retain, lamp.qos) == (IEEE, "lamp", True, 1)
    assert lamp.options == {"transition": 3}
    assert lamp.homeassistant.name == "L"
    assert lamp.homeassistant.document == {"name": "L", "x": None}


def test_null_hides_a_device_from_home_assistant():
    assert read_configuration(MQTT | device(homeassistant=None)).devices[IEEE].homeassistant is None


def test_secrets_are_not_in_the_representation():
    document = merged(MQTT, {"mqtt": {"password": "hunter2"}, "frontend": {"auth_token": "hunter2"}})
    assert "hunter2" not in repr(read_configuration(document))


def test_a_document_is_not_changed():
    document = merged(MQTT, device(x=[1]) | {"device_options": {"y": 1}})
    before = copy.deepcopy(document)
    read_configuration(document)
    assert document == before
