"""bridge/request/backup: what is in it, and what is not."""

import asyncio
import base64
import contextlib
import io
import json
import os
import socket
import sqlite3
import zipfile

import pytest
from support.home import Home
from support.waiting import until

from zigwire.bridge import backup

STATE = {"state": "ON"}


@pytest.fixture
async def home(tmp_path):
    home = Home(tmp_path, {"advanced": {"log_directory": str(tmp_path / "diary" / "%TIMESTAMP%")}})
    await home.start()
    await home.pair()
    yield home
    await home.stop()


async def ask(home):
    asked = len(home.sent.of("bridge/response/backup"))
    home.say("bridge/request/backup", {"transaction": 7})
    await until(lambda: len(home.sent.of("bridge/response/backup")) > asked)
    response = home.sent.of("bridge/response/backup")[-1]
    assert response.pop("transaction") == 7
    return response


async def unpacked(home):
    response = await ask(home)
    assert response["status"] == "ok"
    assert set(response["data"]) == {"zip"}
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(response["data"]["zip"]))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fill(folder):
    """Put files into a data folder; return the names of those that belong into a backup."""
    wanted = ["state.json", "device_icons/a.png", "external_converters/deep/er.js", "zigwire.db.damaged-2024"]
    unwanted = ["log/x/log.log", "ota/a.ota", "diary/x/log.log", "replaced-1/x", "zigwire.db.1", "zigwire.db.new"]
    for name in (*wanted, *unwanted):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "link").symlink_to(folder / "state.json")
    (folder / "device_icons" / "folder").symlink_to("/etc", target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(folder)
        server.bind("a.sock")
    return wanted


async def test_what_is_in_it(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = fill(tmp_path)
    files = await unpacked(home)
    own = ["configuration.yaml", "coordinator_backup.json", "zigwire.db", "zigwire.db-journal-of-states"]
    made = own if "coordinator_backup.json" in files else [name for name in own if name != "coordinator_backup.json"]
    assert sorted(files) == sorted([*wanted, *made])
    assert files["configuration.yaml"] == (tmp_path / "configuration.yaml").read_bytes()


async def test_the_database_is_whole_while_it_is_in_use(home, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "zigwire.db").write_bytes((await unpacked(home))["zigwire.db"])
    with contextlib.closing(sqlite3.connect(tmp_path / "other" / "zigwire.db")) as copy:
        assert copy.execute("SELECT ieee FROM devices").fetchall() == [(home.plug.ieee,)]
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_the_coordinator_is_backed_up_first(home, monkeypatch):
    async def document():
        return {"metadata": {"format": "zigpy/open-coordinator-backup"}}

    monkeypatch.setattr(home.network, "backup", document)
    assert json.loads((await unpacked(home))["coordinator_backup.json"]) == await document()


async def test_without_a_radio_the_last_coordinator_backup_is_in_it(home, tmp_path):
    (tmp_path / "coordinator_backup.json").write_text("{}")
    home.has_radio = False
    home.house.lose_radio()
    await until(lambda: home.network.radio_state == "offline")
    assert (await unpacked(home))["coordinator_backup.json"] == b"{}"


async def test_what_cannot_be_read_is_named(home, tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "state.json").touch()
    monkeypatch.setattr(type(tmp_path), "read_bytes", refuse)
    response = await ask(home)
    assert response["status"] == "error"
    assert "Permission denied" in response["error"]


async def test_too_much_for_a_message(home, monkeypatch):
    monkeypatch.setattr(backup, "LARGEST", 100)
    assert "MB" in (await ask(home))["error"]


async def test_the_bridge_goes_on_meanwhile(home, tmp_path):
    (tmp_path / "large").write_bytes(os.urandom(20_000_000))
    asking = asyncio.create_task(ask(home))
    turns = 0
    while not asking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await asking)["status"] == "ok"
    assert turns > 50
