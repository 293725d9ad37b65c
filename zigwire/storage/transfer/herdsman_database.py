"""zigbee-herdsman's database: a line of JSON for the coordinator, each device and each group."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from zigwire.storage.contents import Contents
from zigwire.storage.firmware import Schedule
from zigwire.storage.transfer.entries import (
    DEVICES,
    read_device,
    read_group,
    read_schedule,
    write_device,
    write_group,
)
from zigwire.storage.transfer.shapes import BadEntry, is_number, shown
from zigwire.zigbee.model import Device, Group

__all__ = ["Lines", "read_lines", "write_lines"]


@dataclass(frozen=True, slots=True)
class Lines:
    """What a database says.

    Attributes:
        contents: Devices, groups and keepsakes.
        faults: What is wrong with the lines that can't be used, each with its number.
    """

    contents: Contents
    faults: list[str]


def read_lines(data: bytes) -> Lines:
    """Read a database; lines that can't be used are left out and named, of two with one number the later counts."""
    faults: list[str] = []
    devices: dict[str, Device] = {}
    groups: dict[int, Group] = {}
    schedules: dict[str, Schedule] = {}
    keepsakes = []
    for number, entry in _entries(data, faults).values():
        try:
            match _thing(entry):
                case Device() as device:
                    devices[device.ieee] = device
                    if schedule := read_schedule(entry):
                        schedules[device.ieee] = schedule
                case Group() as group:
                    groups[group.id] = group
                case None:
                    keepsakes.append(entry)
        except BadEntry as fault:
            faults.append(f"line {number} ({shown(entry.get('ieeeAddr') or entry.get('groupID'))}): {fault}")
    contents = Contents(list(devices.values()), list(groups.values()), keepsakes=keepsakes, schedules=schedules)
    _keep_known_members(contents)
    return Lines(contents, faults)


def write_lines(contents: Contents) -> bytes:
    """Return a database; the numbers that entries had are theirs again."""
    kept = [entry.get("id") for entry in contents.keepsakes]
    kept += [device.keepsakes.get("id") for device in contents.devices]
    kept += [group.keepsakes.get("id") for group in contents.groups]
    fresh = itertools.count(max(filter(is_number, kept), default=0) + 1)
    entries = list(contents.keepsakes)
    entries += [
        write_device(device, _number(device.keepsakes, fresh), contents.schedules.get(device.ieee))
        for device in contents.devices
    ]
    entries += [write_group(group, _number(group.keepsakes, fresh)) for group in contents.groups]
    entries.sort(key=lambda entry: entry["id"])
    return b"\n".join(orjson.dumps(entry) for entry in entries)


def _entries(data: bytes, faults: list[str]) -> dict[int, tuple[int, dict[str, Any]]]:
    """Return line number and entry by `id`."""
    entries = {}
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = _entry(line)
        except BadEntry as fault:
            faults.append(f"line {number}: {fault}")
        else:
            entries[entry["id"]] = (number, entry)
    return entries


def _entry(line: bytes) -> dict[str, Any]:
    try:
        entry = orjson.loads(line)
        orjson.dumps(entry)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise BadEntry(f"{error}: {line[:40].decode(errors='replace')!r}") from None
    if not isinstance(entry, dict):
        raise BadEntry(f"{shown(entry)} is no object")
    if not is_number(entry.get("id")):
        raise BadEntry(f"id is {shown(entry.get('id'))}; a number is needed")
    return entry


def _thing(entry: dict[str, Any]) -> Device | Group | None:
    """Return the device or group of an entry, None when it is of something else, like the coordinator."""
    kind = entry.get("type")
    if kind == "Group":
        return read_group(entry)
    if isinstance(kind, str) and kind in DEVICES:
        return read_device(entry)
    return None


def _keep_known_members(contents: Contents) -> None:
    """Drop members that are gone, as zigbee-herdsman does when it reads its database."""
    endpoints = {(device.ieee, number) for device in contents.devices for number in device.endpoints}
    for group in contents.groups:
        group.members = [member for member in group.members if (member.ieee, member.endpoint) in endpoints]


def _number(keepsakes: dict[str, Any], fresh: Iterator[int]) -> int:
    number = keepsakes.get("id")
    return number if is_number(number) else next(fresh)
