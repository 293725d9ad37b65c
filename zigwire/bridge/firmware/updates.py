"""The course of an update: ask the device, find its image, hand it out, and meet the device anew."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.firmware.errors import NoImageError
from zigwire.bridge.firmware.lookup import Candidate
from zigwire.bridge.firmware.parts import Parts
from zigwire.bridge.firmware.quirks import prepare
from zigwire.ota.errors import AbortedError, OtaError
from zigwire.ota.image import Image
from zigwire.ota.server import Query
from zigwire.ota.values import Current, Pace
from zigwire.storage.firmware import Schedule, Update
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RadioOfflineError, RequestError
from zigwire.zigbee.model import Device

__all__ = ["Updates"]

LOG = logging.getLogger(__name__)

SETTLING = 5.0
"""Seconds that a device has for its start with the new firmware before it is interviewed."""


class Updates:
    """Updates devices.

    Args:
        parts: What it is done with.

    Attributes:
        ended: How many updates that were handed out ended how: `installed`, `aborted`, `failed`.
    """

    def __init__(self, parts: Parts) -> None:
        self.ended: Counter[str] = Counter()
        self._network = parts.network
        self._entities = parts.entities
        self._server = parts.server
        self._lookup = parts.lookup
        self._states = parts.states
        self._schedules = parts.schedules
        self._under_way = parts.under_way
        self._busy = parts.busy
        self._renewed = parts.renewed
        self._unfinished: Mapping[str, Update] | None = parts.under_way.load()
        self._background = Background()

    async def carry_out(self, entity: DeviceEntity, wanted: Schedule, pace: Pace, query: Query) -> int:
        """Update a device, which the caller has claimed, and return the version that it runs then.

        Args:
            entity: The device.
            wanted: The image it is to get.
            pace: How it gets it.
            query: What it asked with.

        Raises:
            NoImageError: There is no image for it.
            OtaError: It did not come to its end.
        """
        try:
            image = await self._image(entity, query.current, wanted)
            await self._under_way.begin(entity.key, image, pace)
        except OtaError:
            await self._server.refuse(query)
            raise
        await self._hand_out(entity.device, image, pace, query)
        return image.header.file_version

    async def ask(self, device: Device) -> Query:
        """Let a device ask for its next image.

        Raises:
            OtaError: It does not, or there is no radio to ask it by.
        """
        if self._network.radio_state != "online":
            raise OtaError(str(RadioOfflineError()))
        await prepare(self._network, device)
        return await self._server.notify(device)

    def failed(self, device: Device, error: OtaError) -> None:
        """Publish how it is after an update that failed; where there was no image, the look-up has said all."""
        if self._schedules.get(device.ieee):
            self._states.tell(device, "scheduled")
        elif not isinstance(error, NoImageError):
            self._states.tell(device, "available")

    def failed_by_itself(self, device: Device, error: OtaError) -> None:
        """Publish how it is after an update that nobody waits for; what is scheduled begins again at the next question.

        It is over when the user aborted it, or there just is no newer image.
        """
        detail = f": {error.detail}" if error.detail else ""
        LOG.error("OTA update of '%s' failed (%s)%s", self._entities.of(device).name, error, detail)
        if isinstance(error, AbortedError) or (isinstance(error, NoImageError) and error.expected):
            self._schedules.cancel(device.ieee)
        self.failed(device, error)

    def settle(self) -> None:
        """Correct the states that a restart left, and go on with the updates that it interrupted, once."""
        if self._unfinished is None:
            return
        unfinished, self._unfinished = self._unfinished, None
        for device in self._network.devices.values():
            update = unfinished.get(device.ieee)
            self._states.settle(device, updating=update is not None)
            if update:
                self._background.spawn(self._resume(device, update), f"update of {device.ieee}")
        self._background.spawn(self._under_way.tidy(), "removal of images")

    def forget(self) -> None:
        """Drop what was under way for a device that is gone."""
        self._background.spawn(self._under_way.tidy(), "removal of images")

    def stop(self) -> None:
        """End all work; what was handed out goes on after the next start."""
        self._background.cancel()

    async def _image(self, entity: DeviceEntity, current: Current, wanted: Schedule) -> Image:
        """Return the image that a device gets.

        Raises:
            NoImageError: There is none; it is published what the device runs.
        """
        candidate = Candidate(current)
        try:
            candidate = await self._lookup.find(entity, current, wanted)
            return await self._lookup.image(candidate)
        except OtaError as error:
            self._states.found(entity.device, Candidate(candidate.current))
            raise error if isinstance(error, NoImageError) else NoImageError(str(error)) from error

    async def _hand_out(self, device: Device, image: Image, pace: Pace, query: Query | None) -> None:
        """Give a device its image; what it takes to go on with it is kept."""
        LOG.info("'%s' gets firmware %s", self._entities.of(device).name, image)
        said = self._states.begin(device, image.header.total_size, pace)
        try:
            await self._server.update(device, image, pace, query=query, said=said)
        except OtaError as error:
            self.ended["aborted" if isinstance(error, AbortedError) else "failed"] += 1
            await self._under_way.end(device.ieee)
            raise
        self.ended["installed"] += 1
        self._schedules.done(device.ieee)
        self._states.end(device)
        self._states.installed(device, image.header.file_version)
        LOG.info("'%s' runs firmware version %d", self._entities.of(device).name, image.header.file_version)
        self._background.spawn(self._interview(device), f"interview of {device.ieee} after its update")
        await self._under_way.end(device.ieee)

    async def _resume(self, device: Device, update: Update) -> None:
        try:
            with self._busy.claim(device.ieee):
                image = await self._under_way.image(update)
                LOG.info("The update of '%s' goes on", self._entities.of(device).name)
                await self._hand_out(device, image, Pace(update.patience, update.delay, update.block_size), None)
        except OtaError as error:
            await self._under_way.end(device.ieee)
            self.failed_by_itself(device, error)
        else:
            self._renewed(device)

    async def _interview(self, device: Device) -> None:
        """Interview a device: new firmware may bring new features."""
        await asyncio.sleep(SETTLING)
        if device.ieee not in self._network.devices:
            return
        try:
            await self._network.interview(device)
        except RequestError as error:
            name = self._entities.of(device).name
            LOG.error("Interview of '%s' after its update failed: %s; device/interview tries again", name, error)
