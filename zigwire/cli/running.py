"""The command `run`."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

import click

from zigwire.app import App
from zigwire.cli.faults import told
from zigwire.cli.folder import OWN, SIMULATED, configured
from zigwire.coordinator import Coordinator
from zigwire.logs import redact_uncaught
from zigwire.onboarding.wanted import is_wanted
from zigwire.settings import load

__all__ = ["run_bridge"]

LOCAL_BROKER = "mqtt://localhost:1883"


def run_bridge(data: Path | None, *, default: bool, form_new_network: bool) -> None:
    """Run the bridge until it is stopped.

    Raises:
        click.ClickException: It can't start; the text says what to mend.
    """
    redact_uncaught()
    with told():
        if default and _without_radio(data):
            from zigwire.cli.trying import run_simulated

            asyncio.run(run_simulated(data or SIMULATED, form_new_network=form_new_network))
        else:
            asyncio.run(_set_up_and_run(_folder(data), form_new_network=form_new_network))


def _without_radio(data: Path | None) -> bool:
    """Tell whether the default run means a simulated house: one is to be made, or the folder given holds one."""
    if not configured(data or OWN):
        return True
    return data is not None and _is_simulated(data)


def _is_simulated(folder: Path) -> bool:
    return (load(folder / "configuration.yaml", os.environ).serial.port or "").startswith("sim://")


def _folder(data: Path | None) -> Path:
    """Return the data folder; one without a configuration is set up first, be it by variables of the environment."""
    if data is None and configured(SIMULATED) and not configured(OWN):
        return SIMULATED
    folder = data or OWN
    if not configured(folder) and os.environ.get("Z2M_ONBOARD_NO_SERVER"):
        from zigwire.onboarding.session import Session

        Session(folder, os.environ).save({"mqtt": {"server": LOCAL_BROKER}})
    return folder


async def _set_up_and_run(folder: Path, *, form_new_network: bool) -> None:
    """Set Zigwire up where that is wanted, and run it; a start that fails right after that is told in the browser."""
    if not is_wanted(folder, os.environ):
        await _run(folder, form_new_network=form_new_network)
        return
    from zigwire.onboarding.onboard import Onboarding

    onboarding = Onboarding(folder, os.environ, click.echo)
    anew: bool | None = True
    while anew is not None:
        if anew and not await onboarding.set_up():
            return
        try:
            with told():
                await _run_as_set_up(folder, form_new_network=form_new_network)
        except click.ClickException as error:
            if os.environ.get("Z2M_ONBOARD_NO_FAILURE_PAGE"):
                raise
            error.show()
            anew = await onboarding.show_failure([error.message])
        else:
            return


async def _run_as_set_up(folder: Path, *, form_new_network: bool) -> None:
    if not _is_simulated(folder):
        await _run(folder, form_new_network=form_new_network)
        return
    from zigwire.cli.trying import run_simulated

    await run_simulated(folder, form_new_network=form_new_network)


async def _run(folder: Path, *, form_new_network: bool) -> None:
    async with AsyncExitStack() as stack:
        if _is_simulated(folder):
            from zigwire.cli.trying import missing_broker

            await stack.enter_async_context(missing_broker(folder))
        coordinator = Coordinator(folder)
        stack.push_async_callback(coordinator.close)
        await App(folder, coordinator, form_new_network=form_new_network).run()
