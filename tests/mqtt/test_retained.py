"""The memory of retained messages, without a broker."""

from __future__ import annotations

import time
from typing import Any

import pytest

from zigwire.mqtt import RetainedMemory
from zigwire.mqtt.message import Publication


def retained(topic: str, payload: str = "x", **properties: Any) -> Publication:
    return Publication(topic.encode(), payload.encode(), retain=True, properties=properties)


@pytest.fixture
def memory() -> RetainedMemory:
    memory = RetainedMemory("info", patience=0)
    for topic in ("info", "a", "b"):
        memory.remember(retained(topic))
    return memory


async def test_nothing_is_in_doubt_before_a_loss(memory):
    assert not memory.in_doubt
    assert not memory.shown("info")


async def test_all_is_missing_when_the_sentinel_does_not_come(memory):
    memory.doubt()
    assert [publication.topic for publication in await memory.missing()] == [b"info", b"a", b"b"]
    assert not memory.in_doubt


async def test_nothing_is_missing_when_it_comes(memory):
    memory.doubt()
    assert not memory.shown("a")
    assert memory.shown("info")
    assert await memory.missing() == []
    assert not memory.shown("info")


async def test_what_was_published_since_the_loss_is_not_missing(memory):
    memory.doubt()
    memory.remember(retained("a", "newer"))
    assert [publication.topic for publication in await memory.missing()] == [b"info", b"b"]


async def test_what_was_removed_is_forgotten(memory):
    memory.remember(retained("a", ""))
    memory.doubt()
    assert [publication.topic for publication in await memory.missing()] == [b"info", b"b"]


async def test_a_second_loss_needs_a_second_sign(memory):
    memory.doubt()
    memory.shown("info")
    memory.doubt()
    assert len(await memory.missing()) == 3


async def test_messages_grow_old(memory, monkeypatch):
    memory.remember(retained("a", message_expiry_interval=60))
    memory.remember(retained("b", message_expiry_interval=20))
    memory.doubt()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 30)
    missing = {publication.topic: publication.properties for publication in await memory.missing()}
    assert missing == {b"info": {}, b"a": {"message_expiry_interval": 30}}


async def test_no_sentinel_no_memory():
    memory = RetainedMemory()
    memory.remember(retained("a"))
    memory.doubt()
    assert not memory.in_doubt
