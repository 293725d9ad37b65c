"""The network over zigpy-znp and a Z-Stack coordinator on a TCP port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import zigpy_znp.api
from support.radio import COORDINATOR, Ears
from support.waiting import until

from zigwire.simulator.greenpower import GreenPowerSwitch
from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug, xiaomi_plug
from zigwire.simulator.touchlink import TouchlinkTarget
from zigwire.simulator.znp import serve
from zigwire.storage.database import Database
from zigwire.zcl.requests import Command, Read
from zigwire.zigbee import requests, supervise, zdo, zstack_inter_pan
from zigwire.zigbee.errors import DeliveryError
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters, RadioError
from zigwire.zigbee.radios import radio_for
from zigwire.zigbee.touchlink import Found, Touchlink

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


class Listener:
    """A radio's listener that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def frame_received(self, frame: ApsFrame) -> None:
        self.heard.append(("frame", frame.cluster))

    def device_joined(self, ieee: str, network_address: int, parent: int | None = None) -> None:
        self.heard.append(("joined", ieee))

    def device_left(self, ieee: str, network_address: int, *, rejoin: bool) -> None:
        self.heard.append(("left", ieee))

    def radio_lost(self, reason: str) -> None:
        self.heard.append(("lost",))


@asynccontextmanager
async def started(house: House, listener: Listener) -> AsyncIterator[Any]:
    async with coordinator(house) as port:
        radio: Any = radio_for("zstack", port)()
        await radio.connect()
        if await radio.load() is None:
            await radio.form(WANTED)
        await radio.start(listener)
        try:
            yield radio
        finally:
            await radio.close()


def permit_frame(destination: int, seconds: int = 60) -> ApsFrame:
    mode = Mode.BROADCAST if destination >= 0xFFF8 else Mode.UNICAST
    return ApsFrame(0, 0, destination, 0, 0, 0x36, bytes([7, seconds, 1]), mode)


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
            assert await network.remembered() == {PLUG}

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


async def test_who_may_join_where(monkeypatch: pytest.MonkeyPatch):
    house = House()
    async with started(house, Listener()) as radio:
        air: list[tuple[int, int, bytes]] = []
        house.on_air = lambda frame: air.append((frame.destination, frame.cluster, frame.data[1:]))
        await radio.permit(60)
        assert air == [(0, 0x36, b"\x3c\x01")]
        assert house.permit_left > 50

        air.clear()
        await radio.send(permit_frame(0xFFFC))
        await radio.permit(60)
        assert air == [(0xFFFC, 0x36, b"\x3c\x01")]
        await radio.permit(60)
        assert len(air) == 2

        for build, asked in ((20210708, [0x4321]), (20210707, [0, 0x4321])):
            version = radio._app._version_rsp.replace(CodeRevision=build)
            monkeypatch.setattr(radio._app, "_version_rsp", version)
            air.clear()
            sending = asyncio.create_task(radio.send(permit_frame(0x4321)))
            await until(lambda: 0x4321 in [destination for destination, _, _ in air])
            assert [destination for destination, _, _ in air] == asked
            sending.cancel()


async def test_a_join_is_told_at_once_and_once():
    house, listener = House(), Listener()
    house.add("plug", xiaomi_plug, PLUG)
    async with started(house, listener) as radio:
        house.pair("plug")
        await radio.permit(60)
        await until(lambda: ("frame", 0x13) in listener.heard)
        assert listener.heard.index(("joined", PLUG)) < listener.heard.index(("frame", 0x13))
        assert listener.heard.count(("joined", PLUG)) == 1
        assert radio._app._join_announce_tasks == {}


async def test_a_coordinator_lost_while_it_sends():
    house, listener = House(), Listener()
    async with started(house, listener) as radio:
        house.on_air = lambda _frame: house.lose_radio()
        async with asyncio.timeout(2):
            with pytest.raises(RadioError, match="closed"):
                await radio.send(ApsFrame(0, 1, 0x1234, 1, 0x0104, 6, b"\x01\x07\x01"))
        assert ("lost",) in listener.heard


async def test_what_is_half_read_while_the_line_is_taken_over(monkeypatch: pytest.MonkeyPatch):
    """Octets that zigpy-znp holds at that moment are the beginning of the next frame."""
    reset = bytes.fromhex("fe064180000200020701c1")
    original = zigpy_znp.api.ZNP.connect
    lines: list[Any] = []

    async def connect(znp: Any) -> None:
        await original(znp)
        lines.append(znp._uart)
        znp._uart.data_received(reset[:4])

    monkeypatch.setattr(zigpy_znp.api.ZNP, "connect", connect)
    async with coordinator(House()) as port:
        radio: Any = radio_for("zstack", port)()
        await radio.connect()
        heard: list[Any] = []
        monkeypatch.setattr(radio._app._znp, "frame_received", heard.append)
        lines[0].data_received(reset[4:])
        assert len(heard) == 1
        assert bytes(lines[0]._buffer) == b""
        await radio.close()


async def test_a_link_key_is_given_to_the_chip():
    house = House()
    async with started(house, Listener()) as radio:
        await radio.add_link_key(PLUG, bytes(range(16)))
        (given,) = house.owner.install_codes  # type: ignore[union-attr]
        assert given == b"\x02" + bytes.fromhex(PLUG[2:])[::-1] + bytes(range(16))
        radio._app.state.network_info.metadata["zstack"]["product"] = 0
        with pytest.raises(RadioError, match=r"not supported by Z-Stack Home 1\.2"):
            await radio.add_link_key(PLUG, bytes(16))


async def test_touchlink_through_the_chip(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zstack_inter_pan, "_SETTLING", 0)
    house = House()
    lamp = TouchlinkTarget("0x0017880100000001", 25)
    house.touchlink.append(lamp)
    async with started(house, Listener()) as radio:
        touchlink = Touchlink(radio.inter_pan, answers=0.1, blinks=0)
        assert await touchlink.scan() == [Found(lamp.ieee, 25)]
        await touchlink.reset(lamp.ieee, 25)
        assert (lamp.identified, lamp.resets, house.tuned) == (1, 1, None)


async def test_a_green_power_switch_is_heard_through_the_chip(tmp_path: Path):
    house, ears = House(), Ears()
    house.add("plug", xiaomi_plug, PLUG)
    house.green_power.switches["switch"] = GreenPowerSwitch(0x01719697, level=3)
    async with coordinator(house) as port:
        with Database(tmp_path / "zigwire.db") as database:
            network = Network(radio_for("zstack", port), database, parameters=WANTED)
            await network.start(ears)
            await network.wait_online()
            house.join("plug")
            await until(lambda: ("interview", "SUCCESSFUL") in ears.heard)
            await network.permit_join(60)
            house.green_power.pair("switch")
            await until(lambda: "0x0000000001719697" in network.devices)
            await until(lambda: house.green_power.status("switch")["joined"])
            ears.messages.clear()
            house.green_power.press("switch")
            await until(lambda: [message.type for *_, message in ears.messages] == ["commandNotification"])
            assert ears.messages[0][2].args["commandID"] == 0x22
            await network.stop()
