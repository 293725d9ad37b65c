"""Partial changes of a document: how they are merged, and whether they need a restart."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from zigwire.settings.shapes import Section, Table

__all__ = ["apply_change", "merged", "needs_restart"]

_NULL_IS_A_VALUE = "homeassistant"


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid on it, objects key by key; shares nothing with either."""
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        mine = result.get(key)
        both = isinstance(mine, dict) and isinstance(value, dict)
        result[key] = merged(mine, value) if both and mine is not None else copy.deepcopy(value)
    return result


def apply_change(document: dict[str, Any], change: Mapping[str, Any]) -> None:
    """Lay a change on a document in place; null deletes a key.

    Under `homeassistant` null is a value: it hides a device, or one of its entities, from Home Assistant.
    """
    for key, value in change.items():
        if key == _NULL_IS_A_VALUE:
            document.update(merged(document, {key: value}))
        elif value is None:
            document.pop(key, None)
        elif isinstance(value, dict):
            mine = document.get(key)
            document[key] = mine if isinstance(mine, dict) else {}
            apply_change(document[key], value)
        else:
            document[key] = copy.deepcopy(value)


def needs_restart(section: Section, change: Mapping[str, Any]) -> bool:
    """Return whether a change names a key that works only after a restart."""
    for key, value in change.items():
        field = section.fields.get(key)
        if field is None:
            continue
        if field.option.restart:
            return True
        if isinstance(value, dict) and _inner_needs_restart(field.shape, value):
            return True
    return False


def _inner_needs_restart(shape: Any, change: Mapping[str, Any]) -> bool:
    match shape:
        case Section():
            return needs_restart(shape, change)
        case Table(Section() as item):
            return any(isinstance(value, dict) and needs_restart(item, value) for value in change.values())
    return False
