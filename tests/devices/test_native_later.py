"""What native definitions do by themselves, later."""

from __future__ import annotations

import logging

import pytest

from tests.support.virtual_time import NOON, VirtualTime
from zigwire.devices import Context, Definition, compile_definition
from zigwire.devices.convert import Bench
from zigwire.devices.exposes import PUBLISHED, Binary
from zigwire.devices.feature import Decoder, Encoded, Encoder, Feature, Later
from zigwire.zcl.codec import parse
from zigwire.zcl.requests import Read
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, Endpoint

REPORT = "182a0a00001001"
READ = Read(endpoint=1, cluster="genOnOff", attributes=("onOff",))


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def serve(time, bench):
    def make(*features, names=None):
        endpoints = {number: Endpoint(number, input_clusters=[6]) for number in (1, 2)}
        device = Device(ieee="0x00158d0001a00001", network_address=1, endpoints=endpoints)
        definition = Definition(vendor="A", model="1", description="", features=features, endpoint_names=names or {})
        return compile_definition(definition, device, bench, time.timing)

    return make


def told(later):
    decoder = Decoder(cluster="genOnOff", attributes=("onOff",), decode=lambda _: {"moved": True}, later=later)
    return Feature(exposes=(Binary("moved", PUBLISHED),), decoders=(decoder,))


def hear(behaviour, endpoint=1):
    return behaviour.decode(endpoint, parse(6, bytes.fromhex(REPORT)), Context())


def published(bench):
    return [one["payload"] for one in bench.published]


def over(_):
    return (Later(key="moved", after=60, state={"moved": False}),)


async def test_a_state_follows_a_message(serve, time, bench):
    behaviour = serve(told(over))
    assert hear(behaviour) == {"moved": True}
    await time.go(40)
    hear(behaviour)
    await time.go(59)
    assert published(bench) == []
    await time.go(1)
    assert published(bench) == [{"moved": False}]


async def test_endpoints_have_keys_and_names_of_their_own(serve, time, bench):
    behaviour = serve(told(over).at("left", "right"), names={"left": 1, "right": 2})
    hear(behaviour, 1)
    await time.go(10)
    hear(behaviour, 2)
    await time.go(60)
    assert published(bench) == [{"moved_left": False}, {"moved_right": False}]


async def test_what_waits_can_be_called_off(serve, time, bench):
    waits = iter([over(None), (Later(key="moved", after=None),)])
    behaviour = serve(told(lambda _: next(waits)))
    hear(behaviour)
    hear(behaviour)
    await time.go(100)
    assert published(bench) == []


async def test_nothing_happens_once_it_serves_no_more(serve, time, bench):
    behaviour = serve(told(over))
    hear(behaviour)
    behaviour.stop()
    await time.go(100)
    assert published(bench) == []


async def test_a_command_may_have_something_follow(serve, time, bench):
    later = Later(key="countdown", after=5, state={"state": "OFF"})
    behaviour = serve(Feature(encoders=(Encoder(("state",), lambda _: Encoded((), {"state": "ON"}, later=(later,))),)))
    await behaviour.set("state", "ON", Context(message={"state": "ON"}))
    await time.go(5)
    assert published(bench) == [{"state": "OFF"}]


async def test_requests_know_the_local_time_of_their_sending(serve, time, bench):
    moments = []

    def requests(moment):
        moments.append(moment)
        return (READ,)

    behaviour = serve(told(lambda _: (Later(key="time", after=30, requests=requests),)))
    hear(behaviour)
    await time.go(30)
    assert [moment.timestamp() for moment in moments] == [NOON + 30]
    assert moments[0].utcoffset() is not None
    assert [one["frame_hex"] for one in bench.sent] == ["1001000000"]


async def test_a_device_that_does_not_answer_ends_nothing(serve, time, bench, monkeypatch, caplog):
    async def fail(*_, **__):
        raise RequestError("nobody is there")

    def again():
        return Later(key="poll", after=10, requests=lambda _: (READ,), then=again)

    monkeypatch.setattr(bench, "tell", fail)
    behaviour = serve(told(lambda _: (again(),)))
    hear(behaviour)
    with caplog.at_level(logging.DEBUG):
        await time.go(35)
    assert caplog.text.count("nobody is there") == 3
    behaviour.stop()


@pytest.mark.parametrize("occasion", ["start", "deviceAnnounce", "deviceOptionsChanged"])
async def test_it_begins_at_its_occasion_only(serve, time, bench, occasion):
    def begin(place, options):
        assert options == {}
        return (Later(key="hello", after=1, state={f"hello_{place.endpoint}": True}),)

    behaviour = serve(Feature(occasions={occasion: begin}))
    begun = {"start": behaviour.start} | {
        kind: lambda kind=kind: behaviour.event(kind, {})
        for kind in ("deviceAnnounce", "deviceOptionsChanged", "deviceJoined", "deviceInterview")
    }
    for kind, happen in begun.items():
        if kind != occasion:
            happen()
    await time.go(10)
    assert published(bench) == []
    begun[occasion]()
    await time.go(10)
    assert published(bench) == [{"hello_1": True}]
