"""Converters in Python: files that define native definitions."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.definition import Definition
from zigwire.devices.errors import shortened
from zigwire.devices.external.errors import ConverterFault, told
from zigwire.devices.external.guarded import GuardedBehaviour
from zigwire.devices.names import has_name, names_of, under_name
from zigwire.devices.native import compile_definition
from zigwire.devices.tables import Tables
from zigwire.zigbee.model import Device

__all__ = ["Python", "definitions"]

LOG = logging.getLogger(__name__)

PACKAGE = "external_converters"
TEXTS = ("vendor", "model", "description", "version")


@dataclass(frozen=True, slots=True)
class Own:
    """A definition and the file that it stands in."""

    definition: Definition
    path: Path


class Python:
    """Converters in Python by file name; of several that know a device the strongest claim counts, then the name."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Own, ...]] = {}

    def load(self, path: Path, code: str) -> None:
        """Run a file and take up its definitions; see `Language.load`."""
        self._files[path.name] = tuple(Own(one, path) for one in definitions(path, code))

    def unload(self, name: str) -> None:
        """Drop the definitions of a file."""
        self._files.pop(name, None)

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition that fits best makes of the device."""
        ranked = [(rank, own) for own in self._all() if (rank := _rank(own, device)) is not None]
        if not ranked:
            return None
        own = max(ranked, key=lambda pair: pair[0])[1]
        return _guarded(own, own.definition, device, host)

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device."""
        own = next((own for own in self._all() if has_name(own.definition, name)), None)
        return None if own is None else _guarded(own, under_name(own.definition, name), device, host)

    def names(self) -> Iterable[str]:
        """Return the names of all definitions."""
        return [name for own in self._all() for name in names_of(own.definition)]

    def _all(self) -> Iterator[Own]:
        for name in sorted(self._files):
            yield from self._files[name]


def definitions(path: Path, code: str) -> tuple[Definition, ...]:
    """Run a file and return the definitions that it makes, checked.

    Raises:
        ConverterFault: It can't be run, makes none, or one that can't be used.
    """
    found = _exported(_run(path, code))
    for one in found:
        _check(one, path)
    return tuple(replace(one, source="external") for one in found)


def _run(path: Path, code: str) -> ModuleType:
    """Run a file as a module of its own; dataclasses in it look themselves up by its name."""
    module = ModuleType(f"{PACKAGE}.{path.stem}")
    module.__file__ = str(path)
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        exec(compile(code, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what converters are for
    except (Exception, SystemExit) as error:
        _put_back(module.__name__, before)
        raise told(error, path) from error
    return module


def _put_back(name: str, before: ModuleType | None) -> None:
    if before is None:
        del sys.modules[name]
    else:
        sys.modules[name] = before


def _exported(module: ModuleType) -> Sequence[Definition]:
    found = getattr(module, "DEFINITIONS", None)
    if found is None and hasattr(module, "DEFINITION"):
        found = [module.DEFINITION]
    if not isinstance(found, list | tuple) or not found:
        raise ConverterFault("it has no DEFINITIONS: a list of zigwire.devices.Definition")
    for one in found:
        if not isinstance(one, Definition):
            raise ConverterFault(f"DEFINITIONS has {shortened(repr(one))}; zigwire.devices.Definition is allowed")
    return found


def _check(definition: Definition, path: Path) -> None:
    for name in TEXTS:
        if not isinstance(value := getattr(definition, name), str):
            raise ConverterFault(f"{name} is {shortened(repr(value))}; a text is allowed")
    try:
        Tables.of(definition)
        definition.model_keys()
    except Exception as error:
        fault = told(error, path)
        raise ConverterFault(f"{shortened(definition.model)} can't be used: {fault}", fault.line) from error


def _rank(own: Own, device: Device) -> tuple[int, int] | None:
    try:
        return own.definition.rank(device)
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything
        LOG.error("%s can't say whether it knows %s: %s", own.path.name, device.ieee, told(error, own.path))
        return None


def _guarded(own: Own, definition: Definition, device: Device, host: Host) -> Behaviour | None:
    try:
        behaviour = compile_definition(definition, device, host)
        behaviour.start()
        return GuardedBehaviour(behaviour, own.path)
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything
        LOG.error("%s can't be used for %s: %s", own.path.name, device.ieee, told(error, own.path))
        return None
