"""The indexes in use: the project's own or one given, with the user's override before it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from zigwire.ota.errors import IndexFault, OtaError
from zigwire.ota.image import LARGEST_FILE
from zigwire.ota.index import Entry, parse_index
from zigwire.ota.sources import Fetched, fetch, is_address, path_below, path_of, public, read_file
from zigwire.ota.verify import verified

__all__ = ["DOWNGRADES", "UPGRADES", "Indexes"]

LOG = logging.getLogger(__name__)

UPGRADES = "https://raw.githubusercontent.com/Koenkk/zigbee-OTA/master/index.json"
DOWNGRADES = "https://raw.githubusercontent.com/Koenkk/zigbee-OTA/master/index1.json"

LARGEST_INDEX = 64 * 2**20  # bytes
MOST_FAULTS = 10  # in the log, of one index
FRESH = 300.0
"""Seconds for which an index is not asked for again, so that many devices cause one look."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An index from the network as it was last seen."""

    fetched: Fetched
    entries: list[Entry]
    seen: float


class Indexes:
    """Gives the entries that count.

    Args:
        data: The data folder.
        override: Address or path of the index whose entries come first, empty or None without one.
        clock: Monotonic, in seconds.
    """

    def __init__(self, data: Path, override: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._data = data
        self._override = override or None
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def entries(self, index: str | None, *, downgrade: bool) -> tuple[list[Entry], str]:
        """Return the entries, those that go first first, and why there are only those of the override, "" if not.

        Args:
            index: Address of an index, or its path in the data folder; None for the project's own.
            downgrade: Whether the project's index of older images is meant.

        Raises:
            OtaError: An index can't be had, or is none.
        """
        if self._override is None:
            return await self._main(index, downgrade=downgrade), ""
        first = await self._overriding(self._override)
        try:
            return first + await self._main(index, downgrade=downgrade), ""
        except OtaError as error:
            LOG.info("Only the override index counts: %s", error)
            return first, f"only the override index counts, for {error}"

    async def _main(self, index: str | None, *, downgrade: bool) -> list[Entry]:
        if index is None:
            return await self._remembered(DOWNGRADES if downgrade else UPGRADES)
        if is_address(index):
            return await _parsed((await fetch(index, LARGEST_INDEX)).content, index, index)
        return await self._read(path_below(self._data, index))

    async def _overriding(self, source: str) -> list[Entry]:
        """Return the entries of the override, which may lie anywhere: its place is the owner's choice."""
        if is_address(source):
            return await self._remembered(source)
        return await self._read(path_of(self._data, source))

    async def _remembered(self, address: str) -> list[Entry]:
        async with self._turns[address]:
            known = self._known.get(address)
            if known is not None and self._clock() - known.seen < FRESH:
                return known.entries
            fetched = await fetch(address, LARGEST_INDEX, known.fetched if known else None)
            unchanged = known is not None and fetched is known.fetched
            entries = known.entries if known and unchanged else await _parsed(fetched.content, address, address)
            self._known[address] = _Known(fetched, entries, self._clock())
            return entries

    async def _read(self, path: Path) -> list[Entry]:
        content = await asyncio.to_thread(read_file, path, LARGEST_INDEX)
        entries = await _parsed(content, str(path), None)
        return [completed for entry in entries if (completed := await self._completed(entry))]

    async def _completed(self, entry: Entry) -> Entry | None:
        """Add what an entry of an index here leaves out, from the image's header."""
        if entry.complete:
            return entry
        try:
            content = await asyncio.to_thread(read_file, path_below(self._data, entry.url), LARGEST_FILE)
            header = verified(entry, content).header
        except OtaError as error:
            LOG.warning("An entry of the index is left out, '%s': %s", entry.url, error)
            return None
        return replace(
            entry,
            manufacturer_code=header.manufacturer_code,
            image_type=header.image_type,
            file_version=header.file_version,
        )


async def _parsed(content: bytes, name: str, origin: str | None) -> list[Entry]:
    try:
        entries, faults = await asyncio.to_thread(parse_index, content, origin)
    except IndexFault as error:
        raise IndexFault(f"{public(name)}: {error}") from None
    for fault in faults[:MOST_FAULTS]:
        LOG.warning("%s: %s", public(name), fault)
    if len(faults) > MOST_FAULTS:
        LOG.warning("%s: %d entries have faults in all", public(name), len(faults))
    return entries
