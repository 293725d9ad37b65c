"""From what a device exposes to entities: each kind has its builder, then categories and wishes are applied."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from zigwire.bridge.homeassistant.appliances import fan, light, lock, switch
from zigwire.bridge.homeassistant.climate import climate
from zigwire.bridge.homeassistant.config import Config, Exposed, Subject, Unfit, feature, stem
from zigwire.bridge.homeassistant.cover import cover
from zigwire.bridge.homeassistant.tables import NUMERIC
from zigwire.bridge.homeassistant.values import binary, enumeration, numeric, structured

__all__ = ["of_device", "of_group"]

LOG = logging.getLogger(__name__)

Builder = Callable[[Sequence[Exposed], Subject], Iterator[Config]]

GROUPED: Mapping[str, Builder] = {"light": light, "switch": switch, "lock": lock, "cover": cover}
"""Kinds of which groups have entities too."""

BUILDERS: Mapping[str, Builder] = {
    **GROUPED,
    "climate": climate,
    "fan": fan,
    "binary": binary,
    "numeric": numeric,
    "enum": enumeration,
    "text": structured,
    "composite": structured,
    "list": structured,
}

WISHES = {
    "schema": "schema",
    "entityCategory": "entity_category",
    "deviceClass": "device_class",
    "enabledByDefault": "enabled_by_default",
    "icon": "icon",
    "name": "name",
}
"""What an expose's `homeassistant` may say, and what it is called in the payload."""

READ_ONLY = ("binary_sensor", "sensor")
"""Components without input: Home Assistant refuses that they configure anything."""


def of_device(subject: Subject) -> Iterator[Config]:
    """Yield the entities of a device."""
    for expose in subject.exposes:
        yield from _built(expose["type"], (expose,), subject)


def of_group(subject: Subject) -> Iterator[Config]:
    """Yield the entities of a group: one for each kind of thing that its members are."""
    kinds: dict[tuple[str, str], list[Exposed]] = {}
    for expose in subject.exposes:
        if expose["type"] in GROUPED:
            kinds.setdefault((expose["type"], _part(expose)), []).append(expose)
    for (kind, _), exposes in kinds.items():
        yield from _built(kind, exposes, subject)


def _part(expose: Exposed) -> str:
    """Tell switches apart that are on endpoints of one device and mean different things."""
    if expose["type"] == "light" or not expose.get("endpoint"):
        return ""
    state = feature((expose,), "state")
    return stem(state) if state else ""


def _built(kind: str, exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    builder = BUILDERS.get(kind)
    if builder is None:
        return
    try:
        configs = list(builder(exposes, subject))
    except Unfit as error:
        LOG.warning("%s has no %s in Home Assistant: %s", subject.topics.base, kind, error)
        return
    for config in configs:
        _refine(config, exposes[0])
    yield from configs


def _refine(config: Config, expose: Exposed) -> None:
    """Apply the category, what the definition wishes, and what Home Assistant allows."""
    payload = config.payload
    if expose.get("category") in ("config", "diagnostic"):
        payload["entity_category"] = expose["category"]
    wishes = expose.get("homeassistant") or {}
    config.component = wishes.get("type", config.component)
    payload |= {called: wishes[wish] for wish, called in WISHES.items() if wish in wishes}
    _template(payload, wishes)
    if config.component in READ_ONLY and payload.get("entity_category") == "config":
        payload["entity_category"] = "diagnostic"
    if config.component == "event":
        payload.pop("entity_category", None)
    keeps_name = NUMERIC.get(expose.get("name", ""), {}).get("preserve_name")
    if payload.get("device_class") and payload.get("name") is not None and not keeps_name:
        del payload["name"]  # Home Assistant names it after the class, in the user's language


def _template(payload: dict[str, Any], wishes: Mapping[str, Any]) -> None:
    if "valueTemplate" not in wishes:
        return
    if wishes["valueTemplate"] is None:
        payload.pop("value_template", None)
    else:
        payload["value_template"] = wishes["valueTemplate"]
