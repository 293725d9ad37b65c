"""The command `ota check`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from zigwire.cli.ota_states import updatable
from zigwire.cli.talking import Talk, converse
from zigwire.cli.values import line

__all__ = ["check_firmware"]

REQUEST = "device/ota_update/check"
AT_ONCE = 5  # devices that are waited for
PATIENCE = 90.0  # seconds for one to answer, of which the bridge gives it 60


def check_firmware(data: Path | None, names: tuple[str, ...]) -> None:
    """Print for each device whether there is newer firmware; without names for all that can be updated.

    Raises:
        click.ClickException: A look-up failed.
    """
    converse(data, ["bridge/devices", f"bridge/response/{REQUEST}"], lambda talk: _check(talk, names))


async def _check(talk: Talk, names: tuple[str, ...]) -> None:
    left = list(names) or [device["friendly_name"] for device in updatable(await talk.devices())]
    if not left:
        click.echo("No device can be updated.")
        return
    asked: dict[str, str] = {}
    failed, count = 0, len(left)
    while left or asked:
        while left and len(asked) < AT_ONCE:
            name = left.pop(0)
            asked[talk.ask(REQUEST, {"id": name})] = name
        response = await talk.wait_for(lambda heard: heard.payload if heard.answers in asked else None, PATIENCE)
        name = asked.pop(response["transaction"])
        failed += response["status"] != "ok"
        click.echo(f"{name}: {_outcome(response)}")
    if failed:
        raise click.ClickException(f"{failed} of {count} could not be looked up.")


def _outcome(response: Mapping[str, Any]) -> str:
    if response["status"] != "ok":
        return str(response.get("error"))
    data = response["data"]
    told = line({name: data.get(name) for name in ("source", "release_notes", "reason")})
    return f"{'newer firmware is there' if data['update_available'] else 'no newer firmware'}  {told}".rstrip()
