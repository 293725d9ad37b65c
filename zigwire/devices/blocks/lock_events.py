"""What door locks tell of those who use and program them: events of cluster closuresDoorLock (ZCL 7.3.2.17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.exposes import PUBLISHED, Action, Enum, Numeric
from zigwire.devices.feature import Decoder, Feature, Received

__all__ = ["lock_events"]

CLUSTER = "closuresDoorLock"
SOURCES = {0: "keypad", 1: "rf", 2: "manual", 3: "rfid", 4: "fingerprint"}
LISTED_SOURCES = ("keypad", "rfid", "manual", "rf")
OPERATIONS = (
    "unknown",
    "lock",
    "unlock",
    "lock_failure_invalid_pin_or_id",
    "lock_failure_invalid_schedule",
    "unlock_failure_invalid_pin_or_id",
    "unlock_failure_invalid_schedule",
    "one_touch_lock",
    "key_lock",
    "key_unlock",
    "auto_lock",
    "schedule_lock",
    "schedule_unlock",
    "manual_lock",
    "manual_unlock",
    "non_access_user_operational_event",
)
PROGRAMMINGS = (
    "unknown",
    "master_code_changed",
    "pin_code_added",
    "pin_code_deleted",
    "pin_code_changed",
    "rfid_code_added",
    "rfid_code_deleted",
)
EVENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "commandOperationEventNotification": ("operevent", OPERATIONS),
    "commandProgrammingEventNotification": ("programevent", PROGRAMMINGS),
}
"""How the parameters of an event begin, and what their codes mean."""


def lock_events() -> Feature:
    """Return who did what to a lock, and where."""
    return Feature(
        exposes=(
            Action(
                "action",
                PUBLISHED,
                OPERATIONS,
                description="Triggered action (e.g. a button click)",
                category="diagnostic",
            ),
            Enum("action_source_name", PUBLISHED, LISTED_SOURCES, description="Where the action on the lock was done"),
            Numeric("action_user", PUBLISHED, description="Number of the user who did the action on the lock"),
        ),
        decoders=(Decoder(cluster=CLUSTER, commands=tuple(EVENTS), decode=_decode),),
    )


def _decode(received: Received) -> dict[str, Any]:
    begin, actions = EVENTS[received.message.type]
    given = received.message.args
    code, source = given.get(f"{begin}code"), given.get(f"{begin}src")
    state: dict[str, Any] = {"action_user": given.get("userid"), "action_source": source}
    if isinstance(code, int) and code < len(actions):
        state["action"] = actions[code]
    if source in SOURCES:
        state["action_source_name"] = SOURCES[source]
    return state
