"""Who is told what."""

import pytest
from support.home import Sent

from zigwire.web.audience import Audience, OverheardMqtt


class Ear:
    """Takes the place of a listener."""

    def __init__(self):
        self.heard = []

    def tell(self, frame):
        self.heard.append((frame.topic, frame.payload))

    def take(self):
        heard, self.heard = self.heard, []
        return heard


@pytest.fixture
def audience():
    return Audience()


@pytest.fixture
def ear(audience):
    ear = Ear()
    audience.welcome(ear)
    return ear


def test_everybody_hears(audience, ear):
    other = Ear()
    audience.welcome(other)
    audience.published("bridge/event", b"{}", retain=False)
    audience.state("lamp", b'{"state":"ON"}')
    assert ear.heard == other.heard == [("bridge/event", b"{}"), ("lamp", b'{"state":"ON"}')]
    audience.leave(other)
    audience.published("bridge/event", b"{}", retain=False)
    assert len(ear.heard) == 3
    assert len(other.heard) == 2


def test_what_is_retained_is_told_again_only_when_it_changed(audience, ear):
    for payload in (b"[1]", b"[1]", b"[2]", b"[1]"):
        audience.published("bridge/devices", payload, retain=True)
    assert ear.heard == [("bridge/devices", payload) for payload in (b"[1]", b"[2]", b"[1]")]


def test_events_are_told_every_time(audience, ear):
    for _ in range(2):
        audience.published("bridge/logging", b"{}", retain=False)
    assert len(ear.heard) == 2


def test_newcomers_are_told_what_is_retained_and_the_states(audience):
    audience.published("bridge/devices", b"[1]", retain=True)
    audience.published("bridge/devices", b"[2]", retain=True)
    audience.published("bridge/event", b"{}", retain=False)
    audience.published("hall/lamp/availability", b'{"state":"online"}', retain=True)
    audience.published("old/availability", b'{"state":"online"}', retain=True)
    audience.published("old/availability", b"", retain=True)
    audience.use_states(lambda: [("hall/lamp", b'{"state":"ON"}')])
    newcomer = Ear()
    audience.welcome(newcomer)
    assert newcomer.heard == [
        ("bridge/devices", b"[2]"),
        ("hall/lamp/availability", b'{"state":"online"}'),
        ("hall/lamp", b'{"state":"ON"}'),
    ]


def test_who_came_before_the_states_were_known(audience, ear):
    audience.use_states(lambda: [("lamp", b"{}")])
    assert ear.heard == [("lamp", b"{}")]


@pytest.mark.parametrize("topic", ["lamp/action", "lamp/left", "lamp/state", "lamp/pending", "lamp"])
def test_what_no_page_reads(audience, ear, topic):
    audience.published(topic, b"ON", retain=True)
    assert not ear.heard


def test_overhearing(audience, ear):
    sent = Sent()
    mqtt = OverheardMqtt(sent, "zigbee2mqtt", audience)
    mqtt.publish("zigbee2mqtt/bridge/state", b'{"state":"online"}', qos=1, retain=True)
    mqtt.publish("homeassistant/bridge/state", b"{}", retain=True)
    mqtt.publish("zigbee2mqtt2/bridge/state", b"{}", retain=True)
    mqtt.subscribe("a/#")
    mqtt.subscribe("b/#")
    mqtt.unsubscribe("b/#")
    assert ear.heard == [("bridge/state", b'{"state":"online"}')]
    assert sent.messages[0] == ("bridge/state", {"state": "online"}, 1, True)
    assert len(sent.messages) == 3
    assert sent.subscriptions == {"a/#"}
    assert mqtt.statistics is sent.statistics
