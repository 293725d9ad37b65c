"""Door locks: cluster closuresDoorLock (ZCL 7.3)."""

from __future__ import annotations

from typing import Any

from zigwire.devices.blocks.reporting import HOUR, reported
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Enum, Lock
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.zcl.requests import Command, Read, Reporting

__all__ = ["lock"]

CLUSTER = "closuresDoorLock"
STATES = ("not_fully_locked", "locked", "unlocked")
LOCKED = 1
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


def lock() -> Feature:
    """Return a lock; codes of users have no block yet."""
    feature = Feature(
        exposes=(Lock((STATE, Enum("lock_state", PUBLISHED, STATES, description="Actual state of the lock"))),),
        decoders=(
            Decoder(
                cluster=CLUSTER, attributes=("lockState", "autoRelockTime", "soundVolume", "doorState"), decode=_decode
            ),
        ),
        encoders=(Encoder(("state",), _encode),),
        readers=(Reader(("state",), _read),),
        unlisted=("auto_relock_time", "sound_volume", "door_state"),
    )
    return reported(feature, CLUSTER, Reporting("lockState", 0, HOUR, 0))


def _decode(received: Received) -> dict[str, Any]:
    values, state = received.values, dict[str, Any]()
    if isinstance(locked := values.get("lockState"), int):
        state["state"] = "LOCK" if locked == LOCKED else "UNLOCK"
        if 0 <= locked < len(STATES):
            state["lock_state"] = STATES[locked]
    if "autoRelockTime" in values:
        state["auto_relock_time"] = values["autoRelockTime"]
    volume, door = values.get("soundVolume"), values.get("doorState")
    if isinstance(volume, int) and 0 <= volume < len(VOLUMES):
        state["sound_volume"] = VOLUMES[volume]
    if door in DOORS:
        state["door_state"] = DOORS[door]
    return state


def _encode(call: Call) -> Encoded:
    """Lock or unlock; what came of it the lock reports."""
    word = call.value.upper() if isinstance(call.value, str) else call.value
    STATE.check(word)
    arguments = {"pincodevalue": b""}
    return Encoded((Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=COMMANDS[word], args=arguments),))


def _read(call: Call) -> Reading:
    return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=("lockState",)),))
