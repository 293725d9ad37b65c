"""The files of Zigbee2MQTT's data folder that hold what Zigwire keeps in its database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from zigwire.storage.contents import Contents
from zigwire.storage.errors import StorageError
from zigwire.storage.private import create_private
from zigwire.storage.transfer.backup import BACKUP, read_network
from zigwire.storage.transfer.herdsman_database import Lines, read_lines, write_lines
from zigwire.storage.transfer.shapes import BadEntry, shown

__all__ = ["DATABASE", "Found", "read_folder", "write_folder"]

DATABASE = "database.db"
_OLDER = "database.db.backup"
_STATES = "state.json"


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds.

    Attributes:
        contents: What can be used.
        source: The database that it comes from.
        faults: What could not be used, each with its file.
    """

    contents: Contents
    source: Path
    faults: list[str]


def read_folder(folder: Path, named: Collection[str]) -> Found | None:
    """Return what Zigbee2MQTT left in a folder, None when it left no database; nothing is changed.

    Args:
        folder: The data folder.
        named: IEEE addresses that its configuration.yaml names, which the database should know.

    Raises:
        StorageError: The database is damaged so badly that devices would be lost.
    """
    if not (folder / DATABASE).exists():
        return None
    source, lines = _sound_database(folder, named)
    contents = lines.contents
    faults = [f"{source.name}, {fault}" for fault in lines.faults]
    try:
        contents.states = _read_states(folder / _STATES, faults)
    except BadEntry as fault:
        faults.append(f"{_STATES}: {fault}")
    try:
        contents.network = read_network(_content(folder / BACKUP)) if (folder / BACKUP).exists() else None
    except BadEntry as fault:
        faults.append(f"{BACKUP}: {fault}")
    return Found(contents, source, faults)


def write_folder(folder: Path, contents: Contents) -> None:
    """Write database.db and state.json.

    Raises:
        OSError: They can't be written.
    """
    create_private(folder / _STATES, orjson.dumps(contents.states, option=orjson.OPT_INDENT_2))
    create_private(folder / DATABASE, write_lines(contents))


def _sound_database(folder: Path, named: Collection[str]) -> tuple[Path, Lines]:
    """Return the database, or the older copy of it when it is damaged, in which most of what is named can be found."""
    objections: list[str] = []
    for path in (folder / DATABASE, folder / _OLDER):
        if not path.exists():
            continue
        lines = read_lines(_content(path))
        objection = _objection(lines, named)
        if not objection:
            lines.faults[:0] = [f"not used: {text}" for text in objections]
            return path, lines
        objections.append(f"{path.name} {objection}")
    raise StorageError(
        f"The devices of Zigbee2MQTT in {folder} can't be taken over: {'; '.join(objections)}."
        f" Put a good {DATABASE} there, from a backup of the folder."
        f" To give the devices up and pair them again, start once with --form-new-network."
    )


def _objection(lines: Lines, named: Collection[str]) -> str:
    """Say why a database makes no sense beside the configuration, "" when it does."""
    known = {device.ieee for device in lines.contents.devices}
    missing = [ieee for ieee in named if ieee not in known]
    wrong = f" ({'; '.join(lines.faults[:3])}{' …' if len(lines.faults) > 3 else ''})" if lines.faults else ""
    if named and not known:
        return f"knows no device, but configuration.yaml names {len(named)}{wrong}"
    if lines.faults and len(missing) > len(lines.faults):
        return f"is damaged and knows {len(missing)} of the {len(named)} devices in configuration.yaml no more{wrong}"
    return ""


def _read_states(path: Path, faults: list[str]) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        states = orjson.loads(_content(path))
        orjson.dumps(states)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise BadEntry(f"{error}; states come again as devices report them") from None
    if not isinstance(states, dict):
        raise BadEntry(f"{shown(states)} is no object")
    odd = [entity for entity, state in states.items() if not isinstance(state, dict)]
    faults += [f"{path.name}: the state of {entity} is {shown(states[entity])}; an object is needed" for entity in odd]
    return {entity: state for entity, state in states.items() if entity not in odd}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
