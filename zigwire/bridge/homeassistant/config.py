"""An entity of Home Assistant before it has its ids, and what it is made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "PUBLISHED",
    "SET",
    "Config",
    "Exposed",
    "Subject",
    "Topics",
    "Unfit",
    "capitalised",
    "feature",
    "features",
    "filled",
    "slug",
    "stem",
    "text",
    "value_of",
]

PUBLISHED = 1  # bits of an expose's access
SET = 2

Exposed: TypeAlias = Mapping[str, Any]
"""An item of a definition's `exposes`, as bridge/devices lists it."""


class Unfit(ValueError):
    """Home Assistant has no entity for an expose that lacks something; the text says what."""


@dataclass(slots=True)
class Config:
    """One entity.

    Attributes:
        component: Kind of entity (`sensor`).
        object_id: What tells it from the device's other entities.
        payload: What is announced, without ids, device and availability.
        mocks: Properties that must be in every state message, null where nothing is known yet.
        suffix: What its suggested entity id ends with.
        endpoint: Name of the endpoint that it stands for.
        is_member: Whether it stands for its device in a group's entity of the same kind.
        has_availability: Whether it is unavailable while the bridge or the device is.
    """

    component: str
    object_id: str
    payload: dict[str, Any]
    mocks: tuple[str, ...] = ()
    suffix: str = ""
    endpoint: str | None = None
    is_member: bool = False
    has_availability: bool = True


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics of one device or group: `base` is its name below the base topic."""

    base: str

    def state(self, endpoint: str | None = None) -> str:
        """Return where the state is published, or that of one endpoint."""
        return f"{self.base}/{endpoint}" if endpoint else self.base

    def command(self, key: str | None = None, endpoint: str | None = None) -> str:
        """Return where commands go, maybe those for one property."""
        prefix = f"{self.base}/{endpoint}" if endpoint else self.base
        return f"{prefix}/set/{key}" if key else f"{prefix}/set"


@dataclass(frozen=True, slots=True)
class Subject:
    """Of whom entities are made.

    Attributes:
        topics: Its topics.
        exposes: All that it exposes; of a group, all that its members expose.
        model: The device's model.
        is_group: Whether it is a group: then endpoints don't count.
        events: Whether actions become event entities.
        action_sensor: Whether actions become sensors.
    """

    topics: Topics
    exposes: Sequence[Exposed]
    model: str = ""
    is_group: bool = False
    events: bool = False
    action_sensor: bool = False

    def endpoint(self, expose: Exposed) -> str | None:
        """Return the name of the endpoint that an entity is to be told from others by."""
        return None if self.is_group else expose.get("endpoint")

    def published(self, kind: str, *names: str) -> Exposed | None:
        """Return the first single value of a kind and name that is published."""
        return next(
            (
                expose
                for expose in self.exposes
                if expose["type"] == kind and expose.get("name") in names and expose.get("access", 0) & PUBLISHED
            ),
            None,
        )


def filled(**fields: Any) -> dict[str, Any]:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def features(exposes: Iterable[Exposed], name: str, kind: str | None = None) -> Iterator[Exposed]:
    """Yield of each expose the feature of that name (and kind)."""
    for expose in exposes:
        for one in expose["features"]:
            if one.get("name") == name and kind in (None, one["type"]):
                yield one
                break


def feature(exposes: Iterable[Exposed], name: str, kind: str | None = None) -> Exposed | None:
    """Return the first feature of that name (and kind)."""
    return next(features(exposes, name, kind), None)


def stem(one: Exposed) -> str:
    """Return a property without the endpoint at its end."""
    name: str = one["property"]
    endpoint = one.get("endpoint")
    return name[: -len(endpoint) - 1] if endpoint else name


def value_of(name: str) -> str:
    """Return the template of a property's value."""
    return f'{{{{ value_json["{name}"] }}}}'


def text(value: Any) -> str:
    """Write a value as it stands in JSON, a text without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def capitalised(name: str | None) -> str | None:
    """Return a name with a capital at its beginning."""
    return name[0].upper() + name[1:] if name else None


def slug(name: str) -> str:
    """Return a name as a part of entity ids."""
    return re.sub(r"\s+", "_", name).lower()
