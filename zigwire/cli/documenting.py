"""The command `docs`: pages of devices, made from their definitions."""

from __future__ import annotations

from pathlib import Path

import click

from zigwire.cli.faults import told
from zigwire.devices.herdsman import Package, ScriptError
from zigwire.docgen import PageFault, UnknownModel, all_subjects, chosen, write_pages
from zigwire.herdsman_library import Versions, default_folder
from zigwire.packages import PackageError

__all__ = ["document"]


def document(models: tuple[str, ...], folder: Path) -> None:
    """Write the pages of devices of these models, or of all.

    Raises:
        click.ClickException: It can't be done; the text says why.
    """
    try:
        subjects = all_subjects(_library())
        portraits = chosen(subjects, models)
        with told():
            written = write_pages(folder.resolve(), portraits, subjects)
    except UnknownModel as error:
        raise click.UsageError(str(error)) from error
    except (PackageError, PageFault, ScriptError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{written.new} new, {written.changed} changed and {written.same} unchanged pages of devices in {folder}."
    )
    if written.unknown:
        click.echo(
            f"{written.unknown} other pages in {folder} are of no device known here; the index has none of them.",
            err=True,
        )


def _library() -> Package | None:
    """Return the field's library in use."""
    modules = Versions(default_folder()).node_modules
    library = Package.at(modules) if modules else None
    if library is None:
        click.echo("The library of definitions is not here: only the devices that Zigwire describes itself.", err=True)
    return library
