"""From a message on a set or get topic to requests on air, and the optimistic state that follows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, Entity, UnknownEntity
from zigwire.bridge.payloads import PayloadFault, command_message
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States, matcher
from zigwire.bridge.topics import EntityTopic
from zigwire.devices.behaviour import Behaviour
from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Context, Reading
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError, StatusError
from zigwire.zigbee.network import Network

__all__ = ["Commands"]

LOG = logging.getLogger(__name__)

# A device that does not answer takes up to a quarter of a minute per command; more than this are refused, not hoarded.
WAITING = 100
LAST_WHEN_OFF = frozenset({"state", "brightness", "brightness_percent"})


class Commands:
    """Carries out set and get messages: one entity's in their order, different entities' side by side."""

    def __init__(self, entities: Entities, network: Network, publisher: Publisher, states: States) -> None:
        self._entities = entities
        self._network = network
        self._publisher = publisher
        self._states = states
        self._waiting: dict[str, int] = {}
        self._last: dict[str, asyncio.Task[None]] = {}

    def handle(self, topic: EntityTopic, payload: bytes) -> None:
        """Begin to carry out a message; faults are logged (and so published on bridge/logging)."""
        try:
            entity, endpoint = self._entities.locate(topic.path)
            message = command_message(payload, topic.attribute)
        except UnknownEntity as error:
            LOG.error("%s: nothing to %s. Use a friendly name or IEEE address of bridge/devices", error, topic.verb)
            return
        except PayloadFault as error:
            LOG.error("Can't %s '%s': %s", topic.verb, topic.path, error)
            return
        if not isinstance(entity, DeviceEntity):
            LOG.error("Can't %s '%s': commands to groups are not supported yet", topic.verb, entity.name)
            return
        if fault := _refusal(entity, endpoint):
            LOG.error("Can't %s '%s': %s", topic.verb, entity.name, fault)
            return
        self._enqueue(entity, self._run(topic, entity, endpoint, message))

    async def idle(self) -> None:
        """Wait until no command is under way."""
        while self._last:
            await asyncio.gather(*self._last.values(), return_exceptions=True)

    def cancel(self) -> None:
        """Give up all commands under way."""
        for task in self._last.values():
            task.cancel()

    def _enqueue(self, entity: Entity, work: Any) -> None:
        key = entity.key
        if self._waiting.get(key, 0) >= WAITING:
            work.close()
            LOG.error("Can't command '%s': %d commands are waiting for it already", entity.name, WAITING)
            return
        self._waiting[key] = self._waiting.get(key, 0) + 1
        task = asyncio.get_running_loop().create_task(_after(self._last.get(key), work))
        self._last[key] = task
        task.add_done_callback(lambda done: self._finished(key, done))

    def _finished(self, key: str, task: asyncio.Task[None]) -> None:
        self._waiting[key] -= 1
        if self._last.get(key) is task:
            del self._last[key]
            del self._waiting[key]
        if not task.cancelled() and (error := task.exception()):
            LOG.error("A command failed because of a fault in Zigwire", exc_info=error)

    async def _run(
        self, topic: EntityTopic, entity: DeviceEntity, endpoint: str | None, message: dict[str, Any]
    ) -> None:
        if topic.verb == "get":
            await self._get(entity, endpoint, message)
        else:
            await self._set(entity, endpoint, message)

    async def _set(self, entity: DeviceEntity, endpoint: str | None, message: dict[str, Any]) -> None:
        behaviour = _behaviour(entity)
        optimistic: dict[str, Any] = {}
        used: set[str] = set()
        for key, value in _ordered(message):
            claim = behaviour.claim(key, endpoint)
            if claim in used:
                continue
            used.add(claim)
            state = {**self._states.get(entity.key), **optimistic}
            context = Context(options=entity.options, state=state, message=message, endpoint=endpoint)
            try:
                encoded = behaviour.encode(key, value, context)
                for request in encoded.requests:
                    await self._network.request(entity.device, request)
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't set '%s' of '%s': %s", key, entity.name, error)
                continue
            optimistic.update(encoded.state)
        if entity.settings.optimistic:
            filtered = matcher(tuple(entity.settings.filtered_optimistic))
            optimistic = {name: value for name, value in optimistic.items() if not filtered(name)}
            if optimistic:
                self._publisher.publish(entity, optimistic)

    async def _get(self, entity: DeviceEntity, endpoint: str | None, message: dict[str, Any]) -> None:
        behaviour = _behaviour(entity)
        for key in message:
            context = Context(options=entity.options, state=self._states.get(entity.key), endpoint=endpoint)
            try:
                reading = behaviour.read(key, context)
                await self._read(entity, reading)
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't get '%s' of '%s': %s", key, entity.name, error)

    async def _read(self, entity: DeviceEntity, reading: Reading) -> None:
        try:
            for request in reading.requests:
                await self._network.request(entity.device, request)
        except StatusError:
            if reading.fallback is None:
                raise
            self._publisher.publish(entity, reading.fallback)


async def _after(before: asyncio.Task[None] | None, work: Any) -> None:
    if before:
        await asyncio.wait([before])
    await work


def _behaviour(entity: DeviceEntity) -> Behaviour:
    if entity.behaviour is None:
        raise RuntimeError(f"'{entity.name}' has no behaviour")
    return entity.behaviour


def _refusal(entity: DeviceEntity, endpoint: str | None) -> str | None:
    if entity.settings.disabled:
        return "it is disabled in the settings"
    if entity.behaviour is None:
        return "no definition describes it, or its interview is not complete"
    if endpoint is not None and entity.endpoint(endpoint) is None:
        known = [*entity.behaviour.endpoint_names, *map(str, entity.device.endpoints)]
        return f"it has no endpoint '{endpoint}'; it has {', '.join(known)}"
    return None


def _ordered(message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Put state and brightness last when the message switches off, else first."""
    state = message.get("state")
    off = isinstance(state, str) and state.lower() == "off"
    return sorted(message.items(), key=lambda item: (item[0] in LAST_WHEN_OFF) is off)
