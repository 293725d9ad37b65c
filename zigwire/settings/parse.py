"""YAML text to plain data, by the rules of YAML 1.2: `on` and `yes` are texts, keys are always texts.

Reads the parser's events rather than its objects: that keeps where each value stands, which `edit` needs, and keeps
a hostile file from exhausting memory or stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import yaml

from zigwire.settings.errors import Fault, SettingsError

__all__ = ["FLOAT", "INTEGER", "Alias", "Mapping", "Node", "Scalar", "Sequence", "compose", "parse"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DEEPEST = 50
_MOST = 500_000

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGER = re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z")
FLOAT = re.compile(r"(?:[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_LONGEST_NUMBER = 100
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is not in YAML's set of characters (1.2.2, 5.1)."""


@dataclass(slots=True)
class Scalar:
    """A text, number, flag or null; `start` and `end` are positions in the text."""

    start: int
    end: int
    text: str
    plain: bool
    block: bool
    tag: str | None


@dataclass(slots=True)
class Mapping:
    """An object; `column` is where its keys begin."""

    start: int
    end: int
    flow: bool
    column: int
    entries: list[tuple[Scalar, Node]]


@dataclass(slots=True)
class Sequence:
    """A list; `column` is where its dashes stand."""

    start: int
    end: int
    flow: bool
    column: int
    items: list[Node]


@dataclass(slots=True)
class Alias:
    """A value that stands elsewhere."""

    start: int
    end: int
    target: Node


Node: TypeAlias = Scalar | Mapping | Sequence | Alias


def parse(text: str, source: str) -> Any:
    """Return the data of one YAML document, None when it is empty.

    Args:
        text: The document.
        source: The file's name, for messages.

    Raises:
        SettingsError: With line and column.
    """
    root = compose(text, source)
    return None if root is None else _Builder(text, source).build(root)


def compose(text: str, source: str) -> Node | None:
    """Return the document with positions.

    Raises:
        SettingsError: With line and column.
    """
    if forbidden := _FORBIDDEN.search(text):
        place = _place(text, forbidden.start())
        raise SettingsError([Fault(source, f"{place} has a character that YAML does not allow ({forbidden[0]!a})")])
    try:
        return _Composer(text, source).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, source) from None


def _syntax_error(error: yaml.MarkedYAMLError, source: str) -> SettingsError:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the text"
    begin = f" ({error.context}, line {error.context_mark.line + 1})" if error.context and error.context_mark else ""
    return SettingsError([Fault(source, f"{place} is not YAML: {error.problem or error.context}{begin}")])


def _place(text: str, position: int) -> str:
    line = text.count("\n", 0, position)
    return f"line {line + 1}, column {position - text.rfind(chr(10), 0, position)}"


class _Composer:
    """Makes nodes of events."""

    def __init__(self, text: str, source: str) -> None:
        self._text, self._source = text, source
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            raise self._refused(_start(event), "begins a second document, only one is allowed")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self._refused(_start(event), f"is nested deeper than {_DEEPEST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        node = self._collection_or_scalar(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _collection_or_scalar(self, event: Any, depth: int) -> Node:
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(event, depth)
            case yaml.SequenceStartEvent():
                return self._sequence(event, depth)
        tag = None if event.tag == "!" else event.tag
        plain = not event.style and event.tag is None
        return Scalar(_start(event), _end(event), event.value, plain, event.style in ("|", ">"), tag)

    def _mapping(self, start: Any, depth: int) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, depth)
            if key.text in entries:
                raise self._refused(key.start, f"has the key {key.text!r} a second time")
            entries[key.text] = key, self._node(next(self._events), depth + 1)
        pairs = list(entries.values())
        if start.flow_style or not pairs:
            return Mapping(_start(start), _end(event), bool(start.flow_style), 0, pairs)
        return Mapping(_start(start), pairs[-1][1].end, False, _column(self._text, pairs[0][0].start), pairs)

    def _key(self, event: Any, depth: int) -> Scalar:
        key = self._node(event, depth + 1)
        if isinstance(key, Alias) and isinstance(key.target, Scalar):
            key = replace(key.target, start=key.start, end=key.end)
        if not isinstance(key, Scalar):
            raise self._refused(_start(event), "has a list or an object as a key, only texts are allowed")
        return key

    def _sequence(self, start: Any, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        if start.flow_style or not items:
            return Sequence(_start(start), _end(event), bool(start.flow_style), 0, items)
        return Sequence(
            _start(start), items[-1].end, False, _column(self._text, _dash(self._text, items[0].start)), items
        )

    def _alias(self, event: yaml.AliasEvent) -> Alias:
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise self._refused(_start(event), "refers to an anchor that is not above it")
        return Alias(_start(event), _end(event), target)

    def _refused(self, position: int, reason: str) -> SettingsError:
        return SettingsError([Fault(self._source, f"{_place(self._text, position)} {reason}")])


def _start(event: Any) -> int:
    return int(event.start_mark.index)


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _dash(text: str, item: int) -> int:
    """Return where the dash of a list's item stands."""
    return text.rindex("-", 0, item)


def _column(text: str, position: int) -> int:
    return position - (text.rfind("\n", 0, position) + 1)


class _Builder:
    """Makes plain data of nodes."""

    def __init__(self, text: str, source: str) -> None:
        self._text, self._source = text, source
        self._count = 0

    def build(self, node: Node) -> Any:
        self._count += 1
        if self._count > _MOST:
            raise SettingsError([Fault(self._source, f"is too large, more than {_MOST} values")])
        match node:
            case Alias():
                return self.build(node.target)
            case Mapping():
                return {key.text: self.build(value) for key, value in node.entries}
            case Sequence():
                return [self.build(item) for item in node.items]
        return self._scalar(node)

    def _scalar(self, node: Scalar) -> Any:
        if node.plain:
            return _resolve(node.text)
        if node.tag is None or node.tag == "tag:yaml.org,2002:str":
            return node.text
        if node.tag.startswith("!"):
            return f"{node.tag} {node.text}".rstrip()
        if node.tag.startswith("tag:yaml.org,2002:"):
            return _resolve(node.text)
        return node.text


def _resolve(text: str) -> Any:
    """Give a plain scalar its type (YAML 1.2.2, 10.3.2)."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if not text[0].isascii() or text[0].isalpha() or len(text) > _LONGEST_NUMBER:
        return text
    if INTEGER.match(text):
        return int(text, 0) if text[1:2] in ("x", "o") else int(text)
    if FLOAT.match(text):
        return float(re.sub(r"\.([a-zA-Z])", r"\1", text))
    return text
