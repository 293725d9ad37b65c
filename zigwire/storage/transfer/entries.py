"""Devices and groups as entries of zigbee-herdsman's database.

What Zigwire has no place for is kept with the device or group and goes out again unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.storage.firmware import Schedule
from zigwire.storage.transfer.endpoints import read_endpoint, write_endpoint
from zigwire.storage.transfer.shapes import BadEntry, is_number, object_of, objects, shown
from zigwire.zigbee.address import is_ieee
from zigwire.zigbee.coordinator import GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE
from zigwire.zigbee.model import Device, DeviceType, Endpoint, Group, InterviewState, Member

__all__ = ["DEVICES", "read_device", "read_group", "read_schedule", "write_device", "write_group"]

DEVICES = frozenset({kind.value for kind in DeviceType} - {DeviceType.COORDINATOR.value})
"""Values of an entry's `type` that mean a device."""

_FACTS: tuple[tuple[str, str, type], ...] = (
    ("manufId", "manufacturer_code", int),
    ("manufName", "manufacturer_name", str),
    ("powerSource", "power_source", str),
    ("modelId", "model_id", str),
    ("appVersion", "application_version", int),
    ("stackVersion", "stack_version", int),
    ("hwVersion", "hardware_version", int),
    ("dateCode", "date_code", str),
    ("swBuildId", "software_build_id", str),
    ("zclVersion", "zcl_version", int),
    ("lastSeen", "last_seen", int),
)
"""Field of the entry, attribute of the device, type; a value of another type is kept as it is, beside the rest."""

_OTHER = frozenset(
    {
        "type",
        "ieeeAddr",
        "nwkAddr",
        "epList",
        "endpoints",
        "interviewCompleted",
        "interviewState",
        "meta",
        "scheduledOta",
    }
)
_GROUP = frozenset({"type", "groupID", "members", "meta"})


def read_device(entry: Mapping[str, Any]) -> Device:
    """Return the device of an entry; a Green Power device has its endpoint, which zigbee-herdsman does not note.

    Raises:
        BadEntry: A field that is needed can't be used.
    """
    ieee, address = entry.get("ieeeAddr"), entry.get("nwkAddr")
    if not isinstance(ieee, str) or not is_ieee(ieee):
        raise BadEntry(f"ieeeAddr is {shown(ieee)}; 0x and 16 hex digits are needed")
    if not is_number(address, most=0xFFFF):
        raise BadEntry(f"nwkAddr is {shown(address)}; a number from 0 to 65535 is needed")
    facts = {name: entry[name] for name, _, kind in _FACTS if _is_a(kind, entry.get(name))}
    device = Device(ieee, address, DeviceType(entry["type"]), _interview_state(entry))
    for name, attribute, _ in _FACTS:
        setattr(device, attribute, facts.get(name))
    device.meta = object_of(entry, "meta")
    for record in object_of(entry, "endpoints").values():
        if not isinstance(record, dict):
            raise BadEntry(f"endpoints has {shown(record)}; an object is needed")
        endpoint = read_endpoint(record)
        device.endpoints[endpoint.id] = endpoint
    if device.type is DeviceType.GREEN_POWER:
        device.endpoints.setdefault(GREEN_POWER_ENDPOINT, _green_power_endpoint())
    device.keepsakes = {
        name: value for name, value in entry.items() if name not in {*facts, *_OTHER} and value is not None
    }
    return device


def read_schedule(entry: Mapping[str, Any]) -> Schedule | None:
    """Return the firmware update that waits for the device of an entry."""
    fields = entry.get("scheduledOta")
    if not isinstance(fields, dict):
        return None
    url = fields.get("url")
    return Schedule(url if isinstance(url, str) else None, fields.get("downgrade") is True)


def write_device(device: Device, number: int, schedule: Schedule | None = None) -> dict[str, Any]:
    """Return the entry of a device under the number `id`."""
    facts = {name: getattr(device, attribute) for name, attribute, _ in _FACTS}
    endpoints = [endpoint for endpoint in device.endpoints.values() if not _is_implied(device, endpoint)]
    state = device.interview_state
    return {
        **device.keepsakes,
        "id": number,
        "type": device.type.value,
        "ieeeAddr": device.ieee,
        "nwkAddr": device.network_address,
        **{name: value for name, value in facts.items() if value is not None},
        "epList": [endpoint.id for endpoint in endpoints],
        "endpoints": {str(endpoint.id): write_endpoint(endpoint) for endpoint in endpoints},
        "interviewCompleted": state is InterviewState.SUCCESSFUL,
        "interviewState": (InterviewState.PENDING if state is InterviewState.IN_PROGRESS else state).value,
        "meta": device.meta,
        **({"scheduledOta": _schedule_fields(schedule)} if schedule else {}),
    }


def _schedule_fields(schedule: Schedule) -> dict[str, Any]:
    fields = {"url": schedule.url, "downgrade": schedule.downgrade or None}
    return {name: value for name, value in fields.items() if value is not None}


def _green_power_endpoint() -> Endpoint:
    return Endpoint(GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE)


def _is_implied(device: Device, endpoint: Endpoint) -> bool:
    """Tell whether an endpoint is one that every Green Power device has, with nothing to note of it."""
    return device.type is DeviceType.GREEN_POWER and endpoint == _green_power_endpoint()


def read_group(entry: Mapping[str, Any]) -> Group:
    """Return the group of an entry.

    Raises:
        BadEntry: A field that is needed can't be used.
    """
    number = entry.get("groupID")
    if not is_number(number, 1, 0xFFFF):
        raise BadEntry(f"groupID is {shown(number)}; a number from 1 to 65535 is needed")
    group = Group(number, [_member(item) for item in objects(entry, "members")], object_of(entry, "meta"))
    group.keepsakes = {name: value for name, value in entry.items() if name not in _GROUP}
    return group


def write_group(group: Group, number: int) -> dict[str, Any]:
    """Return the entry of a group under the number `id`."""
    return {
        **group.keepsakes,
        "id": number,
        "type": "Group",
        "groupID": group.id,
        "members": [{"deviceIeeeAddr": member.ieee, "endpointID": member.endpoint} for member in group.members],
        "meta": group.meta,
    }


def _member(item: Mapping[str, Any]) -> Member:
    match item:
        case {"deviceIeeeAddr": str(ieee), "endpointID": int(endpoint)} if is_ieee(ieee) and is_number(
            endpoint, most=0xFF
        ):
            return Member(ieee, endpoint)
    raise BadEntry(f"members has {shown(item)}; deviceIeeeAddr and endpointID are needed")


def _is_a(kind: type, value: Any) -> bool:
    return is_number(value) if kind is int else isinstance(value, kind)


def _interview_state(entry: Mapping[str, Any]) -> InterviewState:
    """Return how far the interview came; older files only tell whether it was completed."""
    try:
        state = InterviewState(entry.get("interviewState"))
    except ValueError:
        return InterviewState.SUCCESSFUL if entry.get("interviewCompleted") else InterviewState.FAILED
    return InterviewState.PENDING if state is InterviewState.IN_PROGRESS else state
