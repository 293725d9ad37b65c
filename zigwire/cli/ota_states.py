"""The command `ota list`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zigwire.cli.folder import choose
from zigwire.cli.talking import Talk, converse
from zigwire.cli.values import table
from zigwire.storage import StorageError
from zigwire.storage.contents import read_contents

__all__ = ["list_firmware", "updatable"]

UNKNOWN = "?"


def updatable(devices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of the bridge's devices that can be updated."""
    return [device for device in devices if (device.get("definition") or {}).get("supports_ota")]


def list_firmware(data: Path | None) -> None:
    """Print the devices that can be updated: who they are says the bridge, how their firmware is its database."""
    folder = choose(data)

    async def run(talk: Talk) -> None:
        devices = updatable(await talk.devices())
        if not devices:
            click.echo("No device can be updated.")
            return
        states = _states(folder)
        heading = ("NAME", "MODEL", "INSTALLED", "LATEST", "STATE")
        click.echo(table([heading, *(_row(device, states) for device in devices)]))

    converse(folder, ["bridge/devices"], run)


def _states(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        return read_contents(folder / "zigwire.db").states
    except StorageError as error:
        click.echo(f"Versions are not known here: {error}", err=True)
        return {}


def _row(device: dict[str, Any], states: dict[str, dict[str, Any]]) -> tuple[str, str, str, str, str]:
    known = states.get(device["ieee_address"], {}).get("update")
    firmware = known if isinstance(known, dict) else {}
    definition = device["definition"]
    installed, latest = (_version(firmware.get(name)) for name in ("installed_version", "latest_version"))
    model = f"{definition['vendor']} {definition['model']}"
    return device["friendly_name"], model, installed, latest, _state(firmware)


def _version(value: Any) -> str:
    return str(value) if isinstance(value, int) and value >= 0 else UNKNOWN


def _state(firmware: dict[str, Any]) -> str:
    word = str(firmware.get("state") or UNKNOWN)
    progress = firmware.get("progress")
    return word if progress is None else f"{word} {progress:.0f} %"
