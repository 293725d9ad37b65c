"""`zigwire.db`: what Zigwire knows of devices, groups and the network, and the last state of every entity.

Two ways in. What a person would miss (devices, groups, binds) is on disk when the call returns. States and the time
when a device was last seen change all the time: they are collected and written in batches by `flush`. Meanwhile a
journal keeps the states, so that the end of the process at any moment loses none; a power cut may.

`flush`, `snapshot` and `close` may take long on a slow disk; they may run in a thread (`asyncio.to_thread`) beside all
other calls, which belong to one thread.
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

from zigwire.storage.contents import (
    Contents,
    insert_contents,
    insert_network,
    is_blank,
    journal_of,
    select_network,
    select_states,
)
from zigwire.storage.errors import StorageError
from zigwire.storage.firmware import (
    Schedule,
    Update,
    insert_schedule,
    insert_update,
    select_schedules,
    select_updates,
)
from zigwire.storage.journal import Journal
from zigwire.storage.lock import lock
from zigwire.storage.rows import delete_device, delete_group, insert_device, insert_group, select_devices, select_groups
from zigwire.storage.schema import migrate
from zigwire.storage.snapshots import recover, snapshot
from zigwire.zigbee.model import Device, Group
from zigwire.zigbee.store import NetworkRecord

__all__ = ["Database"]

_LOG = logging.getLogger(__name__)


class Database:
    """The open database. It is a `zigbee.store.NetworkStore` and keeps the entities' states besides.

    Args:
        path: The file, usually `zigwire.db` in the data folder.

    Raises:
        StorageError: The file can't be opened, a newer Zigwire has written it, or another one has it open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: dict[str, Device] = {}
        self._unkept: set[str] = set()
        self._noting = threading.Lock()
        self._flushing = threading.Lock()
        self._copying = threading.Lock()
        self._closed = False
        with contextlib.ExitStack() as files:
            self._open(files)
            self.flush()
            self._files = files.pop_all()
        self.snapshot()

    def _open(self, files: contextlib.ExitStack) -> None:
        path = self._path
        try:
            files.enter_context(lock(path.with_suffix(".lock")))
            recover(path)
            path.touch(mode=0o600)
            self._durable = files.enter_context(contextlib.closing(_connect(path, "FULL")))
            migrate(self._durable)
            self._batches = files.enter_context(contextlib.closing(_connect(path, "NORMAL")))
            self._journal = Journal(journal_of(path))
            files.callback(self._journal.close)
            self._states = self._journal.replay()
        except (sqlite3.Error, OSError) as error:
            raise StorageError(f"{path} can't be opened: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left and let go of the files, after a flush or snapshot under way; more calls do nothing.

        States that can't be written wait in the journal for the next start.
        """
        try:
            self.flush()
        except StorageError as error:
            _LOG.critical("The last states wait in the journal for the next start: %s", error)
        finally:
            with self._flushing, self._copying, self._noting:
                self._closed = True
                self._files.close()

    def snapshot(self) -> bool:
        """Make the day's snapshot unless there is one already; meant to be called now and then, in a thread."""
        with self._copying:
            if self._closed:
                return False
            try:
                return snapshot(self._path)
            except (sqlite3.Error, OSError) as error:
                _LOG.error("No snapshot of %s could be made: %s", self._path, error)
                return False

    def is_blank(self) -> bool:
        """Tell whether it knows no device, no group and no network."""
        return is_blank(self._durable)

    def fill(self, contents: Contents) -> None:
        """Take everything over into this blank database, durably: all of it or, when that fails, nothing.

        Raises:
            StorageError: It can't be written.
        """
        with self._change(self._durable) as connection:
            insert_contents(connection, contents)

    def load_devices(self) -> list[Device]:
        """Return all devices in the order in which they came."""
        return select_devices(self._durable)

    def save_device(self, device: Device) -> None:
        """Keep all of a device, durably."""
        with self._change(self._durable) as connection:
            insert_device(connection, device)
        with self._noting:
            self._seen.pop(device.ieee, None)

    def touch_device(self, device: Device) -> None:
        """Remember that `last_seen` and `linkquality` changed; the next `flush` writes them."""
        with self._noting:
            self._seen[device.ieee] = device

    def remove_device(self, ieee: str) -> None:
        """Forget a device, durably."""
        with self._noting:
            self._seen.pop(ieee, None)
        with self._change(self._durable) as connection:
            delete_device(connection, ieee)

    def load_groups(self) -> list[Group]:
        """Return all groups in the order in which they came."""
        return select_groups(self._durable)

    def save_group(self, group: Group) -> None:
        """Keep a group with its members, durably."""
        with self._change(self._durable) as connection:
            insert_group(connection, group)

    def remove_group(self, group_id: int) -> None:
        """Forget a group, durably."""
        with self._change(self._durable) as connection:
            delete_group(connection, group_id)

    def load_schedules(self) -> Mapping[str, Schedule]:
        """Return the firmware updates that wait for their device."""
        return select_schedules(self._durable)

    def save_schedule(self, ieee: str, schedule: Schedule | None) -> None:
        """Keep what a known device gets when it next asks, durably; None forgets it."""
        with self._change(self._durable) as connection:
            insert_schedule(connection, ieee, schedule)

    def load_updates(self) -> Mapping[str, Update]:
        """Return the firmware updates under way."""
        return select_updates(self._durable)

    def save_update(self, ieee: str, update: Update | None) -> None:
        """Keep how a known device's update goes on, durably; None forgets it."""
        with self._change(self._durable) as connection:
            insert_update(connection, ieee, update)

    def load_network(self) -> NetworkRecord | None:
        """Return the network that was last in force."""
        return select_network(self._durable)

    def save_network(self, record: NetworkRecord) -> None:
        """Keep the network in force, durably."""
        with self._change(self._durable) as connection:
            insert_network(connection, record)

    def load_states(self) -> dict[str, dict[str, Any]]:
        """Return the last flushed state of every entity by its key; unreadable ones are left out and logged."""
        return select_states(self._durable)

    def put_state(self, entity: str, state: Mapping[str, Any]) -> None:
        """Remember the state of an entity as it is now; properties that JSON can't express are left out and logged."""
        self._note(entity, self._encoded(entity, state))

    def remove_state(self, entity: str) -> None:
        """Forget the state of an entity."""
        self._unkept.discard(entity)
        self._note(entity, None)

    def flush(self) -> None:
        """Write the states and sightings that changed; meant to be called every few seconds, in a thread.

        Raises:
            StorageError: They could not be written; they wait for the next flush.
        """
        with self._flushing:
            if self._closed:
                return
            with self._batch() as (states, seen):
                if not states and not seen:
                    return
                self._write(states, seen)
            with self._noting:
                if not self._states:
                    self._journal.clear()

    def _note(self, entity: str, state: bytes | None) -> None:
        with self._noting:
            self._journal.append(entity, state)
            self._states[entity] = state

    def _encoded(self, entity: str, state: Mapping[str, Any]) -> bytes:
        try:
            text = _json(state)
        except TypeError:
            left_out = [name for name, value in state.items() if not _is_json({name: value})]
            if entity not in self._unkept:
                _LOG.error("The state of %s is kept without %s: JSON can't express it", entity, left_out)
            self._unkept.add(entity)
            return _json({name: value for name, value in state.items() if name not in left_out})
        self._unkept.discard(entity)
        return text

    @contextlib.contextmanager
    def _batch(self) -> Iterator[tuple[dict[str, bytes | None], dict[str, Device]]]:
        """Hand out what is to be written; it is put back when that fails."""
        with self._noting:
            states, self._states = self._states, {}
            seen, self._seen = self._seen, {}
        try:
            yield states, seen
        except BaseException:
            with self._noting:
                self._states = states | self._states
                self._seen = seen | self._seen
            raise

    def _write(self, states: Mapping[str, bytes | None], seen: Mapping[str, Device]) -> None:
        removed = [(entity,) for entity, state in states.items() if state is None]
        changed = [(entity, state.decode()) for entity, state in states.items() if state is not None]
        sightings = [(device.last_seen, device.linkquality, device.ieee) for device in seen.values()]
        with self._change(self._batches) as batches:
            batches.executemany("DELETE FROM states WHERE entity = ?", removed)
            batches.executemany(
                "INSERT INTO states VALUES (?, ?) ON CONFLICT (entity) DO UPDATE SET state = excluded.state", changed
            )
            batches.executemany("UPDATE devices SET last_seen = ?, linkquality = ? WHERE ieee = ?", sightings)

    @contextlib.contextmanager
    def _change(self, connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        try:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} can't be written: {error}") from error


def _json(state: Mapping[str, Any]) -> bytes:
    return orjson.dumps(state, default=str, option=orjson.OPT_NON_STR_KEYS)


def _is_json(state: Mapping[str, Any]) -> bool:
    try:
        _json(state)
    except TypeError:
        return False
    return True


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.text_factory = _text
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
