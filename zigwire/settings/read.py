"""From a plain document to the model: checks every value and lists all faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from zigwire.settings.errors import HIDDEN, Fault, SettingsError, shown
from zigwire.settings.groups import HIGHEST_GROUP, group_number
from zigwire.settings.model import Configuration, DeviceOptions, Option
from zigwire.settings.rules import rule_faults
from zigwire.settings.shapes import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    Items,
    Leaf,
    Number,
    Octets,
    Section,
    Shape,
    Table,
    Text,
    section_of,
)

__all__ = ["read_configuration", "read_value"]


def read_configuration(document: Mapping[str, Any]) -> Configuration:
    """Return the configuration that a document means.

    Raises:
        SettingsError: With every fault of the document.
    """
    faults: list[Fault] = []
    reader = _Reader(faults)
    configuration: Configuration = reader.section(section_of(Configuration), document, "")
    defaults = document.get("device_options")
    if isinstance(defaults, dict):
        reader.section(section_of(DeviceOptions), {"friendly_name": "device_options"} | defaults, "device_options")
    if faults:
        raise SettingsError(faults)
    if defaults:
        merged = {ieee: {**defaults, **own} for ieee, own in document.get("devices", {}).items()}
        configuration.devices = reader.key(section_of(Configuration).fields["devices"], merged, "devices")
    if faults := list(rule_faults(configuration)):
        raise SettingsError(faults)
    return configuration


def read_value(field: Field, value: Any, path: str) -> list[Fault]:
    """Return what is wrong with one value."""
    faults: list[Fault] = []
    _Reader(faults).key(field, value, path)
    return faults


class _Reader:
    """Walks a document beside the model; what it returns is of use only when there is no fault."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults

    def section(self, section: Section, value: Any, path: str, **known: Any) -> Any:
        if not isinstance(value, dict):
            self._faults.append(Fault(path, "must be an object with keys"))
            return None
        before = len(self._faults)
        values = known | {
            name: self.key(field, value[name], f"{path}.{name}" if path else name)
            for name, field in section.fields.items()
            if name in value
        }
        for name, field in section.fields.items():
            if field.option.required and name not in value:
                self._faults.append(Fault(f"{path}.{name}" if path else name, "is missing"))
        if section.whole:
            values["document"] = value
        return None if len(self._faults) > before else section.type(**values)

    def key(self, field: Field, value: Any, path: str) -> Any:
        option = field.option
        if value is None and option.null:
            return None if field.optional else _default(field)
        if value == "" and option.blank:
            return None
        if option.generate and value == "GENERATE":
            return field.default
        return self._read(field.shape, option, value, path)

    def _read(self, shape: Shape, option: Option, value: Any, path: str) -> Any:
        match shape:
            case Items(item):
                return self._items(item, option, value, path)
            case Table():
                return self._table(shape, option, value, path)
            case Section():
                return self.section(shape, value, path)
            case Either(shapes):
                return self._either(shapes, option, value, path)
            case Anything():
                return value
        return self._leaf(shape, option, value, path)

    def _leaf(self, shape: Leaf, option: Option, value: Any, path: str) -> Any:
        before = len(self._faults)
        read = self._typed(shape, option, value, path)
        if option.rule is None or len(self._faults) > before:
            return read
        allowed = option.rule(read)
        return read if allowed is None else self._wrong(path, value, allowed, option)

    def _typed(self, shape: Leaf, option: Option, value: Any, path: str) -> Any:
        match shape:
            case Flag():
                return self._flag(option, value, path)
            case Number(whole):
                return self._number(whole, option, value, path)
            case Text():
                return self._text(option, value, path)
            case Choice(values):
                return self._choice(values, option, value, path)
            case Octets():
                return self._octets(option, value, path)

    def _flag(self, option: Option, value: Any, path: str) -> Any:
        return value if isinstance(value, bool) else self._wrong(path, value, "must be true or false", option)

    def _number(self, whole: bool, option: Option, value: Any, path: str) -> Any:
        if whole and isinstance(value, float) and value.is_integer():
            value = int(value)
        is_number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        low, high = option.minimum, option.maximum
        if is_number and isfinite(value) and (low is None or value >= low) and (high is None or value <= high):
            return value
        kind = "a whole number" if whole else "a number"
        other = ", or GENERATE" if option.generate else ""
        return self._wrong(path, value, f"must be {kind}{_range(low, high)}{other}", option)

    def _text(self, option: Option, value: Any, path: str) -> Any:
        if not isinstance(value, str):
            return self._wrong(path, value, "must be a text", option)
        if option.pattern and not re.search(option.pattern, value):
            return self._wrong(path, value, f"must match {option.pattern}", option)
        return value

    def _choice(self, values: tuple[str | int, ...], option: Option, value: Any, path: str) -> Any:
        for allowed in values:
            if value == allowed and not isinstance(value, bool):
                return allowed
        return self._wrong(path, value, f"must be one of {', '.join(map(str, values))}", option)

    def _octets(self, option: Option, value: Any, path: str) -> Any:
        if isinstance(value, list) and len(value) == option.length and all(_is_octet(item) for item in value):
            return bytes(map(int, value))
        return self._wrong(path, value, f"must be a list of {option.length} numbers from 0 to 255, or GENERATE", option)

    def _items(self, item: Shape, option: Option, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self._wrong(path, value, "must be a list", option)
        return tuple(self._read(item, option, each, f"{path}[{index}]") for index, each in enumerate(value))

    def _table(self, table: Table, option: Option, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            self._faults.append(Fault(path, "must be an object with keys"))
            return None
        entries = {}
        for key, each in value.items():
            if option.pattern and not re.search(option.pattern, key):
                self._faults.append(Fault(path, f"key {shown(key)} must match {option.pattern}"))
            elif table.numbered and group_number(key) is None:
                self._faults.append(Fault(path, f"key {shown(key)} must be a number from 0 to {HIGHEST_GROUP}"))
            else:
                entries[int(key) if table.numbered else key] = self._entry(table, option, each, f"{path}.{key}", key)
        return entries

    def _entry(self, table: Table, option: Option, value: Any, path: str, key: str) -> Any:
        if not isinstance(table.item, Section):
            return self._read(table.item, option, value, path)
        return self.section(table.item, value, path, **({"id": int(key)} if table.numbered else {"ieee": key}))

    def _either(self, shapes: tuple[Shape, ...], option: Option, value: Any, path: str) -> Any:
        for shape in shapes:
            if isinstance(shape, Section) == isinstance(value, dict):
                return self._read(shape, option, value, path)
        return self._wrong(path, value, "is of a wrong type", option)

    def _wrong(self, path: str, value: Any, allowed: str, option: Option | None = None) -> Any:
        """Note a fault; stands for a value that nobody uses."""
        hidden = option is not None and (option.secret or option.reference)
        self._faults.append(Fault(path, f"{HIDDEN if hidden else shown(value)} {allowed}"))
        return None


def _default(field: Field) -> Any:
    return field.shape.type() if isinstance(field.shape, Section) else field.default


def _is_octet(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value in range(256)


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f" up to {high}"
    return f" of at least {low}" if high is None else f" from {low} to {high}"
