"""Door locks, as recorded."""

from __future__ import annotations

import pytest

from zigwire.devices.blocks import lock
from zigwire.devices.errors import BadValueError

CLUSTER = 0x101


@pytest.fixture
def door(bed):
    return bed(*lock.lock(30), clusters=(CLUSTER,))


@pytest.mark.parametrize(
    ("frame", "state"),
    [
        ("182a0a00003001", {"state": "LOCK", "lock_state": "locked"}),
        ("182a0a00003000", {"state": "UNLOCK", "lock_state": "not_fully_locked"}),
        ("182a0a00003003", {"state": "UNLOCK"}),
        ("182a0a03003000", {"door_state": "open"}),
        ("182a0a03003005", {}),
        ("182a0a24002001", {"sound_volume": "low_volume"}),
        ("182a0a23002308070000", {"auto_relock_time": 1800}),
        (
            "092a2001010100000000000000",
            {"action": "lock", "action_user": 1, "action_source": 1, "action_source_name": "rf"},
        ),
        ("092a2005010100000000000000", {"action": "lock", "action_user": 1, "action_source": 5}),
        (
            "192a210002010004010203040101010000000474657374",
            {"action": "pin_code_added", "action_user": 1, "action_source": 0, "action_source_name": "keypad"},
        ),
        ("092a06010001010431323334", {"users": {"1": {"status": "enabled"}}}),
        ("092a06010009010431323334", {"users": {"1": {"status": "not_supported_9"}}}),
        ("092a0a010003", {"users": {"1": {"status": "disabled"}}}),
    ],
)
def test_what_it_tells(door, frame, state):
    assert door.decode(CLUSTER, frame) == state


def test_a_code_is_told_to_those_only_who_ask_for_it(door):
    frame = "092a06010001010431323334"
    told = {"users": {"1": {"status": "enabled", "pin_code": "1234"}}}
    assert door.decode(CLUSTER, frame, options={"expose_pin": True}) == told
    assert "expose_pin" in [one["name"] for one in door.behaviour.option_dicts]


@pytest.mark.parametrize(
    ("message", "frame", "state"),
    [
        ({"state": "unlock"}, "11010100", {}),
        ({"pin_code": {"user": 20, "pin_code": 20}}, "11010514000100023230", {}),
        (
            {"pin_code": {"user": 1, "user_type": "week_day_schedule", "user_enabled": False, "pin_code": "0012"}},
            "110105010003020430303132",
            {},
        ),
        ({"pin_code": {"user": 20}}, "1101071400", {}),
        ({"pin_code": {"user": 20, "pin_code": None}}, "1101071400", {}),
        ({"user_status": {"user": 2, "status": "disabled"}}, "110109020003", {}),
        ({"auto_relock_time": 900}, "10010223002384030000", {"auto_relock_time": 900}),
        ({"sound_volume": "high_volume"}, "10010224002002", {"sound_volume": "high_volume"}),
    ],
)
async def test_what_it_is_told(door, message, frame, state):
    assert await door.set(message) == ([f"1:101:{frame}"], state)


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"state": "OPEN"}, "state"),
        ({"pin_code": 1234}, "pin_code"),
        ({"pin_code": {"pin_code": 20}}, "pin_code.user"),
        ({"pin_code": {"user": 30, "pin_code": 20}}, "pin_code.user"),
        ({"pin_code": {"user": 1, "pin_code": "12ab"}}, "pin_code.pin_code"),
        ({"pin_code": {"user": 1, "pin_code": -5}}, "pin_code.pin_code"),
        ({"pin_code": {"user": 1, "pin_code": 12, "user_type": "guest"}}, "pin_code.user_type"),
        ({"user_status": {"user": 1, "status": "gone"}}, "user_status.status"),
        ({"auto_relock_time": 4000}, "auto_relock_time"),
        ({"sound_volume": "loud"}, "sound_volume"),
    ],
)
async def test_nonsense_is_refused_by_its_name(door, message, named):
    with pytest.raises(BadValueError, match=f"^{named} ") as caught:
        await door.set(message)
    assert caught.value.key == named
    assert door.sent == []


async def test_all_users_are_asked_for_unless_one_is_named(door):
    assert await door.get("pin_code") == [f"1:101:110106{user:02x}00" for user in range(30)]
    assert await door.get("user_status") == [f"1:101:11010a{user:02x}00" for user in range(30)]
    assert await door.get("pin_code", {"user": 3}) == ["1:101:1101060300"]
    with pytest.raises(BadValueError):
        await door.get("pin_code", {"user": 99})
