"""The commands `page …`: versions of the page that browsers are served."""

from __future__ import annotations

import click

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
        from zigwire.cli.faults import told

        with told():
            for name in PAGES:
                _show(name, versions(name))


@page.command("fetch")
@click.argument("version", required=False)
@PACKAGE
def fetch_(version: str | None, package: str) -> None:
    """Get a version and use it.

    VERSION is a number or `latest`; without it, the version that Zigwire was tested with.
    """
    from zigwire.cli.faults import told

    with told():
        here = versions(package)
        fetched = fetch(here, version)
        here.use(fetched)
    click.echo(f"{package} {fetched} is in use. {RESTART}")


@page.command()
@PACKAGE
def rollback(package: str) -> None:
    """Go back to the version before."""
    from zigwire.cli.faults import told

    with told():
        click.echo(f"{package} {versions(package).rollback()} is in use again. {RESTART}")


def _show(name: str, here: Versions) -> None:
    if not here.present:
        option = "" if name == DEFAULT else f" --package {name}"
        click.echo(f"{name}: not here; `zigwire page fetch{option}` gets it")
        return
    click.echo(f"{name}:")
    for version in here.present:
        marks = {"in use": version == here.current, "before": version == here.previous}
        said = ", ".join(mark for mark, holds in marks.items() if holds)
        click.echo(f"  {version}  ({said})" if said else f"  {version}")
