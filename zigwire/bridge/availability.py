"""Whether devices are reachable: <device>/availability, by when they were last heard and by asking them.

Devices on mains are active: silent for too long they are asked for their ZCL version. Others are passive: silent
for too long they count as offline.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.availability_topics import AvailabilityTopics
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.publisher import Mqtt
from zigwire.settings import AvailabilityOverride, Settings
from zigwire.zcl.requests import Read
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import DeliveryError, RequestError, RequestTimeoutError
from zigwire.zigbee.model import Device, DeviceType
from zigwire.zigbee.network import Network

__all__ = ["Availability", "is_watched"]

LOG = logging.getLogger(__name__)

PINGS_APART = 2.0
"""Seconds between the questions to two devices."""

PAUSES = (0.0, 3.0)
"""Seconds before each question to a device that is online; one that is offline is asked once."""


@dataclass(slots=True)
class Watch:
    """What is known of one device's reachability.

    Attributes:
        own: The device's settings that the watch follows.
        online: As published.
        asking: Whether it is being asked, or waits for its turn.
        timer: Runs out when the device was silent for too long.
        backoff: What its timeout is multiplied by, because it did not answer.
        doubted: When it was last heard (Unix time in milliseconds) before a message did not reach it.
    """

    own: bool | AvailabilityOverride | None
    online: bool
    asking: bool = False
    timer: asyncio.TimerHandle | None = None
    backoff: float = 1.0
    doubted: int | None = None


class Availability:
    """Watches every device and publishes changes of its availability.

    Args:
        mqtt: The MQTT client.
        settings: For the switch, the timeouts and the base topic.
        network: To ask devices.
        entities: To name them.
        returned: Called when a device that was offline is heard again.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        settings: Settings,
        network: Network,
        entities: Entities,
        returned: Callable[[DeviceEntity], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._topics = AvailabilityTopics(mqtt, settings.mqtt.base_topic)
        self._settings = settings
        self._network = network
        self._entities = entities
        self._returned = returned
        self._now = now
        self._followers: list[Callable[[DeviceEntity], None]] = []
        self._watches: dict[str, Watch] = {}
        self._background = Background()
        self._turn = asyncio.Lock()
        self._stopped = False

    def follow(self, follower: Callable[[DeviceEntity], None]) -> None:
        """Call `follower` with each device that came online or went offline."""
        self._followers.append(follower)

    def start(self) -> None:
        """Publish what is known and begin to watch; who was silent for too long is asked at once."""
        for entity in self._entities.devices():
            if self._watched(entity):
                watch = self._watches.get(entity.key) or self._watch(entity, online=self._fresh(entity))
                self.publish(entity)
                self._check(entity, watch)

    def stop(self) -> None:
        """Cease to watch, whatever is heard afterwards."""
        self._stopped = True
        for ieee in list(self._watches):
            self.forget(ieee)
        self._background.cancel()

    def seen(self, entity: DeviceEntity) -> None:
        """Note that a device was heard."""
        if not self._watched(entity):
            return
        watch = self._watches.get(entity.key)
        if watch is None:
            self._arm(entity, self._watch(entity, online=True))
            self._publish_change(entity)
            return
        if watch.online:
            # The timer looks at `last_seen` when it fires: a frame costs no new timer.
            return
        watch.online, watch.backoff = True, 1.0
        self._arm(entity, watch)
        self._publish_change(entity)
        self._returned(entity)

    def state(self, entity: DeviceEntity) -> bool | None:
        """Return whether a device is reachable, None when it is not watched."""
        watch = self._watches.get(entity.key)
        return None if watch is None else watch.online

    def is_online(self, entity: DeviceEntity) -> bool:
        """Whether a device is watched and reachable."""
        return bool(self.state(entity))

    def undelivered(self, entity: DeviceEntity) -> None:
        """Note that a message did not reach a device: ask now whether it is there, not when its timer runs out."""
        watch = self._watches.get(entity.key)
        if watch and watch.online and _is_active(entity.device):
            watch.doubted = entity.device.last_seen
            self._ask(entity.key, watch)

    def interviewed(self, entity: DeviceEntity) -> None:
        """Note that it is known now whether a device is active or passive: its timer was set for what it seemed."""
        if watch := self._watches.get(entity.key):
            self._arm(entity, watch)

    def changed(self, entity: DeviceEntity) -> None:
        """Follow a device's new settings."""
        before = self._watches.get(entity.key)
        if before and self._watched(entity) and before.own == entity.settings.availability:
            return
        self.forget(entity.key)
        if not self._watched(entity):
            return
        online = before is not None and before.online
        watch = self._watch(entity, online=online or self._fresh(entity))
        if before is None or watch.online != online:
            self._publish_change(entity)
        self._check(entity, watch)

    def publish(self, entity: DeviceEntity) -> None:
        """Publish a device's availability."""
        watch = self._watches.get(entity.key)
        if watch is not None:
            self._topics.publish(entity.name, online=watch.online)

    def _publish_change(self, entity: DeviceEntity) -> None:
        self.publish(entity)
        for follow in self._followers:
            follow(entity)

    def renamed(self, entity: DeviceEntity, before: str) -> None:
        """Clear a device's availability on its old topic."""
        if self._watched(entity):
            self._topics.clear(before)

    def forget(self, ieee: str) -> None:
        """Cease to watch a device."""
        watch = self._watches.pop(ieee, None)
        if watch and watch.timer:
            watch.timer.cancel()

    # --- settings ---

    def _watched(self, entity: DeviceEntity) -> bool:
        return not self._stopped and is_watched(entity, self._settings)

    def _timeout(self, entity: DeviceEntity) -> float:
        """Return after how many seconds of silence a device is asked, or counts as offline."""
        common = self._settings.availability
        kind = common.active if _is_active(entity.device) else common.passive
        minutes = _own(entity, "timeout")
        return float(kind.timeout if minutes is None else minutes) * 60

    def _jitter(self, entity: DeviceEntity) -> float:
        """Return by how many seconds a question is put off, so that not all go out at once."""
        if not _is_active(entity.device):
            return 0.0
        own = _own(entity, "max_jitter")
        most = self._settings.availability.active.max_jitter if own is None else own
        return random.uniform(0, most / 1000)  # noqa: S311 - spreads load, no secret

    def _backs_off(self, entity: DeviceEntity) -> bool:
        own = _own(entity, "backoff")
        return bool(self._settings.availability.active.backoff if own is None else own)

    def _paused(self, entity: DeviceEntity, watch: Watch) -> bool:
        own = _own(entity, "pause_on_backoff_gt")
        limit = self._settings.availability.active.pause_on_backoff_gt if own is None else own
        return not watch.online and bool(limit) and watch.backoff > limit

    # --- waiting ---

    def _watch(self, entity: DeviceEntity, *, online: bool) -> Watch:
        watch = self._watches[entity.key] = Watch(entity.settings.availability, online)
        return watch

    def _entity(self, ieee: str, watch: Watch) -> DeviceEntity | None:
        """Return the device as it is now, None when it is gone or this is not its watch any more."""
        device = self._network.devices.get(ieee)
        if device is None or self._watches.get(ieee) is not watch:
            return None
        return self._entities.of(device)

    def _silence(self, entity: DeviceEntity) -> float:
        """Return for how many seconds a device was not heard."""
        last_seen = entity.device.last_seen
        return float("inf") if last_seen is None else max(0.0, self._now() - last_seen / 1000)

    def _fresh(self, entity: DeviceEntity) -> bool:
        return self._silence(entity) < self._timeout(entity)

    def _arm(self, entity: DeviceEntity, watch: Watch) -> None:
        """Look at a device again after its timeout, counted from when it was heard; from now if that is too old."""
        if watch.asking:
            return
        if watch.timer:
            watch.timer.cancel()
        wait = self._timeout(entity) * watch.backoff + 1 + self._jitter(entity)
        if watch.online and self._fresh(entity):
            wait -= self._silence(entity)
        watch.timer = asyncio.get_running_loop().call_later(wait, self._expired, entity.key, watch)

    def _expired(self, ieee: str, watch: Watch) -> None:
        if entity := self._entity(ieee, watch):
            self._check(entity, watch)

    def _is_there(self, entity: DeviceEntity, watch: Watch) -> bool:
        """Whether a device was heard lately, and after the last message that did not reach it."""
        return watch.online and self._fresh(entity) and entity.device.last_seen != watch.doubted

    def _check(self, entity: DeviceEntity, watch: Watch) -> None:
        """Judge a device by when it was last heard."""
        if self._is_there(entity, watch):
            self._arm(entity, watch)
        elif _is_active(entity.device):
            self._ask(entity.key, watch)
        else:
            self._went_offline(entity, watch)

    def _went_offline(self, entity: DeviceEntity, watch: Watch) -> None:
        if watch.online:
            watch.online = False
            LOG.info("'%s' is offline", entity.name)
            self._publish_change(entity)

    # --- asking ---

    def _ask(self, ieee: str, watch: Watch) -> None:
        if watch.asking:
            return
        watch.asking = True
        self._background.spawn(self._take_turn(ieee, watch), f"question to {ieee} whether it is there")

    async def _take_turn(self, ieee: str, watch: Watch) -> None:
        """Ask a device when all before it were asked; its answer is a frame like any other and counts as being seen."""
        async with self._turn:
            is_due, silent = self._overdue(ieee, watch) is not None, False
            try:
                silent = is_due and await self._is_silent(ieee, watch)
            finally:
                self._asked(ieee, watch, silent=silent)
            if is_due:
                await asyncio.sleep(PINGS_APART)

    def _overdue(self, ieee: str, watch: Watch) -> DeviceEntity | None:
        """Return the device if it is still to be asked: it is there and was not heard meanwhile."""
        entity = self._entity(ieee, watch)
        return None if entity is None or self._is_there(entity, watch) else entity

    async def _is_silent(self, ieee: str, watch: Watch) -> bool:
        for pause in PAUSES if watch.online else PAUSES[:1]:
            await asyncio.sleep(pause)
            entity = self._overdue(ieee, watch)
            if entity is None or not await self._gives_no_sign(entity):
                return False
        return True

    async def _gives_no_sign(self, entity: DeviceEntity) -> bool:
        """Ask for the ZCL version. A refusal is a sign of life too, and a lost radio is not the device's fault."""
        device = entity.device
        heard = device.last_seen
        request = Read(endpoint=_basic_endpoint(device), cluster="genBasic", attributes=("zclVersion",))
        try:
            await self._network.request(device, request, attempts=1, priority="background")
        except (DeliveryError, RequestTimeoutError) as error:
            LOG.debug("'%s' does not answer: %s", entity.name, error)
            return device.last_seen == heard
        except RequestError as error:
            LOG.debug("Asked '%s' for a sign of life: %s", entity.name, error)
        return False

    def _asked(self, ieee: str, watch: Watch, *, silent: bool) -> None:
        watch.asking = False
        entity = self._entity(ieee, watch)
        if entity is None:
            return
        if silent:
            if self._backs_off(entity):
                watch.backoff *= 1.5 if watch.online else 2
            self._went_offline(entity, watch)
        if not self._paused(entity, watch):
            self._arm(entity, watch)


def is_watched(entity: DeviceEntity, settings: Settings) -> bool:
    """Whether the settings want a device's availability to be known."""
    own = entity.settings.availability
    if entity.settings.disabled or own is False:
        return False
    return settings.availability.enabled or own is not None


def _own(entity: DeviceEntity, key: str) -> Any:
    """Return what a device's own settings say, None when they leave it to the common ones."""
    own = entity.settings.availability
    return getattr(own, key) if isinstance(own, AvailabilityOverride) else None


def _is_active(device: Device) -> bool:
    if device.power_source == "Battery":
        return False
    return device.type is DeviceType.ROUTER or device.power_source not in (None, "Unknown")


def _basic_endpoint(device: Device) -> int:
    """Return the first endpoint that has genBasic as input cluster, 1 when none says so."""
    return next((endpoint.id for endpoint in device.endpoints.values() if 0 in endpoint.input_clusters), 1)
