"""The command `restore`: puts a backup in the place of a data folder's contents."""

from __future__ import annotations

from pathlib import Path

import click

from zigwire.cli.faults import told
from zigwire.cli.folder import OWN
from zigwire.restore import restore_archive

__all__ = ["restore_folder"]


def restore_folder(file: Path, data: Path | None) -> None:
    """Unpack a backup into a data folder; what was there is moved into a folder of its own, not deleted.

    Raises:
        click.ClickException: It can't be done, and nothing was changed; the text says why.
    """
    with told():
        restored = restore_archive(file, data or OWN)
    click.echo(f"{restored.folder} is restored.")
    if restored.aside is not None:
        click.echo(f"What was in it is in {restored.aside} now; delete that when all is well.")
    if restored.is_foreign:
        click.echo("The backup is one of Zigbee2MQTT: the first start takes its devices, groups and states over.")
    click.echo(f"Start it with `zigwire run --data {restored.folder}`.")
