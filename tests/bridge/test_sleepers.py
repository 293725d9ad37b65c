"""Commands to devices that sleep, and answers to those who asked with MQTT 5."""

from __future__ import annotations

import pytest
from support.home import Home
from support.waiting import until

from zigwire.devices import Definition, compile_definition
from zigwire.devices.blocks.on_off import on_off
from zigwire.mqtt.message import Properties
from zigwire.simulator.attributes import AttributeKey, attribute
from zigwire.simulator.clusters import BASIC, ON_OFF
from zigwire.simulator.delivery import INDIRECT_TIMEOUT
from zigwire.simulator.device import Description, Sleep, VirtualDevice
from zigwire.simulator.zdo import Endpoint, NodeDescriptor
from zigwire.zigbee.model import InterviewState

IEEE = "0x00158d0001a2b3d0"
RELAY = AttributeKey(1, ON_OFF, 0)
SLEEPER = Description(
    kind="sleeper",
    manufacturer="Nobody",
    model="sleeper",
    node=NodeDescriptor(2, 0x80),
    endpoints=(Endpoint(1, 0x0002, (BASIC, ON_OFF), ()),),
    attributes={AttributeKey(1, BASIC, 7): attribute("ENUM8", 3), RELAY: attribute("BOOLEAN", 0)},
    sleep=Sleep(interval=300.0, awake=600.0, fast_interval=0.01),
)
ASKED = Properties(response_topic="me/answers", correlation_data=b"7")


class Source:
    def find(self, device, host):
        definition = Definition(vendor="Nobody", model="SLEEPER", description="", features=[on_off()])
        return compile_definition(definition, device, host)


@pytest.fixture
async def home(tmp_path):
    home = Home(tmp_path, {"devices": {IEEE: {"friendly_name": "sleeper"}}}, source=Source())
    home.sleeper = home.house.add("sleeper", lambda *about: VirtualDevice(*about, SLEEPER), IEEE)
    await home.start()
    home.house.join("sleeper")
    await until(lambda: IEEE in home.network.devices)
    await until(lambda: home.network.devices[IEEE].interview_state is InterviewState.SUCCESSFUL)
    yield home
    await home.stop()


async def asleep(home, *messages):
    """Send commands that the device does not fetch, and wait until they wait."""
    home.sleeper.online = False
    for message in messages:
        home.say("sleeper/set", message, ASKED)

    def waits():
        home.house.advance(INDIRECT_TIMEOUT + 0.1)
        home.leap(0.5)
        return home.sent.of("sleeper/pending")

    await until(waits)
    await home.bridge.commands.idle()


def wake(home):
    home.sleeper.online = True
    home.sleeper.report([RELAY])


async def test_a_command_waits_until_the_device_speaks(home):
    await asleep(home, {"state": "ON"})
    (waiting,) = home.sent.of("sleeper/pending")[-1]
    assert (waiting["request"], waiting["key"], waiting["value"]) == ("set", "state", "ON")
    assert 7100 < waiting["expires_in"] <= 7200
    assert home.sent.correlated == []
    wake(home)
    await until(lambda: home.sent.correlated)
    assert home.sleeper.read(RELAY) == 1
    assert home.sent.of("sleeper/pending")[-1] == []
    assert home.sent.of("sleeper")[-1]["state"] == "ON"
    assert home.sent.correlated == [
        (
            "me/answers",
            {"status": "ok", "request": "set", "entity": "sleeper", "results": {"state": {"result": "confirmed"}}},
            b"7",
        )
    ]


async def test_a_later_value_takes_the_place_of_an_earlier_one(home):
    await asleep(home, {"state": "ON"}, {"state": "OFF"})
    await until(lambda: home.sent.correlated)
    assert home.sent.correlated[0][1]["results"] == {"state": {"result": "superseded"}}
    assert [one["value"] for one in home.sent.of("sleeper/pending")[-1]] == ["OFF"]
    wake(home)
    await until(lambda: len(home.sent.correlated) > 1)
    assert home.sleeper.read(RELAY) == 0


async def test_what_waits_too_long_is_given_up(home, caplog):
    await asleep(home, {"state": "ON"})
    home.leap(7201)
    await until(lambda: home.sent.correlated)
    assert home.sent.correlated[0][1]["results"]["state"] == {
        "result": "failed",
        "error": "the device sleeps, and did not speak in time",
    }
    assert home.sent.of("sleeper/pending")[-1] == []
    assert "did not speak in time" in caplog.text


async def test_without_a_queue_the_command_fails(home, caplog):
    home.say("bridge/request/device/options", {"id": "sleeper", "options": {"queue_expiry": 0}})
    await until(lambda: home.sent.of("bridge/response/device/options"))
    home.sleeper.online = False
    home.say("sleeper/set", {"state": "ON"}, ASKED)

    def failed():
        home.house.advance(INDIRECT_TIMEOUT + 0.1)
        home.leap(0.5)
        return home.sent.correlated

    await until(failed)
    assert home.sent.correlated[0][1]["status"] == "error"
    assert "can't be reached" in caplog.text
    assert home.sent.of("sleeper/pending") == []


async def test_a_device_that_is_removed_takes_along_what_waits(home):
    await asleep(home, {"state": "ON"})
    home.say("bridge/request/device/remove", {"id": "sleeper", "force": True})
    await until(lambda: home.sent.correlated)
    assert home.sent.correlated[0][1]["results"]["state"]["error"] == "the device is gone"


async def test_a_get_waits_too(home):
    home.sleeper.online = False
    home.say("sleeper/get", {"state": ""}, ASKED)

    def waits():
        home.house.advance(INDIRECT_TIMEOUT + 0.1)
        home.leap(0.5)
        return home.sent.of("sleeper/pending")

    await until(waits)
    wake(home)
    await until(lambda: home.sent.correlated)
    assert home.sent.correlated[0][1]["results"] == {"state": {"result": "confirmed"}}


@pytest.mark.parametrize(
    ("topic", "payload", "error"),
    [
        ("nobody/set", {"state": "ON"}, "entity 'nobody' is unknown"),
        ("sleeper/9/set", {"state": "ON"}, "it has no endpoint '9'"),
        ("sleeper/set", [1], "is no JSON object"),
    ],
)
async def test_what_can_not_be_begun_is_answered(home, topic, payload, error):
    home.say(topic, payload, ASKED)
    ((answered, answer, data),) = home.sent.correlated
    assert (answered, data, answer["status"], answer["request"]) == ("me/answers", b"7", "error", "set")
    assert error in answer["error"]


async def test_each_key_has_its_outcome(home):
    home.say("sleeper/set", {"state": "ON", "nonsense": 1}, ASKED)
    await until(lambda: home.sent.correlated)
    ((_, answer, _),) = home.sent.correlated
    assert answer["status"] == "error"
    assert answer["results"]["state"] == {"result": "confirmed"}
    assert "is no key of this device" in answer["results"]["nonsense"]["error"]


@pytest.mark.parametrize("topic", ["zigbee2mqtt/sleeper/set", "zigbee2mqtt/bridge/state", "a/+", "a/#"])
async def test_an_answer_never_becomes_a_command(home, caplog, topic):
    home.say("sleeper/set", {"state": "ON"}, Properties(response_topic=topic, correlation_data=b"1"))
    await home.bridge.commands.idle()
    assert home.sent.correlated == []
    assert "No answer is sent" in caplog.text


async def test_a_request_is_answered_on_both_topics(home):
    home.say("bridge/request/health_check", {"transaction": 5}, ASKED)
    await until(lambda: home.sent.correlated)
    answer = {"data": {"healthy": True}, "status": "ok", "transaction": 5}
    assert home.sent.of("bridge/response/health_check") == [answer]
    assert home.sent.correlated == [("me/answers", answer, b"7")]
