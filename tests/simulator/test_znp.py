"""The virtual coordinator on a TCP port: with zigpy-znp as its host, with bare frames, and with rubbish."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import zigpy.types as t
from hypothesis import given
from hypothesis import strategies as st
from support.waiting import until
from zigpy_znp.zigbee.application import ControllerApplication

from zigwire.simulator.catalogue import default_house
from zigwire.simulator.house import House
from zigwire.simulator.plug import RELAY
from zigwire.simulator.radio import SimulatedRadio
from zigwire.simulator.znp import serve
from zigwire.simulator.znp.chip import Chip
from zigwire.simulator.znp.mt import AF, APP_CNF, AREQ, SREQ, SRSP, SYS, UTIL, ZDO, MtFrame, MtParser
from zigwire.simulator.znp.server import COMMANDS, execute

from .conftest import NETWORK

PLUG = "0x00158d0001a2b3c4"
PATIENCE = 10


# Framing


frames = st.builds(MtFrame, st.integers(0, 7), st.integers(0, 31), st.integers(0, 255), st.binary(max_size=250))


@given(sent=st.lists(frames, max_size=5), cuts=st.lists(st.integers(1, 40), max_size=60))
def test_frames_survive_any_cutting(sent: list[MtFrame], cuts: list[int]) -> None:
    stream, parser, received = b"".join(f.serialize() for f in sent), MtParser(), []
    for cut in [*cuts, len(stream)]:
        received += parser.feed(stream[:cut])
        stream = stream[cut:]
    assert received == sent


@given(noise=st.binary(max_size=50).filter(lambda data: 0xFE not in data), frame=frames)
def test_noise_before_a_frame_is_skipped(noise: bytes, frame: MtFrame) -> None:
    assert list(MtParser().feed(noise + frame.serialize())) == [frame]


def test_a_wrong_check_octet_costs_one_frame() -> None:
    frame = MtFrame(SREQ, SYS, 1, b"\x01\x02")
    damaged = bytearray(frame.serialize())
    damaged[-1] ^= 1
    assert list(MtParser().feed(bytes(damaged) + frame.serialize())) == [frame]


# A bare host


class Host:
    """Speaks MT over TCP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.parser = reader, writer, MtParser()
        self.heard: list[MtFrame] = []

    async def ask(self, subsystem: int, command: int, payload: str = "") -> str:
        """Give the payload of the response."""
        self.writer.write(MtFrame(SREQ, subsystem, command, bytes.fromhex(payload)).serialize())
        return (await self.wait(SRSP, subsystem, command)).hex()

    async def wait(self, kind: int, subsystem: int, command: int) -> bytes:
        """Wait for a frame, heard before or not."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for frame in self.heard:
                    if (frame.kind, frame.subsystem, frame.command) == (kind, subsystem, command):
                        self.heard.remove(frame)
                        return frame.payload
                data = await self.reader.read(4096)
                assert data, "the chip hung up"
                self.heard += self.parser.feed(data)

    async def hung_up(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            while await self.reader.read(4096):
                pass
        return True

    async def start(self) -> None:
        """Bring the network up and register an endpoint."""
        assert await self.ask(APP_CNF, 0x05, "04") == "00"
        while await self.wait(AREQ, ZDO, 0xC0) != b"\x09":
            pass
        assert await self.ask(AF, 0x00, "01 0401 0500 00 00 00 00") == "00"


@pytest.fixture
def house() -> House:
    house = default_house()
    house.form(NETWORK)
    return house


@pytest.fixture
async def port(house: House) -> AsyncIterator[int]:
    server = await serve(house, 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Host]:
    host = Host(*await asyncio.open_connection("127.0.0.1", port))
    yield host
    host.writer.close()


def address_of(house: House) -> str:
    return struct.pack("<H", house.device("plug").node.network_address).hex()


async def test_a_join_as_a_bare_host_sees_it(house: House, port: int) -> None:
    async with connected(port) as host:
        await host.start()
        assert await host.ask(ZDO, 0x3E, "ffff") == "00"
        assert await host.ask(ZDO, 0x36, "0f fcff 3c 00") == "00"
        assert await host.wait(AREQ, ZDO, 0xB6) == b"\x00\x00\x00"
        house.pair("plug")
        joined = await host.wait(AREQ, ZDO, 0xCA)
        address = address_of(house)
        assert joined.hex() == address + "c4b3a201008d1500" + "0000"
        announce = await host.wait(AREQ, ZDO, 0xC1)
        assert announce.hex() == address * 2 + "c4b3a201008d1500" + "8e"
        assert (await host.wait(AREQ, ZDO, 0xFF))[2:5] == b"\x01\x13\x00"
        assert await host.ask(ZDO, 0x05, address * 2) == "00"
        assert (await host.wait(AREQ, ZDO, 0x85)).hex() == address + "00" + address + "0401020364"
        house.leave("plug")
        assert (await host.wait(AREQ, ZDO, 0xC9)).hex() == address + "c4b3a201008d1500" + "000000"


async def test_data_and_its_confirmations(house: House, port: int) -> None:
    house.join("plug")
    address = address_of(house)
    toggle = "0600 2a 30 1e 03 014002"
    async with connected(port) as host:
        assert await host.ask(AF, 0x01, f"{address} 01 01 {toggle}") == "c2"
        await host.start()
        assert await host.ask(AF, 0x01, f"{address} 01 01 {toggle}") == "00"
        assert await host.wait(AREQ, AF, 0x80) == b"\x00\x01\x2a"
        answer = await host.wait(AREQ, AF, 0x81)
        assert answer[17:].hex() == "18400b0200" + address + "1d"
        assert await host.ask(AF, 0x01, f"4242 01 01 {toggle}") == "00"
        assert await host.wait(AREQ, AF, 0x80) == b"\xcd\x01\x2a"
        house.device("plug").online = False
        ieee = bytes.fromhex(PLUG[2:])[::-1].hex()
        assert await host.ask(AF, 0x02, f"03 {ieee} 01 0000 01 0600 2b 30 1e 0300 014002") == "00"
        assert await host.wait(AREQ, AF, 0x80) == b"\xe9\x01\x2b"
        assert await host.ask(AF, 0x03, f"{address} 01 01 0600 2c 00 1e 01 3412 03 014002") == "00"
        assert await host.wait(AREQ, AF, 0x80) == b"\xe9\x01\x2c"


@pytest.mark.parametrize(
    ("subsystem", "command", "payload", "answer"),
    [
        (AF, 0x01, "0000 01 09 0600 01 00 1e 01 00", "02"),
        (AF, 0x01, "0000 01 01 0600 01 00 1e f0" + "00" * 240, "02"),
        (AF, 0x02, "02 0000000000000000 01 0000 01 0600 01 00 1e e700", "02"),
        (AF, 0x01, "0000 01 01 0600 01 00 1e 05 00", "02"),
        (AF, 0x02, "02 0000000000000000 01 3412 01 0600 01 00 1e 0100 00", "00"),
        (AF, 0x02, "02 0000000000000000 00 0000 00 0600 01 00 1e 0000", "02"),
        (AF, 0x00, "01 0401 0500 00 00 00 00", "b8"),
        (SYS, 0x08, "ffee 00", "0200"),
        (SYS, 0x09, "0100 07 02 0000", "0c"),
        (SYS, 0x09, "ffee 00 01 00", "0a"),
        (SYS, 0x12, "ffee 0000", "09"),
        (SYS, 0x30, "01 0900 0000 ffffffff", "0a"),
        (SYS, 0x33, "01 0900 0000 0000 10", "0a00"),
        (SYS, 0x34, "01 0100 0000 0a00 04 00000000", "0c"),
        (UTIL, 0x4A, "0000000000000000 0000", "feffffffff" + "00" * 31),
        (ZDO, 0x50, "", "0000 09 621a 0000 dddddddddddddddd 0000000000000000 0b"),
    ],
)
async def test_what_a_chip_answers(port: int, subsystem: int, command: int, payload: str, answer: str) -> None:
    async with connected(port) as host:
        await host.start()
        assert await host.ask(subsystem, command, payload) == answer.replace(" ", "")


@pytest.mark.parametrize(
    ("subsystem", "command", "payload", "reason"),
    [(0x1F, 0x77, "", 2), (SYS, 0x7F, "", 2), (SYS, 0x08, "01", 4), (AF, 0x01, "0000", 4)],
)
async def test_what_a_chip_refuses(port: int, subsystem: int, command: int, payload: str, reason: int) -> None:
    async with connected(port) as host:
        host.writer.write(MtFrame(SREQ, subsystem, command, bytes.fromhex(payload)).serialize())
        assert await host.wait(SRSP, 0, 0) == bytes([reason, 0x20 | subsystem, command])
        assert await host.ask(SYS, 0x01) == "5906"


async def test_a_reset_empties_the_volatile_memory_only(house: House, port: int) -> None:
    async with connected(port) as host:
        await host.start()
        assert await host.ask(SYS, 0x07, "0f00 0200 02 abcd") == "09"
        assert await host.ask(ZDO, 0x4B, "01 0500 00") == "00"
        host.writer.write(MtFrame(AREQ, SYS, 0x00, b"\x01").serialize())
        assert (await host.wait(AREQ, SYS, 0x80))[1:] == bytes([2, 1, 2, 7, 1])
        assert (await host.ask(UTIL, 0x00))[18:] == "feff070000"
        assert await host.ask(ZDO, 0x4C) == "00"
        assert await host.ask(SYS, 0x08, "0f00 00") == "0002abcd"
        await host.start()
        assert house.parameters == NETWORK


async def test_a_reset_with_the_start_up_option_forgets_the_network(house: House, port: int) -> None:
    async with connected(port) as host:
        assert await host.ask(SYS, 0x09, "0300 00 01 03") == "00"
        host.writer.write(MtFrame(AREQ, SYS, 0x00, b"\x01").serialize())
        await host.wait(AREQ, SYS, 0x80)
    assert house.parameters is None


async def test_groups_of_the_chip(house: House, port: int) -> None:
    house.join("plug")
    plug = house.device("plug")
    async with connected(port) as host:
        await host.start()
        assert await host.ask(ZDO, 0x4B, "01 0900 00") == "00"
        assert await host.ask(ZDO, 0x4A, "01 0900") == "00090000"
        assert await host.ask(ZDO, 0x4A, "01 0a00") == "010a0000"
        bind = f"{address_of(house)} c4b3a201008d1500 01 0600 01 0900 000000000000 00"
        assert await host.ask(ZDO, 0x21, bind) == "00"
        assert (await host.wait(AREQ, ZDO, 0xA1)).hex() == address_of(house) + "00"
        plug.command(1, 6, 0x02)
        message = await host.wait(AREQ, AF, 0x81)
        assert (message[:4].hex(), message[7]) == ("09000600", 1)
        assert await host.ask(ZDO, 0x47, "01 0900") == "00"
        assert await host.ask(ZDO, 0x4C) == "00"


async def test_hosts_one_after_the_other(house: House, port: int) -> None:
    async with connected(port) as first:
        await first.start()
        first.writer.write(MtFrame(SREQ, SYS, 0x01).serialize()[:3])  # half a frame, then silence
        async with connected(port) as second:
            assert await second.ask(SYS, 0x01) == "5906"
            assert await first.hung_up()
            house.lose_radio()
            assert await second.hung_up()
    async with connected(port) as third:
        assert (await third.ask(UTIL, 0x00))[18:] == "feff070000"
        radio = SimulatedRadio(house)
        await radio.connect()
        await radio.start(Chip(house))
        assert await third.hung_up()


def test_no_request_breaks_the_chip() -> None:
    sent: list[bytes] = []
    known = sorted(COMMANDS)

    class Far:
        def write(self, data: bytes) -> None:
            sent.append(data)

        def hang_up(self) -> None:
            raise AssertionError

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([*known, (0x1E, 0x01), (ZDO, 0xEE)]),
                st.one_of(st.binary(max_size=60), st.binary(max_size=250), st.integers(0, 40).map(bytes)),
            ),
            max_size=6,
        )
    )
    def play(requests: list[tuple[tuple[int, int], bytes]]) -> None:
        async def run() -> None:
            house = default_house(lambda: 0.0)
            chip = Chip(house)
            chip.plug(Far())
            for (subsystem, command), payload in requests:
                sent.clear()
                execute(chip, MtFrame(SREQ, subsystem, command, payload))
                assert [MtParser().feed(data) for data in sent]
            house.advance(10)
            sent.clear()
            execute(chip, MtFrame(SREQ, SYS, 0x01))
            assert sent == [MtFrame(SRSP, SYS, 0x01, b"\x59\x06").serialize()]

        asyncio.run(run())

    play()


async def test_rubbish_does_not_kill_the_server(port: int) -> None:
    dice = iter_rubbish()
    for _ in range(20):
        async with connected(port) as host:
            for _ in range(20):
                host.writer.write(next(dice))
            await host.writer.drain()
    async with connected(port) as host:
        assert await host.ask(SYS, 0x01) == "5906"


def iter_rubbish() -> Iterator[bytes]:
    import random

    dice = random.Random(7)
    while True:
        frame = MtFrame(
            dice.randrange(8), dice.choice([1, 4, 5, 7, 15]), dice.randrange(256), dice.randbytes(dice.randrange(60))
        )
        octets = bytearray(frame.serialize())
        if dice.random() < 0.5:
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        yield bytes(octets[: dice.randrange(len(octets) + 1)] if dice.random() < 0.2 else octets)


# zigpy-znp


@asynccontextmanager
async def zigpy_host(port: int, **network: Any) -> AsyncIterator[ControllerApplication]:
    config = {
        "device": {"path": f"socket://127.0.0.1:{port}"},
        "database_path": None,
        "network": network,
        "ota": {"enabled": False},
        "topology_scan_enabled": False,
        "backup_enabled": False,
    }
    app = await ControllerApplication.new(config, auto_form=bool(network))
    yield app
    await app.shutdown()


async def test_zigpy_forms_joins_interviews_switches_backs_up_and_resumes() -> None:
    house = default_house()
    server = await serve(house, 0)
    port, ieee = server.sockets[0].getsockname()[1], t.EUI64.convert("00:15:8d:00:01:a2:b3:c4")
    async with zigpy_host(port, channel=15, pan_id=0x1234) as app:
        formed = house.parameters
        assert formed is not None
        assert (formed.channel, formed.pan_id) == (15, 0x1234)
        assert formed.network_key == app.state.network_info.network_key.key.serialize()
        house.pair("plug")
        await app.permit(60)
        await until(lambda: ieee in app.devices and app.devices[ieee].is_initialized and app.devices[ieee].model)
        plug = app.devices[ieee]
        assert (plug.manufacturer, plug.model, sorted(plug.endpoints)) == ("LUMI", "lumi.plug", [0, 1, 2, 3, 100])
        assert plug.node_desc.manufacturer_code == 0x115F
        assert plug.endpoints[1].in_clusters.keys() >= {0, 1, 2, 3, 4, 5, 6, 10, 16}
        await plug.endpoints[1].on_off.command(0x02)
        assert house.device("plug").read(RELAY)
        values, _ = await plug.endpoints[1].on_off.read_attributes(["on_off"])
        assert values == {"on_off": 1}
        assert (await plug.endpoints[1].on_off.bind())[0] == 0
        backup = await app.backups.create_backup()
        radio = SimulatedRadio(house)
        await radio.connect()
        ours = await radio.backup()
        theirs = backup.as_open_coordinator_json()
        assert ours is not None
        for part in ours.keys() - {"metadata"}:
            assert ours[part] == theirs[part]

    async with zigpy_host(port) as app:
        assert house.parameters == formed
        plug = app.add_device(ieee, house.device("plug").node.network_address)
        await plug.initialize()
        await plug.endpoints[1].on_off.command(0x00)
        assert not house.device("plug").read(RELAY)
        lost = asyncio.Event()
        app.add_listener(type("Listener", (), {"connection_lost": lambda *_: lost.set()})())
        house.lose_radio()
        await asyncio.wait_for(lost.wait(), PATIENCE)
    server.close()
