"""When the coordinator's backup is renewed, and what keeps the old one."""

import asyncio
import json
import logging
import stat

import pytest

from zigwire import backups
from zigwire.backups import Backups, keep_replaced
from zigwire.zigbee.errors import RequestError


class FakeNetwork:
    """Gives the backups that it is told to give."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def ping_radio(self):
        if self.answers[0] == "dead":
            await asyncio.Event().wait()

    async def backup(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer == "late":
            await asyncio.Event().wait()
        return answer


def kept(path):
    return json.loads(path.read_text())


async def test_the_first_is_made_when_there_is_none(tmp_path):
    path = tmp_path / "backup.json"
    network = FakeNetwork({"number": 1}, {"number": 2})
    keeper = Backups(network, path)
    await keeper.begin()
    await keeper.begin()
    assert kept(path) == {"number": 1}
    await keeper.keep()
    assert kept(path) == {"number": 2}


async def test_one_is_made_each_day(tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "DAY", 0.001)
    path = tmp_path / "backup.json"
    network = FakeNetwork(RequestError("offline"), {"number": 1}, {"number": 2})
    with pytest.raises(IndexError):
        await Backups(network, path).daily()
    assert kept(path) == {"number": 2}


@pytest.mark.parametrize("answer", [RequestError("offline"), "dead", "late", None])
async def test_the_old_one_stays_when_there_is_no_new_one(tmp_path, monkeypatch, caplog, answer):
    monkeypatch.setattr(backups, "PATIENCE", 0.01)
    monkeypatch.setattr(backups, "SIGN_OF_LIFE", 0.01)
    path = tmp_path / "backup.json"
    path.write_text('{"number": 0}')
    await Backups(FakeNetwork(answer), path).keep()
    assert kept(path) == {"number": 0}
    assert bool(caplog.records) == (answer is not None)


async def test_a_folder_that_takes_no_file_is_told(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        await Backups(FakeNetwork({}), tmp_path / "missing" / "backup.json").keep()
    assert "is not renewed" in caplog.text


def test_the_backup_of_a_network_that_is_replaced_is_kept_beside_the_others(tmp_path):
    (tmp_path / "coordinator_backup.json").write_text("{}")
    for number in (1, 2):
        keep_replaced(tmp_path, {"number": number})
    found = sorted(tmp_path.glob("coordinator_backup-*.json"))
    assert [kept(path) for path in found] == [{"number": 1}, {"number": 2}]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert kept(tmp_path / "coordinator_backup.json") == {}
