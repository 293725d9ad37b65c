"""The control socket: every command, errors, who may open it, and what is left of a process that died."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from zigwire.simulator.control import ControlServer, call
from zigwire.simulator.errors import SimulatorError
from zigwire.simulator.plug import RELAY

from .conftest import Home


@pytest.fixture
async def path(home: Home, tmp_path: Path) -> AsyncIterator[Path]:
    server = ControlServer(home.house, tmp_path / "simulator.sock")
    await server.start()
    yield tmp_path / "simulator.sock"
    await server.close()
    assert not (tmp_path / "simulator.sock").exists()


async def test_a_day_with_the_plug(home: Home, path: Path) -> None:
    status = await call(path, "status")
    assert status["network"] == {"pan_id": 0x1A62, "extended_pan_id": "0xdddddddddddddddd", "channel": 11}
    assert status["coordinator"] == {"ieee": "0x00124b0012345678", "attached": True}
    assert [device["name"] for device in status["devices"]] == ["plug", "spare", "bulb", "remote", "lamp"]

    answer = await call(path, "pair", device="plug")
    assert answer["device"]["pairing"]
    home.house.permit(60)
    await call(path, "advance", seconds=10)
    listed = (await call(path, "list"))["devices"][0]
    assert (listed["joined"], listed["on"], listed["load"]) == (True, False, 40.0)
    assert (await call(path, "status"))["permit_left"] == 50

    assert (await call(path, "press", device="plug"))["device"]["on"]
    assert (await call(path, "plug-in", device="plug", watts=1000))["device"]["load"] == 1000
    await call(path, "advance", seconds=3600)
    assert (await call(path, "list"))["devices"][0]["energy"] == pytest.approx(1.0, rel=0.07)
    assert not (await call(path, "cut-power", device="plug"))["device"]["powered"]
    restored = (await call(path, "restore-power", device="plug"))["device"]
    assert (restored["powered"], restored["on"], restored["outages"]) == (True, False, 1)
    assert (await call(path, "unplug", device="plug"))["device"]["load"] is None
    assert (await call(path, "set-temperature", device="plug", celsius=30))["device"]["temperature"]
    address = listed["network_address"]
    assert (await call(path, "rejoin", device="plug"))["device"]["network_address"] != address
    assert not (await call(path, "leave", device="plug"))["device"]["joined"]
    assert (await call(path, "hold", device="plug"))["device"]["pairing"]
    await call(path, "lose-radio")
    assert len(home.ear.lost) == 1


@pytest.mark.parametrize(
    ("command", "args", "problem"),
    [
        ("jump", {}, "'jump' is none of status, list"),
        ("press", {}, "device: 'None' is no name"),
        ("press", {"device": ["plug"]}, "is no name"),
        ("press", {"device": "ghost"}, "'ghost' is not in the house, there are plug, spare"),
        ("press", {"device": "lamp"}, "lamp has no button"),
        ("plug-in", {"device": "plug"}, "watts: 'None' is no number"),
        ("plug-in", {"device": "plug", "watts": True}, "watts: 'True' is no number"),
        ("plug-in", {"device": "plug", "watts": -4}, "watts: -4 is not between 0 and 2200"),
        ("advance", {"seconds": -1}, "seconds: -1 is not between"),
        ("advance", {"seconds": 1e12}, "is not between"),
        ("leave", {"device": "spare"}, "spare: it is not on the network"),
    ],
)
async def test_errors_say_what_is_wrong(path: Path, command: str, args: dict[str, Any], problem: str) -> None:
    with pytest.raises(SimulatorError, match=problem):
        await call(path, command, **args)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"[]",
        b"12",
        b'{"command": 12}',
        b'{"command": null}',
        b"\xff\xfe",
        b"[" * 60000,
        b'{"a":' * 9000,
    ],
)
async def test_bad_lines_get_an_error_and_the_line_stays_open(home: Home, path: Path, line: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line + b"\n" + b'{"command":"press","device":"plug"}\n')
    refused = json.loads(await reader.readline())
    assert refused["ok"] is False
    assert refused["error"]
    assert json.loads(await reader.readline())["ok"] is True
    assert home.house.device("plug").read(RELAY)
    writer.close()


async def test_a_line_without_end_is_refused(path: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"x" * 200_000)
    answer = json.loads(await reader.readline())
    assert "longer than 65536" in answer["error"]
    assert await reader.read() == b""
    writer.close()
    assert (await call(path, "list"))["devices"]


async def test_only_the_owner_may_open_it(path: Path) -> None:
    mode = await asyncio.to_thread(path.stat)
    assert mode.st_mode & 0o777 == 0o600


async def test_a_socket_that_nobody_serves_is_replaced(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(path))
    with pytest.raises(SimulatorError, match="no simulated house answers"):
        await call(path, "list")
    server = ControlServer(home.house, path)
    await server.start()
    assert (await call(path, "list"))["devices"]
    await server.close()
    await server.close()


async def test_a_socket_in_use_is_left_alone(home: Home, path: Path) -> None:
    with pytest.raises(SimulatorError, match="another process serves"):
        await ControlServer(home.house, path).start()
    assert (await call(path, "list"))["devices"]


async def test_a_file_in_the_way_is_left_alone(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="in use"):
        await ControlServer(home.house, tmp_path / "file").start()
    assert (tmp_path / "file").read_text() == "mine"


async def test_a_server_that_goes_away_while_asked(home: Home, tmp_path: Path) -> None:
    server = ControlServer(home.house, tmp_path / "s.sock")
    await server.start()
    reader, writer = await asyncio.open_unix_connection(tmp_path / "s.sock")
    writer.write(b'{"command":"list"}\n')
    await reader.readline()
    await server.close()
    assert await reader.read() == b""
    writer.close()
