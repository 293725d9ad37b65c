"""How pages say values, topics and payloads, and what can be done with a property."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from zigwire.devices.exposes import GET, PUBLISHED, SET, Access

__all__ = [
    "INDENT",
    "TOPIC",
    "Facts",
    "can_get",
    "can_set",
    "cell",
    "choices",
    "code",
    "fed",
    "is_published",
    "message",
    "number",
    "payload",
    "plain",
    "property_of",
    "sentence",
    "to_get",
    "to_set",
]

Facts: TypeAlias = Mapping[str, Any]
"""An expose, one of its features or an option, as the interface lists it."""

TOPIC = "zigbee2mqtt/FRIENDLY_NAME"
INDENT = "    "
"""Of what belongs to an item of a list."""

ENDS = (".", "!", "?", ":")


def property_of(facts: Facts) -> str:
    """Return the key in the published state."""
    return str(facts.get("property") or facts["name"])


def is_published(facts: Facts) -> bool:
    """Whether the state holds it."""
    return bool(Access(facts["access"]) & PUBLISHED)


def can_set(facts: Facts) -> bool:
    """Whether it can be written."""
    return bool(Access(facts["access"]) & SET)


def can_get(facts: Facts) -> bool:
    """Whether it can be read."""
    return bool(Access(facts["access"]) & GET)


def number(value: Any) -> Any:
    """Return a number without a fraction as a whole one, anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def message(content: Any) -> str:
    """Return JSON for a message."""
    return json.dumps(number(content), ensure_ascii=False)


def code(value: Any) -> str:
    """Return a value as code; texts stand there as they are."""
    return f"`{value if isinstance(value, str) else message(value)}`"


def payload(facts: Facts, value: str) -> str:
    """Return as code the payload that has a value, which is JSON or a word for it."""
    return code(f"{{{message(property_of(facts))}: {value}}}")


def choices(words: Sequence[str], last: str = "or") -> str:
    """Return words as a list in a sentence."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end


def plain(text: str) -> str:
    """Return a text of a definition as one line that means nothing special in a page."""
    return " ".join(text.split()).replace("<", "&lt;")


def sentence(text: str) -> str:
    """Return a text of a definition as a sentence."""
    words = plain(text)
    return words if words.endswith(ENDS) else f"{words}."


def cell(text: str) -> str:
    """Return a text for a table."""
    return plain(text).replace("|", "\\|")


def to_set(what: str, payloads: Iterable[str]) -> str:
    """Return how to write something."""
    return f"To {what} publish a message to topic `{TOPIC}/set` with payload {choices(list(payloads))}"


def to_get(what: str, facts: Facts) -> str:
    """Return how to read something."""
    asked = payload(facts, '""')
    return f"To {what} publish a message to topic `{TOPIC}/get` with payload {asked}."


def fed(facts: Facts) -> str:
    """Return what stands for a new value in a payload: each part of an object has one."""
    match facts["type"]:
        case "composite":
            parts = (f"{message(property_of(one))}: {fed(one)}" for one in facts["features"])
            return f"{{{', '.join(parts)}}}"
        case "list":
            return f"[{fed(facts['item_type'])}]"
    return "VALUE"
