"""The command `restore`: puts a backup in the place of a data folder's contents."""

from __future__ import annotations

import contextlib
import lzma
import os
import shutil
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import click

from zigwire.bridge.backup import SET_ASIDE
from zigwire.cli.faults import told
from zigwire.cli.folder import OWN
from zigwire.storage.lock import lock

__all__ = ["restore_folder"]

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


def restore_folder(file: Path, data: Path | None) -> None:
    """Unpack a backup into a data folder; what was there is moved into a folder of its own, not deleted.

    Raises:
        click.ClickException: It can't be done, and nothing was changed; the text says why.
    """
    folder = data or OWN
    with told(), _opened(file) as archive:
        entries = _checked(archive, file)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.closing(lock(folder / LOCK)):
            unpacked = _unpack(archive, entries, folder / UNPACKED)
            aside = _move_aside(folder)
            for path in unpacked.iterdir():
                path.replace(folder / path.name)
            unpacked.rmdir()
    _tell(folder, aside)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except DAMAGE as error:
        raise click.ClickException(f"{file} is no ZIP file, or a damaged one: {error}") from error


def _checked(archive: zipfile.ZipFile, file: Path) -> list[zipfile.ZipInfo]:
    """Return the files to restore, after looking at whether they may be unpacked."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_left_out(entry)]
    for entry in entries:
        if fault := _fault(entry):
            raise click.ClickException(f"{file} is no backup: '{entry.filename}' {fault}")
    names = [entry.filename for entry in entries]
    if CONFIGURATION not in names:
        raise click.ClickException(f"{file} is no backup of a data folder: it has no {CONFIGURATION}")
    if len(set(names)) != len(names):
        raise click.ClickException(f"{file} is no backup: it has a file twice")
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        raise click.ClickException(f"{file} would take {size / 1e9:.1f} GB; {MOST_BYTES / 1e9:.1f} GB are allowed")
    return entries


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


def _is_left_out(entry: zipfile.ZipInfo) -> bool:
    """Tell whether a file is of those that stay as they are; somebody may have packed a folder by hand."""
    first = PurePosixPath(entry.filename).parts[:1]
    return any(name in STAYING or _is_ours(Path(name)) for name in first)


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], into: Path) -> Path:
    """Unpack everything into a new folder, for its owner only: there are keys in it."""
    if into.exists():
        shutil.rmtree(into)
    into.mkdir(mode=0o700)
    try:
        for entry in entries:
            _unpack_one(archive, entry, into / entry.filename)
    except BaseException:
        shutil.rmtree(into)
        raise
    return into


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        archive.open(entry) as source,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
    ):
        shutil.copyfileobj(source, to)


def _move_aside(folder: Path) -> Path | None:
    """Move what is in a folder into one within it, which works for mount points too; None when there is nothing."""
    replaced = [path for path in folder.iterdir() if path.name not in STAYING and not _is_ours(path)]
    if not replaced:
        return None
    aside = folder / f"{SET_ASIDE}{time.strftime('%Y%m%d-%H%M%S')}"
    aside.mkdir(mode=0o700)
    for path in replaced:
        path.replace(aside / path.name)
    return aside


def _is_ours(path: Path) -> bool:
    return path.name == UNPACKED or path.name.startswith(SET_ASIDE)


def _tell(folder: Path, aside: Path | None) -> None:
    click.echo(f"{folder} is restored.")
    if aside is not None:
        click.echo(f"What was in it is in {aside} now; delete that when all is well.")
    if not (folder / DATABASE).exists():
        click.echo("The backup is one of Zigbee2MQTT: the first start takes its devices, groups and states over.")
    click.echo(f"Start it with `zigwire run --data {folder}`.")
