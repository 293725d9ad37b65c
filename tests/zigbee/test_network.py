"""The network over a simulated house, and over a radio that does what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from support.radio import COORDINATOR, PARAMETERS, Ears, FakeRadio
from support.waiting import until

from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug, xiaomi_plug
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage.database import Database
from zigwire.zcl.requests import Command, ConfigureReporting, Read, Reporting, Write
from zigwire.zigbee import requests, supervise, zdo
from zigwire.zigbee.errors import (
    DeliveryError,
    NetworkRefusedError,
    RadioOfflineError,
    RequestError,
    RequestTimeoutError,
    StatusError,
)
from zigwire.zigbee.model import Binding, Device, DeviceType, Endpoint, InterviewState, Member
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters

PLUG = "0x00158d0001a2b3c4"
ON = Command(endpoint=1, cluster="genOnOff", command="on")
READ = Read(endpoint=1, cluster="genOnOff", attributes=("onOff",))
WELL = InterviewState.SUCCESSFUL


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take waits out that only cost time."""
    monkeypatch.setattr(requests, "_SEARCH_TIMEOUT", 0.05)
    monkeypatch.setattr(requests, "_PAUSE", 0)
    monkeypatch.setattr(supervise.Backoff, "next", lambda _: 0)


@pytest.fixture
def database(tmp_path: Path) -> Any:
    with Database(tmp_path / "zigwire.db") as opened:
        yield opened


class Home:
    """A network over a house with one plug."""

    def __init__(self, database: Database, house: House | None = None, **options: Any) -> None:
        self.house = house or House()
        if "plug" not in self.house.devices:
            self.house.add("plug", xiaomi_plug, PLUG)
        self.air: list[ApsFrame] = []
        self.house.on_air = self.air.append
        self.ears = Ears()
        options.setdefault("parameters", PARAMETERS)
        self.network = Network(lambda: SimulatedRadio(self.house), database, **options)

    @property
    def plug(self) -> XiaomiPlug:
        plug = self.house.device("plug")
        assert isinstance(plug, XiaomiPlug)
        return plug

    @property
    def device(self) -> Device:
        return self.network.devices[PLUG]

    async def pair(self) -> Device:
        self.house.join("plug")
        await until(lambda: PLUG in self.network.devices and self.device.interview_state is WELL)
        await until(lambda: "announced" in self.ears.names())
        return self.device

    def sent(self) -> list[tuple[int, str]]:
        """What the coordinator sent: cluster, and payload behind the transaction number."""
        frames = [frame for frame in self.air if frame.source == 0]
        return [
            (frame.cluster, frame.data[1:].hex() if frame.destination_endpoint == 0 else frame.data[2:].hex())
            for frame in frames
        ]


@asynccontextmanager
async def running(home: Home) -> AsyncIterator[Home]:
    await home.network.start(home.ears)
    await home.network.wait_online()
    try:
        yield home
    finally:
        await home.network.stop()


# The network itself


async def test_it_forms_resumes_and_remembers(database: Database):
    house = House()
    async with running(Home(database, house)) as home:
        assert home.network.parameters == NetworkParameters(6754, COORDINATOR, 11, PARAMETERS.network_key)
        assert home.network.coordinator is not None
        assert home.network.coordinator.ieee == COORDINATOR
        assert home.ears.heard == [("radio", "connecting", ""), ("radio", "online", "")]
    house.form = lambda _: pytest.fail("formed again")  # type: ignore[method-assign]
    async with running(Home(database, house)) as home:
        assert home.network.parameters == house.parameters
    record = database.load_network()
    assert record is not None
    assert record.parameters.extended_pan_id == COORDINATOR


async def test_devices_are_there_before_the_radio(database: Database):
    database.save_device(Device(PLUG, 0x2000, interview_state=InterviewState.IN_PROGRESS))
    radio = FakeRadio()
    radio.connect = asyncio.Event().wait  # type: ignore[assignment,method-assign]
    network = Network(lambda: radio, database, parameters=PARAMETERS)
    await network.start(Ears())
    assert network.device_at(0x2000) is network.devices[PLUG]
    assert network.devices[PLUG].interview_state is InterviewState.PENDING
    assert network.radio_state == "connecting"
    with pytest.raises(RadioOfflineError):
        await network.request(network.devices[PLUG], ON)
    with pytest.raises(RadioOfflineError):
        await network.ping_radio()
    await network.stop()


@pytest.mark.parametrize("other", [None, NetworkParameters(1, "0x0000000000000001", 12, bytes(16))])
async def test_it_refuses_another_network_and_forms_when_told(database: Database, other: NetworkParameters | None):
    async with running(Home(database)) as home:
        await home.pair()
    house = House()
    if other is not None:
        house.form(other)
    refused = Home(database, house)
    await refused.network.start(refused.ears)
    with pytest.raises(NetworkRefusedError, match="--form-new-network"):
        await refused.network.wait_online()
    assert refused.network.radio_state == "offline"
    assert refused.network.refused is not None
    assert house.parameters == other
    await refused.network.stop()
    async with running(Home(database, house, form_new=True)) as home:
        assert house.parameters is not None
        assert house.parameters.network_key == PARAMETERS.network_key
        assert PLUG in home.network.devices
    async with running(Home(database, house)):
        pass


async def test_it_adopts_the_network_that_a_coordinator_holds(database: Database, caplog: pytest.LogCaptureFixture):
    house = House()
    held = NetworkParameters(0x1234, "0x1122334455667788", 25, bytes(16))
    house.form(held)
    async with running(Home(database, house)) as home:
        assert home.network.parameters == held
    assert "channel is 25, configured 11" in caplog.text
    assert PARAMETERS.network_key.hex() not in caplog.text


async def test_a_lost_radio_comes_back(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.house.medium.delay = 0.2
        asking = asyncio.create_task(home.network.request(device, READ))
        await until(lambda: home.sent()[-1][0] == 6)
        home.house.lose_radio("unplugged")
        with pytest.raises(RequestError, match="unplugged"):
            await asking
        await until(lambda: home.ears.names().count("radio") == 4)
        assert [event[1] for event in home.ears.heard if event[0] == "radio"][-2:] == ["offline", "online"]
        assert await home.network.request(device, READ) is not None
        assert await home.network.ping_radio() >= 0


# Devices


async def test_a_join(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        events = [event for event in home.ears.heard if event[0] not in {"radio", "announced"}]
        assert events == [("joined", "IN_PROGRESS"), ("interview", "IN_PROGRESS"), ("interview", "SUCCESSFUL")]
        assert home.ears.names().index("announced") > home.ears.names().index("joined")
        basic = [
            (0, f"00{attribute}")
            for attribute in ("0500", "0400", "0700", "0000", "0100", "0200", "0300", "0600", "0040")
        ]
        address = device.network_address.to_bytes(2, "little").hex()
        assert home.sent() == [
            (2, address),
            (5, address),
            (4, address + "01"),
            *basic,
            (4, address + "02"),
            (4, address + "03"),
            (4, address + "64"),
        ]
        assert (device.type, device.model_id, device.linkquality) == (DeviceType.ROUTER, "lumi.plug", 120)
        assert device.last_seen is not None
        database.flush()
        assert database.load_devices()[0].endpoints == device.endpoints
        assert database.load_devices()[0].last_seen == device.last_seen
        assert home.network.device_at(device.network_address) is device


async def test_what_is_told_is_stored(database: Database):
    home = Home(database)
    known: list[set[str]] = []
    home.ears.device_joined = lambda _: known.append({device.ieee for device in database.load_devices()})  # type: ignore[method-assign]
    async with running(home):
        home.house.join("plug")
        await until(lambda: known)
    assert known == [{PLUG}]


async def test_joins_and_announces_at_once_start_one_interview(database: Database):
    async with running(Home(database)) as home:
        home.house.join("plug")
        address = home.plug.node.network_address
        for _ in range(3):
            home.network.device_joined(PLUG, address)
            home.plug.announce()
        await until(lambda: PLUG in home.network.devices and home.device.interview_state is WELL)
        assert [cluster for cluster, _ in home.sent()].count(2) == 1
        assert home.ears.names().count("joined") == 1


async def test_a_rejoin_under_another_address(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        before = device.network_address
        home.ears.heard.clear()
        home.house.rejoin("plug")
        await until(lambda: "announced" in home.ears.names())
        assert home.ears.heard == [("changed", "SUCCESSFUL"), ("announced", "SUCCESSFUL")]
        assert device.network_address == home.plug.node.network_address != before
        assert device.network_address_changes == 1
        assert home.network.device_at(before) is None
        assert database.load_devices()[0].network_address == device.network_address
        assert await home.network.request(device, ON) is not None


async def test_a_leave_and_a_new_join(database: Database):
    async with running(Home(database)) as home:
        await home.pair()
        home.network.groups.add_member(7, Member(PLUG, 1))
        home.plug.leave()
        assert home.ears.heard[-1][0] == "left"
        assert PLUG not in home.network.devices
        assert database.load_devices() == []
        assert database.load_groups()[0].members == []
        home.ears.heard.clear()
        device = await home.pair()
        assert home.ears.names()[:2] == ["joined", "interview"]
        assert device.leave_count == 1


async def test_a_device_that_leaves_to_come_back_stays(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.plug.leave(rejoin=True)
        assert "left" not in home.ears.names()
        await until(lambda: device.network_address == home.plug.node.network_address and device.network_address_changes)
        assert home.network.devices[PLUG] is device


async def test_remove(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        await home.network.remove(device)
        assert (0x34, "c4b3a201008d150000") in home.sent()
        assert home.ears.names().count("left") == 1
        assert database.load_devices() == []
        await until(lambda: home.plug.network is None)
        assert home.ears.names().count("left") == 1


async def test_remove_by_force_and_a_device_that_goes_on_talking(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.plug.online = False
        with pytest.raises(DeliveryError):
            await home.network.remove(device)
        assert PLUG in home.network.devices
        await home.network.remove(device, force=True)
        home.plug.online = True
        home.air.clear()
        home.plug.press()
        await until(lambda: any(frame.cluster == 0x8001 for frame in home.air))
        assert PLUG not in home.network.devices
        home.house.join("plug")
        await until(lambda: PLUG in home.network.devices)


async def test_an_unknown_device_that_talks_is_taken_in(database: Database):
    house = House()
    async with running(Home(database, house)) as home:
        await home.pair()
        database.remove_device(PLUG)
    async with running(Home(database, house)) as home:
        home.plug.press()
        await until(lambda: PLUG in home.network.devices and home.device.interview_state is WELL)


async def test_an_unreachable_device_is_found_under_its_new_address(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.plug.node.network_address = 0x4321  # it moved and nobody noticed
        assert await home.network.request(device, ON) is not None
        assert device.network_address == 0x4321
        assert home.plug.on


# Requests


async def test_an_unreachable_device(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.plug.online = False
        home.air.clear()
        with pytest.raises(DeliveryError, match="MAC_NO_ACK"):
            await home.network.request(device, ON)
        assert [cluster for cluster, _ in home.sent()] == [6, 6, 6, 0, 6, 6]


async def test_answers_and_refusals(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        message = await home.network.request(device, READ)
        assert message is not None
        assert message.attributes[0].value == 0
        with pytest.raises(StatusError, match="UNSUPPORTED_ATTRIBUTE"):
            await home.network.request(device, Read(endpoint=1, cluster="genOnOff", attributes=(0x4003,)))
        with pytest.raises(StatusError):
            await home.network.request(device, Write(endpoint=1, cluster="genBasic", attributes={"modelId": "x"}))
        with pytest.raises(StatusError):
            await home.network.zdo_request(device, zdo.SimpleDescriptorRequest(device.network_address, 99))


async def test_binds_and_reportings_are_noted(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        binding = home.network.coordinator_binding(6)
        await home.network.bind(device, 1, binding)
        await home.network.bind(device, 1, Binding(6, group=901))
        reporting = ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting("onOff", 0, 3600, 0),))
        await home.network.request(device, reporting)
        stored = database.load_devices()[0].endpoints[1]
        assert stored.bindings == [Binding(6, ieee=COORDINATOR, endpoint=1), Binding(6, group=901)]
        assert [(r.cluster, r.attribute, r.minimum, r.maximum) for r in stored.reportings] == [(6, 0, 0, 3600)]
        await home.network.unbind(device, 1, binding)
        await home.network.unbind(device, 1, binding)  # the device knows it no more
        off = ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting(0, 0, 0xFFFF, 0),))
        await home.network.request(device, off)
        stored = database.load_devices()[0].endpoints[1]
        assert (stored.bindings, stored.reportings) == ([Binding(6, group=901)], [])


async def test_groups_and_broadcasts(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        await home.network.request(
            device, Command(endpoint=1, cluster="genGroups", command="add", args={"groupid": 7, "groupname": ""})
        )
        await home.network.multicast(7, ON)
        await until(lambda: home.plug.on)
        await home.network.broadcast(0xFFFF, Command(endpoint=0xFF, cluster="genOnOff", command="off"))
        await until(lambda: not home.plug.on)
        modes = [(frame.mode, frame.destination) for frame in home.air if frame.source == 0][-2:]
        assert modes == [(Mode.GROUP, 7), (Mode.BROADCAST, 0xFFFF)]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(254, [(0x36, "fe01"), (33, "020bfe00")]), (0, [(33, "020a0000"), (0x36, "0001")])],
)
async def test_permit_join(database: Database, seconds: int, expected: list[tuple[int, str]]):
    async with running(Home(database)) as home:
        await home.network.permit_join(seconds)
        assert home.sent() == expected
        assert (home.house.permit_left > 0) == (seconds > 0)
        home.air.clear()
    assert home.sent() == ([(33, "020a0000"), (0x36, "0001")] if seconds else [])


async def test_permit_join_at_one_place(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.air.clear()
        await home.network.permit_join(30, device)
        assert home.sent() == [(0x36, "1e01"), (33, "022b1e00")]
        assert {frame.destination for frame in home.air if frame.source == 0} == {device.network_address}
        home.air.clear()
        await home.network.permit_join(30, "coordinator")
        assert home.sent() == []
        assert home.house.permit_left > 0
        with pytest.raises(ValueError, match="0 to 254"):
            await home.network.permit_join(255)


# With a radio that does what the test wants


def report(source: int, data: str = "18010a00001001", cluster: int = 6, endpoint: int = 1) -> ApsFrame:
    return ApsFrame(source, endpoint, 0, 1, 0x0104, cluster, bytes.fromhex(data), linkquality=77)


@asynccontextmanager
async def with_device(
    database: Database,
    device: Device | None = None,
    radio: FakeRadio | None = None,
    clock: Callable[[], float] = lambda: 1.5,
) -> AsyncIterator[tuple[Network, FakeRadio, Ears, Device]]:
    device = device or Device(PLUG, 0x2000, DeviceType.ROUTER, WELL, endpoints={1: Endpoint(1)})
    radio, ears = FakeRadio(PARAMETERS), Ears()
    database.save_device(device)
    network = Network(lambda: radio, database, parameters=PARAMETERS, clock=clock)
    await network.start(ears)
    await network.wait_online()
    try:
        yield network, radio, ears, network.devices[PLUG]
    finally:
        await network.stop()


async def test_a_report(database: Database):
    async with with_device(database) as (network, _, ears, device):
        for _ in range(2):
            network.frame_received(report(0x2000))  # the same twice is two messages
        assert (device.last_seen, device.linkquality, device.messages, ears.seen) == (1500, 77, 2, 2)
        assert [(d.ieee, endpoint, message.type) for d, endpoint, message in ears.messages] == [
            (PLUG, 1, "attributeReport")
        ] * 2
    database.flush()
    assert (database.load_devices()[0].last_seen, database.load_devices()[0].linkquality) == (1500, 77)


async def test_what_can_not_be_read_is_counted(database: Database):
    async with with_device(database) as (network, _, ears, device):
        network.frame_received(report(0x2000, "18"))
        network.frame_received(ApsFrame(0x2000, 0, 0, 0, 0, 0x0013, b"\1\2"))
        assert (network.unreadable, ears.messages, device.messages) == (2, [], 2)


async def test_a_mistake_of_the_house_does_not_stop_the_network(database: Database, caplog: pytest.LogCaptureFixture):
    async with with_device(database) as (network, _, ears, device):
        ears.message_received = lambda *_: 1 / 0  # type: ignore[assignment,method-assign,return-value]
        network.frame_received(report(0x2000))
        network.frame_received(report(0x2000))
        assert device.messages == 2
    assert "division by zero" in caplog.text


async def test_messages_before_the_interview_teach_the_model(database: Database):
    device = Device(PLUG, 0x2000, interview_state=InterviewState.FAILED)
    async with with_device(database, device) as (network, radio, ears, device):
        network.frame_received(report(0x2000, "18010a0500420a6c756d692e706c75672e", 0))
        assert ears.messages == []
        assert device.model_id == "lumi.plug."
        await until(lambda: radio.sent)  # and it is worth asking again
        assert device.interview_state is InterviewState.IN_PROGRESS


async def test_default_responses_and_reads_are_answered(database: Database):
    async with with_device(database, clock=lambda: 1.7e9) as (network, radio, _, _):
        network.frame_received(report(0x2000, "01210201", 6))  # a command that wants one
        network.frame_received(report(0x2000, "10220000000700", 0x000A))  # a read of genTime
        network.frame_received(report(0x2000, "09230101000000", 0x0500))  # a zone that wants to be enrolled
        await until(lambda: len(radio.sent) == 3)
        default, times, enrolled = (frame.data.hex() for frame in radio.sent)
        assert default == "18210b0200"
        assert times.startswith("182201" + "000000e2")
        assert enrolled == "1123000017"
        assert all((frame.destination, frame.destination_endpoint) == (0x2000, 1) for frame in radio.sent)


@pytest.mark.parametrize(
    "frame",
    [
        report(0x2000),
        report(0x2000, "18010b0100"),
        report(0x2000, "11210201"),
        ApsFrame(0x2000, 1, 7, 1, 0x0104, 6, bytes.fromhex("01210201"), Mode.GROUP),
    ],
)
async def test_what_wants_no_answer_gets_none(database: Database, frame: ApsFrame):
    async with with_device(database) as (network, radio, _, _):
        network.frame_received(frame)
        network.frame_received(report(0x2000, "01210201", 6))
        await until(lambda: radio.sent)
        assert [sent.data.hex() for sent in radio.sent] == ["18210b0200"]


async def test_a_match_descriptor_request_is_answered(database: Database):
    async with with_device(database) as (network, radio, _, _):
        network.frame_received(
            ApsFrame(0x2000, 0, 0xFFFD, 0, 0, 6, bytes.fromhex("09fdff0401011900" + "00"), Mode.BROADCAST)
        )
        await until(lambda: radio.sent)
        assert (radio.sent[0].cluster, radio.sent[0].data.hex()) == (0x8006, "090000000101")


async def test_a_stranger_is_asked_once_a_minute(database: Database):
    now = 1000.0
    async with with_device(database, clock=lambda: now) as (network, radio, ears, _):
        for _ in range(5):
            network.frame_received(report(0x3000))
        await until(lambda: radio.sent)
        now += 61
        network.frame_received(report(0x3000))
        await until(lambda: len(radio.sent) == 2)
        assert [(frame.cluster, frame.destination) for frame in radio.sent] == [(1, 0x3000)] * 2
        assert ears.messages == []
        network.frame_received(ApsFrame(0x3000, 0, 0, 0, 0, 0x8001, bytes.fromhex("0100c4b3a201008d15000030")))
        assert network.devices[PLUG].network_address == 0x3000


async def test_no_answer(database: Database):
    async with with_device(database) as (network, _, _, device):
        with pytest.raises(RequestTimeoutError, match=r"no answer within 0.01 s"):
            await network.request(device, READ, timeout=0.01)


async def test_an_answer_counts_although_the_radio_saw_no_delivery(database: Database):
    async with with_device(database) as (network, radio, _, device):
        radio.fails = lambda _: "MAC_NO_ACK"
        radio.replies = lambda frame: report(0x2000, f"18{frame.data[1]:02x}0b0100")
        assert await network.request(device, ON) is not None
        assert len(radio.sent) == 1


async def test_attempts_and_patience(database: Database, monkeypatch: pytest.MonkeyPatch):
    async with with_device(database) as (network, radio, _, device):
        radio.fails = lambda frame: "NWK_NO_ROUTE" if frame.cluster == 6 else None
        with pytest.raises(DeliveryError):
            await network.request(device, ON, attempts=2)
        assert len(radio.sent) == 2
        monkeypatch.setattr(requests, "_PATIENCE", -1)
        radio.sent.clear()
        with pytest.raises(DeliveryError):
            await network.request(device, ON)
        assert len(radio.sent) == 1


async def test_nothing_to_wait_for(database: Database):
    async with with_device(database) as (network, _, _, device):
        silent = Command(endpoint=1, cluster="genOnOff", command="on", disable_default_response=True)
        assert await network.request(device, silent) is None
        write = Write(endpoint=1, cluster="genOnOff", attributes={"onTime": 1}, variant="no_response")
        assert await network.request(device, write) is None


async def test_requests_of_one_device_go_in_order_users_first(database: Database):
    async with with_device(database) as (network, radio, _, device):
        radio.gate = asyncio.Event()
        radio.replies = lambda frame: report(0x2000, f"18{frame.data[1]:02x}0b{frame.data[2]:02x}00")

        def ask(command: int, priority: Any) -> asyncio.Task[Any]:
            request = Command(endpoint=1, cluster="genOnOff", command=command, payload=b"")
            return asyncio.create_task(network.request(device, request, priority=priority))

        tasks = [ask(1, "background")]
        await until(lambda: radio.sent)
        tasks += [ask(0, "background"), ask(2, "user"), ask(0x40, "user")]
        await asyncio.sleep(0)
        radio.gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [frame.data[2] for frame in radio.sent] == [1, 2, 0x40, 0]


async def test_few_in_flight_for_all_devices(database: Database):
    for number in range(20):
        ieee = f"0x{number:016x}"
        database.save_device(Device(ieee, 0x3000 + number, DeviceType.ROUTER, WELL, endpoints={1: Endpoint(1)}))
    async with with_device(database) as (network, radio, _, _):
        radio.gate = asyncio.Event()
        radio.replies = lambda frame: report(frame.destination, f"18{frame.data[1]:02x}0b0100")
        tasks = [asyncio.create_task(network.request(device, ON)) for device in network.devices.values()]
        await until(lambda: len(radio.sent) >= 8)
        await asyncio.sleep(0)
        assert len(radio.sent) == 8
        radio.gate.set()
        await asyncio.gather(*tasks)
        assert len(radio.sent) == len(network.devices) == 21
        assert len({frame.data[1] for frame in radio.sent}) == 21


async def test_a_request_ends_when_the_device_leaves(database: Database):
    async with with_device(database) as (network, radio, _, device):
        asking = asyncio.create_task(network.request(device, READ))
        await until(lambda: radio.sent)
        network.device_left(PLUG, 0x2000, rejoin=False)
        with pytest.raises(DeliveryError, match="left"):
            await asking


async def test_an_interview_that_fails_and_one_that_the_radio_cuts_off(database: Database):
    device = Device(PLUG, 0x2000, interview_state=InterviewState.FAILED)
    async with with_device(database, device) as (network, radio, ears, device):
        radio.fails = lambda _: "MAC_NO_ACK"
        with pytest.raises(RequestError, match="MAC_NO_ACK"):
            await network.interview(device)
        assert [event for event in ears.heard if event[0] == "interview"] == [
            ("interview", "IN_PROGRESS"),
            ("interview", "FAILED"),
        ]
        assert database.load_devices()[0].interview_state is InterviewState.FAILED
        radio.fails = lambda _: None
        radio.sent.clear()
        asking = asyncio.create_task(network.interview(device))
        await until(lambda: radio.sent)
        network.radio_lost("unplugged")
        with pytest.raises(RequestError):
            await asking
        await until(lambda: network.radio_state == "online" and device.interview_state is InterviewState.IN_PROGRESS)


async def test_a_failed_second_interview_leaves_a_working_device(database: Database):
    device = Device(PLUG, 0x2000, DeviceType.ROUTER, WELL, model_id=None, endpoints={1: Endpoint(1)})
    async with with_device(database, device) as (network, radio, ears, device):
        radio.fails = lambda _: "MAC_NO_ACK"
        with pytest.raises(RequestError):
            await network.interview(device)
        assert ("interview", "FAILED") in ears.heard
        assert device.interview_state is WELL
        network.frame_received(report(0x2000))
        assert len(ears.messages) == 1


async def test_an_interview_of_a_device_that_leaves(database: Database):
    device = Device(PLUG, 0x2000, interview_state=InterviewState.FAILED)
    async with with_device(database, device) as (network, radio, _, device):
        asking = asyncio.create_task(network.interview(device))
        await until(lambda: radio.sent)
        network.device_left(PLUG, 0x2000, rejoin=False)
        with pytest.raises(RequestError, match="left"):
            await asking


async def test_the_coordinators_own_frames_are_no_devices(database: Database):
    async with with_device(database) as (network, radio, ears, _):
        network.frame_received(report(0))
        network.frame_received(ApsFrame(0, 0, 0xFFFD, 0, 0, 0x0013, bytes.fromhex("01000078563412004b12008e")))
        network.device_joined(COORDINATOR, 0)
        assert list(network.devices) == [PLUG]
        assert (radio.sent, ears.messages) == ([], [])
