"""The envelope of bridge requests: one answer to each, whatever becomes of it."""

import asyncio

import pytest
from support.home import Sent
from support.waiting import until

from zigwire.bridge.answers import Answers
from zigwire.bridge.requests import Manner, RequestFault, Requests, boolean, fields
from zigwire.mqtt.message import Properties

DEEP = b"[" * 300 + b"]" * 300
ASKED = Properties(response_topic="me/answers", correlation_data=b"7")


class Desk:
    """Requests with a handler for each way in which one can end."""

    def __init__(self):
        self.sent = Sent()
        self.ready = asyncio.Event()
        handlers = {"echo": self.echo, "wait": self.wait, "refuse": self.refuse, "break": self.fall}
        handlers |= {"echo/long": self.echo, "wait/long": self.wait}
        manners = {"echo/long": Manner(topic="echo"), "wait/long": Manner(parting="It goes on")}
        self.requests = Requests(self.sent, "zigbee2mqtt", Answers(self.sent, "zigbee2mqtt"), handlers, manners)

    async def echo(self, message):
        return {"echo": message}

    async def wait(self, message):
        await self.ready.wait()
        return {"echo": message}

    async def refuse(self, message):
        raise RequestFault("No", "because")

    async def fall(self, message):
        raise KeyError("x")

    def answers(self, name):
        return self.sent.of(f"bridge/response/{name}")

    async def ask(self, name, payload, asked=None):
        before = len(self.answers(name))
        self.requests.handle(name, payload, asked)
        await until(lambda: len(self.answers(name)) > before)
        (answer,) = self.answers(name)[before:]
        return answer


@pytest.fixture
async def desk():
    desk = Desk()
    yield desk
    desk.requests.stop()


@pytest.mark.parametrize(
    ("name", "payload", "answer"),
    [
        ("echo", b"", {"data": {"echo": ""}, "status": "ok"}),
        ("ECHO", b"bare", {"data": {"echo": "bare"}, "status": "ok"}),
        ("echo", b'{"transaction":1}', {"data": {"echo": {"transaction": 1}}, "status": "ok", "transaction": 1}),
        ("refuse", b"", {"data": {}, "status": "error", "error": "No"}),
        ("break", b"", {"data": {}, "status": "error", "error": "Fault in Zigwire: KeyError('x')"}),
        ("nope", b"", {"data": {}, "status": "error", "error": "Unknown request 'nope'"}),
    ],
)
async def test_each_is_answered(desk, name, payload, answer):
    assert await desk.ask(name, payload) == answer


@pytest.mark.parametrize("payload", [DEEP, b'{"transaction":' + DEEP + b"}", b'{"a":' * 240 + b"1" + b"}" * 240])
async def test_what_is_nested_deeply_is_answered_too(desk, payload):
    assert (await desk.ask("echo", payload))["status"] == "ok"


async def test_those_under_way_are_answered_once_when_the_bridge_stops(desk):
    desk.requests.handle("wait", b'{"transaction":1}', ASKED)
    await asyncio.sleep(0)
    desk.requests.handle("wait", b'{"transaction":2}')
    desk.requests.stop()
    desk.requests.stop()
    desk.ready.set()
    await asyncio.sleep(0)
    given_up = [{"data": {}, "status": "error", "error": "The bridge stops", "transaction": n} for n in (1, 2)]
    assert desk.answers("wait") == given_up
    assert desk.sent.correlated == [("me/answers", given_up[0], b"7")]


async def test_a_quick_one_waits_for_the_slow_one_before_it(desk):
    desk.requests.handle("wait", b"1")
    desk.requests.handle("echo", b"2")
    for _ in range(5):
        await asyncio.sleep(0)
    assert desk.sent.messages == []
    desk.ready.set()
    await until(lambda: len(desk.sent.messages) == 2)
    assert [topic for topic, *_ in desk.sent.messages] == ["bridge/response/wait", "bridge/response/echo"]


async def test_an_answer_under_another_name(desk):
    desk.requests.handle("Echo/Long", b"1")
    await until(lambda: desk.answers("echo") == [{"data": {"echo": 1}, "status": "ok"}])


async def test_what_is_said_when_the_bridge_stops(desk):
    for name in ("wait", "wait/long"):
        desk.requests.handle(name, b"")
    desk.requests.stop()
    assert desk.answers("wait") == [{"data": {}, "status": "error", "error": "The bridge stops"}]
    assert desk.answers("wait/long") == [{"data": {}, "status": "error", "error": "It goes on"}]


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        ("x", "'x' is no object with id, to"),
        (None, "null is no object with id, to"),
        ({"id": 1, "for": 2}, "to is missing; given is 'id, for'"),
        ({}, "id, to is missing; given is 'nothing'"),
    ],
)
def test_fields_that_are_missing_are_named(message, detail):
    with pytest.raises(RequestFault, match="Invalid payload") as fault:
        fields(message, "id", "to")
    assert fault.value.detail == detail


def test_a_payload_that_is_no_object_stands_for_one_field():
    assert fields("lamp", "id", bare="id") == {"id": "lamp"}
    assert fields(7, "id", bare="id") == {"id": 7}
    assert fields({"id": "lamp"}, "id", bare="id") == {"id": "lamp"}
    with pytest.raises(RequestFault):
        fields("", "id", bare="id")


@pytest.mark.parametrize(("value", "read"), [(True, True), (False, False), (None, False)])
def test_a_switch(value, read):
    assert boolean({"force": value}, "force") is read
    assert boolean({}, "force") is False


@pytest.mark.parametrize("value", ["true", 1, [], {}])
def test_what_is_neither_on_nor_off_is_refused(value):
    with pytest.raises(RequestFault) as fault:
        boolean({"force": value}, "force")
    assert "true and false are allowed" in fault.value.detail
