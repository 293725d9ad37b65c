"""A native definition made ready for one device: messages to state, set and get messages to requests."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

from zigwire.devices import quantities
from zigwire.devices.action import Action, send
from zigwire.devices.behaviour import Event, Host, Outcome
from zigwire.devices.blocks import raw, scenes
from zigwire.devices.definition import Definition
from zigwire.devices.errors import BadValueError, NotReadableError, ReadOnlyError, UnknownEndpointError, UnknownKeyError
from zigwire.devices.exposes import PUBLISHED, Expose, Numeric, joined, singles
from zigwire.devices.feature import (
    Ask,
    Bind,
    Call,
    Context,
    Encoded,
    Later,
    Occasion,
    Place,
    Reading,
    Received,
    Step,
    Values,
)
from zigwire.devices.tables import Command, Tables, named_keys
from zigwire.devices.timers import REAL_TIME, Timers, Timing
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.errors import RequestError, StatusError
from zigwire.zigbee.model import Device

__all__ = ["LINKQUALITY", "NativeBehaviour", "compile_definition"]

LOG = logging.getLogger(__name__)

LINKQUALITY = Numeric(
    "linkquality",
    PUBLISHED,
    description="Link quality (signal strength)",
    category="diagnostic",
    unit="lqi",
    minimum=0,
    maximum=255,
)
CARRY_VALUES = frozenset({"attributeReport", "readResponse"})
# Up to here every whole float is exactly one integer; JSON readers rely on no more either.
LARGEST_WHOLE = 2**53

ACTIONS: Mapping[str, Action] = {**raw.ACTIONS, **scenes.ACTIONS}
"""Keys that every device has, unless its definition has an encoder for them."""

Result = TypeVar("Result", Encoded, Reading)


def compile_definition(
    definition: Definition, device: Device, host: Host, timing: Timing = REAL_TIME
) -> NativeBehaviour:
    """Make a definition ready for a device. To be done once, and again when an interview changed the device.

    Args:
        definition: What fits the device.
        device: Whose it is.
        host: What serves the device.
        timing: The time that it lives in.

    Raises:
        ValueError: The definition names an endpoint, cluster or attribute that does not exist.
    """
    return NativeBehaviour(definition.labelled(device), device, Tables.of(definition), host, timing)


class NativeBehaviour:
    """What one device means, as blocks say it. Knows no state.

    Attributes:
        definition: Under the name that the device is sold under.
        device: Whose it is.
        endpoint_names: Numbers of the endpoints that have a name.
    """

    def __init__(
        self, definition: Definition, device: Device, tables: Tables, host: Host, timing: Timing = REAL_TIME
    ) -> None:
        self.definition = definition
        self.device = device
        self.endpoint_names: Mapping[str, int] = definition.endpoint_names
        self._tables = tables
        self._host = host
        self._timing = timing
        self._timers = Timers(timing.pause)
        self._notes: dict[int, Mapping[str, Any]] = {}
        self._names = {number: name for name, number in self.endpoint_names.items() if name != "default"}
        self._exposed = {one.key: one for feature in definition.features for one in singles(feature.items())}
        self._options = _by_name(self._listed_options())

    @property
    def properties(self) -> tuple[str, ...]:
        """Keys of the state that the interface lists, `linkquality` last."""
        return (*self._exposed, LINKQUALITY.key)

    @property
    def option_dicts(self) -> list[dict[str, Any]]:
        """The options that the interface lists."""
        return [option.to_dict() for option in self._options.values()]

    @property
    def can_configure(self) -> bool:
        """Whether there is a set-up to do after the interview."""
        return bool(self.setup)

    @property
    def setup(self) -> tuple[Step, ...]:
        """What to send once after the interview, in order."""
        return tuple(
            step
            for feature in self.definition.features
            for name in feature.endpoints or (None,)
            for step in feature.setup(self._place(name))
        )

    def exposes(self, options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the interface lists under these options, `linkquality` last."""
        shown = (feature for feature in self.definition.features if feature.shown(options))
        items = joined(item for feature in shown for item in feature.items())
        return [*(item.to_dict() for item in items), LINKQUALITY.to_dict()]

    def check_options(self, options: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the values; keys that are no options of a definition are not looked at."""
        return [fault for name, value in options.items() if (fault := self._fault(name, value))]

    def decode(self, endpoint: int, message: Message, context: Context) -> dict[str, Any] | None:
        """Return the state that a message tells, ready for JSON.

        Returns:
            None when no decoder is for it, {} when one is but has nothing to say.
        """
        values = _values(message)
        self._remember(endpoint, message.cluster_id, values)
        keys = [key for key in values if isinstance(key, int)] if values else [message.type]
        found = self._tables.find(endpoint, message.cluster_id, keys)
        if not found:
            return None
        place, everywhere = Place(self.device, endpoint, self._names.get(endpoint)), Place(self.device, endpoint)
        state: dict[str, Any] = {}
        for decode in found:
            received = Received(place if decode.placed else everywhere, message, values, context)
            state.update(_named(decode.run(received), place, decode.named))
            self._begin(decode.later(received), received.place, decode.named)
        return {key: self._finished(key, value, context.options) for key, value in state.items()}

    def can_set(self, key: str, endpoint: str | None = None) -> bool:
        """Whether an encoder or an action is for the key."""
        return self._find(self._tables.encoders, key, endpoint) is not None or self._split(key)[0] in ACTIONS

    def can_get(self, key: str, endpoint: str | None = None) -> bool:
        """Whether a reader is for the key."""
        return self._find(self._tables.readers, key, endpoint) is not None

    def claim(self, key: str, endpoint: str | None = None) -> str:
        """Return what keys have in common that one encoder handles together; it is to be called for the first only."""
        command = self._find(self._tables.encoders, key, endpoint)
        return command.claim if command else key

    def encode(self, key: str, value: Any, context: Context) -> Encoded:
        """Return what to send to set a key, and the state that follows.

        Raises:
            DefinitionError: There is no such key or endpoint, it can't be set, or not to this value.
        """
        command, call = self._encoder(key, value, context)
        encoded = command.run(call)
        return replace(encoded, state=_told(encoded.state, call.place, command.named))

    def read(self, key: str, context: Context) -> Reading:
        """Return what to send to get a key.

        Raises:
            DefinitionError: There is no such key or endpoint, or it can't be read.
        """
        command = self._find(self._tables.readers, key, self._endpoint(context))
        if command is None:
            known = key in self.properties or key in self._tables.encoders
            raise NotReadableError(key) if known else UnknownKeyError(key, self._tables.readers)
        call = self._call(command.key, command.endpoint, None, context)
        reading = command.run(call)
        if reading.fallback is None:
            return reading
        return Reading(reading.requests, _named(reading.fallback, call.place, command.named))

    async def set(self, key: str, value: Any, context: Context) -> Outcome:
        """Send what sets a key; see `Behaviour.set`."""
        stem, name = self._split(key)
        if stem in ACTIONS and self._find(self._tables.encoders, key, self._endpoint(context)) is None:
            return await ACTIONS[stem](self._call(stem, name or self._name(context), value, context), self._host)
        command, call = self._encoder(key, value, context)
        state: dict[str, Any] = {}
        encoded: Encoded | None = command.run(call)
        while encoded:
            for request in encoded.requests:
                await send(self._host, self.device, context, request)
            state.update(_told(encoded.state, call.place, command.named))
            self._notes[call.place.endpoint] = {**self._notes.get(call.place.endpoint, {}), **encoded.notes}
            self._begin(encoded.later, call.place, command.named)
            encoded = await self._follow(encoded.ask, context) if encoded.ask else None
        return Outcome(state)

    async def get(self, key: str, context: Context) -> Mapping[str, Any]:
        """Send what asks for a key; see `Behaviour.get`."""
        reading = self.read(key, context)
        known: Mapping[str, Any] = {}
        for request in reading.requests:
            try:
                await send(self._host, self.device, context, request)
            except StatusError:
                if reading.fallback is None:
                    raise
                known = reading.fallback
        return known

    async def configure(self) -> None:
        """Do all steps of the set-up in their order; see `Behaviour.configure`."""
        await self._do(self.setup)

    @property
    def custom_clusters(self) -> Mapping[str, Any]:
        """None: the table knows all that blocks use."""
        return {}

    def override_discovery(self, payload: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the message as it is."""
        del options
        return dict(payload)

    def event(self, kind: Event, data: Mapping[str, Any]) -> None:
        """Begin what follows from it."""
        del data
        self._happen(cast("Occasion", kind))

    def stop(self) -> None:
        """End what goes on by itself."""
        self._timers.stop()

    def start(self) -> None:
        """Serve the device from now on: begin what goes on by itself."""
        self._happen("start")

    def _happen(self, occasion: Occasion) -> None:
        options = self._host.options(self.device)
        for feature in self.definition.features:
            if begin := feature.occasions.get(occasion):
                for name in feature.endpoints or (None,):
                    place = self._place(name)
                    self._begin(begin(place, options), place, named_keys(feature))

    def _begin(self, waits: Iterable[Later], place: Place, named: frozenset[str]) -> None:
        for later in waits:
            key = (place.endpoint, later.key)
            if later.after is None:
                self._timers.cancel(key)
            else:
                self._timers.start(key, later.after, partial(self._come, later, place, named))

    async def _come(self, later: Later, place: Place, named: frozenset[str]) -> None:
        """Let something happen whose time has come; what follows it counts from now."""
        if later.then:
            self._begin((later.then(),), place, named)
        if later.state:
            self._host.publish(self.device, _told(later.state, place, named))
        moment = datetime.fromtimestamp(self._timing.now()).astimezone()
        for request in later.requests(moment):
            try:
                await self._host.tell(self.device, request, priority="background")
            except RequestError as error:
                LOG.debug("%s did not get what was sent by itself (%s): %s", self.device.ieee, later.key, error)

    async def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if isinstance(step, Bind):
                target = self._host.coordinator_binding(CLUSTERS.resolve(step.cluster).id)
                await self._host.bind(self.device, step.endpoint, target, priority="background")
            elif isinstance(step, Ask):
                await self._do(step.then(await self._ask(step.request)))
            else:
                await self._host.request(self.device, step, priority="background")

    async def _ask(self, request: Request) -> Values:
        """Return what the device answers to a step of the set-up, nothing when it refuses."""
        try:
            answer = await self._host.request(self.device, request, priority="background")
        except StatusError:
            return {}
        return self._learnt(request, answer)

    async def _follow(self, ask: Ask[Encoded], context: Context) -> Encoded:
        """Ask what comes next in a command."""
        await self._timing.pause(ask.after)
        try:
            answer = await send(self._host, self.device, context, ask.request)
        except StatusError:
            return ask.then({})
        return ask.then(self._learnt(ask.request, answer))

    def _learnt(self, request: Request, answer: Message | None) -> Values:
        if answer is None:
            return {}
        values = _values(answer)
        self._remember(request.endpoint, answer.cluster_id, values)
        return values

    def _remember(self, endpoint: int, cluster: int, values: Values) -> None:
        """Keep the facts among the values with the endpoint."""
        facts = self._tables.facts.get(cluster)
        if not facts or endpoint not in self.device.endpoints:
            return
        known = self.device.endpoints[endpoint].attributes.setdefault(CLUSTERS.find(cluster).name, {})
        news = {name: value for name in facts if (value := values.get(name)) is not None and known.get(name) != value}
        if news:
            known.update(news)
            self._host.save(self.device)

    def _encoder(self, key: str, value: Any, context: Context) -> tuple[Command[Encoded], Call]:
        command = self._find(self._tables.encoders, key, self._endpoint(context))
        if command is None:
            raise ReadOnlyError(key) if key in self.properties else UnknownKeyError(key, self._tables.encoders)
        call = self._call(command.key, command.endpoint, value, context)
        return command, replace(call, notes=self._notes.get(call.place.endpoint, {}))

    def _split(self, key: str) -> tuple[str, str | None]:
        """Split off the name of an endpoint that a key ends with."""
        for name in self._names.values():
            if key.endswith(f"_{name}"):
                return key.removesuffix(f"_{name}"), name
        return key, None

    def _name(self, context: Context) -> str | None:
        """Return the name of the endpoint that a command is for, None when it has none."""
        number = None if context.endpoint is None else self._number(context.endpoint)
        return None if number is None else self._names.get(number)

    def _endpoint(self, context: Context) -> str | None:
        """Return the endpoint that a command is for; for a group's the one that is its member."""
        if context.group is None:
            return context.endpoint
        return next((str(one.endpoint) for one in context.group.members if one.ieee == self.device.ieee), None)

    def _listed_options(self) -> Iterator[Expose]:
        yield from quantities.advertised(self._exposed.values())
        for feature in self.definition.features:
            yield from feature.options
        yield from self.definition.options

    def _fault(self, name: str, value: Any) -> str | None:
        option = self._options.get(name) or quantities.option(name)
        try:
            if option:
                option.check(value)
        except BadValueError as error:
            return str(error)
        return None

    def _find(self, table: Mapping[str, Command[Result]], key: str, endpoint: str | None) -> Command[Result] | None:
        if endpoint is None:
            return table.get(key)
        name = next((name for number, name in self._names.items() if str(number) == endpoint), endpoint)
        return table.get(f"{key}_{name}") or _unless_elsewhere(table.get(key), key)

    def _call(self, key: str, name: str | None, value: Any, context: Context) -> Call:
        """Make a call of a key at an endpoint of that name; the state of a group knows no endpoints."""
        endpoint = self._endpoint(context)
        if name or endpoint is None:
            place = self._place(name)
            return Call(replace(place, name=None) if context.group else place, key, value, context)
        number = self._number(endpoint)
        if number is None:
            raise UnknownEndpointError(key, endpoint)
        return Call(Place(self.device, number), key, value, context)

    def _place(self, name: str | None) -> Place:
        number = self._number(name or "default")
        return Place(self.device, next(iter(self.device.endpoints), 1) if number is None else number, name)

    def _number(self, endpoint: str) -> int | None:
        if endpoint in self.endpoint_names:
            return self.endpoint_names[endpoint]
        return next((number for number in self.device.endpoints if str(number) == endpoint), None)

    def _finished(self, key: str, value: Any, options: Mapping[str, Any]) -> Any:
        expose = self._exposed.get(key)
        if _is_measured(value) and (expose is None or isinstance(expose, Numeric)):
            name = expose.name if expose else key
            value = quantities.adjusted(name, value, options, exposed=expose is not None)
        return _plain(value)


def _unless_elsewhere(command: Command[Result] | None, key: str) -> Command[Result] | None:
    """Return a command unless it goes to an endpoint that the key does not name."""
    return command if command is None or command.endpoint is None or key != command.key else None


def _by_name(options: Iterable[Expose]) -> dict[str, Expose]:
    found: dict[str, Expose] = {}
    for option in options:
        found.setdefault(option.name, option)
    return found


def _values(message: Message) -> dict[str | int, Any]:
    if message.type not in CARRY_VALUES:
        return {}
    carried = [attribute for attribute in message.attributes if not attribute.status]
    by_name = {attribute.name: attribute.value for attribute in carried if attribute.name is not None}
    return {attribute.id: attribute.value for attribute in carried} | by_name


def _named(state: Mapping[str, Any], place: Place, named: frozenset[str]) -> Mapping[str, Any]:
    if not named:
        return state
    return {place.key(key) if key in named else key: value for key, value in state.items()}


def _told(state: Mapping[str, Any], place: Place, named: frozenset[str]) -> dict[str, Any]:
    return {key: _plain(value) for key, value in _named(state, place, named).items()}


def _is_measured(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: 21 for 21.0, None where there is no number."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value
    if isinstance(value, dict):
        return {key: _plain(own) for key, own in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(own) for own in value]
    return value
