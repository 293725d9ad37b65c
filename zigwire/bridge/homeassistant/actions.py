"""Actions of remotes: device triggers, and the types of event entities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.bridge.homeassistant.config import Topics

__all__ = ["EVENT_TEMPLATE", "event_types", "trigger"]

PATTERNS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("^((?:button_)?[a-z0-9]+)_((?:press|hold)(?:_release)?)$", ("button", "event_type"), ""),
    ("^(recall|scene)_([0-2][0-9]{0,2})$", ("event_type", "scene"), ""),
    ("^region_([1-9]|10)_(enter|leave|occupied|unoccupied)$", ("region", "event_type"), "region_"),
    ("^(dial_rotate)_(left|right)_(step|slow|fast)$", ("event_type", "direction", "speed"), ""),
    ("^(brightness_step)(?:_(up|down))?$", ("event_type", "direction"), ""),
)
"""Actions that name more than what happened: how they are written, what their parts are, what the type begins with."""

WILDCARDS = (
    (re.compile(r"(recall|scene)_\*(?:_(?:e1|e2|s1|s2))?"), ""),
    (re.compile(r"region_\*_(enter|leave|occupied|unoccupied)"), "region_"),
)
"""Actions that definitions list with a star for a number."""

EVENT_TEMPLATE = (
    "{% set action = value_json.action | default('', true) %}"
    "{% set ns = namespace(event={'event_type': action} if action else {}) %}"
    f"{{% for pattern, names, beginning in {list(PATTERNS)!r} %}}"
    "{% for parts in action | regex_findall(pattern) %}"
    "{% set event = dict(zip(names, parts)) %}"
    "{% set ns.event = dict(event, event_type=beginning ~ event.event_type) %}"
    "{% endfor %}{% endfor %}"
    "{{ ns.event | to_json }}"
)
"""Makes an event of an action: its type, and its other parts as attributes."""


def event_types(actions: Iterable[str]) -> list[str]:
    """Return the types of events that actions become, each once; what has a star still can't be a type."""
    found = dict.fromkeys(event_type(action) for action in actions)
    return [name for name in found if "*" not in name]


def event_type(action: str) -> str:
    """Return the type of event that an action becomes."""
    for pattern, names, beginning in PATTERNS:
        if match := re.search(pattern, action):
            return beginning + str(match.group(names.index("event_type") + 1))
    for wildcard, beginning in WILDCARDS:
        if match := wildcard.fullmatch(action):
            return beginning + str(match.group(1))
    return action


def trigger(action: str, topics: Topics, device: Mapping[str, Any], origin: Mapping[str, Any]) -> dict[str, Any]:
    """Announce that a device can do an action, for automations of Home Assistant."""
    return {
        "automation_type": "trigger",
        "type": "action",
        "subtype": action,
        "payload": action,
        "topic": f"{topics.base}/action",
        "device": device,
        "origin": origin,
    }
