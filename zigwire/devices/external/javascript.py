"""Converters in JavaScript, made for Zigbee2MQTT; they run in the engine of the field's library."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.external import es_modules
from zigwire.devices.external.errors import ConverterFault
from zigwire.devices.herdsman import HerdsmanSource, ScriptFault
from zigwire.zigbee.model import Device

__all__ = ["JavaScript"]

ES_MODULE, COMMON_JS = ".mjs", ".cjs"


class JavaScript:
    """Converters in JavaScript by file name.

    Args:
        library: Has the engine, and all that converters may require.
    """

    def __init__(self, library: HerdsmanSource) -> None:
        self._scripts = library.scripts

    def load(self, path: Path, code: str) -> None:
        """Run a file and take up its definitions; see `Language.load`."""
        is_module = path.suffix == ES_MODULE or (path.suffix != COMMON_JS and es_modules.is_module(code))
        script = es_modules.rewritten(code) if is_module else code
        try:
            self._scripts.add(path.name, script, es_modules.required(script), by_default=is_module)
        except ScriptFault as fault:
            raise ConverterFault(str(fault), fault.line) from fault

    def unload(self, name: str) -> None:
        """Drop the definitions of a file."""
        self._scripts.remove(name)

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what a converter makes of a device."""
        return self._scripts.find(device, host)

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device."""
        return self._scripts.named(name, device, host)

    def names(self) -> Iterable[str]:
        """Return the names of all definitions."""
        return self._scripts.names()
