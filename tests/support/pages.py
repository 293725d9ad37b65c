"""Device pages as statements: every line of a page is one that is known, so that a page can say nothing unproved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

CODE = r"`[^`]+`"
TOPIC = r"`(?P<topic>zigbee2mqtt/FRIENDLY_NAME/{})`"
READ, WRITE = r"read \(`/get`\)", r"write \(`/set`\)"

FRONT = {
    "title": r'title: "(?P<name>.+) control via MQTT"',
    "summary": r'description: "Integrate your (?P<name>.+) via Zigbee2MQTT with whatever smart home infrastructure '
    r"you are using without the vendor's bridge or gateway.\"",
    "added": r"addedAt: (?P<moment>\S+)",
}
HEAD = {
    "name": r"# (?P<name>.+)",
    "row": r"\| (?P<row>Model|Vendor|Description|Exposes|White-label) +\| (?P<value>.+?) +\|",
    "picture": r"\| Picture \| !\[(?P<name>.+)\]\((?P<address>\S+)\) \|",
}
UPDATES = {
    "updates": r"This device supports OTA updates, for more information see "
    r"\[OTA updates\]\(\.\./guide/usage/ota_updates\.md\)\."
}
OPTIONS = {
    "number_option": r"\* `(?P<option>\w+)`: (?P<about>.+?\.) The value must be a number"
    r"(?: with a minimum value of `(?P<low>\S+)`)?(?: and)?"
    r"(?: with a (?:with a )?maximum value of `(?P<high>\S+)`)?\.?",
    "word_option": r"\* `(?P<option>\w+)`: (?P<about>.+?\.) The value must be "
    rf"(?:one of the following: )?(?P<words>{CODE}(?:(?:, | or ){CODE})*)\.?",
}
EXPOSES = {
    "state": r"The current state of this switch is in the published state under the `(?P<property>\w+)` property "
    r"\(value is `(?P<on>\w+)` or `(?P<off>\w+)`\)\.",
    "published": r"Value can be found in the published state on the `(?P<property>\w+)` property\.",
    "control": rf"To control this switch publish a message to topic {TOPIC.format('set')} with payload "
    rf"(?P<payloads>{CODE}(?:(?:, | or ){CODE})*)\.",
    "writable": rf"To {WRITE} a value publish a message to topic {TOPIC.format('set')} with payload "
    r"`(?P<payload>\{\"\w+\": NEW_VALUE\})`\.",
    "readable": rf"To (?:{READ} the value|read the current state of this switch) publish a message to topic "
    rf"{TOPIC.format('get')} with payload `(?P<payload>\{{\"\w+\": \"\"\}})`\.",
    "neither": rf"It's not possible to {READ} or {WRITE} this value\.",
    "unreadable": rf"It's not possible to {READ} (?:this value|the state of this switch)\.",
    "unwritable": rf"It's not possible to {WRITE} this value\.",
    "bounds": r"The minimal value is `(?P<low>\S+)` and the maximum value is `(?P<high>\S+)`\.",
    "unit": r"The unit of this value is `(?P<unit>[^`]+)`\.",
    "pair": r"If value equals `(?P<on>[^`]+)` (?P<name>\w+) is ON, if `(?P<off>[^`]+)` OFF\.",
    "words": rf"The possible values are: (?P<words>{CODE}(?:, {CODE})*)\.",
    "timed": r"With `on_time` beside it the switch goes off by itself: publish to topic "
    rf"{TOPIC.format('set')} the payload `(?P<payload>[^`]+)` to have it on for (?P<seconds>\d+) seconds\. "
    r"With `off_wait_time` it takes no other such message for so many seconds after that: `(?P<waiting>[^`]+)`\. "
    r"Not every device can do this\.",
}
FRAME = re.compile(
    r"|<!--.*-->|pageClass: device-page|\|     \|     \||\|-----\|-----\||#### On with timed off"
    r"|\*\[How to use device type specific configuration\]"
    r"\(\.\./guide/configuration/devices-groups\.md#specific-device-options\)\*"
)
"""Lines that say nothing about the device."""

HEADING = re.compile(r"### (?P<name>\w+)(?: \((?:(?P<kind>\w+)(?:, |(?=\))))?(?:(?P<endpoint>\w+) endpoint)?\))?")
BEGIN, END = "<!-- Notes BEGIN", "<!-- Notes END"


class PageError(Exception):
    """A line says something that nobody can prove."""


class Statement(NamedTuple):
    """One line, and what it says.

    Attributes:
        line: Its number.
        kind: Which of the known lines it is.
        subject: Property, option or heading that it is about, "" for the device as a whole.
        said: Its values by their names.
    """

    line: int
    kind: str
    text: str
    subject: str
    said: Mapping[str, str]

    def codes(self, name: str) -> list[str]:
        """Return the values of a list of codes."""
        return re.findall(r"`([^`]+)`", self.said[name])


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        name: Vendor and model.
        statements: All that it says, in order.
    """

    name: str
    statements: Sequence[Statement]

    def about(self, subject: str) -> dict[str, Statement]:
        """Return what is said about a property or an option, by kind."""
        return {one.kind: one for one in self.statements if one.subject == subject}

    def has(self, kind: str) -> bool:
        """Tell whether it has a statement of a kind."""
        return any(one.kind == kind for one in self.statements)


def read_page(text: str) -> Page:
    """Read a page.

    Raises:
        PageError: A line is none that is known.
    """
    statements = list(_statements(text))
    return Page(next(one.said["name"] for one in statements if one.kind == "name"), statements)


class Line(NamedTuple):
    number: int
    text: str


def _statements(text: str) -> Iterator[Statement]:
    lines = [Line(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]
    front, rest = _until(lines[1:], "---")
    head, rest = _until(rest, BEGIN)
    notes, rest = _until(rest, END)
    yield from (_known(line, FRONT) for line in _telling(front))
    yield from (_known(line, HEAD) for line in _telling(head))
    yield from _notes(notes)
    chapter = ""
    sections: list[list[Line]] = []
    for line in _telling(rest):
        if line.text.startswith("## "):
            chapter = line.text[3:]
        elif chapter == "OTA updates":
            yield _known(line, UPDATES)
        elif chapter == "Options":
            option = _known(line, OPTIONS)
            yield option._replace(subject=option.said["option"])
        elif chapter == "Exposes" and HEADING.fullmatch(line.text):
            sections.append([line])
        elif chapter == "Exposes" and sections:
            sections[-1].append(line)
        else:
            raise PageError(f"line {line.number}: {line.text!r} stands nowhere")
    for heading, *said in sections:
        yield from _section(heading, said)


def _telling(lines: Sequence[Line]) -> Iterator[Line]:
    return (line for line in lines if not FRAME.fullmatch(line.text))


def _section(heading: Line, lines: Sequence[Line]) -> Iterator[Statement]:
    """Yield what is said about one expose; a first line of no known kind is its description."""
    found = [_match(line, EXPOSES) for line in lines]
    subject = next((one.said["property"] for one in found if one and "property" in one.said), "")
    if not subject:
        raise PageError(f"line {heading.number}: {heading.text!r} names no property")
    title = HEADING.fullmatch(heading.text)
    yield Statement(*heading[:1], "heading", heading.text, subject, title.groupdict() if title else {})
    for place, statement in enumerate(found):
        if statement is None and place:
            raise PageError(f"line {lines[place].number}: {lines[place].text!r} is no statement that can be proved")
        described = statement or Statement(lines[place].number, "described", lines[place].text, subject, {})
        yield described._replace(subject=subject)


def _notes(lines: Sequence[Line]) -> Iterator[Statement]:
    """Yield the headings of notes, which are proved as a whole, and the paragraphs that say to publish something."""
    subject = ""
    for number, text in _paragraphs(lines):
        if text.startswith("### "):
            subject = text[4:]
            yield Statement(number, "note", text, subject, {})
        elif "zigbee2mqtt/FRIENDLY_NAME" in text:
            yield Statement(number, "noted", text, subject, _noted(number, text))
        elif not subject and text != "## Notes":
            raise PageError(f"line {number}: {text!r} stands under no heading that could be proved")


def _paragraphs(lines: Sequence[Line]) -> Iterator[Line]:
    begun: list[Line] = []
    for line in [*lines, Line(0, "")]:
        apart = not line.text or line.text.startswith("#")
        if apart and begun:
            yield Line(begun[0].number, " ".join(one.text for one in begun))
            begun = []
        if line.text.startswith("#"):
            yield line
        elif line.text:
            begun.append(line)


def _noted(number: int, text: str) -> dict[str, str]:
    """Return the one topic and the one payload that a paragraph tells to publish, and another value for it."""
    codes = re.findall(r"`([^`]+)`", text)
    topics = [code for code in codes if code.startswith("zigbee2mqtt/FRIENDLY_NAME/")]
    payloads = [code for code in codes if code.startswith("{")]
    if len(topics) != 1 or len(payloads) != 1:
        raise PageError(f"line {number}: {text!r} says to publish something in no known way")
    others = [code for code in codes if code in ("true", "false")]
    return {"topic": topics[0], "payload": payloads[0], "others": json.dumps(others)}


def _known(line: Line, kinds: Mapping[str, str]) -> Statement:
    statement = _match(line, kinds)
    if statement is None:
        raise PageError(f"line {line.number}: {line.text!r} is no statement that can be proved")
    return statement


def _match(line: Line, kinds: Mapping[str, str]) -> Statement | None:
    for kind, pattern in kinds.items():
        if found := re.fullmatch(pattern, line.text):
            return Statement(line.number, kind, line.text, "", found.groupdict())
    return None


def _until(lines: Sequence[Line], start: str) -> tuple[Sequence[Line], Sequence[Line]]:
    """Split lines at the first that begins so."""
    for place, line in enumerate(lines):
        if line.text.startswith(start):
            return lines[:place], lines[place + 1 :]
    raise PageError(f"there is no line {start!r}")
