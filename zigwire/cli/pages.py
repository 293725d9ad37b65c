"""The commands `page …`: versions of the page that browsers are served."""

from __future__ import annotations

import click

from zigwire.cli.versions import command_of, listed, without_traceback
from zigwire.packages import Versions, fetch
from zigwire.web.pages import DEFAULT, PAGES, versions

__all__ = ["page"]

RESTART = "A bridge that runs serves it after a restart."

PACKAGE = click.option(
    "--package",
    type=click.Choice(list(PAGES)),
    default=DEFAULT,
    show_default=True,
    help="Which page, as in the setting frontend.package.",
)


@click.group(invoke_without_command=True)
@click.pass_context
def page(context: click.Context) -> None:
    """List and change versions of the web page.

    Browsers are served a page that Zigwire fetches and uses unmodified. Without a command the versions that are here
    are listed.
    """
    if context.invoked_subcommand is None:
        show()


command = command_of(page)


@without_traceback
def show() -> None:
    """Print the versions that are here of each page."""
    for name in PAGES:
        _show(name, versions(name))


@command
@click.argument("version", required=False)
@PACKAGE
def fetch_(version: str | None, package: str) -> None:
    """Get a version and use it.

    VERSION is a number or `latest`; without it, the version that Zigwire was tested with.
    """
    here = versions(package)
    fetched = fetch(here, version)
    here.use(fetched)
    click.echo(f"{package} {fetched} is in use. {RESTART}")


@command
@PACKAGE
def rollback(package: str) -> None:
    """Go back to the version before."""
    click.echo(f"{package} {versions(package).rollback()} is in use again. {RESTART}")


def _show(name: str, here: Versions) -> None:
    if not here.present:
        option = "" if name == DEFAULT else f" --package {name}"
        click.echo(f"{name}: not here; `zigwire page fetch{option}` gets it")
        return
    click.echo(f"{name}:")
    for line in listed(here):
        click.echo(line)
