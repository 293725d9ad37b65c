"""States on their way into the database: a file that takes a line for each, so that none is lost meanwhile.

A line costs some microseconds and as many bytes as it has, where a commit costs whole pages of the database; memory
cards wear out by the latter. The lines survive the end of the process at any moment.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Mapping
from io import FileIO
from pathlib import Path

import orjson

__all__ = ["COMPACT_AT", "Journal", "noted_states"]

COMPACT_AT = 4 * 1024 * 1024
"""Bytes; flushes empty the journal every few seconds, so that it grows to this only while they fail."""

_LOG = logging.getLogger(__name__)


class Journal:
    """An append-only file of states. Its calls must not overlap.

    Args:
        path: The file; made when it is missing.
        compact_at: Size in bytes at which lines that newer ones made void are dropped.

    Raises:
        OSError: It can't be opened.
    """

    def __init__(self, path: Path, *, compact_at: int = COMPACT_AT) -> None:
        self._path = path
        self._file = _open(path)
        self._size = os.fstat(self._file.fileno()).st_size
        self._ends_in_line = not self._size
        self._compact_at = self._next_compaction = compact_at
        self._failed = False

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def append(self, entity: str, state: bytes | None) -> None:
        """Note the state of an entity as JSON, None when it is to be forgotten; failures are logged once in a row.

        Raises:
            TypeError: The entity's name can't be encoded.
        """
        line = _line(entity, state)
        try:
            self._write(line)
            self._failed = False
        except OSError as error:
            if not self._failed:
                _LOG.error("%s can't be written, states are safe only after the next flush: %s", self._path, error)
            self._failed = True
        if self._size >= self._next_compaction:
            self._compact()

    def clear(self) -> None:
        """Forget all lines: the database has them."""
        try:
            self._file.truncate(0)
        except OSError as error:
            _LOG.error("%s can't be emptied: %s", self._path, error)
            return
        self._size = 0
        self._ends_in_line = True
        self._next_compaction = self._compact_at

    def replay(self) -> dict[str, bytes | None]:
        """Return the newest line of each entity; a line that was cut off is left out."""
        return noted_states(self._path)

    def _write(self, line: bytes) -> None:
        """Write a line, on a line of its own even where a full disk or a kill cut the last one off."""
        whole = line if self._ends_in_line else b"\n" + line
        written = self._file.write(whole) or 0
        self._size += written
        self._ends_in_line = written == len(whole)
        if not self._ends_in_line:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _compact(self) -> None:
        """Keep only the newest line of each entity; at any moment the file has all of them."""
        try:
            size = self._rewrite(self.replay())
        except OSError as error:
            _LOG.error("%s can't be compacted: %s", self._path, error)
            self._next_compaction = self._size + self._compact_at
            return
        self._next_compaction = max(self._compact_at, 2 * size)

    def _rewrite(self, states: Mapping[str, bytes | None]) -> int:
        path = self._path.with_name(f"{self._path.name}.new")
        path.unlink(missing_ok=True)
        fresh = Journal(path)
        try:
            fresh._write(b"".join(_line(entity, state) for entity, state in states.items()))
            path.replace(self._path)
        except OSError:
            fresh.close()
            path.unlink(missing_ok=True)
            raise
        self._file.close()
        self._file, self._size, self._ends_in_line = fresh._file, fresh._size, True
        return self._size


def noted_states(path: Path) -> dict[str, bytes | None]:
    """Return the newest line of each entity in a journal that another may have open; nothing when there is none.

    Raises:
        OSError: It can't be read.
    """
    states: dict[str, bytes | None] = {}
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            noted = orjson.loads(line) if line else None
        except orjson.JSONDecodeError:
            _LOG.warning("A line of %s is damaged: left out", path)
            continue
        match noted:
            case [str(entity), None]:
                states[entity] = None
            case [str(entity), dict(state)]:
                states[entity] = orjson.dumps(state)
    return states


def _line(entity: str, state: bytes | None) -> bytes:
    return b"[%b,%b]\n" % (orjson.dumps(entity), b"null" if state is None else state)


def _open(path: Path) -> FileIO:
    return FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+")
