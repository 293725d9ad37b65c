"""The people's side of a simulated house for other processes: one JSON object per line on a Unix socket."""

from __future__ import annotations

import asyncio
import json
import math
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.greenpower import GreenPowerAir
from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug

__all__ = ["COMMANDS", "ControlServer", "call"]

LONGEST_LINE = 65536
LONGEST_LEAP = 31 * 86400.0

Answer = dict[str, Any]
Command = Callable[[House, Mapping[str, Any]], Answer]


class ControlServer:
    """Takes commands for a house on a Unix socket that only the owner may open.

    Args:
        house: What the commands are about.
        path: Of the socket; its folder must exist.
    """

    def __init__(self, house: House, path: Path) -> None:
        self._house = house
        self._path = path
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Open the socket, in place of one that nobody serves any more.

        Raises:
            SimulatorError: Another process serves it.
            OSError: It can't be opened.
        """
        if self._path.is_socket():
            await self._remove_abandoned()
        self._server = await asyncio.start_unix_server(self._serve, sock=_bind(self._path), limit=LONGEST_LINE)

    async def close(self) -> None:
        """Close the socket and all connections."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for writer in list(self._lines):
            writer.close()
        await server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _remove_abandoned(self) -> None:
        try:
            _, writer = await asyncio.open_unix_connection(self._path)
        except OSError:
            self._path.unlink(missing_ok=True)
            return
        writer.close()
        raise SimulatorError(f"{self._path}: another process serves a simulated house there")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            return
        finally:
            self._lines.discard(writer)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:
                writer.write(_line(_failure(f"the line is longer than {LONGEST_LINE} octets")))
                await writer.drain()
                return
            if not line:
                return
            writer.write(_line(_execute(self._house, line)))
            await writer.drain()


async def call(path: Path, command: str, **args: Any) -> Answer:
    """Have a command executed by the process that serves the socket.

    Args:
        path: Of the socket.
        command: One of `COMMANDS`.
        **args: Its arguments, such as `device="plug"`.

    Raises:
        SimulatorError: Nobody serves the socket, or the command failed; the text says why.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LONGEST_LINE * 16)
    except OSError as error:
        raise SimulatorError(f"{path}: no simulated house answers there ({error.strerror or error})") from error
    try:
        writer.write(_line({"command": command, **args}))
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise SimulatorError(f"{path}: the simulated house hung up")
    answer: Answer = json.loads(line)
    if not answer.pop("ok"):
        raise SimulatorError(answer["error"])
    return answer


def _bind(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(mask)
    return listener


def _line(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer, separators=(",", ":")).encode() + b"\n"


def _failure(error: str) -> Answer:
    return {"ok": False, "error": error}


def _execute(house: House, line: bytes) -> Answer:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return _failure(f"the line is no JSON: {line[:40]!r}")
    if not isinstance(request, dict):
        return _failure("the line is no JSON object with a command")
    name = request.get("command")
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None:
        return _failure(f"command: {str(name)[:40]!r} is none of {', '.join(COMMANDS)}")
    try:
        return {"ok": True, **command(house, request)}
    except SimulatorError as error:
        return _failure(str(error))


# Commands


def _device_status(device: VirtualDevice, house: House) -> Answer:
    joined = house.on_network(device)
    status: Answer = {
        "name": device.name,
        "model": device.description.model,
        "ieee": device.ieee,
        "network_address": device.node.network_address if joined else None,
        "joined": joined,
        "pairing": device.pairing,
        "powered": device.powered,
        "online": device.online,
    }
    if isinstance(device, XiaomiPlug):
        device.refresh()
        status |= {
            "on": device.on,
            "load": device.load.watts if device.load else None,
            "power": round(device.meter.power, 2),
            "energy": round(device.meter.energy, 6),
            "temperature": round(device.meter.temperature, 1),
            "power_outage_memory": device.restores,
            "outages": device.outages - 1,
        }
    if device.ota is not None:
        status["firmware"] = device.ota.describe()
    return status


def _status(house: House, _request: Mapping[str, Any]) -> Answer:
    parameters = house.parameters
    left = house.permit_left
    network = parameters and {
        "pan_id": parameters.pan_id,
        "extended_pan_id": parameters.extended_pan_id,
        "channel": parameters.channel,
    }
    return {
        "coordinator": {"ieee": house.nvram.ieee, "attached": house.owner is not None},
        "network": network,
        "permit_join": left > 0,
        "permit_left": math.ceil(left) if math.isfinite(left) else None,
        "devices": [_device_status(device, house) for device in house.devices.values()],
        "green_power": [house.green_power.status(name) for name in house.green_power.switches],
    }


def _name(request: Mapping[str, Any]) -> str:
    name = request.get("device")
    if not isinstance(name, str):
        raise SimulatorError(f"device: {str(name)[:40]!r} is no name")
    return name


def _number(request: Mapping[str, Any], field: str) -> float:
    value = request.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SimulatorError(f"{field}: {str(value)[:40]!r} is no number")
    return float(value)


def _on_device(action: Callable[[House, str], None]) -> Command:
    def command(house: House, request: Mapping[str, Any]) -> Answer:
        name = _name(request)
        action(house, name)
        return {"device": _device_status(house.device(name), house)}

    return command


def _plug_in(house: House, request: Mapping[str, Any]) -> Answer:
    name = _name(request)
    house.plug_in(name, _number(request, "watts"))
    return {"device": _device_status(house.device(name), house)}


def _set_temperature(house: House, request: Mapping[str, Any]) -> Answer:
    name = _name(request)
    house.set_temperature(name, _number(request, "celsius"))
    return {"device": _device_status(house.device(name), house)}


def _on_switch(action: Callable[[GreenPowerAir, str], None]) -> Command:
    def command(house: House, request: Mapping[str, Any]) -> Answer:
        name = _name(request)
        action(house.green_power, name)
        house.on_change()
        return {"device": house.green_power.status(name)}

    return command


def _lose_radio(house: House, _request: Mapping[str, Any]) -> Answer:
    house.lose_radio()
    return {}


def _advance(house: House, request: Mapping[str, Any]) -> Answer:
    seconds = _number(request, "seconds")
    if not 0 <= seconds <= LONGEST_LEAP:
        raise SimulatorError(f"seconds: {seconds:g} is not between 0 and {LONGEST_LEAP:g}")
    house.advance(seconds)
    return {}


COMMANDS: Mapping[str, Command] = {
    "status": _status,
    "list": lambda house, request: {"devices": _status(house, request)["devices"]},
    "press": _on_device(House.press),
    "hold": _on_device(House.pair),
    "pair": _on_device(House.pair),
    "cut-power": _on_device(House.cut_power),
    "restore-power": _on_device(House.restore_power),
    "plug-in": _plug_in,
    "unplug": _on_device(House.unplug),
    "set-temperature": _set_temperature,
    "ask-firmware": _on_device(House.ask_firmware),
    "leave": _on_device(House.leave),
    "rejoin": _on_device(House.rejoin),
    "green-power-pair": _on_switch(GreenPowerAir.pair),
    "green-power-press": _on_switch(GreenPowerAir.press),
    "green-power-leave": _on_switch(GreenPowerAir.leave),
    "lose-radio": _lose_radio,
    "advance": _advance,
}
"""By name: what a line may ask for."""
