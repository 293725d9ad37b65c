"""Images for devices: found in indexes, fetched, checked and kept."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from zigwire.ota.errors import OtaError
from zigwire.ota.image import LARGEST_FILE, Image
from zigwire.ota.index import Entry, Identity, find, why_none
from zigwire.ota.indexes import Indexes
from zigwire.ota.sources import fetch, is_address, path_below, read_file
from zigwire.ota.store import Store
from zigwire.ota.values import Current
from zigwire.ota.verify import verified

__all__ = ["Found", "Images"]

LOG = logging.getLogger(__name__)


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
    """All that is asked of images.

    Args:
        data: The data folder. Images are kept in `ota` below it; no path that comes over MQTT or in an index leads out
            of it.
        override: Address or path of the index whose entries come first, empty or None without one.
    """

    def __init__(self, data: Path, override: str | None) -> None:
        self._data = data
        self._indexes = Indexes(data, override)
        self._store = Store(data)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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

        Raises:
            OtaError: It can't be had, or is another one, damaged or none.
        """
        if entry.sha512 is None or not is_address(entry.source):
            return await asyncio.to_thread(verified, entry, await self._read(entry.source))
        async with self._turns.setdefault(entry.sha512, asyncio.Lock()):
            kept = await asyncio.to_thread(self._store.fetched, entry.sha512)
            content = kept if kept is not None else await self._read(entry.source)
            image = await asyncio.to_thread(verified, entry, content)
            if kept is None:
                await asyncio.to_thread(self._keep_fetched, entry.sha512, content)
            return image

    async def open(self, source: str) -> Image:
        """Get an image that a user names: by an address, or a path in the data folder.

        Raises:
            OtaError: It can't be had, is damaged or none.
        """
        return await asyncio.to_thread(Image.parse, await self._read(source))

    def keep(self, content: bytes | str, name: str | None, ieee: str) -> Path:
        """Keep a user's image in `ota` below the data folder; one of that name is replaced.

        Args:
            content: Bytes, or hexadecimal digits.
            name: The file's; None for one made of the device's address and the time.
            ieee: Of the device that it is for.

        Raises:
            ImageError: The content has no hexadecimal digits, or is too big.
            SourceError: The name can't be one, or the file can't be written.
        """
        return self._store.keep(content, name, ieee)

    def is_kept(self, source: str | Path) -> bool:
        """Tell whether a path is one that `keep` may have returned."""
        return self._store.is_kept(source)

    def drop(self, path: Path) -> None:
        """Remove an image that `keep` returned; what lies elsewhere is left alone.

        Raises:
            SourceError: It can't be removed.
        """
        self._store.drop(path)

    def _keep_fetched(self, digest: str, content: bytes) -> None:
        try:
            self._store.keep_fetched(digest, content)
        except OtaError as error:
            LOG.warning("A fetched image is not kept for the next device: %s", error)

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
