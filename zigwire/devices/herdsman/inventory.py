"""All that a version of the library defines, short enough to be compared with another version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import orjson

from zigwire.devices.herdsman.catalogue import Catalogue
from zigwire.devices.herdsman.engine import Engine, ScriptError
from zigwire.devices.herdsman.modules import Modules
from zigwire.devices.herdsman.package import Package

__all__ = ["PARTS", "Inventory", "take"]

PARTS = ("models", "exposes", "options", "endpoints", "configure")

Inventory: TypeAlias = dict[str, dict[str, dict[str, str]]]
"""By a definition's name: for each of its parts, what it has by key, as digests."""


def take(package: Package) -> Inventory:
    """Return what a version of the library defines; takes seconds, and 100 MB until it is done.

    Raises:
        ScriptError: A file of it can't be loaded.
    """
    engine = Engine(Modules(package.modules), also=("inventory",))
    found: Inventory = {}
    for file in Catalogue(package.modules).all_files():
        for facts in _definitions(engine, file):
            found[_free(found, facts["names"][0])] = {part: _digests(facts[part]) for part in PARTS}
    return found


def _definitions(engine: Engine, file: str) -> Iterator[Mapping[str, Any]]:
    try:
        yield from orjson.loads(engine.load("inventory", file))
    except ScriptError as error:
        raise ScriptError(f"{file}: {error}") from error


def _free(found: Inventory, name: str) -> str:
    """Return the name, with a number where another definition has it already."""
    number, free = 1, name
    while free in found:
        number += 1
        free = f"{name} ({number})"
    return free


def _digests(part: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: hashlib.sha1(str(value).encode(), usedforsecurity=False).hexdigest()[:8] for key, value in part.items()
    }
