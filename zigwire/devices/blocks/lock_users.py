"""Users of door locks and their PIN codes: commands of cluster closuresDoorLock (ZCL 7.3.2.16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks.reporting import server
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Composite, Enum, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.fields import Fields
from zigwire.devices.options import EXPOSE_PIN
from zigwire.zcl.requests import Command

__all__ = ["lock_users"]

CLUSTER = "closuresDoorLock"
STATUSES = {0: "available", 1: "enabled", 3: "disabled"}
TYPES = {"unrestricted": 0, "year_day_schedule": 1, "week_day_schedule": 2, "master": 3, "non_access": 4}
ENABLED, DISABLED = 1, 3
ALL = PUBLISHED | SET | GET

PIN = Composite(
    "pin_code",
    ALL,
    (
        Numeric("user", SET, description="Number of the user"),
        Enum("user_type", SET, tuple(TYPES), description="When the user may open the lock, and whether program it"),
        Binary("user_enabled", SET, description="Whether the user's code works"),
        Numeric("pin_code", SET, label="PIN code", description="The code; null takes it away"),
    ),
)


def lock_users(count: int) -> Feature:
    """Return the users of a lock: `pin_code` and `user_status` set, clear and get them, `users` tells of them.

    Args:
        count: How many users the lock can have; they are numbered from 0.
    """

    def encode_pin(call: Call) -> Encoded:
        given = Fields(call.key, call.value, ("user", "user_type", "user_enabled", "pin_code"))
        user = given.whole("user", 0, count - 1)
        pin = given.given("pin_code")
        if pin is None:
            return Encoded((_command(call, "clearPinCode", {"userid": user}),))
        kind = given.text("user_type", "unrestricted")
        if kind not in TYPES:
            raise given.refuse("user_type", ", ".join(TYPES))
        args = {
            "userid": user,
            "userstatus": ENABLED if given.flag("user_enabled", True) else DISABLED,
            "usertype": TYPES[kind],
            "pincodevalue": _digits(given, pin),
        }
        return Encoded((_command(call, "setPinCode", args),))

    def encode_status(call: Call) -> Encoded:
        given = Fields(call.key, call.value, ("user", "status"))
        user, word = given.whole("user", 0, count - 1), given.text("status")
        status = next((number for number, known in STATUSES.items() if known == word), None)
        if status is None:
            raise given.refuse("status", ", ".join(STATUSES.values()))
        return Encoded((_command(call, "setUserStatus", {"userid": user, "userstatus": status}),))

    def reader(key: str, command: str) -> Reader:
        return Reader((key,), lambda call: _asked(call, command, count))

    return Feature(
        exposes=(PIN,),
        decoders=(
            Decoder(cluster=CLUSTER, commands=("commandGetPinCodeRsp", "commandGetUserStatusRsp"), decode=_decode),
        ),
        encoders=(Encoder(("pin_code",), encode_pin), Encoder(("user_status",), encode_status)),
        readers=(reader("pin_code", "getPinCode"), reader("user_status", "getUserStatus")),
        options=(EXPOSE_PIN,),
        unlisted=("users",),
    )


def _decode(received: Received) -> dict[str, Any]:
    """Return a user's status; the code only for those who choose the option."""
    given = received.message.args
    user, status, pin = given.get("userid"), given.get("userstatus"), given.get("pincodevalue")
    if user is None:
        return {}
    told: dict[str, Any] = {"status": _status(status)}
    if pin and received.context.options.get(EXPOSE_PIN.name) is True:
        told["pin_code"] = pin.decode("utf-8", "replace") if isinstance(pin, bytes) else pin
    return {"users": {str(user): told}}


def _status(number: Any) -> str:
    return STATUSES.get(number, f"not_supported_{number}")


def _asked(call: Call, command: str, count: int) -> Reading:
    """Ask for one user where the message names one, else for all."""
    value = call.context.message.get(call.key)
    if isinstance(value, Mapping) and value.get("user") is not None:
        users = [Fields(call.key, value, ("user",)).whole("user", 0, count - 1)]
    else:
        users = list(range(count))
    return Reading(tuple(_command(call, command, {"userid": user}) for user in users))


def _command(call: Call, command: str, args: Mapping[str, Any]) -> Command:
    return Command(endpoint=server(call.place, CLUSTER), cluster=CLUSTER, command=command, args=args)


def _digits(given: Fields, pin: Any) -> bytes:
    """Return a code as the lock gets it; it may be a text, for codes that begin with 0.

    Raises:
        BadValueError: It is none.
    """
    digits = str(pin) if isinstance(pin, int) and not isinstance(pin, bool) else pin
    if not isinstance(digits, str) or not digits.isascii() or not digits.isdigit():
        raise given.refuse("pin_code", "digits, or null to take the code away")
    return digits.encode()
