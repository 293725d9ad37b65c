"""The configuration in use: typed to read, changed by methods that check, save and then take effect."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from zigwire.settings.change import apply_change, merged, needs_restart
from zigwire.settings.defaults import published_defaults, with_users, without_secrets
from zigwire.settings.departures import departures
from zigwire.settings.environment import Override, lay_on, overrides
from zigwire.settings.errors import Fault, NameFault, SettingsError
from zigwire.settings.files import Files
from zigwire.settings.generate import GENERATE, INSECURE_KEY, fill_generated
from zigwire.settings.groups import group_number
from zigwire.settings.icons import embedded_icon, keep_icon
from zigwire.settings.migrate import keep, read_state
from zigwire.settings.migrations import Migration, migrate
from zigwire.settings.model import VERSION, Configuration, DeviceOptions, GroupOptions
from zigwire.settings.names import check_name
from zigwire.settings.read import read_configuration
from zigwire.settings.replace import replace_text
from zigwire.settings.rules import name_warnings, new_name_faults
from zigwire.settings.schema import json_schema
from zigwire.settings.shapes import section_of
from zigwire.settings.version import check_version, version_of

__all__ = ["Settings", "check", "load"]

_Object: TypeAlias = dict[str, Any]
_Operation: TypeAlias = Callable[[_Object], None]
_Kind: TypeAlias = Literal["devices", "groups"]

_HEADER = """\
# Zigwire's configuration. Comments and the order of keys stay when the program saves its changes.
# network_key, pan_id and ext_pan_id are the network: with others, all devices must be paired again.

"""
_NEW: _Object = {
    "version": VERSION,
    "mqtt": {"base_topic": "zigbee2mqtt"},
    "serial": {},
    "advanced": {
        "channel": 11,
        "network_key": GENERATE,
        "pan_id": GENERATE,
        "ext_pan_id": GENERATE,
        "enable_external_js": False,
    },
}
_NOT_OPTIONS = ("friendly_name", "devices", "ID")


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read configuration.yaml, put in what the environment sets and what is to be generated, and save those.

    Args:
        path: The file; others that it refers to stand beside it.
        environ: Variables like `ZIGBEE2MQTT_CONFIG_MQTT_SERVER`; `DEBUG` makes `debug` the default log level.

    Raises:
        SettingsError: With every fault.
    """
    return Settings(path, environ)


def check(path: Path, environ: Mapping[str, str]) -> None:
    """Find out whether `load` would succeed, without writing anything.

    Raises:
        SettingsError: With every fault.
    """
    _assembled(Files(path), _situation(path, environ), environ)


class Settings(Configuration):
    """A configuration and its files.

    A change is made on what is on disk at that moment and checked as a whole, then saved; when it is refused,
    nothing is saved and nothing changes. What the user edited by hand meanwhile stays in the file and takes effect
    with the next start; while his edit has faults, changes are refused.

    Attributes:
        migrations: What was done to a file of an older version, in sentences for the log.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path
        self._files = Files(path)
        self._situation = _situation(path, environ)
        assembled = _assembled(self._files, self._situation, environ)
        self._overrides = assembled.overrides
        self.migrations = tuple(keep(assembled.migration, self._files)) if assembled.migration else ()
        self._files.write(assembled.document)
        self._adopt(assembled.document, assembled.configuration)
        self._saved = assembled.document

    @classmethod
    def create(cls, path: Path, document: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
        """Write a new file with parameters for a new network, and load it.

        Args:
            path: Where; no file may be there.
            document: What it shall say beside (or other than) the defaults for new networks.
            environ: As for `load`.

        Raises:
            SettingsError: The file exists, can't be written, or would have faults.
        """
        from zigwire.settings.edit import dump

        if path.exists():
            raise SettingsError([Fault(path.name, "exists already")])
        new = merged(_NEW, document)
        check_version(new)
        values = overrides(environ)
        lay_on(new, values)
        fill_generated(new)
        meant = copy.deepcopy(new)
        lay_on(meant, Files(path).resolved(values))
        read_configuration(meant)
        replace_text(path, _HEADER + dump(new))
        return cls(path, environ)

    @property
    def has_public_key(self) -> bool:
        """Whether the network key is the default one, which everybody knows."""
        return self.advanced.network_key == INSECURE_KEY

    @property
    def warnings(self) -> tuple[str, ...]:
        """What won't work because of names that devices and groups have; such names are not given any more."""
        return tuple(str(fault) for fault in name_warnings(self))

    def admits(self, ieee: str) -> bool:
        """Tell whether a device may be in the network: `blocklist` counts only while `passlist` is empty."""
        if self.passlist:
            return _holds(self.passlist, ieee)
        return not _holds(self.blocklist, ieee)

    def as_dict(self) -> dict[str, Any]:
        """Return the whole configuration with defaults, secrets included."""
        return merged(merged(published_defaults(), self._situation), self._document)

    def public_config(self) -> dict[str, Any]:
        """Return the configuration as bridge/info shows it: without secrets, also those in URLs."""
        return without_secrets(self.as_dict())

    def device(self, name: str) -> DeviceOptions | None:
        """Return a device by its IEEE address or friendly name."""
        found = self.devices.get(name)
        if found is not None:
            return found
        return next((device for device in self.devices.values() if device.friendly_name == name), None)

    def group(self, name: str | int) -> GroupOptions | None:
        """Return a group by its number or friendly name."""
        text = str(name)
        number = group_number(text)
        found = None if number is None else self.groups.get(number)
        if found is not None:
            return found
        return next((group for group in self.groups.values() if group.friendly_name == text), None)

    def change(self, change: Mapping[str, Any]) -> bool:
        """Lay a partial configuration on this one; null deletes a key.

        A URL as `public_config` shows it keeps the user and the password that were taken out there.

        Returns:
            Whether it takes effect only after a restart.

        Raises:
            SettingsError: With every fault of the result.
        """
        wanted = with_users(change, self._document)
        fill_generated(wanted)
        if faults := self._files.references_in(wanted):
            raise SettingsError(faults)
        self._commit(lambda document: apply_change(document, wanted))
        return needs_restart(section_of(Configuration), wanted)

    def departures(self, change: Mapping[str, Any]) -> list[str]:
        """Return where the configuration with a change would depart from the JSON schema, in the words of clients."""
        wanted = copy.deepcopy(self._document)
        apply_change(wanted, change)
        return list(departures(json_schema(), wanted))

    def add_device(self, ieee: str, friendly_name: str | None = None) -> DeviceOptions:
        """Add a device; its name is the IEEE address when none is given, white space around a name is dropped.

        Raises:
            SettingsError: It is there already, or the name is not allowed.
        """
        if ieee in self.devices:
            raise SettingsError(f"Device '{ieee}' exists already")
        name = ieee if friendly_name is None else friendly_name.strip()
        self._check_free(name)
        self._commit(lambda document: _put(document, "devices", ieee, {"friendly_name": name}))
        return self.devices[ieee]

    def remove_device(self, name: str) -> None:
        """Forget a device's options.

        Raises:
            SettingsError: There is no such device.
        """
        ieee = self._device(name).ieee
        self._commit(lambda document: _drop(document, "devices", ieee))

    def set_device_options(self, name: str, options: Mapping[str, Any]) -> bool:
        """Change a device's options; null deletes one, a picture inside `icon` is kept as a file.

        Returns:
            Whether it takes effect only after a restart.

        Raises:
            SettingsError: There is no such device, or an option has a wrong value.
        """
        ieee, options = self._device(name).ieee, _options(options)
        icon = embedded_icon(options.get("icon"))
        if icon:
            keep_icon(self.path.parent, icon)
            options["icon"] = icon.place
        self._change_entity("devices", ieee, options)
        return needs_restart(section_of(DeviceOptions), options)

    def add_group(self, friendly_name: str, number: int | None = None) -> GroupOptions:
        """Add a group; white space around its name is dropped, its number is the lowest free one when none is given.

        Raises:
            SettingsError: The number is taken, or the name is not allowed.
        """
        friendly_name = friendly_name.strip()
        self._check_free(friendly_name)
        if number is None:
            taken = {*self._document.get("groups", {}), *self._files.read().get("groups", {})}
            number = next(free for free in range(1, len(taken) + 2) if str(free) not in taken)
        if number in self.groups:
            raise SettingsError(f"Group ID '{number}' is already in use")
        self._commit(lambda document: _put(document, "groups", str(number), {"friendly_name": friendly_name}))
        return self.groups[number]

    def remove_group(self, name: str | int) -> None:
        """Forget a group's options.

        Raises:
            SettingsError: There is no such group.
        """
        number = self._group(name).id
        self._commit(lambda document: _drop(document, "groups", str(number)))

    def set_group_options(self, name: str | int, options: Mapping[str, Any]) -> bool:
        """Change a group's options; null deletes one.

        Returns:
            Whether it takes effect only after a restart.

        Raises:
            SettingsError: There is no such group, or an option has a wrong value.
        """
        options = _options(options)
        self._change_entity("groups", str(self._group(name).id), options)
        return needs_restart(section_of(GroupOptions), options)

    def rename(self, name: str | int, to: str) -> str:
        """Give a device or a group another name; a number means the group.

        Returns:
            The new name: `to` without the white space around it.

        Raises:
            NameFault: The name is not allowed or in use.
            SettingsError: There is no such device or group.
        """
        to = to.strip()
        check_name(to)
        kind, key = self._find(name)
        if to != key or kind == "groups":
            self._check_free(to)
        self._change_entity(kind, key, {"friendly_name": to})
        return to

    def block(self, ieee: str) -> None:
        """Keep a device out of the network."""
        self._commit(lambda document: _list_add(document, "blocklist", ieee))

    def unblock(self, ieee: str) -> None:
        """Let a device join again."""
        self._commit(lambda document: _list_remove(document, "blocklist", ieee))

    def _device(self, name: str) -> DeviceOptions:
        device = self.device(name)
        if device is None:
            raise SettingsError(f"Device '{name}' does not exist")
        return device

    def _group(self, name: str | int) -> GroupOptions:
        group = self.group(name)
        if group is None:
            raise SettingsError(f"Group '{name}' does not exist")
        return group

    def _find(self, name: str | int) -> tuple[_Kind, str]:
        if isinstance(name, str) and (device := self.device(name)):
            return "devices", device.ieee
        if group := self.group(name):
            return "groups", str(group.id)
        raise SettingsError(f"Device or group '{name}' does not exist")

    def _check_free(self, name: str) -> None:
        check_name(name)
        if self.device(name) or self.group(name):
            raise NameFault(f"friendly_name '{name}' is already in use")

    def _change_entity(self, kind: _Kind, key: str, change: Mapping[str, Any]) -> None:
        current = copy.deepcopy(self._document[kind][key])

        def operation(document: _Object) -> None:
            apply_change(document.setdefault(kind, {}).setdefault(key, copy.deepcopy(current)), change)

        self._commit(operation)

    def _commit(self, operation: _Operation) -> None:
        """Make a change: on what runs and, beside the user's own edits, on what is saved."""
        running, saved = copy.deepcopy(self._document), self._on_disk()
        for document in (running, saved):
            operation(document)
            lay_on(document, self._overrides)
        configuration = _checked(running, self._situation)
        if faults := new_name_faults(self, configuration):
            raise NameFault(faults)
        _checked(saved, self._situation)
        self._files.write(saved)
        self._adopt(running, configuration)
        self._saved = saved

    def _on_disk(self) -> _Object:
        document = self._files.read()
        if document == self._saved:
            return document
        try:
            _checked(document, self._situation)
        except SettingsError as error:
            edited = Fault(self.path.name, "was edited and has faults, nothing is saved until they are gone")
            raise SettingsError([edited, *error.faults]) from error
        return document

    def _adopt(self, document: _Object, configuration: Configuration) -> None:
        self._document = document
        vars(self).update(vars(configuration))


def _situation(path: Path, environ: Mapping[str, str]) -> _Object:
    """Return the defaults that depend on where and how the program runs."""
    return {
        "advanced": {
            "log_directory": str(path.parent / "log" / "%TIMESTAMP%"),
            "log_level": "debug" if environ.get("DEBUG") else "info",
        }
    }


@dataclass(frozen=True, slots=True)
class _Assembled:
    """A document with what the environment sets and random values, what it means, and how it came to be."""

    document: _Object
    overrides: list[Override]
    configuration: Configuration
    migration: Migration | None


def _assembled(files: Files, situation: _Object, environ: Mapping[str, str]) -> _Assembled:
    document, values = files.read(), files.resolved(overrides(environ))
    migration = None
    if version_of(document) < VERSION:
        migration = migrate(document, read_state(files.path.parent))
        document = migration.document
    lay_on(document, values)
    fill_generated(document)
    return _Assembled(document, values, _checked(document, situation), migration)


def _checked(document: _Object, situation: _Object) -> Configuration:
    check_version(document)
    return read_configuration(merged(situation, document))


def _holds(addresses: tuple[str, ...], ieee: str) -> bool:
    return ieee.lower() in (address.lower() for address in addresses)


def _options(options: Mapping[str, Any]) -> _Object:
    return {key: value for key, value in options.items() if key not in _NOT_OPTIONS}


def _put(document: _Object, kind: _Kind, key: str, entity: _Object) -> None:
    document.setdefault(kind, {}).setdefault(key, copy.deepcopy(entity))


def _drop(document: _Object, kind: _Kind, key: str) -> None:
    document.get(kind, {}).pop(key, None)


def _list_add(document: _Object, name: str, item: str) -> None:
    items = document.setdefault(name, [])
    if item not in items:
        items.append(item)


def _list_remove(document: _Object, name: str, item: str) -> None:
    document[name] = [each for each in document.get(name, []) if each != item]
