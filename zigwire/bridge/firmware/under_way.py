"""What it takes to go on with updates after a restart: how, in the database, and their images, in data/ota."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import astuple

from zigwire.bridge.firmware.store import FirmwareStore
from zigwire.ota.errors import SourceError
from zigwire.ota.image import Image
from zigwire.ota.store import Store
from zigwire.ota.values import Pace
from zigwire.storage.firmware import Update

__all__ = ["UnderWay"]

LOG = logging.getLogger(__name__)


class UnderWay:
    """Keeps updates while they are under way; devices that get the same image share its file.

    Args:
        store: Keeps how they go on.
        images: Keeps their images.
    """

    def __init__(self, store: FirmwareStore, images: Store) -> None:
        self._store = store
        self._images = images
        self._turn = asyncio.Lock()

    def load(self) -> Mapping[str, Update]:
        """Return the updates by device."""
        return self._store.load_updates()

    async def image(self, update: Update) -> Image:
        """Return what a device gets.

        Raises:
            OtaError: It is not there any more.
        """
        return await asyncio.to_thread(self._images.held, update.image)

    async def begin(self, ieee: str, image: Image, pace: Pace) -> None:
        """Keep a device's update, durably: first its image, so that each update has one.

        Raises:
            OtaError: The image can't be written.
        """
        async with self._turn:
            digest = await asyncio.to_thread(self._images.hold, image)
            self._store.save_update(ieee, Update(digest, *astuple(pace)))

    async def end(self, ieee: str) -> None:
        """Forget a device's update."""
        self._store.save_update(ieee, None)
        await self.tidy()

    async def tidy(self) -> None:
        """Remove the images that no device is getting: of updates that are over, or of devices that are gone."""
        async with self._turn:
            wanted = {update.image for update in self.load().values()}
            try:
                await asyncio.to_thread(self._images.hold_only, wanted)
            except SourceError as error:
                LOG.warning("%s", error)
