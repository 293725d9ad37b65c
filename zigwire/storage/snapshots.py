"""Copies of the database beside it (`zigwire.db.1` is the newest), and what to do when the database is damaged."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from zigwire.storage.errors import StorageError
from zigwire.storage.schema import VERSION, stored_version

__all__ = ["KEEP", "copy_database", "count_devices", "recover", "snapshot"]

KEEP = 5
"""Snapshots kept; with one a day at most that is a working week to notice a mishap."""

_AGE = 20 * 3600
"""Seconds that the newest snapshot has to be old before another is made, so that restarts don't push good ones out."""

_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_COMPANIONS = ("", "-wal", "-shm")
_LOG = logging.getLogger(__name__)


def recover(path: Path) -> None:
    """Make sure that `path` can be opened: a damaged file is moved aside and the newest good snapshot takes its place.

    A missing or empty file counts as damaged when there are snapshots.

    Raises:
        OSError: A file can't be copied or moved.
        StorageError: The file can't be read for another reason than damage.
    """
    blank = _is_blank(path)
    cause = "is missing or empty" if blank else _damage(path)
    if not cause:
        return
    source = next((copy for copy in _snapshots(path) if _is_good(copy)), None)
    if source is None and blank:
        return
    fresh = _copy(source, path) if source else None
    aside = _move_aside(path)
    kept = f" It was moved to {aside}." if aside else ""
    if source is None or fresh is None:
        _LOG.critical("%s %s.%s There is no good snapshot: starting empty", path, cause, kept)
        return
    fresh.replace(path)
    _sync(path.parent)
    age = (time.time() - source.stat().st_mtime) / 3600
    _LOG.critical("%s %s.%s The snapshot %s, %.0f h old, took its place", path, cause, kept, source, age)
    if blank:
        _LOG.critical("To start empty instead, stop Zigwire and delete %s.1 to .%d as well as %s", path, KEEP, path)


def snapshot(path: Path, *, age: float = _AGE) -> bool:
    """Copy the open database to `<path>.1` and push the older ones on; tells whether that was done.

    Not done while the newest is younger than `age` seconds, unless it knows fewer devices. A database without
    devices never pushes out one that knows some. The copy is read over a connection of its own: it may be made in a
    thread, and has nothing of a change that is under way.
    """
    newest = _numbered(path, 1)
    with contextlib.closing(sqlite3.connect(path)) as source:
        devices = count_devices(source)
        if not devices or (newest.exists() and time.time() - newest.stat().st_mtime < age and devices <= _size(newest)):
            return False
        fresh = _create_private(path)
        _copy_open(source, fresh)
    _sync(fresh)
    for number in range(KEEP - 1, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            _numbered(path, number).replace(_numbered(path, number + 1))
    fresh.replace(newest)
    _sync(path.parent)
    return True


def copy_database(path: Path, target: Path) -> None:
    """Copy a database that may be open and in use into the new file `target`; meant to be called in a thread.

    Raises:
        OSError: The file can't be made.
        sqlite3.Error: The database can't be read, or not be copied.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(sqlite3.connect(path)) as source:
        _copy_open(source, target)


def count_devices(connection: sqlite3.Connection) -> int:
    """Return how many devices a database knows."""
    return int(connection.execute("SELECT count(*) FROM devices").fetchone()[0])


def _copy_open(source: sqlite3.Connection, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _snapshots(path: Path) -> Iterator[Path]:
    return (copy for number in range(1, KEEP + 1) if (copy := _numbered(path, number)).exists())


def _is_blank(path: Path) -> bool:
    return not path.exists() or not path.stat().st_size


def _damage(path: Path) -> str:
    """Return what is wrong with a database, "" when nothing is; values that make no sense to us are no damage."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok":
                return f"is damaged: {verdict}"
            if stored_version(connection) == VERSION:
                count_devices(connection)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith(_DAMAGE) or "no such table" in str(error):
            return f"is damaged: {error}"
        raise StorageError(f"{path} can't be opened: {error}") from error
    return ""


def _is_good(copy: Path) -> bool:
    """Tell whether a snapshot can be used."""
    try:
        damage = _damage(copy)
    except StorageError as error:
        _LOG.error("The snapshot %s is passed over: %s", copy, error)
        return False
    if damage:
        _LOG.error("The snapshot %s is passed over: it %s", copy, damage)
    return not damage


def _size(path: Path) -> int:
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            return count_devices(connection)
    except sqlite3.DatabaseError:
        return 0


def _move_aside(path: Path) -> Path | None:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
    return aside if aside.exists() else None


def _copy(source: Path, path: Path) -> Path:
    """Return a copy of a snapshot that is ready to take the place of `path`."""
    fresh = _create_private(path)
    shutil.copyfile(source, fresh)
    _sync(fresh)
    return fresh


def _create_private(path: Path) -> Path:
    """Make the empty file beside `path` in which its next version is prepared."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_WRONLY, 0o600))
    return fresh


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
