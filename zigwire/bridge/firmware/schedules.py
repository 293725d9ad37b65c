"""Updates that wait until their device asks."""

from __future__ import annotations

import logging
from pathlib import Path

from zigwire.bridge.firmware.store import FirmwareStore
from zigwire.ota.errors import SourceError
from zigwire.ota.store import Store
from zigwire.storage.firmware import Schedule

__all__ = ["Schedules"]

LOG = logging.getLogger(__name__)


class Schedules:
    """What each device gets when it next asks; an image that came with the request goes when it is not wanted any more.

    Args:
        store: Keeps them.
        images: Keeps images that users sent.
    """

    def __init__(self, store: FirmwareStore, images: Store) -> None:
        self._store = store
        self._images = images
        self._schedules = dict(store.load_schedules())

    def get(self, ieee: str) -> Schedule | None:
        """Return what a device gets."""
        return self._schedules.get(ieee)

    def set(self, ieee: str, schedule: Schedule) -> None:
        """Let a device get something; what it was to get before is superseded."""
        before = self._schedules.get(ieee)
        self._store.save_schedule(ieee, schedule)
        self._schedules[ieee] = schedule
        if before and before.url != schedule.url:
            self._drop_image(before)

    def cancel(self, ieee: str) -> None:
        """Let a device get nothing."""
        if schedule := self.done(ieee):
            self._drop_image(schedule)

    def done(self, ieee: str) -> Schedule | None:
        """Note that a device got what it was to get, and return it."""
        if ieee not in self._schedules:
            return None
        self._store.save_schedule(ieee, None)
        return self._schedules.pop(ieee)

    def forget(self, ieee: str) -> None:
        """Drop what was to become of a device that is gone."""
        if schedule := self._schedules.pop(ieee, None):
            self._drop_image(schedule)

    def _drop_image(self, schedule: Schedule) -> None:
        if schedule.url is None or any(other.url == schedule.url for other in self._schedules.values()):
            return
        try:
            self._images.drop(Path(schedule.url))
        except SourceError as error:
            LOG.warning("%s", error)
