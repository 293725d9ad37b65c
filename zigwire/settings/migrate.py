"""Brings the files of a data folder to the present version: copies and notes first, configuration.yaml last."""

from __future__ import annotations

from pathlib import Path

from zigwire.settings.errors import Fault, SettingsError
from zigwire.settings.files import Files
from zigwire.settings.icons import keep_icon
from zigwire.settings.migrations import Migration, Note
from zigwire.settings.replace import replace_bytes, replace_text

__all__ = ["keep", "read_state"]

_DETAILS = "More about these changes: https://github.com/Koenkk/zigbee2mqtt/discussions/24198"


def read_state(folder: Path) -> bytes | None:
    """Return the content of state.json, None when there is none.

    Raises:
        SettingsError: It can't be read.
    """
    path = folder / "state.json"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError([Fault(path.name, f"can't be read: {error.strerror}")]) from error


def keep(migration: Migration, files: Files) -> list[str]:
    """Write everything of a migration but the document itself: doing it again after a failure does no harm.

    Returns:
        Sentences for the log.

    Raises:
        SettingsError: A file can't be written; configuration.yaml is as it was.
    """
    folder = files.path.parent
    files.back_up(migration.since)
    for icon in migration.icons:
        keep_icon(folder, icon)
    if migration.state is not None:
        replace_bytes(folder / "state.json", migration.state)
    return [_note(folder, version, notes) for version, notes in migration.notes.items()]


def _note(folder: Path, version: int, notes: list[Note]) -> str:
    name = f"migration-{version - 1}-to-{version}.log"
    replace_text(folder / name, "\r\n\r\n".join([*map(str, notes), _DETAILS]))
    return f"The configuration was brought from version {version - 1} to {version}, {name} says what changed"
