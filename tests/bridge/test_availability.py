"""Which devices are reachable: asked, silent, refused, gone, back again."""

import logging

import pytest
from support.home import Home
from support.waiting import until

from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import GET, PUBLISHED, Numeric
from zigwire.devices.feature import Feature, Reader, Reading
from zigwire.devices.native import compile_definition
from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import BASIC, ON_OFF
from zigwire.zcl.requests import Read
from zigwire.zigbee.model import InterviewState

PLUG, SPARE = "0x00158d0001a2b3c4", "0x00158d0001a2b3c5"
ONLINE, OFFLINE = {"state": "online"}, {"state": "offline"}
DEVICES = {PLUG: {"friendly_name": "plug"}, SPARE: {"friendly_name": "spare"}}
WATCHED = {"availability": {"enabled": True, "active": {"timeout": 10, "max_jitter": 1000}}, "devices": DEVICES}
TIMEOUT = 610.0
"""Seconds after which an active device is asked at the latest: ten minutes, one second, jitter."""

ZCL_VERSION, MODEL, RELAY = AttributeKey(1, BASIC, 0), AttributeKey(1, BASIC, 5), AttributeKey(1, ON_OFF, 0)


@pytest.fixture
def make_watched(make_home):
    async def make(**document):
        home = await make_home(**{**WATCHED, **document})
        await pair(home, "plug")
        return home

    return make


async def pair(home, name):
    """Pair a device that says nothing by itself afterwards; what went over the air is forgotten.

    When the announce comes after the interview the state is about to be read; that is forgotten too.
    """
    device = home.house.device(name)
    device.hello = lambda: None
    home.house.join(name)
    await until(lambda: home.network.devices.get(device.ieee))
    known = home.network.devices[device.ieee]
    await until(lambda: known.interview_state is InterviewState.SUCCESSFUL and announced(home, device.ieee))
    home.bridge._returns.forget(device.ieee)
    home.air.clear()


def announced(home, ieee):
    events = home.sent.of("bridge/event")
    return [e for e in events if e["type"] == "device_announce" and e["data"]["ieee_address"] == ieee]


async def announce(home):
    before = len(announced(home, PLUG))
    home.plug.announce()
    await until(lambda: len(announced(home, PLUG)) > before)


def requests(home, name="plug"):
    ieee = home.house.device(name).ieee
    return [frame for frame in home.air if frame.source == 0 and frame.destination_ieee == ieee]


def pings(home, name="plug"):
    return [frame for frame in requests(home, name) if frame.cluster == BASIC and frame.data[2:] == bytes(3)]


def reads(home, name="plug"):
    return [frame.cluster for frame in requests(home, name) if frame.cluster != BASIC and frame.data[2:] == bytes(3)]


def deaf(device):
    """Let a device take frames and do nothing."""
    device.receive = lambda frame: None


async def asked(home, name="plug"):
    """Wait until a device was asked once more."""
    before = len(pings(home, name))
    await until(lambda: len(pings(home, name)) > before)


async def due(home, name="plug"):
    """Let the timeout pass and wait until a device was asked."""
    before = len(pings(home, name))
    home.leap(TIMEOUT)
    await until(lambda: len(pings(home, name)) > before)


async def judged(home):
    """Wait until nobody is being asked, and let the pause after a question pass."""
    await until(lambda: not any(watch.asking for watch in home.bridge.availability._watches.values()))
    home.leap(2.0)


async def request(home, name, payload):
    before = len(home.sent.of(f"bridge/response/{name}"))
    home.say(f"bridge/request/{name}", payload)
    await until(lambda: len(home.sent.of(f"bridge/response/{name}")) > before)
    assert home.sent.of(f"bridge/response/{name}")[-1]["status"] == "ok"


# --- asking ---


async def test_a_device_that_falls_silent_and_comes_back(make_watched):
    home = await make_watched()
    home.plug.online = False
    await due(home)
    await home.leaping(lambda: home.sent.of("plug/availability")[-1] == OFFLINE)
    assert len(pings(home)) == 2, "a device that is online gets a second chance"
    assert next(message for message in home.sent.messages if message[1] == OFFLINE)[2:] == (1, True)

    home.leap(TIMEOUT)
    home.leap(300)
    await asked(home)
    await judged(home)
    assert len(pings(home)) == 3, "one that is offline gets none"

    home.sent.messages.clear()
    home.plug.online = True
    home.plug.attributes[RELAY].value = 1
    home.plug.report([MODEL])
    await until(lambda: home.sent.of("plug/availability") == [ONLINE])
    home.leap(2.0)
    await until(lambda: [state["state"] for state in home.sent.of("plug")] == ["ON"])


async def test_who_is_silent_is_asked_less_and_less_often(make_watched):
    home = await make_watched()
    home.plug.online = False
    await due(home)
    await home.leaping(lambda: home.sent.of("plug/availability")[-1] == OFFLINE)
    await pair(home, "spare")
    await due(home, "spare")
    assert not pings(home), "its timeout is 15 minutes now"
    home.leap(5 * 60.0)
    await asked(home)


async def test_a_device_is_asked_after_the_timeout_of_what_its_interview_found(make_watched):
    """At the join it is unknown whether a device is on mains: it seems passive, with a timeout of 25 hours."""
    home = await make_watched()
    await due(home)
    await judged(home)
    await due(home)
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_a_refusal_is_a_sign_of_life(make_watched, caplog):
    caplog.set_level(logging.DEBUG)
    home = await make_watched()
    del home.plug.attributes[ZCL_VERSION]
    await due(home)
    await judged(home)
    assert "UNSUPPORTED_ATTRIBUTE" in caplog.text
    await due(home)
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_a_lost_radio_is_not_the_devices_fault(make_watched, caplog):
    caplog.set_level(logging.DEBUG)
    home = await make_watched()
    home.has_radio = False
    home.house.lose_radio()
    await until(lambda: home.network.radio_state == "offline")
    home.leap(TIMEOUT)
    await until(lambda: "Asked 'plug' for a sign of life: the coordinator is offline" in caplog.text)
    await judged(home)
    home.has_radio = True
    await home.leaping(lambda: home.network.radio_state == "online")
    await due(home)
    await judged(home)
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_one_lost_answer_is_not_enough(make_watched, caplog):
    caplog.set_level(logging.DEBUG)
    home = await make_watched()
    home.plug.online = False
    await due(home)
    await until(lambda: "'plug' does not answer" in caplog.text)
    home.plug.online = True
    home.leap(3.0)
    await until(lambda: len(pings(home)) == 2)
    await judged(home)
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_a_command_that_does_not_reach_a_device_is_reason_to_ask_it_at_once(make_watched):
    home = await make_watched()
    home.plug.online = False
    home.say("plug/set", {"state": "ON"})
    await home.leaping(lambda: home.sent.of("plug/availability")[-1] == OFFLINE)
    home.plug.online = True
    home.plug.report([MODEL])
    await until(lambda: home.sent.of("plug/availability")[-1] == ONLINE)


async def test_a_device_that_answers_after_a_lost_command_stays_online(make_watched):
    home = await make_watched()
    before = len(pings(home))
    home.bridge.availability.undelivered(home.bridge.entities.of(home.device))
    await until(lambda: len(pings(home)) > before)
    await judged(home)
    assert len(pings(home)) == before + 1
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_who_speaks_while_it_does_not_answer_is_online(make_watched):
    home = await make_watched()
    deaf(home.plug)
    await due(home)
    await home.leaping(lambda: len(pings(home)) == 2)
    messages = home.device.messages
    home.house.press("plug")
    await until(lambda: home.device.messages > messages)
    await home.leaping(lambda: not home.bridge.availability._background._tasks)
    assert home.sent.of("plug/availability") == [ONLINE]


@pytest.mark.parametrize("what", ["press", "leave"])
async def test_who_was_heard_or_left_while_it_waited_for_its_turn_is_not_asked(make_watched, what):
    home = await make_watched()
    await pair(home, "spare")
    deaf(home.plug)
    deaf(home.house.device("spare"))
    home.leap(TIMEOUT)
    await until(lambda: pings(home) or pings(home, "spare"))
    first, second = ("plug", "spare") if pings(home) else ("spare", "plug")
    ieee = home.house.device(second).ieee
    messages = home.network.devices[ieee].messages
    getattr(home.house, what)(second)
    await until(lambda: ieee not in home.network.devices or home.network.devices[ieee].messages > messages)
    await home.leaping(lambda: not home.bridge.availability._background._tasks)
    assert home.sent.of(f"{first}/availability") == [ONLINE, OFFLINE]
    assert not pings(home, second)
    assert home.sent.of(f"{second}/availability") == [ONLINE]


async def test_a_rename_during_a_question_leaves_nothing_on_the_old_topic(make_watched):
    home = await make_watched()
    deaf(home.plug)
    await due(home)
    await request(home, "device/rename", {"from": "plug", "to": "kitchen"})
    await home.leaping(lambda: home.sent.of("kitchen/availability")[-1] == OFFLINE)
    assert home.sent.of("plug/availability") == [ONLINE, None]
    assert home.sent.of("kitchen/availability") == [ONLINE, OFFLINE]


async def test_a_device_that_leaves_during_a_question_is_let_go(make_watched):
    home = await make_watched()
    deaf(home.plug)
    await due(home)
    home.house.leave("plug")
    await until(lambda: home.device is None)
    await home.leaping(lambda: not home.bridge.availability._background._tasks)
    assert home.sent.of("plug/availability") == [ONLINE]


# --- start, stop, settings ---


async def test_who_is_stale_at_the_start_is_asked_at_once(tmp_path):
    home = Home(tmp_path, WATCHED)
    await home.start()
    await pair(home, "plug")
    await home.stop()
    again = Home(tmp_path, WATCHED, house=home.house, ahead=3600.0)
    try:
        await again.start()
        assert again.sent.of("plug/availability") == [OFFLINE]
        await until(lambda: again.sent.of("plug/availability") == [OFFLINE, ONLINE])
    finally:
        await again.stop()


async def test_who_was_heard_lately_is_online_at_the_start_and_not_asked(tmp_path):
    home = Home(tmp_path, WATCHED)
    await home.start()
    await pair(home, "plug")
    await home.stop()
    again = Home(tmp_path, WATCHED, house=home.house, ahead=300.0)
    try:
        await again.start()
        assert again.sent.of("plug/availability") == [ONLINE]
        assert not again.bridge.availability._background._tasks
        again.leap(TIMEOUT - 300.0)
        await until(lambda: pings(again))
        assert again.sent.of("plug/availability") == [ONLINE]
    finally:
        await again.stop()


async def test_nothing_is_begun_after_the_stop(make_watched):
    home = await make_watched()
    home.bridge.stop()
    home.sent.messages.clear()
    messages = home.device.messages
    home.plug.announce()
    home.house.press("plug")
    await until(lambda: home.device.messages >= messages + 2)
    assert home.sent.of("plug/availability") == []
    assert not home.bridge.availability._watches
    assert not home.bridge._returns._waiting


@pytest.mark.parametrize("options", [{"availability": False}, {"disabled": True}])
async def test_who_is_watched_no_more_is_not_asked(make_watched, options):
    home = await make_watched()
    await pair(home, "spare")
    await request(home, "device/options", {"id": "plug", "options": options})
    await due(home, "spare")
    await judged(home)
    await due(home, "spare")
    await judged(home)
    assert not pings(home)
    assert home.sent.of("plug/availability") == [ONLINE]

    before = len(pings(home))
    await request(home, "device/options", {"id": "plug", "options": dict.fromkeys(options)})
    await until(lambda: len(pings(home)) > before)
    await until(lambda: home.sent.of("plug/availability") == [ONLINE, OFFLINE, ONLINE])


async def test_a_new_timeout_counts_at_once(make_watched):
    home = await make_watched()
    await pair(home, "spare")
    await request(home, "device/options", {"id": "plug", "options": {"availability": {"timeout": 60}}})
    await due(home, "spare")
    await judged(home)
    await due(home, "spare")
    await judged(home)
    assert not pings(home)
    await request(home, "device/options", {"id": "plug", "options": {"availability": {"timeout": 5}}})
    await until(lambda: len(pings(home)) == 1)
    await judged(home)
    assert home.sent.of("plug/availability") == [ONLINE]


async def test_a_question_that_was_asked_under_other_settings_changes_nothing(make_watched):
    home = await make_watched()
    deaf(home.plug)
    await due(home)
    await request(home, "device/options", {"id": "plug", "options": {"availability": {"timeout": 5}}})
    await home.leaping(lambda: not home.bridge.availability._background._tasks)
    assert len(pings(home)) == 1 + 2
    assert home.sent.of("plug/availability") == [ONLINE, OFFLINE]


async def test_other_options_leave_the_watch_alone(make_watched):
    home = await make_watched()
    watch = home.bridge.availability._watches[PLUG]
    timer = watch.timer
    await request(home, "device/options", {"id": "plug", "options": {"qos": 1}})
    assert home.bridge.availability._watches[PLUG] is watch
    assert watch.timer is timer
    assert not timer.cancelled()


async def test_availability_of_one_device_can_be_off(make_watched):
    home = await make_watched(devices={PLUG: {"friendly_name": "plug", "availability": False}})
    assert home.sent.of("plug/availability") == []


async def test_availability_of_one_device_can_be_on(make_watched):
    home = await make_watched(
        availability={"enabled": False}, devices={PLUG: {"friendly_name": "plug", "availability": {"timeout": 1}}}
    )
    assert home.sent.of("plug/availability") == [ONLINE]
    home.leap(100.0)
    await until(lambda: pings(home))


# --- topics ---


async def test_the_order_of_messages(make_watched):
    home = await make_watched()
    topics = [topic for topic, payload, *_ in home.sent.messages if topic != "bridge/devices" or len(payload) > 1]
    assert topics.index("plug/availability") < topics.index("bridge/devices")
    home.sent.messages.clear()
    await request(home, "device/rename", {"from": "plug", "to": "kitchen"})
    moved = [message for message in home.sent.messages if message[0].endswith("/availability")]
    assert moved == [("plug/availability", None, 1, True), ("kitchen/availability", ONLINE, 1, True)]


# --- returns ---


async def test_the_state_is_read_after_announces_whether_watched_or_not(make_watched):
    home = await make_watched(availability={"enabled": False})
    home.plug.attributes[RELAY].value = 1
    await announce(home)
    home.leap(1)
    await announce(home)
    home.leap(1)
    await request(home, "device/options", {"id": "plug", "options": {"qos": 1}})
    assert reads(home) == [], "it is not quiet for long enough yet"
    home.leap(0.5)
    await until(lambda: [state["state"] for state in home.sent.of("plug")] == ["ON"])
    assert reads(home) == [ON_OFF]


async def test_the_state_is_read_after_a_device_joined_again(make_watched):
    home = await make_watched()
    home.house.leave("plug")
    await until(lambda: home.device is None)
    home.house.join("plug")
    await until(lambda: home.device and len(announced(home, PLUG)) > 1)
    await until(lambda: home.device.interview_state is InterviewState.SUCCESSFUL)
    home.air.clear()
    home.leap(2.0)
    await until(lambda: reads(home) == [ON_OFF])


async def test_a_disabled_device_is_not_read(make_watched):
    home = await make_watched(devices={PLUG: {"friendly_name": "plug", "disabled": True}})
    await announce(home)
    assert not home.bridge._returns._waiting


def readable(name, cluster, attribute):
    """A property that can be read, and is not known by the plug."""
    request = Read(endpoint=1, cluster=cluster, attributes=(attribute,))
    return Feature(
        exposes=(Numeric(name, PUBLISHED | GET),),
        readers=(Reader((name,), lambda call: Reading((request,))),),
    )


class LightSource:
    """Takes the plug for a light."""

    def find(self, device, host):
        light = Definition(
            models=["lumi.plug"],
            vendor="None",
            model="LIGHT",
            description="A light",
            features=[
                on_off(),
                readable("brightness", "genLevelCtrl", "currentLevel"),
                readable("color_temp", "lightingColorCtrl", "colorTemperature"),
            ],
        )
        return compile_definition(light, device, host)


@pytest.mark.parametrize(("on", "read"), [(0, [0x0006]), (1, [0x0006, 0x0008, 0x0300])])
async def test_brightness_and_color_are_read_while_the_light_is_on(tmp_path, on, read):
    home = Home(tmp_path, {"devices": DEVICES}, source=LightSource())
    await home.start()
    try:
        await pair(home, "plug")
        home.air.clear()
        home.plug.attributes[RELAY].value = on
        await announce(home)
        home.leap(2.0)
        await until(lambda: requests(home) and not home.bridge._returns._background._tasks)
        assert [frame.cluster for frame in requests(home) if frame.destination_endpoint] == read
    finally:
        await home.stop()


class GangSource:
    """Takes the plug for two switches."""

    def find(self, device, host):
        gangs = Definition(
            models=["lumi.plug"],
            vendor="None",
            model="GANGS",
            description="Two switches",
            features=[on_off().at("l1"), on_off().at("l2")],
            endpoint_names={"l1": 1, "l2": 2},
        )
        return compile_definition(gangs, device, host)


async def test_each_endpoint_that_has_a_state_is_read(tmp_path):
    home = Home(tmp_path, {"devices": DEVICES}, source=GangSource())
    await home.start()
    try:
        await pair(home, "plug")
        home.air.clear()
        await announce(home)
        home.leap(2.0)
        await until(lambda: requests(home) and not home.bridge._returns._background._tasks)
        asked = [(frame.destination_endpoint, frame.cluster) for frame in requests(home) if frame.destination_endpoint]
        assert asked == [(1, 6), (2, 6)]
    finally:
        await home.stop()
