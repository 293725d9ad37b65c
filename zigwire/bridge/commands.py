"""From a message on a set or get topic to what a device or group does, and the optimistic state that follows."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, Entity, GroupEntity, UnknownEntity
from zigwire.bridge.order import ordered
from zigwire.bridge.payloads import PayloadFault, command_message, shortened
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States, matcher
from zigwire.bridge.topics import EntityTopic, Verb
from zigwire.devices.behaviour import Behaviour, Outcome
from zigwire.devices.errors import DefinitionError, UnknownKeyError
from zigwire.devices.feature import Context
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError

__all__ = ["Commands"]

LOG = logging.getLogger(__name__)

# A device that does not answer takes up to a quarter of a minute per command; more than this are refused, not hoarded.
MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Command:
    """A message for one device or group."""

    verb: Verb
    endpoint: str | None
    message: dict[str, Any]


@dataclass(slots=True)
class Line:
    """The commands that one device or group has still to carry out, in their order, and who sees to it."""

    waiting: deque[Command] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class Commands:
    """Carries out set and get messages: one entity's in their order, different entities' side by side.

    Args:
        entities: Who can be addressed.
        publisher: Publishes optimistic states.
        states: What is known of each.
        adjust: Takes out what a message should not have, given it and the known state; None takes out nothing.
    """

    def __init__(
        self,
        entities: Entities,
        publisher: Publisher,
        states: States,
        adjust: Callable[[dict[str, Any], Mapping[str, Any]], None] | None = None,
    ) -> None:
        self._entities = entities
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
        for key in list(self._lines):
            self.forget(key)

    def forget(self, key: str) -> None:
        """Give up the commands of one entity: it is gone."""
        line = self._lines.pop(key, None)
        if line and line.worker:
            line.worker.cancel()

    def _enqueue(self, entity: Entity, command: Command) -> None:
        line = self._lines.get(entity.key)
        if line is None:
            line = self._lines[entity.key] = Line()
            work = self._work(entity.key, line)
            line.worker = asyncio.get_running_loop().create_task(work, name=f"commands of {entity.key}")
        if len(line.waiting) >= MOST_WAITING:
            LOG.error("Can't %s '%s': %d commands wait for it already", command.verb, entity.name, MOST_WAITING)
            return
        line.waiting.append(command)

    async def _work(self, key: str, line: Line) -> None:
        while line.waiting and self._entities.find_key(key):
            command = line.waiting.popleft()
            try:
                await (self._get if command.verb == "get" else self._set)(key, command)
            except Exception:
                LOG.exception("Can't %s '%s' because of a fault in Zigwire", command.verb, key)
        if self._lines.get(key) is line:
            del self._lines[key]

    async def _set(self, key: str, command: Command) -> None:
        message = dict(command.message)
        if self._adjust:
            self._adjust(message, self._states.get(key))
        done = Outcome({}, {})
        used: set[Hashable] = set()
        for name, value in ordered(message):
            entity = self._entities.find_key(key)
            if entity is None:
                return
            behaviour = self._behaviour(entity, name, command)
            claim = behaviour.claim(name, command.endpoint) if behaviour else name
            if claim in used:
                continue
            used.add(claim)
            try:
                outcome = await _known(behaviour, name).set(name, value, self._context(entity, message, command, done))
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't set %s of '%s': %s", shortened(name), entity.name, error)
                continue
            done = together(done, outcome)
        self._publish(key, done)

    async def _get(self, key: str, command: Command) -> None:
        for name in command.message:
            entity = self._entities.find_key(key)
            if entity is None:
                return
            behaviour = self._behaviour(entity, name, command)
            try:
                told = await _known(behaviour, name).get(name, self._context(entity, {}, command, Outcome()))
            except (DefinitionError, EncodeError, RequestError) as error:
                LOG.error("Can't get %s of '%s': %s", shortened(name), entity.name, error)
                continue
            if told and (entity := self._entities.find_key(key)):
                self._publisher.publish(entity, told)

    def _behaviour(self, entity: Entity, name: str, command: Command) -> Behaviour | None:
        """Return who carries out a key: the device's behaviour, of a group's members' the first that knows the key."""
        if isinstance(entity, DeviceEntity):
            return entity.behaviour
        behaviours = list(self._entities.behaviours(entity))
        knows = Behaviour.can_get if command.verb == "get" else Behaviour.can_set
        return next((one for one in behaviours if knows(one, name, command.endpoint)), next(iter(behaviours), None))

    def _context(self, entity: Entity, message: Mapping[str, Any], command: Command, done: Outcome) -> Context:
        state = {**self._states.get(entity.key), **done.state}
        group = entity.group if isinstance(entity, GroupEntity) else None
        return Context(entity.options, state, message, command.endpoint, group)

    def _publish(self, key: str, done: Outcome) -> None:
        """Publish optimistic states: of the entity itself, and of the members that a group's command told of."""
        entity = self._entities.find_key(key)
        if entity is None or not entity.settings.optimistic:
            return
        self._publish_optimistic(entity, done.state)
        for ieee, state in done.members.items():
            if (member := self._entities.find_key(ieee)) and member.settings.optimistic:
                self._publish_optimistic(member, state)

    def _publish_optimistic(self, entity: Entity, changes: Mapping[str, Any]) -> None:
        filtered = matcher(tuple(entity.settings.filtered_optimistic))
        kept = {name: value for name, value in changes.items() if not filtered(name)}
        if kept:
            self._publisher.publish(entity, kept)


def together(before: Outcome, after: Outcome) -> Outcome:
    """Return what two commands of one message led to."""
    members = {ieee: {**before.members.get(ieee, {}), **state} for ieee, state in after.members.items()}
    return Outcome({**before.state, **after.state}, {**before.members, **members})


def _known(behaviour: Behaviour | None, name: str) -> Behaviour:
    if behaviour is None:
        raise UnknownKeyError(name, ())
    return behaviour


def _refusal(entity: Entity, endpoint: str | None) -> str | None:
    if isinstance(entity, GroupEntity):
        return None if endpoint is None else f"it is a group and has no endpoint {shortened(endpoint)}"
    if entity.settings.disabled:
        return "it is disabled in the settings"
    if entity.behaviour is None:
        return "no definition describes it, or its interview is not complete"
    if endpoint is not None and entity.endpoint(endpoint) is None:
        known = [*entity.behaviour.endpoint_names, *map(str, entity.device.endpoints)]
        return f"it has no endpoint {shortened(endpoint)}; it has {', '.join(known)}"
    return None
