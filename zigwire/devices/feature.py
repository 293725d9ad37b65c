"""The building block: what one feature of a device exposes, and how it decodes, encodes, reads and is set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from zigwire.devices.exposes import Expose, Item
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.model import Device, Group

__all__ = [
    "Ask",
    "Bind",
    "Call",
    "Context",
    "Decoder",
    "Encoded",
    "Encoder",
    "Feature",
    "Later",
    "Occasion",
    "Place",
    "Reader",
    "Reading",
    "Received",
    "Step",
    "Values",
    "nothing_more",
]

Next = TypeVar("Next")
Values: TypeAlias = Mapping[str | int, Any]
"""Values of attributes by name and by id; nothing where the device did not give them."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the bridge knows beside a message.

    Attributes:
        options: The device's options, over those for all devices.
        state: The cached state.
        message: The whole message of a command, for keys that belong together.
        endpoint: Name or number of the endpoint that the topic names.
        group: The group that a command is for, None for the device itself.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    message: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str | None = None
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint of a device; it has a name where the definition gives it one."""

    device: Device
    endpoint: int
    name: str | None = None

    def key(self, name: str) -> str:
        """Return the key of a property here: `state`, or `state_left` on the endpoint `left`."""
        return f"{name}_{self.name}" if self.name else name


@dataclass(frozen=True, slots=True)
class Received:
    """A message for a decoder.

    Attributes:
        place: Where it came from.
        message: The frame.
        values: Values of the attributes in it.
        context: Options and cached state.
    """

    place: Place
    message: Message
    values: Values
    context: Context

    def cached(self, name: str) -> Any:
        """Return a property of this place as it was last known."""
        return self.context.state.get(self.place.key(name))


@dataclass(frozen=True, slots=True)
class Call:
    """A key of a set or get message, for an encoder or reader.

    Attributes:
        place: Where to.
        key: The key without the endpoint's name.
        value: What it should become; None when it is read.
        context: Options, cached state and the whole message.
        notes: What earlier commands noted for this endpoint.
    """

    place: Place
    key: str
    value: Any
    context: Context
    notes: Mapping[str, Any] = field(default_factory=dict)

    def cached(self, name: str) -> Any:
        """Return a property of this place as it was last known."""
        return self.context.state.get(self.place.key(name))

    def given(self, name: str) -> Any:
        """Return the value that the message gives to a key of this place, None when it gives none."""
        if name == self.key:
            return self.value
        message = self.context.message
        return message.get(self.place.key(name), message.get(name))

    def names(self, name: str) -> bool:
        """Whether the message has a key of this place, be it null."""
        message = self.context.message
        return name == self.key or self.place.key(name) in message or name in message


@dataclass(frozen=True, slots=True)
class Ask(Generic[Next]):
    """A request whose answer decides how it goes on.

    Attributes:
        request: What to send.
        then: What follows from the values in the answer; from none when the device refused, or when it was a group.
        after: Seconds to wait before it is sent.
    """

    request: Request
    then: Callable[[Values], Next]
    after: float = 0


def _no_requests(_: datetime) -> tuple[Request, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What comes about by itself after a while; the next with the same key takes its place.

    Attributes:
        key: What it is called; endpoints have keys of their own.
        after: Seconds; None: nothing comes, and what waits under this key is called off.
        state: Properties that are published then; keys have no endpoint name.
        requests: What is sent then, by the local time; answers come in as messages, and a failure changes nothing.
        then: What follows that.
    """

    key: str
    after: float | None
    state: Mapping[str, Any] = field(default_factory=dict)
    requests: Callable[[datetime], tuple[Request, ...]] = _no_requests
    then: Callable[[], Later] | None = None


@dataclass(frozen=True, slots=True)
class Encoded:
    """What to send for a key, and the state that follows when the device acknowledges.

    Attributes:
        requests: What to send.
        state: Properties; keys have no endpoint name.
        notes: What later commands for the endpoint want to know; kept as long as the program runs.
        ask: What to ask for after that, and how it goes on.
        later: What comes about by itself.
    """

    requests: tuple[Request, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    ask: Ask[Encoded] | None = None
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What to ask for a key; the answer comes in as a message.

    Attributes:
        requests: What to send.
        fallback: What to publish when the device answers that it does not support what was asked; None: nothing.
    """

    requests: tuple[Request, ...]
    fallback: Mapping[str, Any] | None = None


def _nothing_later(_: Received) -> tuple[Later, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Turns messages into values of properties; keys have no endpoint name.

    Attributes:
        cluster: Name or id.
        attributes: Names or ids; one of them in a report or read response is enough.
        commands: Message types (`commandOn`).
        decode: Must not raise, whatever the message holds; returns {} when it has nothing to say.
        later: What comes about by itself after the message; must not raise either.
    """

    cluster: str | int
    attributes: tuple[str | int, ...] = ()
    commands: tuple[str, ...] = ()
    decode: Callable[[Received], Mapping[str, Any]]
    later: Callable[[Received], tuple[Later, ...]] = _nothing_later


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns the value of a key into requests; of several keys in one message it is called for the first only.

    `encode` raises nothing but `DefinitionError`.
    """

    keys: tuple[str, ...]
    encode: Callable[[Call], Encoded]


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns a wish to know a key into requests."""

    keys: tuple[str, ...]
    read: Callable[[Call], Reading]


@dataclass(frozen=True, slots=True)
class Bind:
    """Bind a cluster of an endpoint to the coordinator."""

    endpoint: int
    cluster: str | int


Step: TypeAlias = "Bind | Request | Ask[tuple[Step, ...]]"
Occasion: TypeAlias = Literal["start", "deviceAnnounce", "deviceOptionsChanged"]
"""When something begins by itself: when the device is served from now on, is back, or has other options."""


def nothing_more(_: Values) -> tuple[Step, ...]:
    """Go on as before, whatever the answer to a step is."""
    return ()


def _no_setup(_: Place) -> tuple[Step, ...]:
    return ()


def _always(_: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One building block, written for one endpoint; `at` puts it on named ones.

    Attributes:
        exposes: What the interface lists.
        decoders: From messages.
        encoders: To requests.
        readers: To requests that ask.
        options: What users can choose.
        setup: What to send once after the interview, in order.
        shown: Whether the exposes are listed under these options.
        unlisted: Properties that it publishes though the interface does not list them.
        companions: Keys that say more about another key of the message, and nothing without it.
        facts: Attributes that are kept with the endpoint when the device tells them, by cluster.
        occasions: What comes about by itself after an occasion, by the device's options.
        endpoints: Names of the endpoints that it is on; none: it hears all and commands the default one.
    """

    exposes: tuple[Item, ...] = ()
    decoders: tuple[Decoder, ...] = ()
    encoders: tuple[Encoder, ...] = ()
    readers: tuple[Reader, ...] = ()
    options: tuple[Expose, ...] = ()
    setup: Callable[[Place], tuple[Step, ...]] = _no_setup
    shown: Callable[[Mapping[str, Any]], bool] = _always
    unlisted: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    occasions: Mapping[Occasion, Callable[[Place, Mapping[str, Any]], tuple[Later, ...]]] = field(default_factory=dict)
    endpoints: tuple[str, ...] = ()

    def at(self, *endpoints: str) -> Feature:
        """Return the same on endpoints of these names; its keys get them as endings (`state_left`)."""
        return replace(self, endpoints=endpoints)

    def items(self) -> tuple[Item, ...]:
        """Return the exposes of all endpoints."""
        if not self.endpoints:
            return self.exposes
        return tuple(item.at(name) for item in self.exposes for name in self.endpoints)
