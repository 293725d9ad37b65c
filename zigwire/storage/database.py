"""`zigwire.db`: what Zigwire knows of devices, groups and the network, and the last state of every entity.

Two ways in. What a person would miss (devices, groups, binds) is on disk when the call returns. States and the time
when a device was last seen change all the time: they are collected and written in batches by `flush`. Meanwhile a
journal keeps the states, so that the end of the process at any moment loses none; a power cut may.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from zigwire.storage.errors import StorageError
from zigwire.storage.journal import Journal
from zigwire.storage.rows import delete_device, delete_group, insert_device, insert_group, select_devices, select_groups
from zigwire.storage.schema import migrate
from zigwire.storage.snapshots import recover, snapshot
from zigwire.zigbee.model import Device, Group
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

__all__ = ["Database"]

_LOG = logging.getLogger(__name__)


class Database:
    """The open database. It is a `zigbee.store.NetworkStore` and keeps the entities' states besides.

    Args:
        path: The file, usually `zigwire.db` in the data folder.

    Raises:
        StorageError: The file can't be opened, or a newer Zigwire has written it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        recover(path)
        try:
            path.touch(mode=0o600)
            self._durable = _connect(path, "FULL")
            migrate(self._durable)
            self._batches = _connect(path, "NORMAL")
            self._journal = Journal(path.with_name(f"{path.name}-journal-of-states"))
            self._states = self._journal.replay()
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"{path} can't be opened: {error}") from error
        self._seen: dict[str, Device] = {}
        self._flushing = threading.Lock()
        self._noting = threading.Lock()
        self.flush()
        self.snapshot()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self.flush()
        self._journal.close()
        self._batches.close()
        self._durable.close()

    def snapshot(self) -> bool:
        """Make the day's snapshot unless there is one already; meant to be called now and then."""
        try:
            return snapshot(self._durable, self._path)
        except (sqlite3.Error, OSError) as error:
            _LOG.error("No snapshot of %s could be made: %s", self._path, error)
            return False

    def load_devices(self) -> list[Device]:
        """Return all devices in the order in which they came."""
        return select_devices(self._durable)

    def save_device(self, device: Device) -> None:
        """Keep all of a device, durably."""
        with self._change():
            insert_device(self._durable, device)
        self._seen.pop(device.ieee, None)

    def touch_device(self, device: Device) -> None:
        """Remember that `last_seen` and `linkquality` changed; the next `flush` writes them."""
        self._seen[device.ieee] = device

    def remove_device(self, ieee: str) -> None:
        """Forget a device, durably."""
        self._seen.pop(ieee, None)
        with self._change():
            delete_device(self._durable, ieee)

    def load_groups(self) -> list[Group]:
        """Return all groups by id."""
        return select_groups(self._durable)

    def save_group(self, group: Group) -> None:
        """Keep a group with its members, durably."""
        with self._change():
            insert_group(self._durable, group)

    def remove_group(self, group_id: int) -> None:
        """Forget a group, durably."""
        with self._change():
            delete_group(self._durable, group_id)

    def load_network(self) -> NetworkRecord | None:
        """Return the network that was last in force."""
        row = self._durable.execute(
            "SELECT pan_id, extended_pan_id, channel, network_key, coordinator FROM network"
        ).fetchone()
        if row is None:
            return None
        *parameters, coordinator = row
        return NetworkRecord(NetworkParameters(*parameters), coordinator)

    def save_network(self, record: NetworkRecord) -> None:
        """Keep the network in force, durably."""
        parameters = record.parameters
        row = (parameters.pan_id, parameters.extended_pan_id, parameters.channel, parameters.network_key)
        with self._change():
            self._durable.execute(
                "INSERT OR REPLACE INTO network VALUES (1, ?, ?, ?, ?, ?)", (*row, record.coordinator)
            )

    def load_states(self) -> dict[str, dict[str, Any]]:
        """Return the last flushed state of every entity by its key; unreadable ones are left out and logged."""
        states: dict[str, dict[str, Any]] = {}
        for entity, text in self._durable.execute("SELECT entity, state FROM states ORDER BY rowid"):
            try:
                states[entity] = orjson.loads(text)
            except orjson.JSONDecodeError:
                _LOG.warning("The stored state of %s is no JSON: forgotten", entity)
        return states

    def put_state(self, entity: str, state: Mapping[str, Any]) -> None:
        """Remember the state of an entity; it must not change afterwards."""
        self._note(entity, state)

    def remove_state(self, entity: str) -> None:
        """Forget the state of an entity."""
        self._note(entity, None)

    def flush(self) -> None:
        """Write the states and sightings that changed. May run in a thread beside the others' calls.

        Raises:
            StorageError: They could not be written; they wait for the next flush.
        """
        with self._flushing:
            states, self._states = self._states, {}
            seen, self._seen = self._seen, {}
            if not states and not seen:
                return
            try:
                self._write(states, seen)
            except sqlite3.Error as error:
                self._states = states | self._states
                self._seen = seen | self._seen
                raise StorageError(f"{self._path} can't be written: {error}") from error
            with self._noting:
                if not self._states:
                    self._journal.clear()

    def _note(self, entity: str, state: Mapping[str, Any] | None) -> None:
        with self._noting:
            self._states[entity] = state
            self._journal.append(entity, state)

    def _write(self, states: Mapping[str, Mapping[str, Any] | None], seen: Mapping[str, Device]) -> None:
        removed = [(entity,) for entity, state in states.items() if state is None]
        changed = [(entity, _json(state)) for entity, state in states.items() if state is not None]
        sightings = [(device.last_seen, device.linkquality, device.ieee) for device in seen.values()]
        with self._batches as batches:
            batches.execute("BEGIN IMMEDIATE")
            batches.executemany("DELETE FROM states WHERE entity = ?", removed)
            batches.executemany(
                "INSERT INTO states VALUES (?, ?) ON CONFLICT (entity) DO UPDATE SET state = excluded.state", changed
            )
            batches.executemany("UPDATE devices SET last_seen = ?, linkquality = ? WHERE ieee = ?", sightings)

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        try:
            with self._durable as durable:
                durable.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} can't be written: {error}") from error


def _json(state: Mapping[str, Any]) -> str:
    return orjson.dumps(state, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
