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

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Context
from zigwire.settings import AvailabilityOverride, Settings
from zigwire.zcl.requests import Read
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, DeviceType, InterviewState
from zigwire.zigbee.network import Network

__all__ = ["Availability"]

LOG = logging.getLogger(__name__)

# A device that came back may have changed meanwhile: these are read once it has been quiet for two seconds.
READ_ON_RETURN = ("state", "brightness", "color")
QUIET = 2.0
PINGS_APART = 2.0


@dataclass(slots=True)
class Watch:
    """What is known of one device's reachability."""

    online: bool
    timer: asyncio.TimerHandle | None = None
    reading: asyncio.TimerHandle | None = None
    backoff: float = 1.0
    failures: int = 0


class Availability:
    """Watches every device and publishes changes of its availability.

    Args:
        mqtt: The MQTT client.
        settings: For the switch, the timeouts and the base topic.
        network: To ask devices.
        entities: To name them.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        settings: Settings,
        network: Network,
        entities: Entities,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._network = network
        self._entities = entities
        self._now = now
        self._watches: dict[str, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()

    def start(self) -> None:
        """Publish what is known and begin to watch."""
        for entity in self._entities.devices():
            if entity.device.interview_state is InterviewState.SUCCESSFUL:
                self._watch(entity, online=self._fresh(entity))
                self.publish(entity)

    def stop(self) -> None:
        """Cease to watch."""
        for ieee in list(self._watches):
            self.forget(ieee)
        for task in self._tasks:
            task.cancel()

    def online(self, device: Device) -> bool:
        """Tell whether a device counts as reachable."""
        watch = self._watches.get(device.ieee)
        return watch is None or watch.online

    def seen(self, entity: DeviceEntity) -> None:
        """Note that a device was heard."""
        if not self._watched(entity):
            return
        watch = self._watches.get(entity.key)
        if watch is None:
            self._watch(entity, online=True)
            self.publish(entity)
            return
        if watch.online:
            # The timer looks at `last_seen` when it fires: a frame costs no new timer.
            return
        watch.online, watch.failures, watch.backoff = True, 0, 1.0
        self._rearm(entity, watch)
        self.publish(entity)
        self.returned(entity)

    def returned(self, entity: DeviceEntity) -> None:
        """Read a device's main state once it has been quiet: it announced itself or came back."""
        watch = self._watches.get(entity.key)
        if watch is None or entity.behaviour is None:
            return
        if watch.reading:
            watch.reading.cancel()
        loop = asyncio.get_running_loop()
        watch.reading = loop.call_later(QUIET, lambda: self._spawn(self._read_state(entity)))

    def publish(self, entity: DeviceEntity) -> None:
        """Publish a device's availability."""
        if not self._watched(entity):
            return
        watch = self._watches.get(entity.key)
        if watch is not None:
            state = {"state": "online" if watch.online else "offline"}
            self._mqtt.publish(self._topic(entity.name), dumps(state), qos=1, retain=True)

    def renamed(self, entity: DeviceEntity, before: str) -> None:
        """Move a device's availability to its new topic."""
        if self._watched(entity):
            self._mqtt.publish(self._topic(before), b"", qos=1, retain=True)

    def forget(self, ieee: str) -> None:
        """Cease to watch a device."""
        watch = self._watches.pop(ieee, None)
        if watch:
            for timer in (watch.timer, watch.reading):
                if timer:
                    timer.cancel()

    def _topic(self, name: str) -> str:
        return f"{self._settings.mqtt.base_topic}/{name}/availability"

    def _watched(self, entity: DeviceEntity) -> bool:
        own = entity.settings.availability
        if entity.settings.disabled or own is False:
            return False
        return self._settings.availability.enabled or own is not None

    def _own(self, entity: DeviceEntity, key: str) -> Any:
        own = entity.settings.availability
        return getattr(own, key) if isinstance(own, AvailabilityOverride) else None

    def _active(self, device: Device) -> bool:
        if device.power_source == "Battery":
            return False
        return device.type is DeviceType.ROUTER or device.power_source not in (None, "Unknown")

    def _timeout(self, entity: DeviceEntity) -> float:
        """Return after how many seconds of silence a device is asked, or counts as offline."""
        kind = (
            self._settings.availability.active if self._active(entity.device) else self._settings.availability.passive
        )
        minutes = self._own(entity, "timeout")
        return float(kind.timeout if minutes is None else minutes) * 60

    def _fresh(self, entity: DeviceEntity) -> bool:
        last_seen = entity.device.last_seen
        return last_seen is not None and self._now() - last_seen / 1000 < self._timeout(entity)

    def _watch(self, entity: DeviceEntity, *, online: bool) -> None:
        if self._watched(entity):
            watch = self._watches[entity.key] = Watch(online)
            self._rearm(entity, watch)

    def _rearm(self, entity: DeviceEntity, watch: Watch) -> None:
        if watch.timer:
            watch.timer.cancel()
        active = self._settings.availability.active
        wait = self._timeout(entity)
        if self._active(entity.device):
            jitter = self._own(entity, "max_jitter")
            span = active.max_jitter if jitter is None else jitter
            wait = wait * watch.backoff + 1 + random.uniform(0, span / 1000)  # noqa: S311 - spreads load, no secret
        if watch.online and entity.device.last_seen is not None:
            wait = max(wait - (self._now() - entity.device.last_seen / 1000), 1.0)
        watch.timer = asyncio.get_running_loop().call_later(wait, self._silent, entity.device.ieee)

    def _silent(self, ieee: str) -> None:
        device = self._network.devices.get(ieee)
        watch = self._watches.get(ieee)
        if device is None or watch is None:
            return
        entity = self._entities.of(device)
        if watch.online and self._fresh(entity):
            self._rearm(entity, watch)
        elif self._active(device):
            self._spawn(self._ask(entity, watch))
        else:
            self._went_offline(entity, watch)

    async def _ask(self, entity: DeviceEntity, watch: Watch) -> None:
        """Ask a device for its ZCL version; the answer is a frame like any other and counts as being seen."""
        attempts = 2 if watch.online else 1
        request = Read(endpoint=_basic_endpoint(entity.device), cluster="genBasic", attributes=("zclVersion",))
        async with self._asking:
            try:
                await self._network.request(entity.device, request, attempts=attempts, priority="background")
            except RequestError as error:
                LOG.debug("'%s' does not answer: %s", entity.name, error)
                self._went_offline(entity, watch)
            await asyncio.sleep(PINGS_APART)
        if self._watches.get(entity.key) is watch and not self._paused(entity, watch):
            self._rearm(entity, watch)

    def _paused(self, entity: DeviceEntity, watch: Watch) -> bool:
        own = self._own(entity, "pause_on_backoff_gt")
        limit = self._settings.availability.active.pause_on_backoff_gt if own is None else own
        return not watch.online and bool(limit) and watch.backoff > limit

    def _went_offline(self, entity: DeviceEntity, watch: Watch) -> None:
        watch.failures += 1
        own = self._own(entity, "backoff")
        if self._settings.availability.active.backoff if own is None else own:
            watch.backoff *= 1.5 if watch.failures == 1 else 2
        if watch.online:
            watch.online = False
            LOG.info("'%s' is offline", entity.name)
            self.publish(entity)

    async def _read_state(self, entity: DeviceEntity) -> None:
        if entity.behaviour is None:
            return
        for key in READ_ON_RETURN:
            if key not in entity.behaviour.properties:
                continue
            try:
                reading = entity.behaviour.read(key, Context(options=entity.options, state={}))
                for request in reading.requests:
                    await self._network.request(entity.device, request, priority="background")
            except (DefinitionError, RequestError) as error:
                LOG.debug("Can't read '%s' of '%s' after its return: %s", key, entity.name, error)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _basic_endpoint(device: Device) -> int:
    """Return the first endpoint that has genBasic as input cluster, 1 when none says so."""
    return next((endpoint.id for endpoint in device.endpoints.values() if 0 in endpoint.input_clusters), 1)
