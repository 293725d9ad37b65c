"""Attributes of a virtual device: their types, values and what may be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, NamedTuple

from zigwire.zcl import types

__all__ = ["Access", "Attribute", "AttributeKey", "attribute"]


class Access(Flag):
    """What a client may do with an attribute."""

    READ = auto()
    WRITE = auto()
    REPORT = auto()


class AttributeKey(NamedTuple):
    """Where an attribute lives; `manufacturer` is None for those of the standard."""

    endpoint: int
    cluster: int
    attribute: int
    manufacturer: int | None = None


@dataclass(slots=True)
class Attribute:
    """An attribute's ZCL data type id, value and access."""

    type: int
    value: Any
    access: Access = Access.READ | Access.REPORT


def attribute(type_name: str, value: Any, access: Access = Access.READ | Access.REPORT) -> Attribute:
    """Make an attribute of a data type given by name (`UINT8`)."""
    return Attribute(types.by_name(type_name).id, value, access)
