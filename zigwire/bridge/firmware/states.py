"""The property `update` of a device's state: how its firmware is, and how far an update of it came."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

from zigwire.bridge.entities import Entities
from zigwire.bridge.firmware.lookup import Candidate
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States
from zigwire.ota.values import Pace, Progress
from zigwire.zigbee.model import Device

__all__ = ["FirmwareStates"]

UPDATE = "update"
VERSIONS = ("installed_version", "latest_version", "latest_source", "latest_release_notes")
PROGRESS = ("progress", "remaining")

PAUSE = 1.0
"""Seconds between two messages about one update at least."""

Word = Literal["idle", "available", "scheduled", "updating"]


class FirmwareStates:
    """Publishes `update`; of devices that are gone nothing."""

    def __init__(self, entities: Entities, publisher: Publisher, states: States) -> None:
        self._entities = entities
        self._publisher = publisher
        self._states = states

    def tell(self, device: Device, word: Word) -> None:
        """Publish how it is, with the versions that were known last."""
        self._publish(device, {**self._versions(device), "state": word})

    def found(self, device: Device, candidate: Candidate) -> None:
        """Publish the outcome of a look-up."""
        installed = candidate.current.file_version
        latest = installed if candidate.version is None else candidate.version
        update = versions(installed, latest, candidate.source, candidate.notes)
        self._publish(device, {**update, "state": "available" if candidate.available else "idle"})

    def installed(self, device: Device, version: int) -> None:
        """Publish that a device runs this version, and that no newer one is known."""
        self._publish(device, {**versions(version, version), "state": "idle"})

    def begin(self, device: Device, size: int, pace: Pace) -> Callable[[Progress], None]:
        """Publish that an update begins; what is returned publishes how far it came."""
        clock = asyncio.get_running_loop().time
        told = clock()
        self._progress(device, 0.0, math.ceil(size / pace.block_size) * pace.delay)

        def said(progress: Progress) -> None:
            nonlocal told
            complete = progress.offset >= progress.size
            if complete or clock() - told < PAUSE:
                return
            told = clock()
            self._progress(device, 100 * progress.offset / progress.size, progress.remaining)

        return said

    def end(self, device: Device) -> None:
        """Publish that a device has all of the image."""
        self._progress(device, 100.0, 0.0)

    def settle(self, device: Device, *, updating: bool) -> None:
        """Correct what was known before a restart: how far an update was, and that there was one, unless it goes on."""
        self._states.trim(device.ieee, UPDATE, PROGRESS)
        if not updating and self._known(device).get("state") == "updating":
            self._states.update(device.ieee, {UPDATE: {"state": "idle"}})

    def _progress(self, device: Device, percent: float, remaining: float | None) -> None:
        update: dict[str, Any] = {**self._versions(device), "state": "updating", "progress": rounded(percent, 2)}
        if remaining is not None:
            update["remaining"] = rounded(remaining)
        self._publish(device, update)

    def _publish(self, device: Device, update: Mapping[str, Any]) -> None:
        entity = self._entities.find_key(device.ieee)
        if entity is None:
            return
        self._states.trim(device.ieee, UPDATE, PROGRESS)
        self._publisher.publish(entity, {UPDATE: update})

    def _versions(self, device: Device) -> dict[str, Any]:
        known = self._known(device)
        return {name: known[name] for name in VERSIONS if name in known}

    def _known(self, device: Device) -> Mapping[str, Any]:
        known = self._states.get(device.ieee).get(UPDATE)
        return known if isinstance(known, dict) else {}


def versions(installed: int, latest: int, source: str | None = None, notes: str | None = None) -> dict[str, Any]:
    """Return the versions, empty words as nothing."""
    return dict(zip(VERSIONS, (installed, latest, source or None, notes or None), strict=True))


def rounded(number: float, places: int = 0) -> int | float:
    """Round a half up, as the interface does; whole numbers are written without a fraction."""
    scale = 10**places
    value = math.floor(number * scale + 0.5) / scale
    return int(value) if value.is_integer() else value
