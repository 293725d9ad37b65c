"""The commands `ota …`: firmware of devices, and files with it."""

from __future__ import annotations

from pathlib import Path

import click

from zigwire.cli.folder import FOLDER

__all__ = ["ota"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def ota() -> None:
    """Update the firmware of devices.

    All but `inspect` talk to a running bridge.
    """


@ota.command("list")
@FOLDER
def list_(data: Path | None) -> None:
    """List the devices that can be updated.

    With the versions and states that the bridge knows.
    """
    from zigwire.cli.ota_states import list_firmware

    list_firmware(data)


@ota.command()
@FOLDER
@click.argument("names", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="Look for all devices that can be updated.")
def check(data: Path | None, names: tuple[str, ...], *, everyone: bool) -> None:
    """Look for newer firmware for the devices NAMES.

    A device that sleeps answers when it next wakes: press its button.
    """
    if bool(names) == everyone:
        raise click.UsageError("Name devices, or give --all.")
    from zigwire.cli.ota_checks import check_firmware

    check_firmware(data, names)


@ota.command()
@FOLDER
@click.argument("name")
@click.option("--file", type=FILE, help="Take this image, which is sent to the bridge.")
@click.option("--url", help="Take this image, or index (.json): an address, or a path in the bridge's data folder.")
@click.option("--downgrade", is_flag=True, help="Go back to the version before.")
def update(data: Path | None, name: str, file: Path | None, url: str | None, *, downgrade: bool) -> None:
    """Update the device NAME now, and show how far it is.

    Ctrl+C ends the watch only.
    """
    if file and url:
        raise click.UsageError("Give --file or --url, not both.")
    from zigwire.cli.ota_updates import update_firmware

    update_firmware(data, name, file, url, downgrade=downgrade)


@ota.command()
@FOLDER
@click.argument("name")
def abort(data: Path | None, name: str) -> None:
    """Abort the update of the device NAME."""
    from zigwire.cli.ota_updates import abort_update

    abort_update(data, name)


@ota.command()
@click.argument("file", type=FILE)
def inspect(file: Path) -> None:
    """Show what an image FILE holds, and its faults."""
    from zigwire.cli.ota_files import inspect_file

    inspect_file(file)
