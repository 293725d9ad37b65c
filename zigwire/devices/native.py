"""A native definition made ready for one device: messages to state, set and get messages to requests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from zigwire.devices import quantities
from zigwire.devices.behaviour import Host, Outcome
from zigwire.devices.definition import Definition
from zigwire.devices.errors import BadValueError, NotReadableError, ReadOnlyError, UnknownEndpointError, UnknownKeyError
from zigwire.devices.exposes import PUBLISHED, Expose, Numeric, singles
from zigwire.devices.feature import Bind, Call, Context, Encoded, Place, Reading, Received, Step
from zigwire.devices.tables import Command, Tables
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.message import Message
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.model import Device

__all__ = ["NativeBehaviour", "compile_definition"]

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

Result = TypeVar("Result", Encoded, Reading)


def compile_definition(definition: Definition, device: Device, host: Host) -> NativeBehaviour:
    """Make a definition ready for a device. To be done once, and again when an interview changed the device.

    Raises:
        ValueError: The definition names an endpoint, cluster or attribute that does not exist.
    """
    return NativeBehaviour(definition.labelled(device), device, Tables.of(definition), host)


class NativeBehaviour:
    """What one device means, as blocks say it. Knows no state.

    Attributes:
        definition: Under the name that the device is sold under.
        device: Whose it is.
        endpoint_names: Numbers of the endpoints that have a name.
    """

    def __init__(self, definition: Definition, device: Device, tables: Tables, host: Host) -> None:
        self.definition = definition
        self.device = device
        self.endpoint_names: Mapping[str, int] = definition.endpoint_names
        self._tables = tables
        self._host = host
        self._names = {number: name for name, number in self.endpoint_names.items() if name != "default"}
        self._exposed = {one.key: one for feature in definition.features for one in singles(feature.items())}
        self._advertised = _by_name(self._own_options())
        self._options = self._advertised | _by_name(quantities.reachable(self._exposed.values()))

    @property
    def properties(self) -> tuple[str, ...]:
        """Keys of the state that the interface lists, `linkquality` last."""
        return (*self._exposed, LINKQUALITY.key)

    @property
    def option_dicts(self) -> list[dict[str, Any]]:
        """The options that the interface lists."""
        return [option.to_dict() for option in self._advertised.values()]

    @property
    def all_options(self) -> list[dict[str, Any]]:
        """Every option that works, also those that the interface does not list."""
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
        return [*(item.to_dict() for feature in shown for item in feature.items()), LINKQUALITY.to_dict()]

    def check_options(self, options: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the values; keys that are no options of a definition are not looked at."""
        return [fault for name, value in options.items() if (fault := self._fault(name, value))]

    def decode(self, endpoint: int, message: Message, context: Context) -> dict[str, Any] | None:
        """Return the state that a message tells, ready for JSON.

        Returns:
            None when no decoder is for it, {} when one is but has nothing to say.
        """
        values = _values(message)
        keys = [key for key in values if isinstance(key, int)] if values else [message.type]
        found = self._tables.find(endpoint, message.cluster_id, keys)
        if not found:
            return None
        place = Place(self.device, endpoint, self._names.get(endpoint))
        received = Received(place, message, values, context)
        state: dict[str, Any] = {}
        for decode in found:
            state.update(_named(decode.run(received), place, decode.named))
        return {key: self._finished(key, value, context.options) for key, value in state.items()}

    def can_set(self, key: str, endpoint: str | None = None) -> bool:
        """Whether an encoder is for the key."""
        return self._find(self._tables.encoders, key, endpoint) is not None

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
        command = self._find(self._tables.encoders, key, context.endpoint)
        if command is None:
            raise ReadOnlyError(key) if key in self.properties else UnknownKeyError(key, self._tables.encoders)
        call = self._call(command, key, value, context)
        encoded = command.run(call)
        state = _named(encoded.state, call.place, command.named)
        return Encoded(encoded.requests, {name: _plain(own) for name, own in state.items()})

    def read(self, key: str, context: Context) -> Reading:
        """Return what to send to get a key.

        Raises:
            DefinitionError: There is no such key or endpoint, or it can't be read.
        """
        command = self._find(self._tables.readers, key, context.endpoint)
        if command is None:
            known = key in self.properties or key in self._tables.encoders
            raise NotReadableError(key) if known else UnknownKeyError(key, self._tables.readers)
        call = self._call(command, key, None, context)
        reading = command.run(call)
        if reading.fallback is None:
            return reading
        return Reading(reading.requests, _named(reading.fallback, call.place, command.named))

    async def set(self, key: str, value: Any, context: Context) -> Outcome:
        """Send what sets a key; see `Behaviour.set`."""
        encoded = self.encode(key, value, context)
        for request in encoded.requests:
            if context.group is None:
                await self._host.request(self.device, request)
            else:
                await self._host.multicast(context.group.id, request)
        return Outcome(encoded.state)

    async def get(self, key: str, context: Context) -> Mapping[str, Any]:
        """Send what asks for a key; see `Behaviour.get`."""
        reading = self.read(key, context)
        try:
            for request in reading.requests:
                await self._host.request(self.device, request)
        except StatusError:
            if reading.fallback is None:
                raise
            return reading.fallback
        return {}

    async def configure(self) -> None:
        """Do all steps of the set-up in their order; see `Behaviour.configure`."""
        for step in self.setup:
            if isinstance(step, Bind):
                target = self._host.coordinator_binding(CLUSTERS.resolve(step.cluster).id)
                await self._host.bind(self.device, step.endpoint, target, priority="background")
            else:
                await self._host.request(self.device, step, priority="background")

    def stop(self) -> None:
        """Nothing goes on by itself."""

    def _own_options(self) -> Iterator[Expose]:
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
        return table.get(f"{key}_{name}") or table.get(key)

    def _call(self, command: Command[Any], key: str, value: Any, context: Context) -> Call:
        if command.endpoint or context.endpoint is None:
            return Call(self._place(command.endpoint), command.key, value, context)
        number = self._number(context.endpoint)
        if number is None:
            raise UnknownEndpointError(key, context.endpoint)
        return Call(Place(self.device, number), command.key, value, context)

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
