"""What a newcomer types: the default run, and the commands that it says to try next."""

import asyncio
import json
import re
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.mosquitto import free_port

PLUG = "0x00158d0001a2b3c4"
PROGRAM = Path(sys.executable).with_name("zigwire")
PATIENCE = 60.0


@asynccontextmanager
async def default_run(folder, *arguments):
    """Run the default house; give what it printed until it was ready."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        "run",
        "--default",
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = ""
    try:
        async with asyncio.timeout(30):
            while "Ctrl+C stops it all" not in printed:
                line = await process.stdout.readline()
                assert line, printed
                printed += line.decode()
        yield printed
    finally:
        process.send_signal(signal.SIGINT)
        await process.stdout.read()
        assert await process.wait() == 0


async def typed(folder, *arguments, status=0, stdin=b""):
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *arguments,
        cwd=folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate(stdin)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == status, output.decode()
    return output.decode()


async def test_the_default_run_and_what_it_says_to_try(tmp_path):
    async with default_run(tmp_path) as printed:
        commands = re.findall(r"^  \S+zigwire (.*?)(?: +#.*)?$", printed, re.MULTILINE)
        listening = ["watch", "permit-join 60"]
        assert commands == [
            "devices",
            "set plug state=ON",
            "get plug power",
            "watch",
            "simulator press plug",
            "permit-join 60",
            "simulator pair bulb",
        ]
        for command in commands:
            if command not in listening:
                await typed(tmp_path, *command.split())
        assert "Xiaomi ZNCZ02LM" in await typed(tmp_path, "devices")
        assert "state=OFF" in await typed(tmp_path, "set", "plug", "state=OFF")
        assert "state=ON" in await typed(tmp_path, "set", "plug", "state=TOGGLE")
        assert "power=" in await typed(tmp_path, "get", "plug", "power")
        assert "state=ON" in await typed(tmp_path, "set", PLUG, "state=ON")
        assert "state=OFF" in await typed(tmp_path, "set", "plug/1", "state=OFF")
        assert "nobody" in await typed(tmp_path, "set", "nobody", "state=ON", status=1)
        assert "name=plug" in await typed(tmp_path, "simulator", "list")
        assert "ghost" in await typed(tmp_path, "simulator", "press", "ghost", status=1)
        assert "name=kinetic" in await typed(tmp_path, "simulator", "list")
        assert "closed" in await typed(tmp_path, "permit-join", "0")
        answer = json.loads(await typed(tmp_path, "request", "group/add", "friendly_name=lights"))
        assert answer == {"friendly_name": "lights", "id": 1}
        assert "Unknown request" in await typed(tmp_path, "request", "nonsense", status=1)
        assert "wildcards" in await typed(tmp_path, "request", "#", status=1)
        assert "No answer within 0 s" in await typed(tmp_path, "request", "health_check", "--timeout", "0", status=1)
        assert "no PROPERTY=VALUE" in await typed(tmp_path, "set", "plug", "on", status=2)
    settings = (tmp_path / "simulated" / "configuration.yaml").read_text()
    assert "friendly_name: plug" in settings
    async with default_run(tmp_path):
        assert "plug" in await typed(tmp_path, "devices")
        for _ in range(2):  # the plug is off, so that it says nothing on its own meanwhile
            assert "MAYBE" in await typed(tmp_path, "set", "plug", "state=MAYBE", status=1)


async def test_a_plug_that_left_is_not_paired_again(tmp_path):
    async with default_run(tmp_path):
        await typed(tmp_path, "simulator", "leave", "plug")
    async with default_run(tmp_path) as printed:
        assert "could not be paired" not in printed
        assert "plug" not in await typed(tmp_path, "devices")
        await typed(tmp_path, "permit-join", "0")


async def test_the_state_that_follows_is_no_retained_one(tmp_path):
    async with default_run(tmp_path):
        pass
    settings = tmp_path / "simulated" / "configuration.yaml"
    text = settings.read_text()
    settings.write_text(text + "device_options:\n  retain: true\n")
    async with default_run(tmp_path):
        for state in ("ON", "OFF", "ON"):
            assert f"state={state}" in await typed(tmp_path, "set", "plug", f"state={state}")
    settings.write_text(text.replace("mqtt:\n", "mqtt:\n  force_disable_retain: true\n"))
    async with default_run(tmp_path):
        assert "retains nothing" in await typed(tmp_path, "devices", status=1)
        assert "state=OFF" in await typed(tmp_path, "set", PLUG, "state=OFF")


async def test_a_second_run_says_so_and_changes_nothing(tmp_path):
    async with default_run(tmp_path, "--data", "house"):
        settings = (tmp_path / "house" / "configuration.yaml").read_text()
        output = await typed(tmp_path, "run", "--default", "--data", "house", status=1)
        assert "another process" in output
        assert "Traceback" not in output
        assert (tmp_path / "house" / "configuration.yaml").read_text() == settings
    async with default_run(tmp_path, "--data", "house"):
        assert "plug" in await typed(tmp_path, "devices", "--data", "house")


async def test_watching_and_pairing(tmp_path):
    async with default_run(tmp_path):
        watch = await asyncio.create_subprocess_exec(
            PROGRAM, "watch", "plug", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
        )
        join = await asyncio.create_subprocess_exec(
            PROGRAM, "permit-join", "60", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(20):
                assert b"60 s" in await join.stdout.readline()
                await typed(tmp_path, "simulator", "pair", "spare")
                while b"ZNCZ02LM" not in await join.stdout.readline():
                    pass
                await typed(tmp_path, "set", "plug", "state=ON")
                while b"state=ON" not in await watch.stdout.readline():
                    pass
        finally:
            for process in (watch, join):
                process.send_signal(signal.SIGINT)
                await process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_house_as_a_coordinator(tmp_path, number):
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "simulate", "--port", str(port), cwd=tmp_path, stdout=asyncio.subprocess.PIPE
    )
    assert str(port).encode() in await process.stdout.readline()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(bytes.fromhex("fe00210120"))  # SYS_PING
    assert await reader.readexactly(1) == b"\xfe"
    assert "name=spare" in await typed(tmp_path, "simulator", "list", "--data", "simulated")
    process.send_signal(number)
    async with asyncio.timeout(10):
        assert await process.wait() == 0
        await reader.read()
    writer.close()
    assert (tmp_path / "simulated" / "house.json").exists()


async def test_what_stands_in_the_way_is_said_in_a_sentence(tmp_path):
    async def refused(*arguments):
        output = await typed(tmp_path, *arguments, status=1)
        assert output.count("\n") == 1
        return output

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in await refused("simulate", "--port", port)
    long = Path("x" * 100)
    assert "too long" in await refused("simulate", "--port", str(free_port()), "--house", str(long / "house.json"))
    assert "too long" in await refused("run", "--default", "--data", str(long))
    (tmp_path / "simulated" / "house.json").write_text("{}")
    assert "house.json" in await refused("simulate", "--port", str(free_port()))
    assert "house.json" in await refused("run", "--default")
    (tmp_path / "data" / "configuration.yaml").mkdir(parents=True)
    assert "configuration.yaml" in await refused("run", "--data", "data")


async def test_converting(tmp_path):
    identity = {"modelID": "lumi.plug", "manufacturerName": "LUMI", "ieeeAddr": "0x00158d0001a2b3c4"}
    identity["endpoints"] = [{"id": 1, "inputClusters": [0, 6], "outputClusters": []}]
    lines = [
        {"kind": "device", "id": "plug", "identity": identity},
        {"kind": "decode", "endpoint": 1, "cluster_id": 6, "profile": 260, "frame_hex": "18550a00001001"},
        {"kind": "encode", "message": {"state": "OFF"}},
        {"kind": "encode", "message": {"state": "MAYBE"}},
        ["no", "object"],
    ]
    stdin = "\n".join([*map(json.dumps, lines), "no JSON", ""]).encode()
    device, decoded, encoded, refused, *faults = map(
        json.loads, (await typed(tmp_path, "convert", stdin=stdin)).splitlines()
    )
    assert [list(fault) for fault in faults] == [["error"], ["error"]]
    assert device["model"] == "ZNCZ02LM"
    assert decoded["payload"] == {"state": "ON"}
    assert encoded["frames"][0]["cluster_id"] == 6
    assert "MAYBE" in refused["error"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--help"], 0, ["run", "watch", "devices", "set", "get", "permit-join", "simulator", "simulate", "first try"]),
        (["--version"], 0, ["zigwire 0."]),
        (["devices"], 1, ["configuration.yaml", "run --default"]),
        (["watch", "--data", "nowhere"], 1, ["nowhere/configuration.yaml"]),
        (["permit-join", "300"], 2, ["254"]),
        (["simulator", "press", "plug", "--data", "nowhere"], 1, ["simulator.sock"]),
    ],
)
async def test_what_it_says(tmp_path, arguments, status, words):
    output = await typed(tmp_path, *arguments, status=status)
    for word in words:
        assert word in output


async def test_every_fault_of_the_configuration_is_listed(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "configuration.yaml").write_text(
        "version: 5\nmqtt: {keepalive: often, server: 'mqtt://localhost'}\nadvanced: {channel: 9, last_seen: maybe}\n"
    )
    output = await typed(tmp_path, "run", status=1)
    for words in ("mqtt.keepalive", "often", "advanced.channel", "11", "advanced.last_seen", "ISO_8601"):
        assert words in output
