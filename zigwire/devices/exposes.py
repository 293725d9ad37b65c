"""What a device offers, as values that the interface lists in `bridge/devices` and that check what users send."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from enum import IntFlag
from typing import Any, ClassVar, TypeAlias

from zigwire.devices.errors import BadValueError, shortened

__all__ = [
    "GET",
    "PUBLISHED",
    "SET",
    "Access",
    "Action",
    "Binary",
    "Climate",
    "Composite",
    "Cover",
    "Enum",
    "Expose",
    "Fan",
    "Group",
    "Item",
    "Light",
    "List",
    "Lock",
    "Numeric",
    "Preset",
    "Switch",
    "Text",
    "joined",
    "singles",
]


class Access(IntFlag):
    """What can be done with a property."""

    PUBLISHED = 1
    SET = 2
    GET = 4


PUBLISHED, SET, GET = Access.PUBLISHED, Access.SET, Access.GET

LARGEST = sys.float_info.max


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Expose:
    """What all kinds of single values share.

    Attributes:
        name: What it is (`power`).
        access: What can be done with it.
        label: Its name for people; made of `name` unless given.
        description: One sentence without the final dot.
        stem: Key in the published state, without endpoint; `name` unless given.
        endpoint: Name of the endpoint that it belongs to.
        category: `config` or `diagnostic`.
        homeassistant: What its Home Assistant discovery overrides.
    """

    type: ClassVar[str]

    name: str
    access: Access
    _: KW_ONLY
    label: str | None = None
    description: str | None = None
    stem: str | None = None
    endpoint: str | None = None
    category: str | None = None
    homeassistant: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """Key in the published state."""
        stem = self.stem or self.name
        return f"{stem}_{self.endpoint}" if self.endpoint else stem

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        raise NotImplementedError

    def allows(self, value: Any) -> bool:
        """Whether `value` may be sent."""
        raise NotImplementedError

    def check(self, value: Any) -> None:
        """Refuse a value that may not be sent.

        Raises:
            BadValueError: It may not.
        """
        if not self.allows(value):
            raise BadValueError(self.key, value, self.allowed)

    def at(self, endpoint: str) -> Expose:
        """Return the same at an endpoint."""
        return replace(self, endpoint=endpoint)

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        label = self.label or self.name[:1].upper() + self.name[1:].replace("_", " ")
        return _filled(
            type=self.type,
            name=self.name,
            label=label,
            access=int(self.access),
            property=self.key,
            description=self.description,
            endpoint=self.endpoint,
            category=self.category,
            homeassistant=self.homeassistant,
        )


@dataclass(frozen=True, slots=True)
class Binary(Expose):
    """One of two values."""

    type: ClassVar[str] = "binary"

    _: KW_ONLY
    on: bool | str | int = True
    off: bool | str | int = False
    toggle: str | None = None

    @property
    def _values(self) -> tuple[bool | str | int, ...]:
        return (self.on, self.off) if self.toggle is None else (self.on, self.off, self.toggle)

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        return _either(self._values)

    def allows(self, value: Any) -> bool:
        """Whether it is one of the values, of the same type."""
        return any(type(value) is type(own) and value == own for own in self._values)

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return Expose.to_dict(self) | _filled(value_on=self.on, value_off=self.off, value_toggle=self.toggle)


@dataclass(frozen=True, slots=True)
class Preset:
    """A value of a numeric with a name."""

    name: str
    value: int | float | str
    description: str

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return {"name": self.name, "value": self.value, "description": self.description}


@dataclass(frozen=True, slots=True)
class Numeric(Expose):
    """A number.

    Attributes:
        minimum: Smallest number allowed.
        maximum: Largest number allowed.
        step: What a control should step by.
        whole: Refuse numbers with a fraction (the interface has no word for it).
        presets: Numbers that have a name.
    """

    type: ClassVar[str] = "numeric"

    _: KW_ONLY
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    whole: bool = False
    presets: tuple[Preset, ...] = ()

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        number = "a whole number" if self.whole else "a number"
        if self.minimum is None and self.maximum is None:
            return number
        if self.maximum is None:
            return f"{number} of at least {self.minimum}"
        if self.minimum is None:
            return f"{number} of at most {self.maximum}"
        return f"{number} from {self.minimum} to {self.maximum}"

    def allows(self, value: Any) -> bool:
        """Whether it is a number in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
            return False
        if self.whole and value != int(value):
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return Expose.to_dict(self) | _filled(
            unit=self.unit,
            value_min=self.minimum,
            value_max=self.maximum,
            value_step=self.step,
            presets=[preset.to_dict() for preset in self.presets] or None,
        )


@dataclass(frozen=True, slots=True)
class Enum(Expose):
    """One of several values."""

    type: ClassVar[str] = "enum"

    values: tuple[str | int, ...] = ()

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        return _either(self.values)

    def allows(self, value: Any) -> bool:
        """Whether it is one of the values, of the same type."""
        return any(type(value) is type(own) and value == own for own in self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return Expose.to_dict(self) | {"values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Action(Enum):
    """What somebody does with a remote control; all its endpoints tell it under one key."""

    def at(self, endpoint: str) -> Action:
        """Return what is done at an endpoint: `on_left`."""
        return replace(self, values=tuple(f"{value}_{endpoint}" for value in self.values))


@dataclass(frozen=True, slots=True)
class Text(Expose):
    """Any text."""

    type: ClassVar[str] = "text"

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        return "a text"

    def allows(self, value: Any) -> bool:
        """Whether it is a text."""
        return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class Composite(Expose):
    """An object of several values; all of them are optional."""

    type: ClassVar[str] = "composite"

    features: tuple[Expose, ...] = ()

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        return "an object with " + ", ".join(f"{feature.key} ({feature.allowed})" for feature in self.features)

    def allows(self, value: Any) -> bool:
        """Whether it is an object of which all keys are known and allowed."""
        known = {feature.key: feature for feature in self.features}
        return isinstance(value, Mapping) and all(key in known and known[key].allows(value[key]) for key in value)

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return Expose.to_dict(self) | {"features": [feature.to_dict() for feature in self.features]}


@dataclass(frozen=True, slots=True)
class List(Expose):
    """An array; its items are all of the kind of `item`.

    Attributes:
        item: What one item is.
        shortest: Smallest number of items.
        longest: Largest number of items.
    """

    type: ClassVar[str] = "list"

    item: Expose
    _: KW_ONLY
    shortest: int | None = None
    longest: int | None = None

    @property
    def allowed(self) -> str:
        """What may be sent, in words."""
        if self.longest is not None:
            return f"a list of {self.shortest or 0} to {self.longest} items, each {self.item.allowed}"
        return f"a list, each item {self.item.allowed}"

    def allows(self, value: Any) -> bool:
        """Whether it is an array of a right length with right items."""
        if not isinstance(value, list) or len(value) < (self.shortest or 0):
            return False
        return (self.longest is None or len(value) <= self.longest) and all(map(self.item.allows, value))

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows; an item has no key of its own."""
        item = self.item.to_dict()
        del item["property"]
        return Expose.to_dict(self) | _filled(item_type=item, length_min=self.shortest, length_max=self.longest)


@dataclass(frozen=True, slots=True)
class Group:
    """Values that make one thing together; users know it by its kind (`light`).

    Attributes:
        features: The values.
        endpoint: Name of the endpoint that all of them belong to.
        label: Its name for people, where it has one.
        description: One sentence, where it has one.
    """

    type: ClassVar[str]

    features: tuple[Expose, ...]
    _: KW_ONLY
    endpoint: str | None = None
    label: str | None = None
    description: str | None = None

    def at(self, endpoint: str) -> Group:
        """Return the same at an endpoint."""
        return replace(self, endpoint=endpoint, features=tuple(feature.at(endpoint) for feature in self.features))

    def to_dict(self) -> dict[str, Any]:
        """Return what the interface shows."""
        return _filled(
            type=self.type,
            features=[feature.to_dict() for feature in self.features],
            endpoint=self.endpoint,
            label=self.label,
            description=self.description,
        )


class Switch(Group):
    """Something that is on or off."""

    __slots__ = ()
    type = "switch"


class Light(Group):
    """A lamp."""

    __slots__ = ()
    type = "light"


class Cover(Group):
    """A blind, curtain or shutter."""

    __slots__ = ()
    type = "cover"


class Lock(Group):
    """A lock."""

    __slots__ = ()
    type = "lock"


class Fan(Group):
    """A fan."""

    __slots__ = ()
    type = "fan"


class Climate(Group):
    """A thermostat or what it controls."""

    __slots__ = ()
    type = "climate"


Item: TypeAlias = Expose | Group


def singles(items: Iterable[Item]) -> Iterator[Expose]:
    """Yield the single values, those inside of groups too."""
    for item in items:
        if isinstance(item, Group):
            yield from item.features
        else:
            yield item


def joined(items: Iterable[Item]) -> list[Item]:
    """Return the items with all actions in one, behind the others."""
    every = list(items)
    actions = [item for item in every if isinstance(item, Action)]
    if not actions:
        return every
    values = dict.fromkeys(value for action in actions for value in action.values)
    return [*(item for item in every if not isinstance(item, Action)), replace(actions[0], values=tuple(values))]


def _either(values: Iterable[bool | str | int]) -> str:
    *others, last = map(shortened, values)
    return f"{', '.join(others)} or {last}" if others else last
