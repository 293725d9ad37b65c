"""The commands `simulator` and `simulate`."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import click

from zigwire.cli.faults import told
from zigwire.cli.folder import choose
from zigwire.cli.values import line
from zigwire.coordinator import SOCKET, live_house

__all__ = ["serve_house", "show", "status_of", "tell"]


def tell(data: Path | None, command: str, **arguments: Any) -> None:
    """Do something to a simulated device and print how it is then."""
    click.echo(line(_call(data, command, **arguments)["device"]))


def show(data: Path | None) -> None:
    """Print the simulated devices."""
    status = _call(data, "status")
    for device in (*status["devices"], *status["green_power"]):
        click.echo(line(device))


def status_of(data: Path | None, name: str) -> dict[str, Any]:
    """Return how a simulated device is.

    Raises:
        click.ClickException: There is no such device, or no house.
    """
    devices: dict[str, dict[str, Any]] = {device["name"]: device for device in _call(data, "list")["devices"]}
    if name not in devices:
        raise click.ClickException(f"{name} is not in the house, there are {', '.join(devices)}")
    return devices[name]


def serve_house(port: int, path: Path) -> None:
    """Serve a house as a coordinator on a TCP port until interrupted.

    Raises:
        click.ClickException: It can't be served; the text says what to mend.
    """
    with told():
        asyncio.run(_serve(port, path))


async def _serve(port: int, path: Path) -> None:
    from zigwire.simulator.znp import serve

    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with live_house(path) as house, await serve(house, port):
        click.echo(
            f"A simulated Z-Stack coordinator listens at tcp://127.0.0.1:{port} (adapter: zstack).\n"
            f"`zigwire simulator pair plug --data {path.parent}` brings its plug into pairing mode. Ctrl+C stops it."
        )
        await stopping.wait()
        house.lose_radio("the house is closed")  # from Python 3.12 on the server waits until its clients are gone


def _call(data: Path | None, command: str, **arguments: Any) -> dict[str, Any]:
    from zigwire.simulator.control import call

    path = (data or choose(None)) / SOCKET
    with told():
        return asyncio.run(call(path, command, **arguments))
