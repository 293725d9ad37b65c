"""Why a message for a device can't be carried out, in words for the person who sent it."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterable
from typing import Any

__all__ = [
    "BadValueError",
    "DefinitionError",
    "NotReadableError",
    "ReadOnlyError",
    "UnknownEndpointError",
    "UnknownKeyError",
    "shortened",
]

LONGEST = 60


class _AsJson(reprlib.Repr):
    """Shows values as the user wrote them."""

    def repr_str(self, value: str, _: int) -> str:
        return json.dumps(value[:LONGEST], ensure_ascii=False)

    def repr_bool(self, value: bool, _: int) -> str:
        return "true" if value else "false"

    def repr_NoneType(self, _value: None, _: int) -> str:  # noqa: N802 - reprlib looks for the type's name
        return "null"


_AS_JSON = _AsJson()
_AS_JSON.maxlevel = 3
_AS_JSON.maxother = _AS_JSON.maxlong = LONGEST


def shortened(value: Any) -> str:
    """Show a value in at most 60 characters, however large or deep it is."""
    text = _AS_JSON.repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class DefinitionError(Exception):
    """A message that a device can't carry out; nothing was sent.

    Attributes:
        key: The key of the message.
    """

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


class BadValueError(DefinitionError):
    """The key is right, its value is not."""

    def __init__(self, key: str, value: Any, allowed: str) -> None:
        super().__init__(key, f"{key} can't be {shortened(value)}; allowed: {allowed}")
        self.value = value
        self.allowed = allowed


class UnknownKeyError(DefinitionError):
    """The device has no such key."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        self.known = tuple(sorted(known))
        super().__init__(key, f"{shortened(key)} is no key of this device; known: {', '.join(self.known) or 'none'}")


class UnknownEndpointError(DefinitionError):
    """The device has no such endpoint."""

    def __init__(self, key: str, endpoint: str) -> None:
        super().__init__(key, f"{key} can't go to endpoint {shortened(endpoint)}: the device has no such endpoint")


class ReadOnlyError(DefinitionError):
    """The key is published but can't be set."""

    def __init__(self, key: str) -> None:
        super().__init__(key, f"{key} can't be set, it is only published")


class NotReadableError(DefinitionError):
    """The key is known but can't be asked for."""

    def __init__(self, key: str) -> None:
        super().__init__(key, f"{key} can't be read: the device has nothing that answers")
