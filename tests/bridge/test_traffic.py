"""MQTT in the log."""

import logging

import pytest
from support.home import Sent

from zigwire.bridge.traffic import LoggedMqtt, logged

WAY = {"retain": False, "qos": 0, "properties": None}


@pytest.fixture
def debug(caplog):
    with caplog.at_level(logging.DEBUG, "zigwire.mqtt"):
        yield caplog


def test_what_goes(debug):
    sent = Sent()
    mqtt = LoggedMqtt(sent)
    mqtt.publish("zigbee2mqtt/lamp", b'{"state":"ON"}', qos=1, retain=True)
    assert sent.messages == [("lamp", {"state": "ON"}, 1, True)]
    assert mqtt.statistics is sent.statistics
    assert debug.messages == ["MQTT publish: topic 'zigbee2mqtt/lamp', payload '{\"state\":\"ON\"}'"]


def test_what_comes(debug):
    heard = []
    logged(lambda *message, **way: heard.append((*message, way)))("zigbee2mqtt/lamp/set", b"ON", **WAY)
    assert heard == [("zigbee2mqtt/lamp/set", b"ON", WAY)]
    assert debug.messages == ["MQTT message: topic 'zigbee2mqtt/lamp/set', payload 'ON'"]


@pytest.mark.parametrize(
    "topic",
    [
        "bridge/response/backup",
        "bridge/request/install_code/add",
        "bridge/request/Install_Code/ADD",
        "bridge/request/options",
    ],
)
def test_keys_are_not_shown(debug, topic):
    LoggedMqtt(Sent()).publish(f"zigbee2mqtt/{topic}", b'{"value":"ABC"}')
    assert debug.messages == [f"MQTT publish: topic 'zigbee2mqtt/{topic}', payload of 15 bytes, not shown"]


def test_nothing_at_level_info(caplog):
    with caplog.at_level(logging.INFO, "zigwire.mqtt"):
        LoggedMqtt(Sent()).publish("zigbee2mqtt/lamp", b"{}")
        logged(lambda *_, **__: None)("zigbee2mqtt/lamp/set", b"ON", **WAY)
    assert not caplog.messages
