"""What becomes of a device that asks for firmware by itself: what is scheduled, a look-up that is due, or nothing."""

from __future__ import annotations

import asyncio
import logging

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.firmware.parts import Parts
from zigwire.bridge.firmware.updates import Updates
from zigwire.bridge.firmware.wanted import usual_pace
from zigwire.ota.errors import OtaError
from zigwire.ota.server import Query
from zigwire.storage.firmware import Schedule
from zigwire.zigbee.background import Background

__all__ = ["Queries"]

LOG = logging.getLogger(__name__)


class Queries:
    """Answers devices."""

    def __init__(self, parts: Parts, updates: Updates) -> None:
        self._settings = parts.settings
        self._entities = parts.entities
        self._server = parts.server
        self._lookup = parts.lookup
        self._states = parts.states
        self._schedules = parts.schedules
        self._busy = parts.busy
        self._renewed = parts.renewed
        self._updates = updates
        self._looked_up: dict[str, float] = {}
        self._background = Background()

    def asked(self, query: Query) -> None:
        """Take a device's question."""
        self._background.spawn(self._answer(query), f"answer to {query.device.ieee}, which asks for firmware")

    def looked_up(self, ieee: str) -> None:
        """Note that there was a look-up for a device: the next one by itself is due an interval later."""
        self._looked_up[ieee] = asyncio.get_running_loop().time()

    def forget(self, ieee: str) -> None:
        """Drop what is known of a device that is gone."""
        self._looked_up.pop(ieee, None)

    def stop(self) -> None:
        """Answer nobody any more."""
        self._background.cancel()

    async def _answer(self, query: Query) -> None:
        if query.device.ieee in self._busy:
            return  # what is under way ends with an answer
        entity = self._entities.of(query.device)
        if entity.settings.disabled:
            await self._server.refuse(query)
        elif schedule := self._scheduled(entity):
            await self._update(entity, schedule, query)
        elif self._is_due(entity):
            await self._look_up(entity, query)
        else:
            await self._server.refuse(query)

    def _scheduled(self, entity: DeviceEntity) -> Schedule | None:
        """Return what a device gets now; who named an image knows better than the definition."""
        schedule = self._schedules.get(entity.key)
        if schedule is None or (schedule.url is None and not supports_ota(entity)):
            return None
        return schedule

    def _is_due(self, entity: DeviceEntity) -> bool:
        ota = self._settings.ota
        if ota.disable_automatic_update_check or entity.settings.disable_automatic_update_check:
            return False
        before, now = self._looked_up.get(entity.key), asyncio.get_running_loop().time()
        return supports_ota(entity) and (before is None or now - before > ota.update_check_interval * 60)

    async def _update(self, entity: DeviceEntity, schedule: Schedule, query: Query) -> None:
        LOG.info("'%s' asks for firmware and gets what is scheduled", entity.name)
        try:
            with self._busy.claim(entity.key):
                await self._updates.carry_out(entity, schedule, usual_pace(self._settings.ota), query)
        except OtaError as error:
            self._updates.failed_by_itself(entity.device, error)
        else:
            self._renewed(entity.device)

    async def _look_up(self, entity: DeviceEntity, query: Query) -> None:
        """See what there is; the device, which gets nothing but a schedule, does not wait for that."""
        self.looked_up(entity.key)
        try:
            with self._busy.claim(entity.key):
                await self._server.refuse(query)
                candidate = await self._lookup.find(entity, query.current, Schedule())
                self._states.found(entity.device, candidate)
                if candidate.available:
                    LOG.info("OTA update available for '%s'", entity.name)
        except OtaError as error:
            LOG.warning("Failed to check if OTA update available for '%s' (%s)", entity.name, error)


def supports_ota(entity: DeviceEntity) -> bool:
    """Tell whether a device's definition says that its firmware can be updated."""
    return entity.behaviour is not None and entity.behaviour.definition.ota
