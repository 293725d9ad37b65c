"""From a message on a set or get topic to requests on air, and the optimistic state that follows."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, UnknownEntity
from zigwire.bridge.order import ordered
from zigwire.bridge.payloads import PayloadFault, command_message, shortened
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States, matcher
from zigwire.bridge.topics import EntityTopic, Verb
from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Context, Reading
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError, StatusError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["Commands"]

LOG = logging.getLogger(__name__)

# A device that does not answer takes up to a quarter of a minute per command; more than this are refused, not hoarded.
MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Command:
    """A message for one device."""

    verb: Verb
    endpoint: str | None
    message: dict[str, Any]


@dataclass(slots=True)
class Line:
    """The commands that one device has still to carry out, in their order, and who sees to it."""

    device: Device
    waiting: deque[Command] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class Commands:
    """Carries out set and get messages: one device's in their order, different devices' side by side.

    Args:
        entities: Who can be addressed.
        network: Carries the requests.
        publisher: Publishes optimistic states.
        states: What is known of each.
        adjust: Takes out what a message should not have, given it and the known state; None takes out nothing.
    """

    def __init__(
        self,
        entities: Entities,
        network: Network,
        publisher: Publisher,
        states: States,
        adjust: Callable[[dict[str, Any], Mapping[str, Any]], None] | None = None,
    ) -> None:
        self._entities = entities
        self._network = network
        self._publisher = publisher
        self._states = states
        self._adjust = adjust
        self._lines: dict[str, Line] = {}

    def handle(self, topic: EntityTopic, payload: bytes) -> None:
        """Begin to carry out a message; faults are logged (and so published on bridge/logging)."""
        try:
            entity, endpoint = self._entities.locate(topic.path)
            message = command_message(payload, topic.attribute)
        except UnknownEntity as error:
            LOG.error("Can't %s: %s. Friendly names and IEEE addresses of bridge/devices are known", topic.verb, error)
            return
        except PayloadFault as error:
            LOG.error("Can't %s %s: %s", topic.verb, shortened(topic.path), error)
            return
        if not isinstance(entity, DeviceEntity):
            LOG.error("Can't %s '%s': commands to groups are not supported yet", topic.verb, entity.name)
            return
        if fault := _refusal(entity, endpoint):
            LOG.error("Can't %s '%s': %s", topic.verb, entity.name, fault)
            return
        self._enqueue(entity, Command(topic.verb, endpoint, message))

    async def idle(self) -> None:
        """Wait until no command is under way."""
        while workers := [line.worker for line in self._lines.values() if line.worker]:
            await asyncio.wait(workers)

    def cancel(self) -> None:
        """Give up all commands, those under way and those that wait."""
        for ieee in list(self._lines):
            self.forget(ieee)

    def forget(self, ieee: str) -> None:
        """Give up the commands of one device: it is gone."""
        line = self._lines.pop(ieee, None)
        if line and line.worker:
            line.worker.cancel()

    def _enqueue(self, entity: DeviceEntity, command: Command) -> None:
        line = self._lines.get(entity.key)
        if line is None:
            line = self._lines[entity.key] = Line(entity.device)
            line.worker = asyncio.get_running_loop().create_task(self._work(line), name=f"commands of {entity.key}")
        if len(line.waiting) >= MOST_WAITING:
            LOG.error("Can't %s '%s': %d commands wait for it already", command.verb, entity.name, MOST_WAITING)
            return
        line.waiting.append(command)

    async def _work(self, line: Line) -> None:
        device = line.device
        while line.waiting and self._here(device):
            command = line.waiting.popleft()
            try:
                await (self._get if command.verb == "get" else self._set)(device, command)
            except Exception:
                LOG.exception("Can't %s '%s' because of a fault in Zigwire", command.verb, device.ieee)
        if self._lines.get(device.ieee) is line:
            del self._lines[device.ieee]

    def _here(self, device: Device) -> bool:
        """Tell whether the device is on the network still; commands take their time."""
        return self._network.devices.get(device.ieee) is device

    async def _set(self, device: Device, command: Command) -> None:
        state = dict(self._states.get(device.ieee))
        message = dict(command.message)
        if self._adjust:
            self._adjust(message, state)
        optimistic: dict[str, Any] = {}
        used: set[str] = set()
        for key, value in ordered(message):
            entity = self._entities.of(device)
            if entity.behaviour is None:
                return
            claim = entity.behaviour.claim(key, command.endpoint)
            if claim in used:
                continue
            used.add(claim)
            context = Context(entity.options, {**state, **optimistic}, message, command.endpoint)
            try:
                encoded = entity.behaviour.encode(key, value, context)
                for request in encoded.requests:
                    await self._network.request(device, request)
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't set %s of '%s': %s", shortened(key), entity.name, error)
                continue
            optimistic.update(encoded.state)
        self._publish_optimistic(device, optimistic)

    def _publish_optimistic(self, device: Device, changes: dict[str, Any]) -> None:
        if not self._here(device):
            return
        entity = self._entities.of(device)
        if not entity.settings.optimistic:
            return
        filtered = matcher(tuple(entity.settings.filtered_optimistic))
        kept = {name: value for name, value in changes.items() if not filtered(name)}
        if kept:
            self._publisher.publish(entity, kept)

    async def _get(self, device: Device, command: Command) -> None:
        for key in command.message:
            entity = self._entities.of(device)
            if entity.behaviour is None:
                return
            context = Context(options=entity.options, state=self._states.get(device.ieee), endpoint=command.endpoint)
            try:
                await self._read(device, entity.behaviour.read(key, context))
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't get %s of '%s': %s", shortened(key), entity.name, error)

    async def _read(self, device: Device, reading: Reading) -> None:
        try:
            for request in reading.requests:
                await self._network.request(device, request)
        except StatusError:
            if reading.fallback is None:
                raise
            if self._here(device):
                self._publisher.publish(self._entities.of(device), reading.fallback)


def _refusal(entity: DeviceEntity, endpoint: str | None) -> str | None:
    if entity.settings.disabled:
        return "it is disabled in the settings"
    if entity.behaviour is None:
        return "no definition describes it, or its interview is not complete"
    if endpoint is not None and entity.endpoint(endpoint) is None:
        known = [*entity.behaviour.endpoint_names, *map(str, entity.device.endpoints)]
        return f"it has no endpoint {shortened(endpoint)}; it has {', '.join(known)}"
    return None
