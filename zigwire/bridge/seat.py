"""A device's seat in a group: which of its properties the group's properties are, and which it can take over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.entities import DeviceEntity
from zigwire.devices.behaviour import Behaviour
from zigwire.zigbee.model import Member

__all__ = ["SHARED", "Seat"]

SHARED = ("state", "brightness", "color_temp", "color", "color_mode")
"""Properties that a group and its members have in common."""

COLOURS = {"color": ("color_xy", "color_hs"), "brightness": ("brightness",), "color_temp": ("color_temp",)}
"""Features of a light that mean that it has a property."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An endpoint of a device as a member of a group.

    Attributes:
        number: Of the endpoint.
        endpoint: Its name, where keys of the device's state end with it (`state_left`).
    """

    entity: DeviceEntity
    behaviour: Behaviour
    number: int
    endpoint: str | None

    @classmethod
    def of(cls, entity: DeviceEntity, behaviour: Behaviour, number: int) -> Seat:
        """Return the seat that a device has with an endpoint of that number."""
        names = (name for name, own in behaviour.endpoint_names.items() if own == number and name != "default")
        return cls(entity, behaviour, number, next(names, None))

    @property
    def member(self) -> Member:
        """What the group knows it by."""
        return Member(self.entity.key, self.number)

    def told(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return what changes of the device's state mean for the group."""
        keyed = ((name, self.key(name)) for name in SHARED)
        return {name: changes[key] for name, key in keyed if key in changes}

    def taken(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a group's changes that the device can take over."""
        offered = list(self._offered())
        lights = [feature for kind, feature in offered if kind == "light"]
        states = [feature for _, feature in offered if feature["name"] == "state"]
        found = {name for name, needed in COLOURS.items() if any(one["name"] in needed for one in lights)}
        if any(_allows(feature, changes.get("state")) for feature in states):
            found.add("state")
        if any(one["name"] in _modes(changes.get("color_mode")) for one in lights):
            found.add("color_mode")
        return {name: changes[name] for name in SHARED if name in changes and name in found}

    def key(self, name: str) -> str:
        """Return the device's key for a property of the group."""
        if self.endpoint is None:
            return name
        shown = ("color_temp", "color") if name == "color_mode" else (name,)
        properties = self.behaviour.properties
        return f"{name}_{self.endpoint}" if any(f"{one}_{self.endpoint}" in properties for one in shown) else name

    def _offered(self) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
        """Yield what the device exposes here: the kind of thing that it is part of, and the single feature."""
        for expose in self.behaviour.exposes(self.entity.options):
            features: Iterable[Mapping[str, Any]] = expose.get("features") or (expose,)
            for feature in features:
                if "name" in feature and feature.get("endpoint") in (None, self.endpoint):
                    yield expose.get("type"), feature


def _modes(mode: Any) -> tuple[str, ...]:
    return ("color_temp",) if mode == "color_temp" else (f"color_{mode}",)


def _allows(feature: Mapping[str, Any], value: Any) -> bool:
    """Tell whether a feature can have a value: a light is not open."""
    if feature.get("type") == "binary":
        return value in (feature.get("value_on"), feature.get("value_off"))
    if feature.get("type") == "enum":
        return value in feature.get("values", ())
    return True
