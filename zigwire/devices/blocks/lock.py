"""Door locks: cluster closuresDoorLock (ZCL 7.3)."""

from __future__ import annotations

from typing import Any

from zigwire.devices.blocks.choice import ALL, choice
from zigwire.devices.blocks.lock_events import lock_events
from zigwire.devices.blocks.lock_users import lock_users
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.reporting import HOUR, read_first, reported, server
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Enum, Lock
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.zcl.requests import Command, Read, Reporting

__all__ = ["CAPACITY", "CLUSTER", "bolt", "lock", "settings"]

CLUSTER = "closuresDoorLock"
STATES = ("not_fully_locked", "locked", "unlocked")
LOCKED = 1
CAPACITY = "numOfPinUsersSupported"
USERS = 50
"""What a lock is taken to have that does not say how many."""

DOORS = {
    0: "open",
    1: "closed",
    2: "error_jammed",
    3: "error_forced_open",
    4: "error_unspecified",
    255: "undefined",
}
VOLUMES = ("silent_mode", "low_volume", "high_volume")
COMMANDS = {"LOCK": "lockDoor", "UNLOCK": "unlockDoor"}
STATE = Binary("state", PUBLISHED | SET | GET, on="LOCK", off="UNLOCK")


def lock(users: int = USERS) -> tuple[Feature, ...]:
    """Return a lock whole: its bolt, its users, what they do, and its settings.

    Args:
        users: How many users it can have.
    """
    return bolt(), lock_users(users), lock_events(), *settings()


def settings() -> tuple[Feature, Feature]:
    """Return after which time a lock locks by itself, and how loud it is."""
    relock = numeric(
        "auto_relock_time",
        CLUSTER,
        "autoRelockTime",
        unit="s",
        description="Seconds after which it locks again by itself, 0 for never",
        access=ALL,
        minimum=0,
        maximum=3600,
    )
    volume = choice(
        "sound_volume",
        {word: number for number, word in enumerate(VOLUMES)},
        CLUSTER,
        "soundVolume",
        description="Sound volume of the lock",
    )
    return relock, volume


def bolt() -> Feature:
    """Return what locks and unlocks, and what the door does."""
    feature = Feature(
        exposes=(Lock((STATE, Enum("lock_state", PUBLISHED, STATES, description="Actual state of the lock"))),),
        decoders=(Decoder(cluster=CLUSTER, attributes=("lockState", "doorState"), decode=_decode),),
        encoders=(Encoder(("state",), _encode),),
        readers=(Reader(("state",), _read),),
        unlisted=("door_state",),
        facts={CLUSTER: (CAPACITY,)},
    )
    feature = read_first(feature, CLUSTER, CAPACITY)
    return reported(feature, CLUSTER, Reporting("lockState", 0, HOUR, 0))


def _decode(received: Received) -> dict[str, Any]:
    values, state = received.values, dict[str, Any]()
    if isinstance(locked := values.get("lockState"), int):
        state["state"] = "LOCK" if locked == LOCKED else "UNLOCK"
        if 0 <= locked < len(STATES):
            state["lock_state"] = STATES[locked]
    if (door := values.get("doorState")) in DOORS:
        state["door_state"] = DOORS[door]
    return state


def _encode(call: Call) -> Encoded:
    """Lock or unlock; what came of it the lock reports."""
    word = call.value.upper() if isinstance(call.value, str) else call.value
    STATE.check(word)
    arguments = {"pincodevalue": b""}
    place = server(call.place, CLUSTER)
    return Encoded((Command(endpoint=place, cluster=CLUSTER, command=COMMANDS[word], args=arguments),))


def _read(call: Call) -> Reading:
    return Reading((Read(endpoint=server(call.place, CLUSTER), cluster=CLUSTER, attributes=("lockState",)),))
