"""Values of another program's files, taken only when they have the shape that is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import orjson

__all__ = ["BadEntry", "is_number", "numbers", "object_of", "objects", "shown"]

_LONGEST = 60
_LARGEST = 2**53
"""Numbers of JavaScript are exact up to here."""


class BadEntry(ValueError):
    """Something in a file can't be used; the text names the field, the value and what is needed."""


def shown(value: Any) -> str:
    """Show a value to a person, at most about 60 characters of it."""
    text = orjson.dumps(value, default=repr).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def is_number(value: Any, least: int = 0, most: int = _LARGEST) -> TypeGuard[int]:
    """Tell whether a value is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def object_of(owner: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a field that is an object; a missing one is empty.

    Raises:
        BadEntry: It is something else.
    """
    value = owner.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadEntry(f"{name} is {shown(value)}; an object is needed")
    return value


def objects(owner: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a field that is a list of objects; a missing one is empty.

    Raises:
        BadEntry: It is something else.
    """
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadEntry(f"{name} is {shown(value)}; a list of objects is needed")
    return value


def numbers(owner: Mapping[str, Any], name: str) -> list[int]:
    """Return a field that is a list of 16-bit numbers; a missing one is empty.

    Raises:
        BadEntry: It is something else.
    """
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(is_number(item, most=0xFFFF) for item in value):
        raise BadEntry(f"{name} is {shown(value)}; a list of numbers from 0 to 65535 is needed")
    return value
