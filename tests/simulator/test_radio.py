"""The radio in the process, end to end with raw frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import zigpy.backups
from support.waiting import until

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.frame import ZclFrame
from zigwire.simulator.house import COORDINATOR_IEEE, House
from zigwire.simulator.plug import RELAY
from zigwire.simulator.radio import SimulatedRadio
from zigwire.zigbee.radio import ApsFrame, DeliveryError, Radio, RadioError

from .conftest import NETWORK, Ear

ANNOUNCE, SIMPLE_DESCRIPTOR = 0x0013, 0x0004


@pytest.fixture
def house() -> House:
    return default_house()


@pytest.fixture
async def radio(house: House) -> AsyncIterator[SimulatedRadio]:
    radio = SimulatedRadio(house)
    await radio.connect()
    await radio.form(NETWORK)
    yield radio
    await radio.close()


async def test_from_an_empty_coordinator_to_a_switched_plug(house: House) -> None:
    radio: Radio = SimulatedRadio(house)
    ear = Ear()
    await radio.connect()
    assert await radio.load() is None
    assert await radio.backup() is None
    with pytest.raises(RadioError, match="no network"):
        await radio.start(ear)
    await radio.form(NETWORK)
    assert await radio.load() == NETWORK
    info = await radio.start(ear)
    assert (info.ieee, info.type, info.meta) == (COORDINATOR_IEEE, "Simulator", {})
    await radio.ping()

    house.pair("plug")
    await radio.permit(60)
    await until(lambda: ear.joined and any(f.cluster == ANNOUNCE for f in ear.frames))
    (ieee, address), *_ = ear.joined
    assert ieee == house.device("plug").ieee

    await radio.send(
        ApsFrame(0, 0, address, 0, 0, SIMPLE_DESCRIPTOR, b"\x01" + address.to_bytes(2, "little") + b"\x64")
    )
    await until(lambda: any(f.cluster == 0x8000 | SIMPLE_DESCRIPTOR for f in ear.frames))
    answer = next(f for f in ear.frames if f.cluster == 0x8000 | SIMPLE_DESCRIPTOR)
    assert (answer.source, answer.source_endpoint, answer.data[:2]) == (address, 0, b"\x01\x00")

    await radio.send(ApsFrame(0, 1, address, 1, 0x0104, 6, ZclFrame(1, 9, b"", cluster_specific=True).serialize()))
    await until(lambda: ear.reports(6, 0) == [b"\x10\x01"])
    assert house.device("plug").read(RELAY)
    await radio.close()
    await radio.close()


async def test_errors_have_the_names_of_radios(house: House, radio: SimulatedRadio) -> None:
    await radio.start(Ear())
    house.join("plug")
    plug = house.device("plug")
    plug.online = False
    frame = ApsFrame(0, 1, plug.node.network_address, 1, 0x0104, 6, b"\x01\x01\x02")
    with pytest.raises(DeliveryError) as caught:
        await radio.send(frame)
    assert caught.value.status == "MAC_NO_ACK"
    frame.destination = 0x4711
    with pytest.raises(DeliveryError) as caught:
        await radio.send(frame)
    assert caught.value.status == "NWK_NO_ROUTE"


async def test_a_lost_radio_is_told_once_and_another_connection_works(house: House, radio: SimulatedRadio) -> None:
    ear = Ear()
    await radio.start(ear)
    house.lose_radio("the cable broke")
    house.lose_radio("again")
    assert ear.lost == ["the cable broke"]
    for use in (radio.ping(), radio.load(), radio.permit(1), radio.send(ApsFrame(0, 0, 0, 0, 0, 0, b""))):
        with pytest.raises(RadioError, match="not connected"):
            await use
    house.join("plug")
    assert ear.joined == []

    again = SimulatedRadio(house)
    await again.connect()
    assert await again.load() == NETWORK
    await again.start(ear)
    house.press("plug")
    await until(lambda: ear.reports(6, 0))
    await again.close()


@pytest.mark.parametrize("end", ["lost", "closed"])
async def test_whoever_waits_for_a_confirmation_learns_of_the_end(
    house: House, radio: SimulatedRadio, end: str
) -> None:
    await radio.start(Ear())
    house.join("plug")
    house.medium.delay = 3600
    frame = ApsFrame(0, 1, house.device("plug").node.network_address, 1, 0x0104, 6, b"\x01\x01\x02")
    waiting = asyncio.create_task(radio.send(frame))
    await asyncio.sleep(0)
    if end == "lost":
        house.lose_radio()
    else:
        await radio.close()
    with pytest.raises(RadioError):
        await waiting
    house.advance(3600)


async def test_a_cancelled_send_leaves_nothing_behind(house: House, radio: SimulatedRadio) -> None:
    await radio.start(Ear())
    house.join("plug")
    house.medium.delay = 3600
    frame = ApsFrame(0, 1, house.device("plug").node.network_address, 1, 0x0104, 6, b"\x01\x01\x02")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(radio.send(frame), 0.01)
    house.advance(3600)


async def test_zigpy_reads_the_backup(house: House, radio: SimulatedRadio) -> None:
    await radio.start(Ear())
    house.join("plug")
    document = await radio.backup()
    assert document is not None
    backup = zigpy.backups.NetworkBackup.from_open_coordinator_json(document)
    assert backup.is_complete()
    assert backup.network_info.pan_id == NETWORK.pan_id
    assert backup.network_info.channel == NETWORK.channel
    assert backup.network_info.network_key.key.serialize() == NETWORK.network_key
    (key,) = backup.network_info.key_table
    assert key.partner_ieee.serialize()[::-1].hex() == house.device("plug").ieee[2:]
