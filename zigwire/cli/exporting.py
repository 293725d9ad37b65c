"""The command `export`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from zigwire.cli.faults import told
from zigwire.cli.folder import choose
from zigwire.settings.files import Files
from zigwire.storage.contents import read_contents
from zigwire.storage.transfer import write_folder
from zigwire.storage.transfer.backup import BACKUP, latest_backup

__all__ = ["export_folder"]

OF_THE_USER = ("external_converters", "external_extensions", "device_icons")
"""Folders that hold what the user or a frontend put there."""


def export_folder(data: Path | None, target: Path) -> None:
    """Write a data folder for Zigbee2MQTT; Zigwire's own is only read, and may be in use.

    Raises:
        click.ClickException: It can't be done; the text says what to mend.
    """
    folder = choose(data)
    with told():
        contents = read_contents(folder / "zigwire.db")
        _make_empty(target)
        _copy_settings(folder, target)
        backup = latest_backup(folder)
        if backup is not None:
            shutil.copy2(backup, target / BACKUP)
        write_folder(target, contents)
    click.echo(f"{target} is a data folder for Zigbee2MQTT: {contents.summary()}.")
    if backup is None:
        click.echo("It has no backup of the coordinator: there was none yet. With the same coordinator none is needed.")
    click.echo("Stop Zigwire before Zigbee2MQTT starts: a coordinator serves one of them.")


def _make_empty(target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty: name a new folder")


def _copy_settings(folder: Path, target: Path) -> None:
    """Copy configuration.yaml as it is, with all that it needs of the folder."""
    files = Files(folder / "configuration.yaml")
    files.read()
    for path in files.paths():
        place = Path(os.path.relpath(path, folder))
        if place.parts[0] == "..":
            click.echo(f"configuration.yaml refers to {path}, which is outside the folder: not copied")
            continue
        copy = target / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    for name in OF_THE_USER:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, target / name)
