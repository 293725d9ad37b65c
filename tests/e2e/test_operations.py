"""What operators rely on, through the real program: restarts, backups, the service manager, secrets."""

import asyncio
import base64
import socket
import sys
import zipfile
from pathlib import Path

import pytest
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.zigbee.install_codes import parse

KEY = bytes(range(201, 217))
CONNECTED = "Connected to the MQTT broker"


@pytest.fixture
async def world(make_world):
    world = await make_world(default_house())
    await world.bridge.start()
    await world.pair("plug")
    return world


async def command(*arguments):
    """Run a command; return its exit status and what it said."""
    program = Path(sys.executable).with_name("zigwire")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(program, *arguments, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    said, _ = await process.communicate()
    return process.returncode, said.decode()


def has(state):
    return lambda value: value == {"state": state}


async def test_a_restart_keeps_the_connection_and_loses_no_message(world):
    ieee = world.house.device("plug").ieee
    since = len(world.ear.heard)
    assert (await world.ear.request("restart"))["status"] == "ok"
    await world.ear.wait("bridge/state", has("offline"), since)
    world.ear.say(f"{ieee}/set", {"state": "ON"})
    world.ear.say("bridge/request/permit_join", {"time": 0, "transaction": "meanwhile"})
    await world.ear.wait("bridge/state", has("online"), since)
    await world.ear.wait(ieee, lambda state: state["state"] == "ON", since)
    await world.ear.wait("bridge/response/permit_join", lambda answer: answer["transaction"] == "meanwhile", since)
    assert world.bridge.log.count(CONNECTED) == 1


async def test_a_restart_with_another_client_id_connects_anew(world):
    path = world.data / "configuration.yaml"
    path.write_text(path.read_text().replace("mqtt:\n", "mqtt:\n  client_id: another\n"))
    since = len(world.ear.heard)
    assert (await world.ear.request("restart"))["status"] == "ok"
    await world.ear.wait("bridge/state", has("offline"), since)
    await world.ear.wait("bridge/state", has("online"), since)
    assert world.bridge.log.count(CONNECTED) == 2
    assert (await world.ear.request("permit_join", {"time": 0}))["status"] == "ok"


async def test_backup_and_restore(world, tmp_path):
    ieee = world.house.device("plug").ieee
    await world.ear.request("device/rename", {"from": ieee, "to": "before"})
    response = await world.ear.request("backup")
    file = tmp_path / "backup.zip"
    file.write_bytes(base64.b64decode(response["data"]["zip"]))
    with zipfile.ZipFile(file) as archive:
        assert {"configuration.yaml", "zigwire.db", "coordinator_backup.json"} <= set(archive.namelist())
    await world.ear.request("device/rename", {"from": ieee, "to": "after"})
    status, said = await command("restore", str(file), "--data", str(world.data))
    assert status == 1
    assert "Another Zigwire" in said
    await world.bridge.stop()
    status, said = await command("restore", str(file), "--data", str(world.data))
    assert status == 0, said
    (aside,) = world.data.glob("replaced-*")
    assert str(aside) in said
    assert "friendly_name: after" in (aside / "configuration.yaml").read_text()
    await world.bridge.start()
    since = world.ear.say("before/set", {"state": "OFF"})
    await world.ear.wait("before", lambda state: state["state"] == "OFF", since)


async def test_the_service_manager_hears_how_it_is(make_world, tmp_path, monkeypatch):
    address = str(tmp_path / "notify")
    heard = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)

        loop = asyncio.get_running_loop()
        loop.add_reader(manager, lambda: heard.extend(manager.recv(4096).decode().split("\n")))
        world = await make_world(default_house())  # with a broker that would speak to the manager too
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setenv("WATCHDOG_USEC", "200000")
        await world.bridge.start()
        await until(lambda: "READY=1" in heard)
        before = heard.count("WATCHDOG=1")
        await until(lambda: heard.count("WATCHDOG=1") > before + 2)
        await world.ear.request("restart")
        await until(lambda: heard.count("READY=1") == 2, timeout=20)
        assert heard.index("RELOADING=1") > heard.index("READY=1")
        assert await world.bridge.stop() == 0
        await until(lambda: "STOPPING=1" in heard)
        loop.remove_reader(manager)


async def test_a_start_that_fails_has_the_exit_status_1(make_world):
    world = await make_world(default_house())
    (world.data / "configuration.yaml").write_text("version: 5\nmqtt: {}\n")
    status, said = await command("run", "--data", str(world.data))
    assert status == 1
    assert "mqtt.server" in said


async def test_no_secret_is_in_the_log_whatever_is_logged(make_world):
    levels = {"zh:zstack": "debug", "zh:zigpy": "debug"}
    advanced = {"network_key": list(KEY), "log_level": "debug", "log_namespaced_levels": levels}
    world = await make_world(default_house(), advanced=advanced, frontend={"auth_token": "frontend-token"})
    await world.bridge.start()
    await world.pair("plug")
    await world.ear.request("backup")
    code = "83FED3407A939723A5C639B26916D505C3B5"
    await world.ear.request("install_code/add", {"value": f"G$M:69775$S:680S$D:0$A:04CF8CDF3C3C3C3C$I:{code}"})
    assert await world.bridge.stop() == 0
    log = world.bridge.log
    assert "DEBUG   zigpy_znp" in log
    assert "DEBUG   zigwire.mqtt: MQTT publish: topic 'zigbee2mqtt/bridge/state'" in log
    keys = [KEY, bytes.fromhex(code), *parse(f"0000000000000001|{code}").link_keys]
    shown = [form for key in keys for form in (key.hex(), key.hex(":"), key.hex(" "), str(list(key)), repr(key)[2:-1])]
    forms = [*shown, *(form.upper() for form in shown), "frontend-token"]
    assert "AppConfig.BDBAddInstallCode" in log
    assert not [form for form in forms if form in log]
    assert "***" in log
