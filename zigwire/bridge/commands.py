"""From a message on a set or get topic to what a device or group does, and the optimistic state that follows."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from zigwire.bridge.answers import Answer, Answers, Tell
from zigwire.bridge.command_tallies import CommandTallies
from zigwire.bridge.entities import DeviceEntity, Entities, Entity, GroupEntity, UnknownEntity
from zigwire.bridge.order import ordered
from zigwire.bridge.payloads import PayloadFault, command_message, shortened
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States, matcher
from zigwire.bridge.topics import EntityTopic, Verb
from zigwire.bridge.waiting import Waiter, Waiting
from zigwire.devices.behaviour import Behaviour, Outcome
from zigwire.devices.errors import DefinitionError, UnknownKeyError
from zigwire.devices.feature import Context
from zigwire.mqtt.message import Properties
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import DeliveryError, RequestError, StatusError

__all__ = ["Commands"]

LOG = logging.getLogger(__name__)

# A device that does not answer takes up to a quarter of a minute per command; more than this are refused, not hoarded.
MOST_WAITING = 100

TRANSITION = "transition"

Adjust = Callable[[dict[str, Any], Mapping[str, Any]], None]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Command:
    """A message for one device or group.

    Attributes:
        message: As it came; what stands beside a key may matter to it.
        keys: What is to be done of it.
        answer: Told what became of each key.
        expires: When what waited for a sleeping device is given up, in the event loop's time; None: it did not wait.
    """

    verb: Verb
    endpoint: str | None
    message: Mapping[str, Any]
    keys: tuple[str, ...]
    answer: Answer
    expires: float | None = None


@dataclass(slots=True)
class Line:
    """The commands that one device or group has still to carry out, in their order, and who sees to it."""

    waiting: deque[Command] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class Commands:
    """Carries out set and get messages: one entity's in their order, different entities' side by side.

    What can't be delivered to a device that sleeps waits until it speaks.

    Args:
        entities: Who can be addressed.
        publisher: Publishes optimistic states, and what waits.
        states: What is known of each.
        answers: Sends answers to those who asked for one.
        unreachable: Called with a device that a command could not be delivered to.
        adjust: Takes out what a message should not have, given it and the known state; None takes out nothing.

    Attributes:
        tallies: What became of commands.
    """

    def __init__(
        self,
        entities: Entities,
        publisher: Publisher,
        states: States,
        answers: Answers,
        unreachable: Callable[[DeviceEntity], None],
        adjust: Adjust | None = None,
    ) -> None:
        self._entities = entities
        self._publisher = publisher
        self._states = states
        self._answers = answers
        self._unreachable = unreachable
        self.tallies = CommandTallies()
        self._lines: dict[str, Line] = {}
        self._waiting = Waiting(self._pending_changed, self._expired)
        self._adjust = adjust

    def handle(self, topic: EntityTopic, payload: bytes, asked: Properties | None = None) -> None:
        """Begin to carry out a message; faults are logged (and so published on bridge/logging) and answered."""
        tell = self._answers.to(asked)
        about = {"request": topic.verb, "entity": topic.path}
        try:
            entity, endpoint = self._entities.locate(topic.path)
            message = command_message(payload, topic.attribute)
            _refuse(entity, endpoint)
        except UnknownEntity as error:
            LOG.error("Can't %s: %s. Friendly names and IEEE addresses of bridge/devices are known", topic.verb, error)
            self._decline(tell, about, error)
            return
        except PayloadFault as error:
            LOG.error("Can't %s %s: %s", topic.verb, shortened(topic.path), error)
            self._decline(tell, about, error)
            return
        counted = self.tallies.counted(entity.key, topic.verb, tell)
        answer = Answer(message, lambda told: counted(told | about))
        self._enqueue(entity, Command(topic.verb, endpoint, message, tuple(message), answer))

    def heard(self, entity: DeviceEntity) -> None:
        """Send what waits for a device: it speaks, so it listens."""
        if not self._waiting.has(entity.key):
            return
        for waiter in self._waiting.take(entity.key):
            command = Command(
                waiter.verb, waiter.endpoint, waiter.message, (waiter.key,), waiter.answer, waiter.expires
            )
            self._enqueue(entity, command)

    def waiting(self, key: str) -> int:
        """Return how many commands of a device or group wait for their turn."""
        line = self._lines.get(key)
        return 0 if line is None else len(line.waiting)

    def asleep(self, key: str) -> int:
        """Return how many keys of commands wait until a sleeping device speaks."""
        return sum(1 for _ in self._waiting.of(key))

    async def idle(self) -> None:
        """Wait until no command is under way."""
        while workers := [line.worker for line in self._lines.values() if line.worker]:
            await asyncio.wait(workers)

    def stop(self) -> None:
        """Give up all commands, those under way and those that wait."""
        for key in list(self._lines):
            self.forget(key)
        self._waiting.stop("the bridge stops")

    def forget(self, key: str) -> None:
        """Give up the commands of one entity: it is gone."""
        line = self._lines.pop(key, None)
        if line and line.worker:
            line.worker.cancel()
            for command in line.waiting:
                command.answer.fail("it was given up: the device or the bridge is gone")
        self._waiting.drop(key, "the device is gone")
        self.tallies.forget(key)

    def _decline(self, tell: Tell, about: Mapping[str, Any], error: Exception) -> None:
        """Answer a message that is no command."""
        self.tallies.refused += 1
        tell({"status": "error", "error": str(error), **about})

    def _enqueue(self, entity: Entity, command: Command) -> None:
        line = self._lines.get(entity.key)
        if line is None:
            line = self._lines[entity.key] = Line()
            work = self._work(entity.key, line)
            line.worker = asyncio.get_running_loop().create_task(work, name=f"commands of {entity.key}")
        if len(line.waiting) >= MOST_WAITING:
            LOG.error("Can't %s '%s': %d commands wait for it already", command.verb, entity.name, MOST_WAITING)
            command.answer.fail(f"{MOST_WAITING} commands wait for it already")
            return
        line.waiting.append(command)

    async def _work(self, key: str, line: Line) -> None:
        while line.waiting and self._entities.find_key(key):
            command = line.waiting.popleft()
            try:
                await (self._get if command.verb == "get" else self._set)(key, command)
            except asyncio.CancelledError:
                command.answer.fail("it was given up: the device or the bridge is gone")
                raise
            except Exception as error:
                LOG.exception("Can't %s '%s' because of a fault in Zigwire", command.verb, key)
                command.answer.fail(f"fault in Zigwire: {error!r}")
        if self._lines.get(key) is line:
            del self._lines[key]

    async def _set(self, key: str, command: Command) -> None:
        message = dict(command.message)
        if self._adjust:
            self._adjust(message, self._states.get(key))
        done = Outcome()
        used: set[Hashable] = set()
        for name, value in ordered(message):
            entity = self._entities.find_key(key)
            if entity is None:
                command.answer.fail("the device is gone")
                return
            behaviour = self._behaviour(entity, name, command)
            claim = behaviour.claim(name, command.endpoint) if behaviour else name
            if name not in command.keys or claim in used:
                command.answer.drop(name)
                continue
            used.add(claim)
            context = self._context(entity, message, command, done)
            outcome = await self._try(entity, name, command, partial(_set, behaviour, name, value, context))
            if outcome is not None:
                done = together(done, outcome)
        for name in command.message.keys() - message.keys():
            command.answer.drop(name)
        self._publish(key, done)

    async def _get(self, key: str, command: Command) -> None:
        for name in (name for name, _ in ordered(command.message) if name in command.keys):
            entity = self._entities.find_key(key)
            if entity is None:
                command.answer.fail("the device is gone")
                return
            behaviour = self._behaviour(entity, name, command)
            context = self._context(entity, command.message, command, Outcome())
            told = await self._try(entity, name, command, partial(_get, behaviour, name, context))
            if told and (entity := self._entities.find_key(key)):
                self._publisher.publish(entity, told)

    async def _try(
        self, entity: Entity, name: str, command: Command, carry_out: Callable[[], Awaitable[Result]]
    ) -> Result | None:
        """Carry out one key and settle what became of it; None when it came to nothing, or waits."""
        if isinstance(entity, DeviceEntity) and self._waiting.has(entity.key):
            self._wait(entity, name, command)
            return None
        try:
            result = await carry_out()
        except (DefinitionError, EncodeError, RequestError) as error:
            if isinstance(error, DeliveryError) and isinstance(entity, DeviceEntity):
                self._unreachable(entity)
                if entity.device.sleepy and entity.settings.queue_expiry:
                    self._wait(entity, name, command)
                    return None
            LOG.error("Can't %s %s of '%s': %s", command.verb, shortened(name), entity.name, error)
            command.answer.settle(name, "failed", str(error))
            return None
        except Exception as error:
            LOG.exception("Can't %s %s of '%s': fault in Zigwire", command.verb, shortened(name), entity.name)
            command.answer.settle(name, "failed", f"fault in Zigwire: {error!r}")
            return None
        command.answer.settle(name, "sent" if isinstance(entity, GroupEntity) else "confirmed")
        return result

    # --- what waits for sleeping devices ---

    def _wait(self, entity: DeviceEntity, name: str, command: Command) -> None:
        now = asyncio.get_running_loop().time()
        expires = now + entity.settings.queue_expiry if command.expires is None else command.expires
        LOG.info("'%s' sleeps: its %s of %s waits until it speaks", entity.name, command.verb, shortened(name))
        waiter = Waiter(command.verb, command.endpoint, name, command.message, expires, command.answer)
        self._waiting.add(entity.key, waiter)

    def _expired(self, ieee: str, waiter: Waiter) -> None:
        entity = self._entities.find_key(ieee)
        name = entity.name if entity else ieee
        LOG.error("Can't %s %s of '%s': it did not speak in time", waiter.verb, shortened(waiter.key), name)
        waiter.answer.settle(waiter.key, "failed", "the device sleeps, and did not speak in time")

    def _pending_changed(self, ieee: str) -> None:
        entity = self._entities.find_key(ieee)
        if isinstance(entity, DeviceEntity):
            now = asyncio.get_running_loop().time()
            pending = [
                {
                    "request": waiter.verb,
                    "key": waiter.key,
                    "value": waiter.message[waiter.key],
                    "endpoint": waiter.endpoint,
                    "expires_in": round(max(0.0, waiter.expires - now)),
                }
                for waiter in self._waiting.of(ieee)
            ]
            self._publisher.pending(entity, pending)

    # --- what a command needs and leads to ---

    def _behaviour(self, entity: Entity, name: str, command: Command) -> Behaviour | None:
        """Return who carries out a key: the device's behaviour, of a group's members' the first that knows the key."""
        if isinstance(entity, DeviceEntity):
            return entity.behaviour
        pairs = [(member.behaviour, str(number)) for member, number in self._entities.members(entity)]
        members = [(behaviour, endpoint) for behaviour, endpoint in pairs if behaviour]
        if command.verb == "get":
            able = (behaviour for behaviour, endpoint in members if behaviour.can_get(name, endpoint))
        else:
            able = (behaviour for behaviour, endpoint in members if behaviour.can_set(name, endpoint))
        return next(able, members[0][0] if members else None)

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


async def _set(behaviour: Behaviour | None, name: str, value: Any, context: Context) -> Outcome:
    """Set a key; what the device refuses with a transition it may do without one."""
    known = _known(behaviour, name)
    try:
        return await known.set(name, value, context)
    except StatusError as error:
        if name == TRANSITION or not (TRANSITION in context.message or TRANSITION in context.options):
            raise
        LOG.warning("'%s' refused %s with a transition (%s): going without", known.device.ieee, name, error.status)
        message, options = _without_transition(context.message), _without_transition(context.options)
        return await known.set(name, value, replace(context, message=message, options=options))


def _without_transition(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: own for key, own in values.items() if key != TRANSITION}


async def _get(behaviour: Behaviour | None, name: str, context: Context) -> Mapping[str, Any]:
    return await _known(behaviour, name).get(name, context)


def _known(behaviour: Behaviour | None, name: str) -> Behaviour:
    if behaviour is None:
        raise UnknownKeyError(name, ())
    return behaviour


def _refuse(entity: Entity, endpoint: str | None) -> None:
    """Raise `PayloadFault` when the entity takes no commands, or has no such endpoint."""
    if isinstance(entity, GroupEntity):
        if endpoint is not None:
            raise PayloadFault(f"it is a group and has no endpoint {shortened(endpoint)}")
        return
    if entity.settings.disabled:
        raise PayloadFault("it is disabled in the settings")
    if entity.behaviour is None:
        raise PayloadFault("no definition describes it, or its interview is not complete")
    if endpoint is not None and entity.endpoint(endpoint) is None:
        known = [*entity.behaviour.endpoint_names, *map(str, entity.device.endpoints)]
        raise PayloadFault(f"it has no endpoint {shortened(endpoint)}; it has {', '.join(known)}")
