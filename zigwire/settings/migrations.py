"""The way of a document from older versions of the format to the present one, as Zigbee2MQTT 2.14 goes it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from zigwire.settings.errors import Fault, SettingsError
from zigwire.settings.icons import Icon, embedded_icon
from zigwire.settings.model import VERSION
from zigwire.settings.version import version_of

__all__ = ["Migration", "Note", "migrate"]

_Object: TypeAlias = dict[str, Any]
_Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What one step did to one thing, for the person whose file it is."""

    tag: Literal["TRANSFER", "CHANGE", "ADDITION", "REMOVAL", "SPECIAL"]
    text: str

    def __str__(self) -> str:
        return f"[{self.tag}] {self.text}"


@dataclass(slots=True)
class Migration:
    """A document on its way.

    Attributes:
        document: As it is by now.
        since: The version that it came with.
        notes: What was done, by the version that a step leads to.
        icons: Pictures that stood in the document and become files.
        state: What state.json shall hold; None when there is no such file or it can stay as it is.
    """

    document: _Object
    since: int
    state: bytes | None
    notes: dict[int, list[Note]] = field(default_factory=dict)
    icons: list[Icon] = field(default_factory=list)


def migrate(document: Mapping[str, Any], state: bytes | None) -> Migration:
    """Bring a document to the present version.

    Args:
        document: What the files say, devices and groups of other files included; it stays as it is.
        state: Content of state.json, when there is such a file.

    Raises:
        SettingsError: It is of no version that can be migrated.
    """
    migration = Migration(copy.deepcopy(dict(document)), version_of(document), state)
    for version in range(migration.since + 1, VERSION + 1):
        notes = _STEPS[version](migration)
        migration.document["version"] = version
        migration.notes[version] = list(dict.fromkeys(notes))
    _drop_nulls(migration.document)
    return migration


# --- to version 2 ---

_MOVES: Mapping[_Path, _Path] = {
    ("advanced", "homeassistant_discovery_topic"): ("homeassistant", "discovery_topic"),
    ("advanced", "homeassistant_status_topic"): ("homeassistant", "status_topic"),
    ("advanced", "baudrate"): ("serial", "baudrate"),
    ("advanced", "rtscts"): ("serial", "rtscts"),
    ("experimental", "transmit_power"): ("advanced", "transmit_power"),
    ("experimental", "output"): ("advanced", "output"),
    ("ban",): ("blocklist",),
    ("whitelist",): ("passlist",),
}


def _was_on(value: Any) -> bool:
    return value is True


def _was_set(value: Any) -> bool:
    return value is not None


def _had_items(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


@dataclass(frozen=True, slots=True)
class _Removal:
    """A key that is gone; `matters` tells for which values a person should know why."""

    path: _Path
    why: str
    matters: Callable[[Any], bool]


_TRIGGERS = "there are no sensors for actions and clicks any more, use Home Assistant's device triggers"
_ATTRIBUTES = "entities in Home Assistant have no attributes any more"
_IKEA = "IKEA's test server for firmware is not used any more"
_WATCH = "availability has a section of its own"
_REMOVALS = (
    _Removal(("homeassistant", "legacy_triggers"), _TRIGGERS, _was_on),
    _Removal(("homeassistant", "legacy_entity_attributes"), _ATTRIBUTES, _was_on),
    _Removal(("advanced", "homeassistant_legacy_triggers"), _TRIGGERS, _was_on),
    _Removal(("advanced", "homeassistant_legacy_entity_attributes"), _ATTRIBUTES, _was_on),
    _Removal(("permit_join",), "joining is opened by a client or over MQTT, for a while", _was_on),
    _Removal(("ota", "ikea_ota_use_test_url"), _IKEA, _was_on),
    _Removal(("advanced", "ikea_ota_use_test_url"), _IKEA, _was_on),
    _Removal(("advanced", "legacy_api"), "the topics of the old interface are gone", _was_on),
    _Removal(("advanced", "legacy_availability_payload"), "bridge/state is always a JSON object", _was_on),
    _Removal(("advanced", "soft_reset_timeout"), "the feature is gone", _was_set),
    _Removal(("advanced", "report"), "the feature is gone", _was_on),
    _Removal(("advanced", "availability_timeout"), _WATCH, _was_set),
    _Removal(("advanced", "availability_blocklist"), _WATCH, _had_items),
    _Removal(("advanced", "availability_passlist"), _WATCH, _had_items),
    _Removal(("advanced", "availability_blacklist"), _WATCH, _had_items),
    _Removal(("advanced", "availability_whitelist"), _WATCH, _had_items),
    _Removal(("device_options", "legacy"), "the properties that it added are gone", _was_on),
    _Removal(("experimental",), "nothing of it is experimental any more", _was_set),
    _Removal(("external_converters",), "converters are loaded from the folder external_converters", _had_items),
)
_RETRIEVE_STATE = "the feature is gone"
_MEMBERS = "members stay as they are, they are changed by a client or over MQTT"


def _to_2(migration: Migration) -> list[Note]:
    document = migration.document
    notes = [note for path, to in _MOVES.items() if (note := _move(document, path, to))]
    if _get(document, ("advanced", "log_level")) == "warn":
        document["advanced"]["log_level"] = "warning"
        notes.append(Note("CHANGE", "The value warn of advanced.log_level is called warning now"))
    notes.append(_version_note("ADDITION", 2))
    notes += [_removed(gone.path, gone.why) for gone in _REMOVALS if gone.matters(_take(document, gone.path))]
    return notes + _clean_entities(document)


def _move(document: _Object, path: _Path, to: _Path) -> Note | None:
    value, there = _take(document, path), _get(document, to)
    if value is None:
        return None
    if there is not None and not isinstance(there, list):
        return _removed(path, f"{'.'.join(to)} is set already")
    if isinstance(value, list) and isinstance(there, list):
        value = [*value, *there]
    _parent(document, to)[to[-1]] = value
    return Note("TRANSFER", f"{'.'.join(path)} is called {'.'.join(to)} now")


def _parent(document: _Object, path: _Path) -> _Object:
    """Return the section that a key stands in, made when it is not there."""
    if len(path) == 1:
        return document
    name = path[0]
    section = document.get(name)
    if name == "homeassistant" and isinstance(section, bool):
        section = {"enabled": section}
    if section is None:
        section = {}
    if not isinstance(section, dict):
        raise SettingsError([Fault(name, "must be an object with keys")])
    document[name] = section
    return section


def _clean_entities(document: _Object) -> list[Note]:
    notes = []
    for kind in ("devices", "groups"):
        for key in _object(document.get(kind)):
            if _was_on(_take(document, (kind, key, "retrieve_state"))):
                notes.append(_removed(("devices and groups", "retrieve_state"), _RETRIEVE_STATE))
            if kind == "groups" and _was_set(_take(document, (kind, key, "devices"))):
                notes.append(_removed(("groups", "devices"), _MEMBERS))
    return notes


# --- to versions 3, 4 and 5 ---


def _to_3(migration: Migration) -> list[Note]:
    document, notes = migration.document, [_version_note("CHANGE", 3)]
    for name in ("homeassistant", "frontend", "availability"):
        if name in document:
            document[name] = _switched(document[name])
            notes.append(Note("SPECIAL", f"{name} is always an object, with the key enabled"))
    return notes


def _switched(section: Any) -> Any:
    """Return a section that was on by being there, or true or false; what is neither is left to the checks."""
    if isinstance(section, bool):
        return {"enabled": section}
    if section is None or isinstance(section, dict):
        return {"enabled": True} | (section or {})
    return section


def _to_4(migration: Migration) -> list[Note]:
    notes = [_version_note("CHANGE", 4)]
    for ieee, options in _object(migration.document.get("devices")).items():
        try:
            icon = embedded_icon(_object(options).get("icon"))
        except SettingsError as error:
            del options["icon"]
            notes.append(Note("REMOVAL", f"devices.{ieee}.icon is gone: {error}"))
            continue
        if icon:
            options["icon"] = icon.place
            migration.icons.append(icon)
            notes.append(Note("SPECIAL", "Pictures of devices are files in device_icons"))
    return notes


def _to_5(migration: Migration) -> list[Note]:
    notes = [_version_note("CHANGE", 5)]
    if migration.state is None:
        return notes
    try:
        states = json.loads(migration.state)
    except (ValueError, RecursionError):
        migration.state = None
        return [*notes, Note("SPECIAL", "state.json is not JSON, it stays as it is")]
    for state in _object(states).values():
        if _object(state).get("update"):
            del state["update"]
    migration.state = json.dumps(states, ensure_ascii=False, separators=(",", ":")).encode()
    return [*notes, Note("SPECIAL", "What state.json knew of firmware updates is forgotten, devices are asked again")]


_STEPS: Mapping[int, Callable[[Migration], list[Note]]] = {2: _to_2, 3: _to_3, 4: _to_4, 5: _to_5}


# --- tools of the steps ---


def _version_note(tag: Literal["ADDITION", "CHANGE"], version: int) -> Note:
    return Note(tag, f"The configuration is of version {version} now")


def _removed(path: _Path, why: str) -> Note:
    return Note("REMOVAL", f"{'.'.join(path)} is gone: {why}")


def _get(document: _Object, path: _Path) -> Any:
    value: Any = document
    for key in path:
        value = _object(value).get(key)
    return value


def _take(document: _Object, path: _Path) -> Any:
    """Take a value out of the document, None when there is none."""
    return _object(_get(document, path[:-1])).pop(path[-1], None)


def _object(value: Any) -> _Object:
    return value if isinstance(value, dict) else {}


def _drop_nulls(value: Any) -> None:
    """Delete keys without a value, which older versions took for absent; below `homeassistant` null hides things."""
    if isinstance(value, list):
        for item in value:
            _drop_nulls(item)
    if not isinstance(value, dict):
        return
    for key in [key for key, inner in value.items() if inner is None and key != "homeassistant"]:
        del value[key]
    for key, inner in value.items():
        if key != "homeassistant":
            _drop_nulls(inner)
