"""The commands `ota update` and `ota abort`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from zigwire.cli.ota_files import read_image
from zigwire.cli.talking import Heard, Talk, addressed, converse, data_of, names_by_address

__all__ = ["abort_update", "update_firmware"]

REQUEST = "device/ota_update/update"
ABORT = f"{REQUEST}/abort"
RESPONSES = (f"bridge/response/{REQUEST}", f"bridge/response/{ABORT}")

PATIENCE = 120.0
"""Seconds for an update to begin, of which the bridge gives the device 60 to answer."""

INTERRUPTED = 130
"""What shells expect of a program that Ctrl+C ended."""


def update_firmware(data: Path | None, name: str, file: Path | None, url: str | None, *, downgrade: bool) -> None:
    """Update a device and show how far it is.

    Raises:
        click.ClickException: The file is no image, or the update came to nothing.
    """
    message: dict[str, Any] = {"id": name}
    if file is not None:
        message["hex"] = {"data": read_image(file).hex(), "file_name": file.name}
    if url is not None:
        message["url"] = url
    request = f"{REQUEST}/downgrade" if downgrade else REQUEST
    try:
        converse(data, ["bridge/devices", *RESPONSES], lambda talk: _update(talk, name, request, message))
    except KeyboardInterrupt:
        click.echo(f"The update goes on: `zigwire ota abort {name}` ends it, `zigwire ota list` shows how far it is.")
        sys.exit(INTERRUPTED)


def abort_update(data: Path | None, name: str) -> None:
    """End the update of a device.

    Raises:
        click.ClickException: There is none.
    """

    async def run(talk: Talk) -> None:
        await talk.request(ABORT, {"id": name})
        click.echo(f"The update of {name} is aborted.")

    converse(data, RESPONSES, run)


async def _update(talk: Talk, name: str, request: str, message: Mapping[str, Any]) -> None:
    topic = addressed(name, await names_by_address(talk))
    talk.listen("bridge/state")
    talk.listen(topic)
    transaction = talk.ask(request, message)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}")
    ) as progress:
        bar = progress.add_task(escape(name), total=100, left="")
        done = await _followed(talk, topic, transaction, lambda update: _show(progress, bar, update))
    click.echo(f"{name} runs version {done['to']['file_version']} instead of {done['from']['file_version']}.")


async def _followed(
    talk: Talk, topic: str, transaction: str, show: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    """Return the data of the response; until it comes, show what the device's state tells of the update."""
    try:
        async with asyncio.timeout(PATIENCE) as patience:
            while True:
                heard = await talk.hear()
                if heard.answers == transaction:
                    return data_of(heard.payload)
                _check_running(heard)
                update = heard.payload.get("update") if isinstance(heard.payload, dict) else None
                if heard.topic == topic and isinstance(update, dict) and update.get("state") == "updating":
                    patience.reschedule(None)
                    show(update)
    except TimeoutError:
        raise click.ClickException(f"No update has begun within {PATIENCE:.0f} s. Is the bridge running?") from None


def _check_running(heard: Heard) -> None:
    state = heard.payload.get("state") if isinstance(heard.payload, dict) else heard.payload
    if (heard.topic, state) == ("bridge/state", "offline"):
        raise click.ClickException("The bridge is not running. An update that has begun goes on when it runs again.")


def _show(progress: Progress, bar: TaskID, update: Mapping[str, Any]) -> None:
    percent, seconds = update.get("progress"), update.get("remaining")
    if isinstance(percent, int | float):
        progress.update(bar, completed=percent)
    if isinstance(seconds, int | float):
        progress.update(bar, left=f"{seconds // 60:.0f} min {seconds % 60:.0f} s left")
