from __future__ import annotations

import math

import pytest

from zigwire.devices import Context
from zigwire.devices.errors import BadValueError
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.message import Attribute


def frames(encoded):
    return [(request.endpoint, encode(request, 1).hex()) for request in encoded.requests]


@pytest.mark.parametrize(
    ("value", "frame", "state"),
    [
        ("ON", "010101", {"state": "ON"}),
        ("OFF", "010100", {"state": "OFF"}),
        ("TOGGLE", "010102", {}),
        ("off", "010100", {"state": "OFF"}),
        ("On", "010101", {"state": "ON"}),
        ("tOGGLE", "010102", {}),
    ],
)
def test_states_in_any_case(behaviour, value, frame, state):
    encoded = behaviour.encode("state", value, Context())
    assert frames(encoded) == [(1, frame)]
    assert encoded.state == state


@pytest.mark.parametrize(
    ("cached", "state"), [("ON", {"state": "OFF"}), ("OFF", {"state": "ON"}), (None, {}), ("odd", {}), ([], {})]
)
def test_toggling_turns_the_known_state_round(behaviour, cached, state):
    assert behaviour.encode("state", "TOGGLE", Context(state={"state": cached})).state == state


@pytest.mark.parametrize(
    ("message", "frame"),
    [
        ({"state": "ON", "on_time": 300, "off_wait_time": 10}, "01014200b80b6400"),
        ({"state": "on", "on_time": 0.25}, "0101420003000000"),
        ({"state": "ON", "off_wait_time": 1}, "0101420000000a00"),
        ({"state": "ON", "on_time": 6553.5}, "01014200ffff0000"),
        ({"state": "ON", "on_time": None}, "010101"),
        ({"state": "OFF", "on_time": 300}, "010100"),
    ],
)
def test_on_for_a_time(behaviour, message, frame):
    for key in message:
        encoded = behaviour.encode(key, message[key], Context(message=message))
        assert frames(encoded) == [(1, frame)]
    assert len({behaviour.claim(key) for key in message}) == 1


def test_no_state_follows_on_for_a_time(behaviour):
    message = {"state": "ON", "on_time": 300}
    assert behaviour.encode("state", "ON", Context(message=message)).state == {}


@pytest.mark.parametrize("value", ["MAYBE", "", None, True, 1, ["ON"], {"state": "ON"}, "x" * 300_000])
def test_other_states_are_refused(behaviour, value):
    with pytest.raises(BadValueError, match=r'^state can\'t be .*; allowed: "ON", "OFF" or "TOGGLE"$') as error:
        behaviour.encode("state", value, Context())
    assert len(str(error.value)) < 120


@pytest.mark.parametrize("value", [-1, 6553.6, math.nan, math.inf, "5", True, [5]])
@pytest.mark.parametrize("key", ["on_time", "off_wait_time"])
def test_other_times_are_refused(behaviour, key, value):
    with pytest.raises(BadValueError, match=f"^{key} can't be .*; allowed: a number of seconds from 0 to 6553.5$"):
        behaviour.encode("state", "ON", Context(message={"state": "ON", key: value}))


def test_a_time_without_state_is_refused(behaviour):
    with pytest.raises(BadValueError, match=r"^on_time can't be 5; allowed: a number of seconds beside"):
        behaviour.encode("on_time", 5, Context(message={"on_time": 5}))


@pytest.mark.parametrize("value", [2, 255, math.nan, "1", b"\x01", None, [1]])
def test_a_value_that_is_no_state_says_nothing(behaviour, value):
    message = parse(6, bytes.fromhex("182a0a00001001"))
    message.attributes = (Attribute(0, "onOff", value, 0x10),)
    assert behaviour.decode(1, message, Context()) == {}


def test_actions_are_published_when_the_option_is_true(behaviour):
    message = parse(6, bytes.fromhex("182a0a00001001"))
    assert behaviour.decode(1, message, Context(options={"state_action": True})) == {"state": "ON", "action": "on"}
    assert behaviour.decode(1, message, Context(options={"state_action": "true"})) == {"state": "ON"}
