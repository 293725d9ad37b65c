"""From an entity to what is published of it: topic, ids, device, availability, and what the user wants otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.bridge.homeassistant.config import Config, slug

__all__ = ["Identity", "Members", "announced", "encoded", "wanted"]

Override = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
"""A behaviour's `override_discovery`: returns a payload as the definition wants it under the device's options."""

Members = Callable[[Config], list[str]]
"""Gives the unique ids of the entities that a group's entity stands for."""

NOT_OVERRIDES = frozenset({"type", "object_id"})
"""Keys of the user's overrides that change which entity it is, not what is announced of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who has the entities: a device, a group or the bridge.

    Attributes:
        node: Its level in discovery topics.
        key: What its unique ids begin with.
        base_topic: What they end with.
        device: The device as Home Assistant's registry shall know it; `name` begins the entity ids.
        origin: Which program announces it.
        availability: Topics that must all say online, with the template that reads them.
        mode: Whether it is said that all topics count.
        overrides: What the user wants otherwise, of all entities and of each by object id; null takes away.
        override: What the definition wants otherwise.
        options: The device's options.
    """

    node: str
    key: str
    base_topic: str
    device: Mapping[str, Any]
    origin: Mapping[str, Any]
    availability: tuple[Mapping[str, str], ...]
    mode: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    override: Override | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def unique_id(self, config: Config) -> str:
        """Return what Home Assistant knows an entity by, whatever it is called."""
        return f"{self.key}_{config.object_id}_{self.base_topic}"


def encoded(base_topic: str) -> str:
    """Return a base topic as part of a discovery topic: the numbers of its characters (UTF-16 units)."""
    units = base_topic.encode("utf-16-le")
    return "".join(str(int.from_bytes(units[place : place + 2], "little")) for place in range(0, len(units), 2))


def wanted(configs: Iterable[Config], overrides: Mapping[str, Any]) -> Iterator[Config]:
    """Leave out the entities that the user does not want; give the others the component and object id he wants."""
    for config in configs:
        own = overrides.get(config.object_id, {})
        if own is None:
            continue
        if isinstance(own, Mapping):
            config.component = own.get("type") or config.component
            config.object_id = own.get("object_id") or config.object_id
        yield config


def announced(
    configs: Iterable[Config], identity: Identity, members: Members | None = None
) -> dict[str, dict[str, Any]]:
    """Return the payloads by topic below the discovery topic.

    Args:
        configs: The entities.
        identity: Whose they are.
        members: Of a group, who is in it.
    """
    found: dict[str, dict[str, Any]] = {}
    for config in wanted(configs, identity.overrides):
        topic = f"{config.component}/{identity.node}/{config.object_id}/config"
        found[topic] = _payload(config, identity, members(config) if members else [])
    return found


def _payload(config: Config, identity: Identity, members: list[str]) -> dict[str, Any]:
    entity_id = slug(str(identity.device["name"])) + _ending(config) + config.suffix
    payload = {
        **config.payload,
        "object_id": entity_id,
        "default_entity_id": f"{config.component}.{entity_id}",
        "unique_id": identity.unique_id(config),
        "device": dict(identity.device),
        "origin": identity.origin,
    }
    if members:
        payload["group"] = members
    if config.has_availability:
        payload["availability"] = [dict(one) for one in identity.availability]
        if identity.mode:
            payload["availability_mode"] = identity.mode
    if identity.override:
        payload = identity.override(payload, identity.options)
    _apply_user(payload, {key: value for key, value in identity.overrides.items() if key != "name"})
    _apply_user(payload, identity.overrides.get(config.object_id) or {})
    return payload


def _ending(config: Config) -> str:
    """Return what an entity id says beyond the name of the device: nothing for its main entity."""
    if not config.object_id.startswith(config.component):
        return f"_{config.object_id}"
    _, _, rest = config.object_id.partition("_")
    return f"_{rest}" if rest else ""


def _apply_user(payload: dict[str, Any], overrides: Any) -> None:
    if not isinstance(overrides, Mapping):
        return
    for key, value in overrides.items():
        if key in NOT_OVERRIDES:
            continue
        if value is None:
            payload.pop(key, None)
        elif key == "device" and isinstance(value, Mapping):
            payload["device"] |= value
        elif not isinstance(value, Mapping):
            payload[key] = value
