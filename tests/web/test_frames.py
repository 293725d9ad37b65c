"""Frames: what any WebSocket client reads from them."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.payloads import dumps
from zigwire.web.frames import Frame, Kind

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def read(*parts):
    """Read frames as a client does that keeps its window from message to message (RFC 6455 section 5.2, RFC 7692)."""
    data, window, messages = b"".join(parts), zlib.decompressobj(-zlib.MAX_WBITS), []
    while data:
        start = {126: 4, 127: 10}.get(data[1], 2)
        length = data[1] if start == 2 else int.from_bytes(data[2:start])
        body, first, data = data[start : start + length], data[0], data[start + length :]
        assert len(body) == length
        assert first in (0x81, 0xC1)
        messages.append(json.loads(window.decompress(body + b"\x00\x00\xff\xff") if first == 0xC1 else body))
    return messages


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("length", [0, 100, 125, 126, 1000, 1024, 65_500, 65_536, 300_000])
def test_lengths(length, packed):
    frame = Frame("bridge/devices", dumps("x" * length), Kind.WHOLE)
    assert read(frame.to_wire(packed=packed)) == [{"topic": "bridge/devices", "payload": "x" * length}]


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), JSON), max_size=5))
def test_any_messages_in_a_row(messages):
    """Packed frames don't refer to each other, so that all of them can be read, whatever was read before."""
    frames = [Frame(topic, dumps(payload), Kind.EVENT) for topic, payload in messages]
    big = Frame("big", dumps("y" * 5000), Kind.EVENT)
    parts = [part.to_wire(packed=True) for frame in frames for part in (frame, big)]
    expected = [entry for topic, payload in messages for entry in ({"topic": topic, "payload": payload}, "y" * 5000)]
    heard = [entry if entry["topic"] != "big" else entry["payload"] for entry in read(*parts)]
    assert heard == [json.loads(dumps(entry)) for entry in expected]


def test_packed_lists_are_much_smaller():
    payload = dumps(
        [{"ieee_address": f"0x{number:016x}", "definition": {"exposes": ["state"] * 20}} for number in range(99)]
    )
    frame = Frame("bridge/devices", payload, Kind.WHOLE)
    assert len(frame.to_wire(packed=True)) * 10 < len(frame.to_wire(packed=False))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(Kind.WHOLE, {"b": 2}), (Kind.STATE, {"a": 1, "b": 2})],
)
def test_what_takes_the_place_of_two(kind, expected):
    earlier = Frame("lamp", b'{"a":1}', kind)
    assert json.loads(Frame("lamp", b'{"b":2}', kind).after(earlier).payload) == expected
