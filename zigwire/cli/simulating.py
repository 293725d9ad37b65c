"""The commands `simulator` and `simulate`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from zigwire.cli.folder import choose
from zigwire.coordinator import SOCKET, live_house

__all__ = ["serve_house", "show", "tell"]


def tell(data: Path | None, command: str, **arguments: Any) -> None:
    """Do something to a simulated device and print what became of it."""
    answer = _call(data, command, **arguments)
    click.echo("  ".join(f"{name}={value}" for name, value in answer.items() if name != "ok"))


def show(data: Path | None) -> None:
    """Print the simulated devices."""
    for device in _call(data, "list")["devices"]:
        click.echo("  ".join(f"{name}={value}" for name, value in device.items()))


def serve_house(port: int, path: Path) -> None:
    """Serve a house as a coordinator on a TCP port until interrupted."""
    asyncio.run(_serve(port, path))


async def _serve(port: int, path: Path) -> None:
    from zigwire.simulator.znp import serve

    async with live_house(path) as house, await serve(house, port) as server:
        click.echo(
            f"A simulated Z-Stack coordinator listens at tcp://127.0.0.1:{port} (adapter: zstack).\n"
            f"`zigwire simulator pair plug --data {path.parent}` brings its plug into pairing mode. Ctrl+C stops it."
        )
        await server.serve_forever()


def _call(data: Path | None, command: str, **arguments: Any) -> dict[str, Any]:
    from zigwire.simulator.control import call
    from zigwire.simulator.errors import SimulatorError

    path = (data or choose(None)) / SOCKET
    try:
        return asyncio.run(call(path, command, **arguments))
    except SimulatorError as error:
        raise click.ClickException(str(error)) from error
