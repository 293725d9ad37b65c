"""Devices that may not be in the network: sent away when they join and when the radio comes online."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from support.radio import COORDINATOR, PARAMETERS, Ears, FakeRadio
from support.waiting import until

from zigwire.simulator.house import House
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage.database import Database
from zigwire.zigbee import admission, supervise, zdo
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame

PLUG = "0x00158d0001a2b3c4"
OTHER = "0x00158d0001a2b3c5"
ANNOUNCE = zdo.encode(zdo.DeviceAnnounce(0x2000, PLUG, 0x8E), 1)
WHO = zdo.encode(zdo.IeeeAddressResponse(0, PLUG, 0x2000), 2)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise.Backoff, "next", lambda _: 0)


@pytest.fixture
def database(tmp_path: Path) -> Any:
    with Database(tmp_path / "zigwire.db") as opened:
        yield opened


@asynccontextmanager
async def running(database: Database, admits: Callable[[str], bool]) -> AsyncIterator[tuple[Network, FakeRadio, Ears]]:
    radio, ears = FakeRadio(PARAMETERS), Ears()
    network = Network(lambda: radio, database, parameters=PARAMETERS, admits=admits)
    await network.start(ears)
    await network.wait_online()
    try:
        yield network, radio, ears
    finally:
        await network.stop()


def known(database: Database, ieee: str, address: int, state: InterviewState = InterviewState.SUCCESSFUL) -> None:
    database.save_device(Device(ieee, address, interview_state=state))


def leaves(radio: FakeRadio) -> list[tuple[int, str]]:
    """Who was asked to leave: network address and IEEE address."""
    frames = [frame for frame in radio.sent if frame.cluster == zdo.LeaveRequest.cluster]
    requests = [(frame.destination, zdo.parse(frame.cluster, frame.data)) for frame in frames]
    return [(address, parsed[1].ieee) for address, parsed in requests if parsed and hasattr(parsed[1], "ieee")]


def management(cluster: int, data: bytes) -> ApsFrame:
    return ApsFrame(0x2000, 0, 0, 0, 0, cluster, data)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.WARNING and PLUG in record.message]


async def test_one_that_is_not_admitted_joins(database: Database, caplog: pytest.LogCaptureFixture):
    async with running(database, lambda ieee: ieee != PLUG) as (network, radio, ears):
        ears.heard.clear()
        network.device_joined(PLUG, 0x2000)
        network.frame_received(management(0x0013, ANNOUNCE))
        network.frame_received(management(0x8001, WHO))
        await until(lambda: leaves(radio))
        assert leaves(radio) == [(0x2000, PLUG)]
        assert (ears.heard, dict(network.devices), database.load_devices()) == ([], {}, [])
        assert len(warnings(caplog)) == 1
        network.device_left(PLUG, 0x2000, rejoin=False)
        network.device_joined(PLUG, 0x2001)
        await until(lambda: len(leaves(radio)) == 2)
        assert leaves(radio)[1] == (0x2001, PLUG)
        assert len(warnings(caplog)) == 2
        assert (ears.heard, dict(network.devices)) == ([], {})


async def test_one_that_stays_is_asked_again_when_it_is_heard(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(admission, "_ASK_AGAIN", 0)
    async with running(database, lambda _: False) as (network, radio, _):
        radio.fails = lambda _: "MAC_NO_ACK"
        network.device_joined(PLUG, 0x2000)
        await until(lambda: len(leaves(radio)) == 1)
        network.frame_received(management(0x8001, WHO))
        await until(lambda: len(leaves(radio)) == 2)
        assert dict(network.devices) == {}


async def test_the_coordinator_is_not_asked_to_leave(database: Database):
    async with running(database, lambda _: False) as (network, radio, _):
        network.device_joined(COORDINATOR, 0)
        network.frame_received(management(0x8001, zdo.encode(zdo.IeeeAddressResponse(0, COORDINATOR, 0), 2)))
        network.device_joined(PLUG, 0x2000)
        await until(lambda: leaves(radio))
        assert leaves(radio) == [(0x2000, PLUG)]


async def test_the_admitted_join(database: Database):
    async with running(database, lambda ieee: ieee == PLUG) as (network, radio, ears):
        network.device_joined(PLUG, 0x2000)
        assert PLUG in network.devices
        assert "joined" in ears.names()
        await until(lambda: radio.sent)  # the interview
        assert leaves(radio) == []


async def test_known_ones_that_are_not_admitted_any_more_are_removed_at_the_start(database: Database):
    known(database, PLUG, 0x2000, InterviewState.PENDING)
    known(database, OTHER, 0x3000)
    async with running(database, lambda ieee: ieee != PLUG) as (network, radio, ears):
        await until(lambda: leaves(radio))
        assert leaves(radio) == [(0x2000, PLUG)]
        assert list(network.devices) == [OTHER]
        assert [device.ieee for device in database.load_devices()] == [OTHER]
        assert ears.names().count("left") == 1
        assert "interview" not in ears.names()


async def test_who_is_admitted_is_asked_at_each_join(database: Database):
    admitted = {PLUG}
    async with running(database, admitted.__contains__) as (network, radio, ears):
        network.device_joined(PLUG, 0x2000)
        assert PLUG in network.devices
        admitted.clear()
        network.frame_received(management(0x0013, ANNOUNCE))
        await until(lambda: leaves(radio))
        assert PLUG not in network.devices
        assert "announced" not in ears.names()
        admitted.add(PLUG)
        network.device_joined(PLUG, 0x2000)
        assert PLUG in network.devices


async def test_a_device_does_leave(database: Database):
    house = House()
    house.add("plug", xiaomi_plug, PLUG)
    network = Network(lambda: SimulatedRadio(house), database, parameters=PARAMETERS, admits=lambda _: False)
    await network.start(Ears())
    await network.wait_online()
    joins = house.device("plug").joins
    house.join("plug")
    await until(lambda: house.device("plug").joins > joins and house.device("plug").network is None)
    assert dict(network.devices) == {}
    await network.stop()
