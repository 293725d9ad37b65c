"""The model's annotations as values that schema, checks and environment walk over."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from zigwire.settings.model import Option

__all__ = [
    "Anything",
    "Choice",
    "Either",
    "Field",
    "Flag",
    "Items",
    "Leaf",
    "Number",
    "Octets",
    "Section",
    "Shape",
    "Table",
    "Text",
    "section_of",
]


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, whole or not."""

    whole: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some texts or numbers."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Octets:
    """Bytes, in the file a list of numbers."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Table:
    """An object with keys of the user's choice."""

    item: Shape
    numbered: bool


@dataclass(frozen=True, slots=True)
class Either:
    """One of several shapes."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """What the model does not look into."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a section; `optional` says that its value can be None."""

    shape: Shape
    option: Option
    default: Any
    optional: bool


@dataclass(frozen=True, slots=True)
class Section:
    """An object with known keys; `whole` says that the class wants the object itself as its `document` too."""

    type: type
    fields: Mapping[str, Field]
    whole: bool


Leaf: TypeAlias = Flag | Number | Text | Choice | Octets
Shape: TypeAlias = Leaf | Items | Table | Either | Anything | Section

_SIMPLE: Mapping[Any, Shape] = {
    bool: Flag(),
    int: Number(whole=True),
    float: Number(whole=False),
    str: Text(),
    bytes: Octets(),
    Any: Anything(),
}


@cache
def section_of(model: type) -> Section:
    """Return a dataclass of the model as a section."""
    hints = get_type_hints(model)
    fields = {
        field.name: _field(field, hints[field.name])
        for field in dataclasses.fields(model)
        if "option" in field.metadata
    }
    return Section(model, fields, "document" in hints)


def _field(field: dataclasses.Field[Any], hint: Any) -> Field:
    return Field(_shape(hint), field.metadata["option"], _default(field), types.NoneType in get_args(hint))


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is dataclasses.MISSING or dataclasses.is_dataclass(field.default_factory):
        return None
    return field.default_factory()


def _shape(hint: Any) -> Shape:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return section_of(hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Choice(arguments)
    if origin is tuple:
        return Items(_shape(arguments[0]))
    if origin in (dict, Mapping):
        return Table(_shape(arguments[1]), numbered=arguments[0] is int)
    if origin in (Union, types.UnionType):
        shapes = tuple(_shape(argument) for argument in arguments if argument is not types.NoneType)
        return shapes[0] if len(shapes) == 1 else Either(shapes)
    return _SIMPLE[hint]
