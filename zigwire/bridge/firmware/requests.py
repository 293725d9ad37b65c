"""device/ota_update/*: look firmware up, update, schedule, and take it back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.existing import existing_device
from zigwire.bridge.firmware.builds import read_build
from zigwire.bridge.firmware.errors import NoImageError
from zigwire.bridge.firmware.parts import Parts
from zigwire.bridge.firmware.queries import Queries, supports_ota
from zigwire.bridge.firmware.updates import Updates
from zigwire.bridge.firmware.wanted import hex_image, pace, url
from zigwire.bridge.requests import Handler, Manner, RequestFault, fields
from zigwire.ota.errors import AbortedError, ImageError, OtaError, SourceError
from zigwire.ota.store import Store
from zigwire.storage.firmware import Schedule
from zigwire.zcl.clusters import CLUSTERS

__all__ = ["MANNERS", "FirmwareRequests"]

LOG = logging.getLogger(__name__)

PREFIX = "device/ota_update"

GOES_ON = Manner(parting="The bridge stops; an update that has begun goes on when it is back")

MANNERS = {
    f"{PREFIX}/check/downgrade": Manner(topic=f"{PREFIX}/check"),
    f"{PREFIX}/schedule/downgrade": Manner(topic=f"{PREFIX}/schedule"),
    f"{PREFIX}/update": GOES_ON,
    f"{PREFIX}/update/downgrade": Manner(topic=f"{PREFIX}/update", parting=GOES_ON.parting),
}
"""How these are answered where that is not as usual."""


class FirmwareRequests:
    """Carries out what users ask for."""

    def __init__(self, parts: Parts, images: Store, updates: Updates, queries: Queries) -> None:
        self._parts = parts
        self._images = images
        self._updates = updates
        self._queries = queries

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            f"{PREFIX}/check": self.check,
            f"{PREFIX}/check/downgrade": partial(self.check, downgrade=True),
            f"{PREFIX}/update": self.update,
            f"{PREFIX}/update/downgrade": partial(self.update, downgrade=True),
            f"{PREFIX}/update/abort": self.abort,
            f"{PREFIX}/schedule": self.schedule,
            f"{PREFIX}/schedule/downgrade": partial(self.schedule, downgrade=True),
            f"{PREFIX}/unschedule": self.unschedule,
        }

    async def check(self, message: Any, *, downgrade: bool = False) -> dict[str, Any]:
        """Look up whether there is an image for a device."""
        asked, entity = self._free(message)
        self._need_support(entity, asked)
        wanted = Schedule(url(asked), downgrade)
        LOG.info("Checking if OTA update available for '%s'", entity.name)
        parts = self._parts
        try:
            with parts.busy.claim(entity.key):
                query = await self._updates.ask(entity.device)
                await parts.server.refuse(query)
                candidate = await parts.lookup.find(entity, query.current, wanted)
        except OtaError as error:
            text = f"Failed to check if OTA update available for '{entity.name}' ({error})"
            raise RequestFault(text, error.detail) from error
        self._queries.looked_up(entity.key)
        parts.states.found(entity.device, candidate)
        LOG.info("%s update available for '%s'", "OTA" if candidate.available else "No OTA", entity.name)
        reason = candidate.reason if candidate.found is None else None
        told = {"source": candidate.source, "release_notes": candidate.notes, "reason": reason}
        return {
            "id": asked["id"],
            "update_available": candidate.available,
            "downgrade": downgrade,
            **{name: value for name, value in told.items() if value is not None},
        }

    async def update(self, message: Any, *, downgrade: bool = False) -> dict[str, Any]:
        """Update a device now."""
        asked, entity = self._free(message)
        self._need_support(entity, asked)
        chosen, device = pace(asked, self._parts.settings.ota), entity.device
        try:
            with self._parts.busy.claim(entity.key):
                wanted = await self._wanted(asked, entity, downgrade=downgrade)
                LOG.info("OTA updating '%s' to %s firmware", entity.name, "previous" if downgrade else "latest")
                before = await read_build(self._parts.network, device)
                query = await self._updates.ask(device)
                version = await self._updates.carry_out(entity, wanted, chosen, query)
        except NoImageError as error:
            self._updates.failed(device, error)
            raise RequestFault(f"Update of '{entity.name}' failed ({error})", error.detail) from error
        except OtaError as error:
            self._updates.failed(device, error)
            raise RequestFault(f"OTA update of '{entity.name}' failed ({error})", error.detail) from error
        after = await read_build(self._parts.network, device)
        self._parts.renewed(device)
        return {
            "id": asked["id"],
            "from": {"file_version": query.current.file_version, **before},
            "to": {"file_version": version, **after},
        }

    async def abort(self, message: Any) -> dict[str, Any]:
        """End what is under way."""
        asked, entity = self._device(message)
        parts = self._parts
        if entity.key not in parts.busy:
            raise RequestFault(f"No OTA in progress to abort for device '{entity.name}'")
        if not parts.server.is_updating(entity.device):
            parts.busy.end(entity.key, AbortedError(f"OTA for device {entity.key} was aborted"))
        elif parts.server.abort(entity.device):
            parts.states.tell(entity.device, "available")
        else:
            raise RequestFault(f"It is too late to abort: device '{entity.name}' has its new firmware")
        return {"id": asked["id"]}

    async def schedule(self, message: Any, *, downgrade: bool = False) -> dict[str, Any]:
        """Update a device when it next asks."""
        asked, entity = self._free(message)
        self._need_support(entity, asked)
        self._need_client(entity)
        try:
            with self._parts.busy.claim(entity.key):
                wanted = await self._wanted(asked, entity, downgrade=downgrade)
        except OtaError as error:
            raise RequestFault(str(error)) from error
        self._parts.schedules.set(entity.key, wanted)
        self._parts.states.tell(entity.device, "scheduled")
        LOG.info("'%s' gets firmware when it next asks", entity.name)
        return {"id": asked["id"]} if wanted.url is None else {"id": asked["id"], "url": wanted.url}

    async def unschedule(self, message: Any) -> dict[str, Any]:
        """Update a device no more when it asks."""
        asked, entity = self._free(message)
        self._parts.schedules.cancel(entity.key)
        self._parts.states.tell(entity.device, "idle")
        return {"id": asked["id"]}

    def _device(self, message: Any) -> tuple[dict[str, Any], DeviceEntity]:
        asked = fields(message, "id", bare="id")
        return asked, existing_device(self._parts.entities, asked["id"])

    def _free(self, message: Any) -> tuple[dict[str, Any], DeviceEntity]:
        """Return the payload and a device that nobody works on."""
        asked, entity = self._device(message)
        if entity.key in self._parts.busy:
            raise RequestFault(f"OTA update or check for update already in progress for '{entity.name}'")
        if entity.settings.disabled:
            raise RequestFault(f"Device '{entity.name}' is disabled")
        return asked, entity

    async def _wanted(self, asked: Mapping[str, Any], entity: DeviceEntity, *, downgrade: bool) -> Schedule:
        """Return which image is wanted; one that comes with the request is kept."""
        brought = hex_image(asked)
        if brought is None:
            return Schedule(url(asked), downgrade)
        data, name = brought
        try:
            path = await asyncio.to_thread(self._images.keep, data, name, entity.key)
        except (ImageError, SourceError) as error:
            raise RequestFault(f"Invalid payload ({error})") from error
        return Schedule(str(path), downgrade)

    def _need_client(self, entity: DeviceEntity) -> None:
        cluster = CLUSTERS.resolve("genOta").id
        if not any(cluster in endpoint.output_clusters for endpoint in entity.device.endpoints.values()):
            raise RequestFault(f"No endpoint found with OTA cluster support for {entity.key}")

    def _need_support(self, entity: DeviceEntity, asked: Mapping[str, Any]) -> None:
        """See to it that a device can be updated; who names an image knows better than the definition."""
        if not asked.get("url") and not asked.get("hex") and not supports_ota(entity):
            raise RequestFault(f"Device '{entity.name}' does not support OTA updates")
