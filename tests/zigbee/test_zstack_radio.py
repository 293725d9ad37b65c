"""The network over zigpy-znp and a Z-Stack coordinator on a TCP port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.radio import COORDINATOR, Ears
from support.waiting import until

from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug, xiaomi_plug
from zigwire.simulator.znp import serve
from zigwire.storage.database import Database
from zigwire.zcl.requests import Command, Read
from zigwire.zigbee import requests, supervise, zdo
from zigwire.zigbee.errors import DeliveryError
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import Mode, NetworkParameters, RadioError
from zigwire.zigbee.radios import radio_for

PLUG = "0x00158d0001a2b3c4"
WANTED = NetworkParameters(6754, "0xdddddddddddddddd", 11, bytes(range(16)))
IN_FORCE = NetworkParameters(6754, COORDINATOR, 11, bytes(range(16)))


@asynccontextmanager
async def coordinator(house: House) -> AsyncIterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = await serve(house, port)
    try:
        yield f"tcp://127.0.0.1:{port}"
    finally:
        server.close()


async def test_a_life_with_a_coordinator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(requests, "_SEARCH_TIMEOUT", 0.05)
    monkeypatch.setattr(supervise.Backoff, "next", lambda _: 0.01)
    house, ears = House(), Ears()
    plug = house.add("plug", xiaomi_plug, PLUG)
    assert isinstance(plug, XiaomiPlug)
    async with coordinator(house) as port:
        with Database(tmp_path / "zigwire.db") as database:
            network = Network(radio_for("zstack", port), database, parameters=WANTED)
            await network.start(ears)
            async with asyncio.timeout(20):
                await network.wait_online()
            assert network.parameters == IN_FORCE
            assert network.coordinator is not None
            assert (network.coordinator.ieee, network.coordinator.type) == (COORDINATOR, "ZStack3x0")
            assert set(network.coordinator.meta) == {
                "transportrev",
                "product",
                "majorrel",
                "minorrel",
                "maintrel",
                "revision",
            }

            air: list[tuple[Mode, int, int]] = []
            house.on_air = lambda frame: air.append((frame.mode, frame.destination, frame.cluster))
            house.pair("plug")
            await network.permit_join(60)
            assert air.count((Mode.BROADCAST, 0xFFFC, 0x36)) == 1
            await until(lambda: ("interview", "SUCCESSFUL") in ears.heard)
            device = network.devices[PLUG]
            assert device.model_id == "lumi.plug"
            assert ears.names().count("joined") == 1

            await network.request(device, Command(endpoint=1, cluster="genOnOff", command="on"))
            assert plug.on
            message = await network.request(device, Read(endpoint=1, cluster="genOnOff", attributes=("onOff",)))
            assert message is not None
            assert message.attributes[0].value == 1
            await network.bind(device, 1, network.coordinator_binding(6))
            response = await network.zdo_request(None, zdo.LqiRequest())
            assert isinstance(response, zdo.LqiResponse)
            assert [neighbor.ieee for neighbor in response.entries] == [PLUG]
            assert await network.ping_radio() > 0
            backup = await network.backup()
            assert backup is not None
            assert backup["coordinator_ieee"] == COORDINATOR[2:]

            plug.online = False
            with pytest.raises(DeliveryError, match="MAC_NO_ACK"):
                await network.request(device, Command(endpoint=1, cluster="genOnOff", command="off"))
            plug.online = True

            house.lose_radio()
            await until(lambda: ears.names().count("radio") == 4, 20)
            assert network.radio_state == "online"
            assert network.parameters == IN_FORCE
            await network.request(device, Command(endpoint=1, cluster="genOnOff", command="off"))
            assert not plug.on

            plug.leave()
            await until(lambda: "left" in ears.names())
            await network.stop()


async def test_nobody_is_at_the_port():
    async with coordinator(House()) as port:
        pass
    radio = radio_for("zstack", port)()
    with pytest.raises(RadioError):
        await radio.connect()
    await radio.close()
