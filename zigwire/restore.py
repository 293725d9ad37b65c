"""Puts a backup, or the data folder of a Zigbee2MQTT, in the place of a data folder's contents."""

from __future__ import annotations

import contextlib
import lzma
import os
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from zigwire.bridge.backup import SET_ASIDE
from zigwire.storage.lock import lock

__all__ = ["Check", "RestoreError", "Restored", "restore_archive", "restore_folder"]

CONFIGURATION = "configuration.yaml"
DATABASE = "zigwire.db"
LOCK = "zigwire.lock"
STAYING = (LOCK, "log", "ota")
"""What backups don't have, and a restore leaves where it is."""

DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, UnicodeError)
"""What is raised over a file that is no ZIP file, is damaged, or packed in a way that Python does not know."""

UNPACKED = "restoring"
MOST_BYTES = 4 * 2**30
"""Of all files together: a small ZIP file may claim to hold any number."""

Check = Callable[[Path], None]
"""Looks at the new contents before they take their place; what it raises leaves everything as it is."""


class RestoreError(Exception):
    """It can't be done, and nothing was changed; the text says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done.

    Attributes:
        folder: The data folder.
        aside: Where its former contents are now, None when there were none.
    """

    folder: Path
    aside: Path | None

    @property
    def is_foreign(self) -> bool:
        """Whether it comes from Zigbee2MQTT: the first start takes it over."""
        return not (self.folder / DATABASE).exists()


def restore_archive(file: Path, folder: Path, check: Check = lambda _: None) -> Restored:
    """Unpack a backup into a data folder; what was there is moved into a folder of its own, not deleted.

    Args:
        file: The ZIP file that Zigwire or Zigbee2MQTT made.
        folder: The data folder, which may not be there yet.
        check: Looks at the new contents first.

    Raises:
        RestoreError: The file is no backup.
        OSError: It can't be read, or the folder not written.
        StorageError: A Zigwire runs on the folder.
    """
    with _opened(file) as archive:
        entries = _checked(archive, file)
        return _replace(folder, lambda into: _unpack(archive, entries, into), check)


def restore_folder(source: Path, folder: Path, check: Check = lambda _: None) -> Restored:
    """Copy the data folder of a Zigbee2MQTT, or of a Zigwire that is stopped, into another; it stays as it is itself.

    Args:
        source: The data folder to take over.
        folder: The data folder, which may not be there yet.
        check: Looks at the new contents first.

    Raises:
        RestoreError: The source is no data folder.
        OSError: It can't be read, or the folder not written.
        StorageError: A Zigwire runs on the folder.
    """
    if not (source / CONFIGURATION).is_file():
        raise RestoreError(f"{source} is no data folder: it has no {CONFIGURATION}")
    if folder.resolve() in (source.resolve(), *source.resolve().parents):
        raise RestoreError(f"{source} is the data folder itself, or in it")
    return _replace(folder, lambda into: _copy(source, into), check)


def _replace(folder: Path, fill: Callable[[Path], None], check: Check) -> Restored:
    """Let new contents take the place of old ones, once they are there in whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(lock(folder / LOCK)):
        unpacked = folder / UNPACKED
        if unpacked.exists():
            shutil.rmtree(unpacked)
        unpacked.mkdir(mode=0o700)
        try:
            fill(unpacked)
            check(unpacked)
        except BaseException:
            shutil.rmtree(unpacked)
            raise
        aside = _move_aside(folder)
        for path in sorted(unpacked.iterdir(), key=_is_configuration):
            path.replace(folder / path.name)
        unpacked.rmdir()
    return Restored(folder, aside)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except DAMAGE as error:
        raise RestoreError(f"{file} is no ZIP file, or a damaged one: {error}") from error


def _checked(archive: zipfile.ZipFile, file: Path) -> list[zipfile.ZipInfo]:
    """Return the files to restore, after looking at whether they may be unpacked."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_left_out(entry.filename)]
    for entry in entries:
        if fault := _fault(entry):
            raise RestoreError(f"{file} is no backup: '{entry.filename}' {fault}")
    names = [entry.filename for entry in entries]
    if CONFIGURATION not in names:
        raise RestoreError(f"{file} is no backup of a data folder: it has no {CONFIGURATION}")
    if len(set(names)) != len(names):
        raise RestoreError(f"{file} is no backup: it has a file twice")
    _check_size(sum(entry.file_size for entry in entries), file)
    return entries


def _check_size(size: int, source: Path) -> None:
    if size > MOST_BYTES:
        raise RestoreError(f"{source} would take {size / 1e9:.1f} GB; {MOST_BYTES / 1e9:.1f} GB are allowed")


def _fault(entry: zipfile.ZipInfo) -> str | None:
    """Say what is wrong with a file's name or kind; it must stay below the folder, and be a file."""
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "would leave the folder"
    if "\\" in entry.filename or ":" in path.parts[0] or "\0" in entry.orig_filename:
        return "has a name that is not allowed"
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        return "is no regular file"
    if entry.flag_bits & 1:
        return "is encrypted"
    return None


def _is_left_out(name: str) -> bool:
    """Tell whether a file is of those that stay as they are; somebody may have packed a folder by hand."""
    first = PurePosixPath(name).parts[:1]
    return any(part in STAYING or _is_ours(part) for part in first)


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], into: Path) -> None:
    for entry in entries:
        with archive.open(entry) as source, _created(into / entry.filename) as to:
            shutil.copyfileobj(source, to)


def _copy(source: Path, into: Path) -> None:
    wanted = [path for path in _files(source) if not _is_left_out(path.relative_to(source).as_posix())]
    _check_size(sum(path.stat().st_size for path in wanted), source)
    for path in wanted:
        with path.open("rb") as file, _created(into / path.relative_to(source)) as to:
            shutil.copyfileobj(file, to)


def _files(source: Path) -> Iterator[Path]:
    """Yield the files in a folder and below, also where links lead; each folder once."""
    seen = set()
    for folder, below, names in os.walk(source, followlinks=True):
        real = Path(folder).resolve()
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        yield from (path for name in names if (path := Path(folder, name)).is_file())


def _created(path: Path) -> contextlib.AbstractContextManager[BinaryIO]:
    """Open a new file for its owner only: there are keys in it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _move_aside(folder: Path) -> Path | None:
    """Move what is in a folder into one within it, which works for mount points too; None when there is nothing."""
    replaced = [path for path in folder.iterdir() if path.name not in STAYING and not _is_ours(path.name)]
    if not replaced:
        return None
    aside = folder / f"{SET_ASIDE}{time.strftime('%Y%m%d-%H%M%S')}"
    aside.mkdir(mode=0o700)
    for path in sorted(replaced, key=_is_configuration, reverse=True):
        path.replace(aside / path.name)
    return aside


def _is_configuration(path: Path) -> bool:
    """Whether a file goes first and comes last, so that a power cut leaves no configuration beside half of the rest."""
    return path.name == CONFIGURATION


def _is_ours(name: str) -> bool:
    return name == UNPACKED or name.startswith(SET_ASIDE)
