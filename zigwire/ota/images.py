"""Images for devices: found in indexes, fetched and checked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from zigwire.ota.image import LARGEST_FILE, Image
from zigwire.ota.index import Entry, Identity, find, why_none
from zigwire.ota.indexes import Indexes
from zigwire.ota.sources import fetch, is_address, path_below, read_file
from zigwire.ota.values import Current
from zigwire.ota.verify import verified

__all__ = ["Found", "Images"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the indexes have for a device.

    Attributes:
        entry: The image that is for it, None if there is none.
        available: Whether it is one to update (or go back) to.
        reason: Why it is, or is not, in words.
    """

    entry: Entry | None
    available: bool
    reason: str


class Images:
    """Finds images and gets them.

    Args:
        data: The data folder; no path that comes over MQTT or in an index leads out of it.
        override: Address or path of the index whose entries come first, empty or None without one.
    """

    def __init__(self, data: Path, override: str | None) -> None:
        self._data = data
        self._indexes = Indexes(data, override)
        self._turns: WeakValueDictionary[Entry, asyncio.Lock] = WeakValueDictionary()
        self._loaded: WeakValueDictionary[Entry, Image] = WeakValueDictionary()

    async def find(self, identity: Identity, current: Current, *, downgrade: bool, index: str | None) -> Found:
        """Look for an image for a device.

        Args:
            identity: Who the device is.
            current: The firmware that it runs.
            downgrade: Whether an older one is wanted.
            index: Address of an index or its path in the data folder, None for the project's own.

        Raises:
            OtaError: An index can't be had, or is none.
        """
        entries, missing = await self._indexes.entries(index, downgrade=downgrade)
        entry = find(entries, identity, current)
        if entry is None or entry.file_version is None:
            reason = why_none(entries, identity, current)
            return Found(None, available=False, reason=f"{reason}; {missing}" if missing else reason)
        return _judged(entry, entry.file_version, current.file_version, downgrade=downgrade)

    async def load(self, entry: Entry) -> Image:
        """Get the image that an entry tells of, and check that it is that.

        Devices that want the same one of the network share it.

        Raises:
            OtaError: It can't be had, or is another one, damaged or none.
        """
        if entry.sha512 is None or not is_address(entry.source):
            return await self._load(entry)
        async with self._turns.setdefault(entry, asyncio.Lock()):
            image = self._loaded.get(entry)
            if image is None:
                image = self._loaded[entry] = await self._load(entry)
            return image

    async def open(self, source: str) -> Image:
        """Get an image that a user names: by an address, or a path in the data folder.

        Raises:
            OtaError: It can't be had, is damaged or none.
        """
        return await asyncio.to_thread(Image.parse, await self._read(source))

    async def _load(self, entry: Entry) -> Image:
        return await asyncio.to_thread(verified, entry, await self._read(entry.source))

    async def _read(self, source: str) -> bytes:
        if is_address(source):
            return (await fetch(source, LARGEST_FILE)).content
        return await asyncio.to_thread(read_file, path_below(self._data, source), LARGEST_FILE)


def _judged(entry: Entry, offered: int, running: int, *, downgrade: bool) -> Found:
    versions = f"the index has version {offered}, the device runs {running}"
    if entry.force:
        return Found(entry, available=True, reason=f"{versions}, and the index wants it for all")
    available = offered < running if downgrade else offered > running
    if available:
        return Found(entry, available=True, reason=versions)
    return Found(entry, available=False, reason=f"{versions}: it is not {'older' if downgrade else 'newer'}")
