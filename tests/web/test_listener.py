"""A listener: order, back-pressure, and its end."""

import asyncio
import json

import pytest
from support.waiting import until

from zigwire.web import listener
from zigwire.web.frames import Frame, Kind
from zigwire.web.listener import Listener


class Pipe:
    """A transport and its writer, which may be full."""

    def __init__(self):
        self.written = b""
        self.ended = False
        self.free = asyncio.Event()
        self.free.set()

    def write(self, data):
        self.written += data

    def is_closing(self):
        return self.ended

    def abort(self):
        self.ended = True

    def get_write_buffer_size(self):
        return 0 if self.free.is_set() else 1

    async def drain(self):
        await self.free.wait()

    def read(self):
        """Take apart what was written: small plain frames."""
        data, self.written, messages = self.written, b"", []
        while data:
            start, length = (2, data[1]) if data[1] < 126 else (4, int.from_bytes(data[2:4]))
            messages.append(json.loads(data[start : start + length]))
            data = data[start + length :]
        return [(message["topic"], message["payload"]) for message in messages]


@pytest.fixture
async def pipe():
    return Pipe()


@pytest.fixture
async def ear(pipe):
    ear = Listener(pipe, pipe, packed=False)
    sending = asyncio.create_task(ear.send())
    yield ear
    sending.cancel()


def state(**values):
    return Frame("lamp", json.dumps(values).encode(), Kind.STATE)


def whole(number):
    return Frame("bridge/devices", json.dumps(number).encode(), Kind.WHOLE)


def event(number):
    return Frame("bridge/event", json.dumps(number).encode(), Kind.EVENT)


async def test_order(pipe, ear):
    for frame in (whole(1), state(a=1), event(1), event(2)):
        ear.tell(frame)
    await until(lambda: pipe.written)
    assert pipe.read() == [("bridge/devices", 1), ("lamp", {"a": 1}), ("bridge/event", 1), ("bridge/event", 2)]


async def test_who_is_slow_gets_the_latest_of_each_topic_and_all_events(pipe, ear):
    pipe.free.clear()
    ear.tell(event(0))
    await until(lambda: pipe.written)
    for number in range(100):
        ear.tell(whole(number))
        ear.tell(state(**{f"key{number % 3}": number}))
        ear.tell(event(number))
    await asyncio.sleep(0)
    assert pipe.read() == [("bridge/event", 0)]
    pipe.free.set()
    await until(lambda: pipe.written)
    messages = pipe.read()
    assert [payload for topic, payload in messages if topic == "bridge/devices"] == [99]
    assert [payload for topic, payload in messages if topic == "lamp"] == [{"key0": 99, "key1": 97, "key2": 98}]
    assert [payload for topic, payload in messages if topic == "bridge/event"] == list(range(100))


async def test_who_lets_events_pile_up_is_cut_off(pipe, ear, monkeypatch):
    monkeypatch.setattr(listener, "MOST_WAITING", 50)
    pipe.free.clear()
    ear.tell(event(0))
    await until(lambda: pipe.written)
    for number in range(50):
        ear.tell(event(number))
    assert not pipe.ended
    ear.tell(event(50))
    assert pipe.ended


async def test_who_does_not_read_is_cut_off(pipe, ear, monkeypatch):
    monkeypatch.setattr(listener, "PATIENCE", 0.01)
    pipe.free.clear()
    ear.tell(event(0))
    await until(lambda: pipe.ended)


async def test_what_waits_leaves_before_the_goodbye(pipe):
    ear = Listener(pipe, pipe, packed=False)
    ear.tell(whole(1))
    ear.finish()
    assert pipe.read() == [("bridge/devices", 1)]


async def test_a_goodbye_waits_for_nobody(pipe):
    ear = Listener(pipe, pipe, packed=False)
    pipe.free.clear()
    ear.tell(whole(1))
    ear.finish()
    assert not pipe.written


async def test_large_frames_leave_in_turn(pipe, ear, monkeypatch):
    monkeypatch.setattr(listener, "CHUNK", 10)
    pipe.free.clear()
    ear.tell(event(1))
    ear.tell(event(2))
    await until(lambda: pipe.written)
    assert pipe.read() == [("bridge/event", 1)]
    pipe.free.set()
    await until(lambda: pipe.written)
    assert pipe.read() == [("bridge/event", 2)]
