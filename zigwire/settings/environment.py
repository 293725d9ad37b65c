"""Environment variables that set keys: `ZIGBEE2MQTT_CONFIG_MQTT_BASE_TOPIC`, or with the prefix `ZIGWIRE_CONFIG_`."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from zigwire.settings.errors import Fault, SettingsError
from zigwire.settings.model import Configuration
from zigwire.settings.read import read_value
from zigwire.settings.shapes import Choice, Field, Flag, Number, Section, Text, section_of

__all__ = ["Override", "lay_on", "overrides"]

Override: TypeAlias = tuple[tuple[str, ...], Any]
"""Keys from the top down, and the value."""

_LONGEST_NUMBER = 100
_PREFIXES = ("ZIGBEE2MQTT_CONFIG_", "ZIGWIRE_CONFIG_")


def overrides(environ: Mapping[str, str]) -> list[Override]:
    """Return what the environment sets; of two variables for one key that of Zigwire counts, an empty one sets none.

    Raises:
        SettingsError: With every variable that names no key or holds a value that its key can't have.
    """
    found: dict[tuple[str, ...], Any] = {}
    faults: list[Fault] = []
    for prefix in _PREFIXES:
        for variable in sorted(name for name, text in environ.items() if text and name.startswith(prefix)):
            key = _keys().get(variable.removeprefix(prefix))
            if key is None:
                faults.append(Fault(variable, "names no key of the configuration"))
                continue
            path, field = key
            value = _parse(field, environ[variable])
            faults.extend(_faults(field, value, variable))
            found[path] = value
    if faults:
        raise SettingsError(faults)
    return sorted(found.items(), key=lambda override: len(override[0]))


def lay_on(document: dict[str, Any], values: Iterable[Override]) -> None:
    """Set values in a document; sections are made where there are none."""
    for path, value in values:
        section = document
        for key in path[:-1]:
            inner = section.get(key)
            section[key] = inner if isinstance(inner, dict) else {}
            section = section[key]
        section[path[-1]] = copy.deepcopy(value)


@cache
def _keys() -> Mapping[str, tuple[tuple[str, ...], Field]]:
    return {"_".join(path).upper(): (path, field) for path, field in _walk(section_of(Configuration), ())}


def _walk(section: Section, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
    for name, field in section.fields.items():
        yield (*path, name), field
        if isinstance(field.shape, Section):
            yield from _walk(field.shape, (*path, name))


def _parse(field: Field, text: str) -> Any:
    """Turn a variable's text into a value of the key's type; what does not fit stays a text, for the check."""
    if field.option.null and text == "null":
        return None
    match field.shape:
        case Text() | Choice():
            return text
        case Flag():
            return {"true": True, "false": False}.get(text.lower(), text)
        case Number() if not field.option.generate:
            return _number(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _number(text: str) -> Any:
    if len(text) > _LONGEST_NUMBER:
        return text
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _faults(field: Field, value: Any, variable: str) -> Iterator[Fault]:
    if isinstance(value, str) and field.option.reference and value.startswith("!"):
        return
    yield from read_value(field, value, variable)
