"""The command `run`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from zigwire.app import App
from zigwire.cli.folder import SIMULATED, choose, configured
from zigwire.coordinator import Coordinator
from zigwire.mqtt import OptionsError
from zigwire.settings import SettingsError
from zigwire.storage import StorageError
from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.radio import RadioError

__all__ = ["run_bridge"]


def run_bridge(data: Path | None, *, default: bool, form_new_network: bool) -> None:
    """Run the bridge until it is stopped.

    Raises:
        click.ClickException: It can't start; the text says what to mend.
    """
    try:
        if default and data is None and not configured(Path("data")):
            from zigwire.cli.trying import run_simulated

            asyncio.run(run_simulated(SIMULATED))
        else:
            asyncio.run(_run(choose(data), form_new_network=form_new_network))
    except (NetworkRefusedError, OptionsError, RadioError, SettingsError, StorageError) as error:
        raise click.ClickException(str(error)) from error


async def _run(folder: Path, *, form_new_network: bool) -> None:
    coordinator = Coordinator(folder)
    try:
        await App(folder, coordinator, form_new_network=form_new_network).run()
    finally:
        await coordinator.close()
