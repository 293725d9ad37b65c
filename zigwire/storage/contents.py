"""All that a database holds at once: to fill a new one, and to read one that may be in use."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from zigwire.storage.errors import StorageError
from zigwire.storage.firmware import Schedule, insert_schedule, select_schedules
from zigwire.storage.journal import noted_states
from zigwire.storage.rows import insert_device, insert_group, select_devices, select_groups
from zigwire.storage.schema import migrate
from zigwire.zigbee.model import Device, Group
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

__all__ = [
    "Contents",
    "insert_contents",
    "insert_network",
    "is_blank",
    "journal_of",
    "read_contents",
    "select_network",
    "select_states",
]

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Contents:
    """What there is to know of a home.

    Attributes:
        devices: In the order in which they came.
        groups: The groups.
        states: States by IEEE address or group id.
        network: The network in force, None when it is not known.
        keepsakes: What another program knew that is neither device nor group; an export gives it back.
        schedules: Firmware updates that wait for their device, by IEEE address.
    """

    devices: list[Device] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    network: NetworkRecord | None = None
    keepsakes: list[dict[str, Any]] = field(default_factory=list)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)

    def summary(self) -> str:
        """Say how much there is."""
        counts = ((len(self.devices), "device"), (len(self.groups), "group"), (len(self.states), "state"))
        return ", ".join(f"{count} {name}" if count == 1 else f"{count} {name}s" for count, name in counts)


def read_contents(path: Path) -> Contents:
    """Return what a database holds at this moment, with the states that are on their way into it.

    The database is only read; a running Zigwire may have it open.

    Raises:
        StorageError: There is none, or it can't be read.
    """
    if not path.exists():
        raise StorageError(f"There is no {path}")
    try:
        noted = noted_states(journal_of(path))
        with contextlib.closing(_copy(path)) as connection:
            contents = _select(connection)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{path} can't be read: {error}") from error
    for entity, state in noted.items():
        if state is None:
            contents.states.pop(entity, None)
        else:
            contents.states[entity] = orjson.loads(state)
    return contents


def journal_of(path: Path) -> Path:
    """Return where the states wait that are on their way into a database."""
    return path.with_name(f"{path.name}-journal-of-states")


def is_blank(connection: sqlite3.Connection) -> bool:
    """Tell whether a database knows no device, no group and no network."""
    return not any(
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()  # noqa: S608 - names of our own
        for table in ("devices", "groups", "network")
    )


def insert_contents(connection: sqlite3.Connection, contents: Contents) -> None:
    """Write everything into a blank database."""
    for device in contents.devices:
        insert_device(connection, device)
    for ieee, schedule in contents.schedules.items():
        insert_schedule(connection, ieee, schedule)
    for group in contents.groups:
        insert_group(connection, group)
    if contents.network is not None:
        insert_network(connection, contents.network)
    states = [(entity, orjson.dumps(state).decode()) for entity, state in contents.states.items()]
    connection.executemany("INSERT OR REPLACE INTO states VALUES (?, ?)", states)
    keepsakes = [(orjson.dumps(entry).decode(),) for entry in contents.keepsakes]
    connection.executemany("INSERT INTO keepsakes VALUES (?)", keepsakes)


def insert_network(connection: sqlite3.Connection, record: NetworkRecord) -> None:
    """Replace the network in force."""
    parameters = record.parameters
    row = (parameters.pan_id, parameters.extended_pan_id, parameters.channel, parameters.network_key)
    connection.execute("INSERT OR REPLACE INTO network VALUES (1, ?, ?, ?, ?, ?)", (*row, record.coordinator))


def select_network(connection: sqlite3.Connection) -> NetworkRecord | None:
    """Return the network that was last in force."""
    columns = "pan_id, extended_pan_id, channel, network_key, coordinator"
    row = connection.execute(f"SELECT {columns} FROM network").fetchone()  # noqa: S608 - names of our own
    if row is None:
        return None
    *parameters, coordinator = row
    return NetworkRecord(NetworkParameters(*parameters), coordinator)


def select_states(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Return the last flushed states; unreadable ones are left out and logged."""
    states: dict[str, dict[str, Any]] = {}
    for entity, text in connection.execute("SELECT entity, state FROM states ORDER BY rowid"):
        try:
            states[entity] = orjson.loads(text)
        except orjson.JSONDecodeError:
            _LOG.warning("The stored state of %s is no JSON: forgotten", entity)
    return states


def _select(connection: sqlite3.Connection) -> Contents:
    return Contents(
        select_devices(connection),
        select_groups(connection),
        select_states(connection),
        select_network(connection),
        list(_keepsakes(connection)),
        select_schedules(connection),
    )


def _keepsakes(connection: sqlite3.Connection) -> Iterable[dict[str, Any]]:
    for (text,) in connection.execute("SELECT entry FROM keepsakes ORDER BY rowid"):
        try:
            yield orjson.loads(text)
        except orjson.JSONDecodeError:
            _LOG.warning("A keepsake of another program is stored as no JSON: left out")


def _copy(path: Path) -> sqlite3.Connection:
    """Return a copy in memory with the tables as this Zigwire knows them."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.text_factory = lambda raw: raw.decode(errors="replace")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as source:
            source.backup(copy)
        migrate(copy)
    except BaseException:
        copy.close()
        raise
    return copy
