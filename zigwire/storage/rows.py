"""Devices and groups as rows of tables, and back."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, TypeVar

from zigwire.zigbee.model import (
    Binding,
    ConfiguredReporting,
    Device,
    DeviceType,
    Endpoint,
    Group,
    InterviewState,
    Member,
    Scene,
)

__all__ = ["delete_device", "delete_group", "insert_device", "insert_group", "select_devices", "select_groups"]

_LOG = logging.getLogger(__name__)
_Word = TypeVar("_Word", bound=Enum)
_Structure = TypeVar("_Structure", dict[str, Any], list[int])

_PLAIN = (
    "ieee",
    "network_address",
    "manufacturer_code",
    "mac_capabilities",
    "manufacturer_name",
    "model_id",
    "power_source",
    "zcl_version",
    "application_version",
    "stack_version",
    "hardware_version",
    "date_code",
    "software_build_id",
    "last_seen",
    "linkquality",
)
"""Columns of `devices` that hold an attribute of `Device` as it is."""

_COLUMNS = (*_PLAIN, "type", "interview_state", "meta", "keepsakes")
_PARTS = ("endpoints", "bindings", "reportings", "scenes")
_NAMES = ", ".join(_COLUMNS)
_PLACES = ", ".join("?" * len(_COLUMNS))
_CHANGES = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])
_UPSERT = f"INSERT INTO devices ({_NAMES}) VALUES ({_PLACES}) ON CONFLICT (ieee) DO UPDATE SET {_CHANGES}"  # noqa: S608 - names of our own

_UPSERT_GROUP = """
INSERT INTO groups (id, meta, keepsakes, place) VALUES (?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM groups))
ON CONFLICT (id) DO UPDATE SET meta = excluded.meta, keepsakes = excluded.keepsakes
"""


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    rows = list(rows)
    if not rows:
        return
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - names of our own


def insert_device(connection: sqlite3.Connection, device: Device) -> None:
    """Replace all rows of a device; it keeps its place among the others."""
    values = [getattr(device, column) for column in _PLAIN]
    values += [device.type.value, device.interview_state.value, json.dumps(device.meta), json.dumps(device.keepsakes)]
    connection.execute(_UPSERT, values)
    for table in _PARTS:
        connection.execute(f"DELETE FROM {table} WHERE ieee = ?", (device.ieee,))  # noqa: S608 - names of our own
    for endpoint in device.endpoints.values():
        _insert_endpoint(connection, device.ieee, endpoint)


def _insert_endpoint(connection: sqlite3.Connection, ieee: str, endpoint: Endpoint) -> None:
    key = (ieee, endpoint.id)
    clusters = (json.dumps(endpoint.input_clusters), json.dumps(endpoint.output_clusters))
    facts = (json.dumps(endpoint.attributes), json.dumps(endpoint.meta), json.dumps(endpoint.keepsakes))
    _insert(connection, "endpoints", [(*key, endpoint.profile, endpoint.device, *clusters, *facts)])
    _insert(connection, "bindings", [(*key, b.cluster, b.ieee, b.endpoint, b.group) for b in endpoint.bindings])
    _insert(
        connection,
        "reportings",
        [(*key, r.cluster, r.attribute, r.minimum, r.maximum, r.change, r.manufacturer) for r in endpoint.reportings],
    )
    _insert(connection, "scenes", [(*key, s.id, s.group, s.name, json.dumps(s.state)) for s in endpoint.scenes])


def delete_device(connection: sqlite3.Connection, ieee: str) -> None:
    """Remove all rows of a device."""
    connection.execute("DELETE FROM devices WHERE ieee = ?", (ieee,))


def select_devices(connection: sqlite3.Connection) -> list[Device]:
    """Return all devices in the order in which they came; what another Zigwire wrote and this one can't is logged."""
    query = f"SELECT {_NAMES} FROM devices ORDER BY rowid"  # noqa: S608 - names of our own
    devices = {row[0]: _device(row) for row in connection.execute(query)}
    _add_endpoints(connection, devices)
    _add_parts(
        connection, {(device.ieee, number): e for device in devices.values() for number, e in device.endpoints.items()}
    )
    return list(devices.values())


def _device(row: tuple[Any, ...]) -> Device:
    ieee = row[0]
    kind, interview, meta, keepsakes = row[len(_PLAIN) :]
    return Device(
        **dict(zip(_PLAIN, row, strict=False)),
        type=_known(kind, DeviceType.UNKNOWN, ieee),
        interview_state=_known(interview, InterviewState.PENDING, ieee),
        meta=_parsed(meta, {}, ieee),
        keepsakes=_parsed(keepsakes, {}, ieee),
    )


def _add_endpoints(connection: sqlite3.Connection, devices: dict[str, Device]) -> None:
    columns = "ieee, id, profile, device, input_clusters, output_clusters, attributes, meta, keepsakes"
    query = f"SELECT {columns} FROM endpoints ORDER BY rowid"  # noqa: S608 - names of our own
    for ieee, number, profile, device, inputs, outputs, *facts in connection.execute(query):
        if ieee not in devices:
            _LOG.warning("An endpoint of the unknown device %s is stored: left out", ieee)
            continue
        clusters = (_parsed(inputs, [], ieee), _parsed(outputs, [], ieee))
        endpoint = devices[ieee].endpoints[number] = Endpoint(number, profile, device, *clusters)
        endpoint.attributes, endpoint.meta, endpoint.keepsakes = (_parsed(fact, {}, ieee) for fact in facts)


def _add_parts(connection: sqlite3.Connection, endpoints: dict[tuple[str, int], Endpoint]) -> None:
    for endpoint, row in _parts(
        connection, "bindings", "cluster, target_ieee, target_endpoint, target_group", endpoints
    ):
        endpoint.bindings.append(Binding(*row))
    for endpoint, row in _parts(
        connection, "reportings", "cluster, attribute, minimum, maximum, change, manufacturer", endpoints
    ):
        endpoint.reportings.append(ConfiguredReporting(*row))
    for endpoint, (scene, group, name, state) in _parts(connection, "scenes", "id, group_id, name, state", endpoints):
        endpoint.scenes.append(Scene(scene, group, name, _parsed(state, {}, f"scene {name}")))


def _parts(
    connection: sqlite3.Connection, table: str, columns: str, endpoints: dict[tuple[str, int], Endpoint]
) -> Iterator[tuple[Endpoint, list[Any]]]:
    query = f"SELECT ieee, endpoint, {columns} FROM {table} ORDER BY rowid"  # noqa: S608 - names of our own
    for ieee, number, *row in connection.execute(query):
        if (ieee, number) in endpoints:
            yield endpoints[ieee, number], row
        else:
            _LOG.warning("%s are stored of endpoint %s of %s, which is unknown: left out", table, number, ieee)


def _known(word: Any, default: _Word, owner: str) -> _Word:
    try:
        return type(default)(word)
    except ValueError:
        _LOG.warning(
            "%s is stored with the unknown %s %r: taken as %s", owner, type(default).__name__, word, default.value
        )
        return default


def _parsed(text: Any, default: _Structure, owner: str) -> _Structure:
    try:
        value = json.loads(text)
    except (ValueError, TypeError):
        value = None
    if isinstance(value, type(default)):
        return value
    _LOG.warning("%s is stored with %r, which can't be read: taken as %s", owner, text, default)
    return default


def insert_group(connection: sqlite3.Connection, group: Group) -> None:
    """Replace all rows of a group; it keeps its place among the others."""
    connection.execute(_UPSERT_GROUP, (group.id, json.dumps(group.meta), json.dumps(group.keepsakes)))
    connection.execute("DELETE FROM members WHERE group_id = ?", (group.id,))
    _insert(connection, "members", [(group.id, member.ieee, member.endpoint) for member in group.members])


def delete_group(connection: sqlite3.Connection, group_id: int) -> None:
    """Remove all rows of a group."""
    connection.execute("DELETE FROM groups WHERE id = ?", (group_id,))


def select_groups(connection: sqlite3.Connection) -> list[Group]:
    """Return all groups, and their members, in the order in which they came."""
    query = "SELECT id, meta, keepsakes FROM groups ORDER BY place, id"
    groups = {
        number: Group(
            number, meta=_parsed(meta, {}, f"group {number}"), keepsakes=_parsed(keepsakes, {}, f"group {number}")
        )
        for number, meta, keepsakes in connection.execute(query)
    }
    for group_id, ieee, endpoint in connection.execute("SELECT group_id, ieee, endpoint FROM members ORDER BY rowid"):
        if group_id in groups:
            groups[group_id].members.append(Member(ieee, endpoint))
        else:
            _LOG.warning("A member of the unknown group %s is stored: left out", group_id)
    return list(groups.values())
