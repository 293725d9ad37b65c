"""States on their way into the database: a file that takes a line for each, so that none is lost meanwhile.

A line costs some microseconds and as many bytes as it has, where a commit costs whole pages of the database; memory
cards wear out by the latter. The lines survive the end of the process at any moment.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

__all__ = ["Journal"]

_LOG = logging.getLogger(__name__)


class Journal:
    """An append-only file of states.

    Args:
        path: The file; made when it is missing.

    Raises:
        OSError: It can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._failed = False

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def append(self, entity: str, state: Mapping[str, Any] | None) -> None:
        """Note the state of an entity, None when it is to be forgotten; failures are logged once in a row."""
        line = orjson.dumps([entity, state], default=str, option=orjson.OPT_NON_STR_KEYS) + b"\n"
        try:
            os.write(self._file, line)
            self._failed = False
        except OSError as error:
            if not self._failed:
                _LOG.error("%s can't be written, states are safe only after the next flush: %s", self._path, error)
            self._failed = True

    def clear(self) -> None:
        """Forget all lines: the database has them."""
        os.ftruncate(self._file, 0)

    def replay(self) -> dict[str, Mapping[str, Any] | None]:
        """Return the newest line of each entity; a last line that was cut off is left out."""
        states: dict[str, Mapping[str, Any] | None] = {}
        for line in self._path.read_bytes().splitlines():
            try:
                entity, state = orjson.loads(line)
            except ValueError:
                _LOG.warning("A line of %s is damaged: left out", self._path)
                continue
            if isinstance(entity, str) and (state is None or isinstance(state, dict)):
                states[entity] = state
        return states
