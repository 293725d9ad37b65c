"""The page of the MQTT interface: topics, and requests with the answers that a bridge gave to them just now."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from zigwire.bridge.requests import Handler
from zigwire.docgen.reference_house import Heard, Inhabited, inhabited
from zigwire.docgen.reference_requests import REQUESTS, Example
from zigwire.docgen.wording import cell

__all__ = ["TOPICS", "Topic", "page"]

HEAD = """\
<!-- Made by carrying out its examples: `make reference` writes this page. -->

# The MQTT interface

All topics begin with `mqtt.base_topic`, `zigbee2mqtt` by default. Payloads are JSON in UTF-8. `NAME` is the friendly
name of a device or group, which may have slashes.

## To Zigwire

| Topic | |
| --- | --- |
| `NAME/set` | [commands](commands.md): `{{"state": "ON"}}`, or a word such as `ON` for it |
| `NAME/set/KEY` | one property: the payload is its value |
| `NAME/get`, `NAME/get/KEY` | asks the device for properties; the values in the payload don't matter |
| `NAME/ENDPOINT/set`, `…/get` | of a device with several endpoints |
| `bridge/request/…` | [requests](#requests) |
| `homeassistant/status` | Home Assistant says `online` when it has started |

A device may be named by its IEEE address, a group by its number, too. No message to these topics should be retained.

## From Zigwire

| Topic | Retained | | Example |
| --- | --- | --- | --- |
{topics}

## Requests

What is published to `bridge/request/…` is answered once, on `bridge/response/…` with the same ending, with `data` and
`status`: `ok`, or `error`, which `error` explains. A `transaction` in the request comes back in the answer. What
[MQTT 5](commands.md#answers-to-a-set-or-get) has for answers works, too. `zigwire request` sends one from the terminal.

The examples follow each other in one [simulated house](simulator.md); long texts and lists in the answers are cut off
with `…`.
"""

LONGEST_LIST = 3
LONGEST_TEXT, SHOWN_TEXT = 90, 60
LONGEST_CELL = 70
WIDTH, INDENT = 100, 2
OPAQUE, SHOWN_OPAQUE = re.compile(r"\S{91,}"), 6
DEVICE, ENTITY = "bulb", "NAME"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic on which Zigwire publishes.

    Attributes:
        meaning: What.
        retained: Whether the broker keeps it.
    """

    meaning: str
    retained: bool = False


TOPICS: Mapping[str, Topic] = {
    "bridge/state": Topic("whether the bridge is online; the broker says offline when it vanished", retained=True),
    "bridge/info": Topic("versions, network, settings and their JSON schema, whether devices may join", retained=True),
    "bridge/devices": Topic("all devices with their definitions, endpoints and binds", retained=True),
    "bridge/groups": Topic("all groups with members and scenes", retained=True),
    "bridge/definitions": Topic("clusters, attributes and commands that are known", retained=True),
    "bridge/converters": Topic("your [converters](converters.md)", retained=True),
    "bridge/extensions": Topic("always empty: [none are run](differences.md)", retained=True),
    "bridge/event": Topic("a device joined, announced itself, was interviewed or left"),
    "bridge/response/…": Topic("[answers to requests](#requests)"),
    "bridge/logging": Topic("what is logged, but for debug messages"),
    "bridge/health": Topic("[signs of life](operations.md#how-it-is-bridgehealth)", retained=True),
    "bridge/networkmap/progress": Topic("how far a [scan](network-tools.md#the-map) is"),
    "NAME": Topic("the state of a device or group; retained where its `retain` says so"),
    "NAME/KEY": Topic("one property, with `advanced.output: attribute`"),
    "NAME/availability": Topic("whether a device or group is there, with `availability.enabled`", retained=True),
    "NAME/pending": Topic("[what waits](commands.md#devices-that-sleep) for a device that sleeps"),
    "NAME/action": Topic("the action, for triggers of [Home Assistant](home-assistant.md), where that is on"),
    "NAME/ENDPOINT": Topic("the state of one endpoint, likewise"),
    "homeassistant/…": Topic("what Home Assistant discovers, likewise; not below the base topic", retained=True),
}


async def page(folder: Path) -> str:
    """Return the page.

    Args:
        folder: An empty one, in which the bridge lives for a moment.
    """
    async with inhabited(folder) as home:
        state = await home.use(DEVICE, {"state": "ON"})
        shown = [await _subject(home, subject, asked) for subject, asked in REQUESTS.items()]
        topics = "\n".join(_topics([state, *home.heard]))
    return "\n".join([HEAD.format(topics=topics), *shown])


async def _subject(home: Inhabited, subject: str, examples: Iterable[Example]) -> str:
    return "\n".join([f"## {subject}\n", *[await _request(home, one) for one in examples]])


async def _request(home: Inhabited, example: Example) -> str:
    """Carry out a request and describe it."""
    answer = await home.ask(example.name, example.payload)
    parts = [f"### {example.name}", " ".join([_sentence(home.handlers[example.name]), example.note]).rstrip()]
    if example.fields:
        parts.append("\n".join(_fields(example.fields)))
    asked = ["No payload is needed."] if example.payload == "" else [_json(example.payload)]
    return "\n\n".join([*parts, *asked, "The answer:", f"{_json(_short(answer.payload))}\n"])


def _sentence(handler: Handler) -> str:
    """Return the sentence that says what a handler does."""
    function = handler.func if isinstance(handler, partial) else handler
    return (inspect.getdoc(function) or "").split("\n\n")[0]


def _fields(fields: Mapping[str, str]) -> Iterator[str]:
    yield "| Field | |"
    yield "| --- | --- |"
    for name, meaning in fields.items():
        optional = "optional: " if name.endswith("?") else ""
        yield f"| `{name.removesuffix('?')}` | {optional}{cell(meaning)} |"


def _topics(heard: Iterable[Heard]) -> Iterator[str]:
    first: dict[str, Any] = {}
    for message in heard:
        first.setdefault(message.topic.replace(DEVICE, ENTITY), message.payload)
    for name, topic in TOPICS.items():
        example = _cut(json.dumps(first[name], ensure_ascii=False)) if name in first else ""
        retained = "retained" if topic.retained else ""
        yield f"| `{name}` | {retained} | {topic.meaning} | {cell(f'`{example}`') if example else ''} |"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def _json(value: Any) -> str:
    return f"```json\n{_laid_out(value)}\n```"


def _laid_out(value: Any, indent: int = 0) -> str:
    """Return JSON in which whatever fits into a line stands in one."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= WIDTH or not isinstance(value, dict | list):
        return line
    deeper = indent + INDENT
    if isinstance(value, list):
        begin, end, parts = "[", "]", [_laid_out(one, deeper) for one in value]
    else:
        begin, end = "{", "}"
        parts = [f"{json.dumps(key)}: {_laid_out(one, deeper + len(key) + 4)}" for key, one in value.items()]
    inner = ",\n".join(" " * INDENT + part.replace("\n", "\n" + " " * INDENT) for part in parts)
    return f"{begin}\n{inner}\n{end}"


def _short(value: Any) -> Any:
    """Return a value whose long texts and lists are cut off."""
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in value[:1]] + ["…"] if len(value) > LONGEST_LIST else [*map(_short, value)]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[: SHOWN_OPAQUE if OPAQUE.search(value) else SHOWN_TEXT]}…"
    return value
