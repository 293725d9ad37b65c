"""Changes a YAML text where its data changed, and nowhere else: comments, order, quotes and spaces stay.

Keys are replaced, inserted and deleted as pieces of text at the positions that the parser gives. What can't be
changed in place (anchors, mostly) is written anew.
"""

from __future__ import annotations

import textwrap
from typing import Any, TypeAlias

import yaml

from zigwire.settings.errors import SettingsError
from zigwire.settings.parse import FLOAT, INTEGER, Mapping, Node, Scalar, Sequence, compose, parse

__all__ = ["dump", "edit", "same"]

_Object: TypeAlias = dict[str, Any]
_NEVER = 1 << 30


def edit(text: str, before: _Object, after: _Object) -> str:
    """Return the text with `after` as its data.

    Args:
        text: The text as it is.
        before: Its data.
        after: The data that it shall have.

    Raises:
        SettingsError: YAML has no way to write `after`.
    """
    if same(before, after):
        return text
    in_place = _in_place(text, before, after)
    if in_place is not None and _means(in_place, after):
        return in_place
    anew = _header(text) + dump(after)
    if not _means(anew, after):
        raise SettingsError("a value has characters or a size that YAML does not allow")
    return anew


def dump(value: Any) -> str:
    """Return data as YAML in block style, lists of numbers on one line."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NEVER)


def same(one: Any, other: Any) -> bool:
    """Return whether two pieces of data are equal, where true and 1 are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _in_place(text: str, before: _Object, after: _Object) -> str | None:
    try:
        return _Surgery(text).operate(before, after)
    except _NotInPlaceError:
        return None


def _means(text: str, data: _Object) -> bool:
    try:
        return same(parse(text, ""), data)
    except SettingsError:
        return False


def _header(text: str) -> str:
    """Return the comment lines that the text begins with."""
    lines = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line)
    return "".join(lines)


class _NotInPlaceError(Exception):
    """The change can't be made by replacing pieces of text."""


class _Surgery:
    """Collects replacements of pieces of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._pieces: list[tuple[int, int, str]] = []

    def operate(self, before: _Object, after: _Object) -> str:
        root = compose(self._text, "")
        if not isinstance(root, Mapping) or root.flow or not after:
            raise _NotInPlaceError
        self._mapping(root, before, after)
        result, position = [], 0
        for start, end, piece in sorted(self._pieces, key=lambda each: each[0]):
            result += [self._text[position:start], piece.replace("\n", self._newline)]
            position = end
        return "".join([*result, self._text[position:]])

    def _mapping(self, node: Mapping, before: _Object, after: _Object) -> None:
        for key, value in node.entries:
            old = before[key.text]
            if key.text not in after:
                self._delete_lines(key.start, self._end(value), "")
            elif not same(old, after[key.text]):
                self._value(key, value, old, after[key.text])
        if new := {key: value for key, value in after.items() if key not in before}:
            self._insert_lines(self._end(node.entries[-1][1]), dump(new), node.column)

    def _value(self, key: Scalar, node: Node, before: Any, after: Any) -> None:
        if (
            isinstance(node, Mapping)
            and not node.flow
            and isinstance(after, dict)
            and not before.keys().isdisjoint(after)
        ):
            self._mapping(node, before, after)
        elif isinstance(node, Sequence) and not node.flow and isinstance(after, list):
            self._sequence(key, node, before, after)
        else:
            self._replace(key, node, after)

    def _sequence(self, key: Scalar, node: Sequence, before: list[Any], after: list[Any]) -> None:
        kept = [any(same(item, other) for other in after) for item in before]
        rest = [item for item, keep in zip(before, kept, strict=True) if keep]
        if not rest or not same(rest, after[: len(rest)]):
            self._replace(key, node, after)
            return
        for item, keep in zip(node.items, kept, strict=True):
            if not keep:
                self._delete_lines(item.start, self._end(item), "-")
        if new := after[len(rest) :]:
            self._insert_lines(self._end(node), dump(new), node.column)

    def _replace(self, key: Scalar, node: Node, after: Any) -> None:
        """Write another value behind a key; a comment on the key's line stays."""
        spreads, end = _spreads(after) and not _is_flow(node), self._end(node)
        if node.start < end and not spreads and "\n" not in self._text[key.end : end]:
            self._pieces.append((node.start, end, _in_line(after)))
            return
        colon = self._text.index(":", key.end) + 1
        if not spreads:
            self._pieces.append((colon, colon, f" {_in_line(after)}"))
        line_end = self._next_line(key.end) - 1 if "\n" in self._text[key.end : node.start] else colon
        lines = textwrap.indent(dump(after).rstrip("\n"), " " * (_column(self._text, key.start) + 2))
        self._pieces.append((line_end, max(line_end, end), f"\n{lines}" if spreads else ""))

    def _delete_lines(self, start: int, end: int, mark: str) -> None:
        first = self._text.rfind("\n", 0, start) + 1
        if self._text[first:start].strip() != mark:
            raise _NotInPlaceError
        self._pieces.append((first, self._next_line(end), ""))

    def _insert_lines(self, after: int, block: str, column: int) -> None:
        position = self._next_line(after)
        separator = "" if self._text[:position].endswith("\n") else "\n"
        self._pieces.append((position, position, separator + textwrap.indent(block, " " * column)))

    def _next_line(self, position: int) -> int:
        newline = self._text.find("\n", position)
        return len(self._text) if newline < 0 else newline + 1

    def _end(self, node: Node) -> int:
        """Return where a node's own text ends: a parser lets block scalars end after the blank lines behind them."""
        if isinstance(node, Mapping | Sequence) and not node.flow:
            children = [value for _, value in node.entries] if isinstance(node, Mapping) else node.items
            return self._end(children[-1]) if children else node.end
        if isinstance(node, Scalar) and node.block:
            return len(self._text[: node.end].rstrip())
        return node.end


def _is_flow(node: Node) -> bool:
    """Return whether a node is an object or list in brackets, with something in it."""
    if isinstance(node, Mapping):
        return node.flow and bool(node.entries)
    return isinstance(node, Sequence) and node.flow and bool(node.items)


def _spreads(value: Any) -> bool:
    """Return whether a value is written over several lines."""
    return bool(value) and (isinstance(value, dict) or (isinstance(value, list) and not _numbers(value)))


def _in_line(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=_NEVER, sort_keys=False)
    return text.removesuffix("...\n").rstrip("\n")


def _column(text: str, position: int) -> int:
    return position - (text.rfind("\n", 0, position) + 1)


def _numbers(values: list[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


class _Dumper(yaml.SafeDumper):
    """Quotes what any version of YAML would take for something else than a text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (lists are indented)
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (never written)
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=_numbers(values) or None)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:int", INTEGER, list("+-0123456789"))
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("+-.0123456789"))
