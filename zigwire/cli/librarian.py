"""The commands `library …`: versions of the field's own library of definitions."""

from __future__ import annotations

from pathlib import Path

import click

from zigwire.cli.versions import command_of, listed, without_traceback
from zigwire.herdsman_library import Versions, default_folder
from zigwire.packages import PackageError, fetch

__all__ = ["library"]

RESTART = "A bridge that runs uses it after a restart, by bridge/request/restart for example."


@click.group(invoke_without_command=True)
@click.pass_context
def library(context: click.Context) -> None:
    """List and change versions of the definitions library.

    Most devices are described by zigbee-herdsman-converters, the library of Zigbee2MQTT, which Zigwire fetches and runs
    unmodified. Without a command the versions that are here are listed.
    """
    if context.invoked_subcommand is None:
        show()


command = command_of(library)


def versions() -> Versions:
    """Return the versions that are here."""
    return Versions(default_folder())


@without_traceback
def show() -> None:
    """Print the versions that are here."""
    here = versions()
    click.echo(f"Versions in {here.folder}:" if here.present else f"No version is in {here.folder}.")
    for line in listed(here):
        click.echo(line)
    if here.current is None:
        click.echo(
            "None is in use: devices that Zigwire does not describe itself mean what they declare. "
            "`zigwire library fetch` gets one."
        )


@command
def fetch_() -> None:
    """Get the version that Zigwire was tested with.

    It is used from then on, unless a newer or a pinned one is in use.
    """
    here = versions()
    version = fetch(here)
    if here.current is None or not (here.pinned or here.present.index(here.current) > here.present.index(version)):
        here.use(version)
    click.echo(f"Definitions of zigbee-herdsman-converters {version} are here; {here.current} is in use.")


@command
@click.argument("version", default="latest")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder whose devices are looked at. [default: that in use, if there is one]",
)
@click.option("--yes", is_flag=True, help="Use the version though your own devices change.")
@click.option("--list", "most", default=10, show_default=True, help="How many definitions to name of each sort.")
def update(version: str, data: Path | None, yes: bool, most: int) -> None:
    """Get another version, say what changes, and use it.

    VERSION is the newest by default. It is not used when devices of your own mean something else with it, unless you
    say so with --yes.
    """
    here = versions()
    if here.pinned:
        raise PackageError(f"version {here.current} is pinned; `zigwire library unpin` lets updates go on")
    before, wanted = here.current, fetch(here, version)
    if wanted == before:
        click.echo(f"Version {wanted} is in use already.")
        return
    if before is not None:
        from zigwire.cli.checking import approve

        approve(here, before, wanted, data, yes=yes, most=most)
    here.use(wanted)
    click.echo(f"Version {wanted} is in use instead of {before}. {RESTART}")


@command
def rollback() -> None:
    """Go back to the version before."""
    click.echo(f"Version {versions().rollback()} is in use again. {RESTART}")


@command
@click.argument("version", required=False)
def pin(version: str | None) -> None:
    """Keep to a version: VERSION, or the one in use."""
    here = versions()
    wanted = version or here.current
    if wanted is None:
        raise PackageError("no version is in use: name one")
    fetch(here, wanted)
    here.use(wanted, pinned=True)
    click.echo(f"Version {wanted} is pinned.")


@command
def unpin() -> None:
    """Let updates change the version again."""
    here = versions()
    if here.current is None:
        raise PackageError("no version is in use")
    here.use(here.current, pinned=False)
    click.echo(f"Version {here.current} is not pinned any more.")


@command
@click.argument("version")
def remove(version: str) -> None:
    """Delete VERSION, which must not be in use."""
    versions().remove(version)
    click.echo(f"Version {version} is gone.")
