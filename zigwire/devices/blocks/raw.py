"""What every device can be told in the terms of the ZCL: read, write, command, identify, reset."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.devices.action import Action, send
from zigwire.devices.behaviour import Host, Outcome
from zigwire.devices.errors import BadValueError
from zigwire.devices.feature import Call
from zigwire.devices.fields import Fields
from zigwire.devices.options import IDENTIFY_TIMEOUT
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command, Read, Typed, Write

__all__ = ["ACTIONS"]

LOG = logging.getLogger(__name__)

HIGHEST_ID, HIGHEST_TYPE, HIGHEST_COMMAND = 0xFFFF, 0xFF, 0xFF
LONGEST_TIMEOUT = 600_000
LONGEST_IDENTIFY = 0xFFFF
USUAL_IDENTIFY = 3
OPTIONS = ("manufacturerCode", "disableDefaultResponse", "timeout", "writeUndiv")
CLUSTER_COMMAND = 1


@dataclass(frozen=True, slots=True)
class Options:
    """How a request is to be sent.

    Attributes:
        manufacturer: Manufacturer code, None for the table's own.
        disable_default_response: The frame control bit, None for the usual one.
        timeout: Seconds to wait for the answer, None for the usual time.
        undivided: Write all attributes or none.
    """

    manufacturer: int | None
    disable_default_response: bool | None
    timeout: float | None
    undivided: bool


async def read(call: Call, host: Host) -> Outcome:
    """Read attributes; the values go to the log and, with `state_property`, into the state."""
    given = Fields(call.key, call.value, ("cluster", "attributes", "options", "state_property"))
    options = _options(call, given)
    request = Read(
        endpoint=call.place.endpoint,
        cluster=_numbered(given.name_or_number("cluster", HIGHEST_ID)),
        attributes=_attributes(given),
        manufacturer=options.manufacturer,
        disable_default_response=options.disable_default_response is not False,
    )
    target = given.text("state_property", "")
    answer = await send(host, call.place.device, call.context, request, timeout=options.timeout)
    if answer is None:
        return Outcome()
    values = _values(answer)
    LOG.info("Read result of '%s': %s", answer.cluster, json.dumps(values))
    return Outcome({target: values}) if target else Outcome()


async def write(call: Call, host: Host) -> Outcome:
    """Write attributes."""
    given = Fields(call.key, call.value, ("cluster", "payload", "options"))
    options = _options(call, given)
    request = Write(
        endpoint=call.place.endpoint,
        cluster=_numbered(given.name_or_number("cluster", HIGHEST_ID)),
        attributes=_written(call, given),
        manufacturer=options.manufacturer,
        disable_default_response=options.disable_default_response is not False,
        variant="undivided" if options.undivided else "plain",
    )
    await send(host, call.place.device, call.context, request, timeout=options.timeout)
    return Outcome()


async def command(call: Call, host: Host) -> Outcome:
    """Send a command of a cluster."""
    return await _command(call, host, Fields(call.key, call.value, ("cluster", "command", "payload", "options")))


async def zcl_command(call: Call, host: Host) -> Outcome:
    """Send a command of a cluster; what the field's own notation says of logging has no meaning here."""
    known = ("cluster", "command", "payload", "options", "log_payload", "check_status", "frametype", "logging")
    given = Fields(call.key, call.value, known)
    if given.given("frametype") not in (None, CLUSTER_COMMAND):
        raise given.refuse("frametype", f"{CLUSTER_COMMAND}, a cluster's own command; for general ones read and write")
    return await _command(call, host, given)


async def identify(call: Call, host: Host) -> Outcome:
    """Let a device show itself, for the seconds that the value or else the option says."""
    seconds = call.value
    if seconds in ("", "identify", None):
        seconds = call.context.options.get(IDENTIFY_TIMEOUT.name) or USUAL_IDENTIFY
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_IDENTIFY:
        raise BadValueError(call.key, seconds, f'"identify" or seconds from 0 to {LONGEST_IDENTIFY}')
    request = Command(
        endpoint=call.place.endpoint, cluster="genIdentify", command="identify", args={"identifytime": seconds}
    )
    await send(host, call.place.device, call.context, request)
    return Outcome()


async def reset(call: Call, host: Host) -> Outcome:
    """Set the attributes of all clusters back to those of the factory (ZCL 3.2.2.3.1); the device stays joined."""
    if call.value is False or call.value is None:
        raise BadValueError(call.key, call.value, '""')
    request = Command(endpoint=call.place.endpoint, cluster="genBasic", command="resetFactDefault")
    await send(host, call.place.device, call.context, request)
    return Outcome()


ACTIONS: Mapping[str, Action] = {
    "read": read,
    "write": write,
    "command": command,
    "zclcommand": zcl_command,
    "identify": identify,
    "reset": reset,
}
"""By key."""


async def _command(call: Call, host: Host, given: Fields) -> Outcome:
    options = _options(call, given)
    cluster = _numbered(given.name_or_number("cluster", HIGHEST_ID))
    name = _numbered(given.name_or_number("command", HIGHEST_COMMAND))
    silent = options.disable_default_response
    request = Command(
        endpoint=call.place.endpoint,
        cluster=cluster,
        command=name,
        args=given.mapping("payload"),
        manufacturer=options.manufacturer,
        disable_default_response=_has_response(cluster, name, options) if silent is None else silent,
    )
    await send(host, call.place.device, call.context, request, timeout=options.timeout)
    return Outcome()


def _has_response(cluster: str | int, name: str | int, options: Options) -> bool:
    found = CLUSTERS.resolve(cluster, options.manufacturer).command(name)
    return found is not None and found.response is not None


def _options(call: Call, given: Fields) -> Options:
    options = Fields(f"{call.key}.options", given.given("options") or {}, OPTIONS)
    silent = None if options.given("disableDefaultResponse") is None else options.flag("disableDefaultResponse", False)
    manufacturer = options.given("manufacturerCode")
    milliseconds = options.given("timeout")
    return Options(
        manufacturer=None if manufacturer is None else options.whole("manufacturerCode", 0, HIGHEST_ID),
        disable_default_response=silent,
        timeout=None if milliseconds is None else options.number("timeout", 1, LONGEST_TIMEOUT) / 1000,
        undivided=options.flag("writeUndiv", False),
    )


def _attributes(given: Fields) -> tuple[str | int, ...]:
    wanted = given.given("attributes")
    if not isinstance(wanted, list) or not wanted or not all(_is_attribute(one) for one in wanted):
        raise given.refuse("attributes", f"a list of names and numbers from 0 to {HIGHEST_ID}")
    return tuple(_numbered(one) for one in wanted)


def _is_attribute(key: Any) -> bool:
    if isinstance(key, str):
        return bool(key)
    return isinstance(key, int) and not isinstance(key, bool) and 0 <= key <= HIGHEST_ID


def _written(call: Call, given: Fields) -> dict[str | int, Any]:
    payload = given.mapping("payload")
    if not payload:
        raise given.refuse("payload", 'values by attribute, such as {"startUpOnOff": 1}')
    return {_numbered(key): _typed(call, key, value) for key, value in payload.items()}


def _typed(call: Call, key: str, value: Any) -> Any:
    """Return a value, one that says its type (`{"value": 1, "type": 32}`) as such."""
    if not isinstance(value, Mapping) or value.keys() != {"value", "type"}:
        return value
    typed = Fields(f"{call.key}.payload.{key}", value, ("value", "type"))
    return Typed(typed.whole("type", 0, HIGHEST_TYPE), typed.given("value"))


def _numbered(key: str | int) -> str | int:
    """Return a name, or the number that a text of digits means (`16`, `0x4003`)."""
    if isinstance(key, str) and key[:1].isdecimal():
        try:
            return int(key, 0)
        except ValueError:
            return key
    return key


def _values(answer: Message) -> dict[str, Any]:
    return {str(one.key): _plain(one.value) for one in answer.attributes if not one.status}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, bytes) else value
