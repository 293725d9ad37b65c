"""MQTT topics below the base topic, taken apart: commands to entities and requests to the bridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["EntityTopic", "RequestTopic", "filters", "is_own", "parse"]

REQUEST = "bridge/request/"
DEEPEST = 8

Verb = Literal["set", "get"]
VERBS: dict[str, Verb] = {"set": "set", "get": "get"}


@dataclass(frozen=True, slots=True)
class EntityTopic:
    """`<path>/set[/<attribute>]` or `…/get…`; `path` is a name, IEEE address or group id, maybe with `/<endpoint>`."""

    path: str
    verb: Verb
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class RequestTopic:
    """`bridge/request/<name>`."""

    name: str


def parse(topic: str) -> EntityTopic | RequestTopic | None:
    """Take a topic below the base topic apart; None when it is neither command nor request."""
    if topic.startswith(REQUEST):
        return RequestTopic(topic[len(REQUEST) :]) if len(topic) > len(REQUEST) else None
    head, _, last = topic.rpartition("/")
    if not head:
        return None
    if last in VERBS:
        return EntityTopic(head, VERBS[last])
    path, _, verb = head.rpartition("/")
    if path and last and verb in VERBS:
        return EntityTopic(path, VERBS[verb], last)
    return None


def is_own(topic: str, base_topic: str) -> bool:
    """Whether a message on this topic would be a command, a request, or one that only the bridge may publish."""
    below = topic.removeprefix(f"{base_topic}/")
    return below != topic and (below.startswith("bridge/") or parse(below) is not None)


def filters(base_topic: str) -> tuple[str, ...]:
    """Return the topic filters of all commands and requests: none of them matches what the bridge publishes itself.

    A filter can't say "any number of levels, then set", so there is one for each number, up to eight.
    """
    commands = (
        f"{base_topic}/{'/'.join('+' * levels)}/{verb}{attribute}"
        for levels in range(1, DEEPEST + 1)
        for verb in VERBS
        for attribute in ("", "/+")
    )
    return (f"{base_topic}/{REQUEST}#", *commands)
