"""The command `run`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from zigwire.app import App
from zigwire.cli.faults import told
from zigwire.cli.folder import OWN, SIMULATED, choose, configured
from zigwire.coordinator import Coordinator
from zigwire.logs import redact_uncaught
from zigwire.settings import load

__all__ = ["run_bridge"]


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
            asyncio.run(_run(choose(data), form_new_network=form_new_network))


def _without_radio(data: Path | None) -> bool:
    """Tell whether the default run means a simulated house: one is to be made, or the folder given holds one."""
    if not configured(data or OWN):
        return True
    return data is not None and (load(data / "configuration.yaml", os.environ).serial.port or "").startswith("sim://")


async def _run(folder: Path, *, form_new_network: bool) -> None:
    coordinator = Coordinator(folder)
    try:
        await App(folder, coordinator, form_new_network=form_new_network).run()
    finally:
        await coordinator.close()
