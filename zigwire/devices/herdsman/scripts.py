"""The user's own converters in the engine: scripts whose definitions come before the library's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson

from zigwire.devices.behaviour import Host
from zigwire.devices.herdsman.behaviour import HerdsmanBehaviour
from zigwire.devices.herdsman.engine import ScriptError
from zigwire.devices.herdsman.mirror import dumps
from zigwire.devices.herdsman.stage import Stage
from zigwire.zigbee.model import Device

__all__ = ["ScriptFault", "Scripts"]

LOG = logging.getLogger(__name__)


class ScriptFault(ScriptError):
    """A script that can't be used.

    Attributes:
        line: Of the script, None when it is not known.
    """

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


class Find(Protocol):
    """Looks a device up among all definitions in the engine."""

    def __call__(self, device: Device, host: Host) -> HerdsmanBehaviour | None:
        """Return what describes it."""


Named = Callable[[str, Device, Host], HerdsmanBehaviour | None]


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it was given, and the names of what it defines."""

    code: str
    required: Sequence[str]
    by_default: bool
    names: Sequence[str] = ()


class Scripts:
    """Scripts by name.

    Args:
        stage: Runs them.
        find: Looks a device up.
        named: Makes a device what the definition with a name says.
    """

    def __init__(self, stage: Stage, find: Find, named: Named) -> None:
        self._stage = stage
        self._find = find
        self._named = named
        self._scripts: dict[str, Script] = {}
        stage.prepare = self._run_again

    def add(self, name: str, code: str, required: Sequence[str], *, by_default: bool) -> None:
        """Run a script and take up what it defines, in the place of what it did before.

        Args:
            name: Of the script.
            code: A CommonJS module.
            required: Names of the modules of the library that it requires.
            by_default: Whether it exports its definitions as `default`.

        Raises:
            ScriptFault: It can't be run or used; nothing has changed.
        """
        script = Script(code, required, by_default)
        self._scripts[name] = Script(code, required, by_default, self._run(name, script))

    def remove(self, name: str) -> None:
        """Drop what a script defines."""
        if self._scripts.pop(name, None):
            self._stage.call("removeScript", name)

    def names(self) -> Iterable[str]:
        """Return the names of all definitions."""
        return [name for script in self._scripts.values() for name in script.names]

    def find(self, device: Device, host: Host) -> HerdsmanBehaviour | None:
        """Return what a script makes of a device, None when none knows it."""
        if not self._scripts or not self._claimed(device):
            return None
        return _of_script(self._find(device, host))

    def named(self, name: str, device: Device, host: Host) -> HerdsmanBehaviour | None:
        """Return what a script's definition with this name makes of a device, None when none has it."""
        if name.casefold() not in map(str.casefold, self.names()):
            return None
        return _of_script(self._named(name, device, host))

    def _claimed(self, device: Device) -> bool:
        """Whether a script may know a device; which definition fits is for the library to say."""
        try:
            return bool(self._stage.call("claimed", device.model_id or ""))
        except ScriptError as error:
            LOG.error("Converters can't say whether they know %s: %s", device.ieee, error)
            return False

    def _run_again(self) -> None:
        """Run all scripts in an engine that was made anew."""
        for name, script in self._scripts.items():
            try:
                self._run(name, script)
            except ScriptFault as fault:
                LOG.error("%s is not used any more: %s", name, fault)

    def _run(self, name: str, script: Script) -> list[str]:
        try:
            self._stage.load("prefetch", dumps(list(script.required)))
            told = orjson.loads(self._stage.call("addScript", name, script.code, script.by_default))
        except ScriptError as error:
            raise ScriptFault(str(error)) from error
        if "fault" in told:
            raise ScriptFault(told["fault"], told.get("line"))
        names: list[str] = told["names"]
        return names


def _of_script(behaviour: HerdsmanBehaviour | None) -> HerdsmanBehaviour | None:
    """Return a behaviour that comes from a script; one that does not serves no more."""
    if behaviour is None or behaviour.definition.source == "external":
        return behaviour
    behaviour.stop()
    return None
