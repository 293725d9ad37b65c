"""The network over a simulated house, and over a radio that does what a test wants."""

from __future__ import annotations

import asyncio
import itertools
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
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command, ConfigureReporting, Prepared, Read, Reporting, Write
from zigwire.zigbee import requests, supervise, zdo
from zigwire.zigbee.errors import (
    DeliveryError,
    NetworkRefusedError,
    RadioOfflineError,
    RequestError,
    RequestTimeoutError,
    StatusError,
)
from zigwire.zigbee.model import (
    Binding,
    ConfiguredReporting,
    Device,
    DeviceType,
    Endpoint,
    InterviewState,
    Member,
    Scene,
)
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters, RadioError

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
        await home.pair()
        assert home.ears.names()[:2] == ["joined", "interview"]
        assert home.ears.leaves == 1


async def test_a_device_that_leaves_to_come_back_stays(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        home.plug.leave(rejoin=True)
        assert "left" not in home.ears.names()
        assert home.ears.leaves == 1
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


async def test_an_unknown_device_that_talks_is_taken_in_while_joining_is_open(database: Database):
    house = House()
    async with running(Home(database, house)) as home:
        await home.pair()
        database.remove_device(PLUG)
    now = 1000.0
    async with running(Home(database, house, clock=lambda: now)) as home:
        home.plug.press()
        await until(lambda: any(frame.cluster == 0x8001 for frame in home.air))
        assert PLUG not in home.network.devices
        await home.network.permit_join(60)
        now += 61
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
        assert [group.id for group in database.load_groups()] == [901]
        assert [(r.cluster, r.attribute, r.minimum, r.maximum) for r in stored.reportings] == [(6, 0, 0, 3600)]
        await home.network.unbind(device, 1, binding)
        await home.network.unbind(device, 1, binding)  # the device knows it no more
        off = ConfigureReporting(endpoint=1, cluster="genOnOff", records=(Reporting(0, 0, 0xFFFF, 0),))
        await home.network.request(device, off)
        stored = database.load_devices()[0].endpoints[1]
        assert (stored.bindings, stored.reportings) == ([Binding(6, group=901)], [])


async def test_telling_waits_for_no_answer(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        toggled = Prepared(endpoint=1, cluster=6, frame=bytes.fromhex("01e902"), numbered=True, source=8)
        await home.network.tell(device, toggled)
        await until(lambda: home.plug.on)
        frame = [frame for frame in home.air if frame.source == 0 and frame.data == bytes.fromhex("01e902")][-1]
        assert frame.source_endpoint == 8


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
    assert home.sent() == [(33, "020a0000"), (0x36, "0001")]


async def test_a_radio_that_takes_no_more_does_not_hold_up_the_end(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zigwire.zigbee.network._PARTING", 0.01)
    async with running(Home(database)) as home:
        await home.network.permit_join(60)
        monkeypatch.setattr(home.house, "transmit", lambda frame, confirm: None)
    assert home.house.owner is None


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
    **options: Any,
) -> AsyncIterator[tuple[Network, FakeRadio, Ears, Device]]:
    device = device or Device(PLUG, 0x2000, DeviceType.ROUTER, WELL, endpoints={1: Endpoint(1)})
    radio, ears = FakeRadio(PARAMETERS), Ears()
    database.save_device(device)
    network = Network(lambda: radio, database, parameters=PARAMETERS, clock=clock, **options)
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
        network.frame_received(ApsFrame(0x2000, 0, 0, 0, 0, 0x8038, b"\1\0"))  # is of no concern
        assert (network.unreadable, ears.messages, device.messages) == (2, [], 3)


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


async def test_who_checks_in_may_sleep_on_unless_something_is_asked(database: Database):
    async with with_device(database) as (network, radio, _, device):
        network.frame_received(report(0x2000, "092400", 0x0020))
        await until(lambda: radio.sent)
        request = asyncio.create_task(network.request(device, READ))
        await until(lambda: len(radio.sent) == 2)
        network.frame_received(report(0x2000, "092500", 0x0020))
        await until(lambda: len(radio.sent) == 3)
        assert [frame.data.hex() for frame in radio.sent if frame.cluster == 0x0020] == ["112400000000", "112500010000"]
        request.cancel()


async def test_what_a_definition_has_answered_is_answered_once(database: Database, monkeypatch: pytest.MonkeyPatch):
    def answer(_ears: Ears, _device: Device, _endpoint: int, message: Message) -> None:
        message.answered = message.cluster == "genTime"

    monkeypatch.setattr(Ears, "message_received", answer)
    async with with_device(database) as (network, radio, _, _):
        network.frame_received(report(0x2000, "10220000000700", 0x000A))
        network.frame_received(report(0x2000, "01210201", 6))
        await until(lambda: radio.sent)
        assert [frame.cluster for frame in radio.sent] == [6]


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
        assert ("changed", "PENDING") in ears.heard
        await until(lambda: network.radio_state == "online" and len(radio.sent) == 2)
        assert device.interview_state is InterviewState.IN_PROGRESS


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


async def test_an_interview_that_is_cut_off_in_any_other_way_is_resumed(database: Database):
    device = Device(PLUG, 0x2000, interview_state=InterviewState.FAILED)
    async with with_device(database, device) as (network, radio, _, device):

        def cut_off(_: ApsFrame) -> str:
            raise asyncio.CancelledError

        radio.fails = cut_off
        with pytest.raises(RequestError):
            await network.interview(device)
        assert database.load_devices()[0].interview_state is InterviewState.PENDING
        radio.fails = lambda _: None
        radio.sent.clear()
        network.radio_lost("unplugged")
        await until(lambda: radio.sent)
        assert device.interview_state is InterviewState.IN_PROGRESS


async def test_an_interview_that_was_cancelled_leaves_its_successor_alone(database: Database):
    device = Device(PLUG, 0x2000, interview_state=InterviewState.FAILED)
    async with with_device(database, device) as (network, radio, ears, device):
        asking = asyncio.create_task(network.interview(device))
        await until(lambda: radio.sent)
        network.device_left(PLUG, 0x2000, rejoin=False)
        network.device_joined(PLUG, 0x2000)
        with pytest.raises(RequestError, match="left"):
            await asking
        await until(lambda: len(radio.sent) == 2)
        network.device_joined(PLUG, 0x2000)
        assert [event for event in ears.heard if event[0] == "interview"] == [("interview", "IN_PROGRESS")] * 2
        assert network.devices[PLUG].interview_state is InterviewState.IN_PROGRESS


async def test_few_interviews_at_once(database: Database):
    for number in range(9):
        database.save_device(Device(f"0x{number + 1:016x}", 0x3000 + number))
    async with with_device(database) as (network, radio, _, _):
        await until(lambda: len(radio.sent) == 2)  # the others are for devices that join
        for number in range(3):
            network.device_joined(f"0x{number + 0x100:016x}", 0x4000 + number)
        await until(lambda: len(radio.sent) == 4)
        await asyncio.sleep(0)
        assert [frame.destination for frame in radio.sent] == [0x3000, 0x3001, 0x4000, 0x4001]


@pytest.mark.parametrize("via", ["device", "force"])
async def test_a_removed_device_stays_removed(database: Database, via: str):
    async with with_device(database) as (network, radio, _, device):
        binding = asyncio.create_task(network.bind(device, 1, network.coordinator_binding(6)))
        await until(lambda: radio.sent)
        tsn = radio.sent[0].data[:1]
        answer = ApsFrame(0x2000, 0, 0, 0, 0, 0x8021, tsn + b"\0")
        if via == "device":
            network.frame_received(answer)
            network.device_left(PLUG, 0x2000, rejoin=False)
        else:
            network.frame_received(answer)
            await network.remove(device, force=True)
        await asyncio.gather(binding, return_exceptions=True)
        network.save(device)
        network.save(Device(PLUG, 0x2000))
        assert database.load_devices() == []


async def test_what_a_device_forgets_is_forgotten_with_it(database: Database):
    endpoint = Endpoint(1, input_clusters=[6], bindings=[Binding(6, group=1)], scenes=[Scene(1, 1, "dim")])
    endpoint.reportings.append(ConfiguredReporting(6, 0, 0, 3600))
    known = Device(PLUG, 0x2000, DeviceType.ROUTER, WELL, model_id="lumi.plug", endpoints={1: endpoint}, meta={"x": 1})
    async with with_device(database, known) as (network, _, _, _):
        network.device_left(PLUG, 0x2000, rejoin=True)
        assert network.devices[PLUG].meta == {"x": 1}
        network.device_left(PLUG, 0x2000, rejoin=False)
        network.device_joined(PLUG, 0x2001)
        device = network.devices[PLUG]
        assert (device.model_id, device.meta) == ("lumi.plug", {})
        assert device.endpoints == {1: Endpoint(1, input_clusters=[6])}
        assert database.load_devices()[0].endpoints == device.endpoints


@pytest.mark.parametrize(
    ("ieee", "address"),
    [("0x" + "f" * 16, 0x3000), ("0x" + "0" * 16, 0x3000), ("0x0000000000000001", 0xFFF8), ("0x0000000000000001", 0)],
)
async def test_nobody_is_no_device(database: Database, ieee: str, address: int):
    async with with_device(database) as (network, _, _, device):
        await network.permit_join(60)
        network.device_joined(ieee, address)
        announce = zdo.DeviceAnnounce(address, ieee, 0x8E)
        network.frame_received(ApsFrame(0x3000, 0, 0xFFFD, 0, 0, 0x0013, zdo.encode(announce, 1), Mode.BROADCAST))
        network.frame_received(ApsFrame(0x2000, 0, 0, 0, 0, 0x8001, b"\1\0"))  # cut off behind the status
        network.device_joined(PLUG, 0xFFFE)
        assert list(network.devices) == [PLUG]
        assert device.network_address == 0x2000


async def test_more_requests_than_numbers(database: Database):
    for number in range(300):
        ieee = f"0x{number + 1:016x}"
        database.save_device(Device(ieee, 0x3000 + number, DeviceType.ROUTER, WELL, endpoints={1: Endpoint(1)}))
    async with with_device(database) as (network, radio, _, _):
        asking = [network.request(device, READ, timeout=5) for device in network.devices.values()]
        gathering = asyncio.gather(*asking)
        await until(lambda: len(radio.sent) == 301)
        for frame in radio.sent:
            network.frame_received(report(frame.destination, f"18{frame.data[1]:02x}0100000010{frame.data[1] % 2:02x}"))
        assert len(await gathering) == 301


async def test_management_answers_count_from_the_one_asked(database: Database):
    other = "0x0000000000000001"
    database.save_device(Device(other, 0x3000, DeviceType.ROUTER, WELL))
    async with with_device(database) as (network, radio, _, device):
        asking = asyncio.create_task(network.zdo_request(device, zdo.ActiveEndpointsRequest(0x2000)))
        await until(lambda: radio.sent)
        tsn = radio.sent[0].data[0]
        for source, endpoint in ((0x3000, 3), (0, 4), (0x4000, 5), (0x2000, 2)):
            answer = zdo.ActiveEndpointsResponse(0, 0x2000, (endpoint,))
            network.frame_received(ApsFrame(source, 0, 0, 0, 0, 0x8005, zdo.encode(answer, tsn)))
        assert await asking == zdo.ActiveEndpointsResponse(0, 0x2000, (2,))


async def test_the_coordinators_management_answers(database: Database):
    async with with_device(database) as (network, radio, _, _):
        asking = asyncio.create_task(network.zdo_request(None, zdo.LqiRequest()))
        await until(lambda: radio.sent)
        for source, total in ((0x4000, 1), (0x2000, 2), (0, 3)):
            answer = zdo.encode(zdo.LqiResponse(0, total), radio.sent[0].data[0])
            network.frame_received(ApsFrame(source, 0, 0, 0, 0, 0x8031, answer))
        assert await asking == zdo.LqiResponse(0, 3)


async def test_a_device_that_leaves_without_an_answer_is_removed(database: Database):
    async with with_device(database) as (network, radio, _, device):
        removing = asyncio.create_task(network.remove(device))
        asking = asyncio.create_task(network.zdo_request(device, zdo.ActiveEndpointsRequest(0x2000)))
        await until(lambda: radio.sent)
        network.device_left(PLUG, 0x2000, rejoin=False)
        async with asyncio.timeout(2):
            await removing
        with pytest.raises(DeliveryError, match="left"):
            await asking
        with pytest.raises(DeliveryError, match="left"):
            await network.zdo_request(device, zdo.ActiveEndpointsRequest(0x2000))
        assert len(radio.sent) == 1


async def test_a_device_that_moved_is_asked_about_its_new_address(database: Database):
    async with running(Home(database)) as home:
        device = await home.pair()
        request = zdo.ActiveEndpointsRequest(device.network_address)
        home.plug.node.network_address = 0x4321  # it moved and nobody noticed
        home.air.clear()
        await home.network.zdo_request(device, request)
        assert home.sent()[-1] == (5, "2143")
        home.plug.node.network_address = 0x4322
        await home.network.interview(device)
        assert device.interview_state is WELL


async def test_of_two_devices_at_one_address_the_first_is_looked_for(database: Database):
    other = "0x0000000000000001"
    async with with_device(database) as (network, radio, _, device):
        network.device_joined(other, 0x2000)
        await until(lambda: radio.sent)  # its interview
        radio.sent.clear()
        with pytest.raises(DeliveryError, match="another device"):
            await network.request(device, ON, attempts=1)
        assert [frame.cluster for frame in radio.sent if frame.cluster != 2] == [0]

        def found(frame: ApsFrame) -> ApsFrame | None:
            if frame.cluster:
                return report(0x2001, f"18{frame.data[1]:02x}0b0100")
            answer = zdo.NetworkAddressResponse(0, PLUG, 0x2001)
            return ApsFrame(0x2001, 0, 0, 0, 0, 0x8000, zdo.encode(answer, frame.data[0]))

        radio.replies = found
        assert await network.request(device, ON) is not None
        assert (radio.sent[-1].cluster, radio.sent[-1].destination) == (6, 0x2001)
        network.device_joined(PLUG, 0x2000)  # and back
        network.device_joined(other, 0x2000)
        assert network.device_at(0x2000) is network.devices[other]


async def test_users_management_requests_come_first(database: Database):
    async with with_device(database) as (network, radio, _, device):
        radio.gate = asyncio.Event()
        radio.replies = lambda frame: (
            report(0x2000, f"18{frame.data[1]:02x}010000001001")
            if frame.destination_endpoint
            else ApsFrame(0x2000, 0, 0, 0, 0, 0x8034, frame.data[:1] + b"\0")
        )
        background = [
            asyncio.create_task(network.request(device, READ, priority="background", timeout=5)) for _ in range(2)
        ]
        await until(lambda: radio.sent)
        removing = asyncio.create_task(network.remove(device))
        await asyncio.sleep(0)
        radio.gate.set()
        await removing
        assert [frame.cluster for frame in radio.sent] == [6, 0x34]
        await asyncio.gather(*background, return_exceptions=True)


@pytest.mark.parametrize(("concurrent", "in_flight"), [(None, 6), (3, 1), (2, 1), (1, 1)])
async def test_background_requests_leave_room(database: Database, concurrent: int | None, in_flight: int):
    for number in range(20):
        ieee = f"0x{number + 1:016x}"
        database.save_device(Device(ieee, 0x3000 + number, DeviceType.ROUTER, WELL, endpoints={1: Endpoint(1)}))
    async with with_device(database, concurrent=concurrent) as (network, radio, _, device):
        radio.gate = asyncio.Event()
        radio.replies = lambda frame: report(frame.destination, f"18{frame.data[1]:02x}0b0100")
        everybody = [device for device in network.devices.values() if device.ieee != PLUG]
        asking = [asyncio.create_task(network.request(device, ON, priority="background")) for device in everybody]
        await until(lambda: len(radio.sent) >= in_flight)
        await asyncio.sleep(0)
        assert len(radio.sent) == in_flight
        urgent = asyncio.create_task(network.request(device, ON))
        if concurrent != 1:
            await until(lambda: len(radio.sent) > in_flight)
        radio.gate.set()
        await asyncio.gather(urgent, *asking)
        assert radio.sent[in_flight].destination == 0x2000


async def test_a_pause_between_two_frames(database: Database):
    async with with_device(database, delay=0.02) as (network, radio, _, device):
        times: list[float] = []

        def answered(frame: ApsFrame) -> ApsFrame:
            times.append(asyncio.get_running_loop().time())
            return report(frame.destination, f"18{frame.data[1]:02x}0b0100")

        radio.replies = answered
        frame = ApsFrame(0, 1, 0x2000, 1, 0x0104, 6, b"\1\1\1")
        await asyncio.gather(network.request(device, ON), network.send(frame), network.send(frame))
        assert [later - earlier >= 0.019 for earlier, later in itertools.pairwise(times)] == [True, True]


async def test_sleeping_devices_are_named_to_the_radio(database: Database):
    sleeper = Device(PLUG, 0x2000, DeviceType.END_DEVICE, WELL, mac_capabilities=0x80, endpoints={1: Endpoint(1)})
    async with with_device(database, sleeper) as (network, radio, _, device):
        for work in (network.request(device, READ), network.zdo_request(device, zdo.LqiRequest())):
            asking = asyncio.create_task(work)
            await until(lambda: radio.sent)
            assert radio.sent.pop().sleepy
            asking.cancel()
        network.frame_received(report(0x2000, "01210201", 6))
        await until(lambda: radio.sent)
        assert radio.sent[0].sleepy


async def test_green_power_does_not_decide_about_joining(database: Database):
    async with with_device(database) as (network, radio, _, _):
        radio.fails = lambda frame: "BUFFER_FULL" if frame.cluster == 0x21 else None
        await network.permit_join(60)
        await network.permit_join(0)
        assert radio.permits == [60, 0]
        await network.permit_join(60)
    assert radio.permits == [60, 0, 60, 0]


async def test_joining_is_closed_at_the_end_whoever_opened_it(database: Database):
    async with with_device(database) as (_, radio, _, _):
        assert radio.permits == []
    assert radio.permits == [0]


async def test_questions_to_strangers_wait_behind_users(database: Database):
    async with with_device(database, clock=lambda: 1000.0, concurrent=1) as (network, radio, _, device):
        radio.gate = asyncio.Event()
        radio.replies = lambda frame: report(0x2000, f"18{frame.data[1]:02x}0b0100")
        asking = [asyncio.create_task(network.request(device, ON))]
        await until(lambda: radio.sent)
        network.frame_received(report(0x3000))
        await asyncio.sleep(0)
        asking.append(asyncio.create_task(network.send(ApsFrame(0, 1, 0x2000, 1, 0x0104, 6, b"\1\1\1"))))
        await asyncio.sleep(0)
        radio.gate.set()
        await asyncio.gather(*asking)
        await until(lambda: len(radio.sent) == 3)
        assert [frame.cluster for frame in radio.sent] == [6, 6, 1]


class ForgetfulRadio(FakeRadio):
    """Says at first that it holds nothing."""

    def __init__(self, held: NetworkParameters, *answers: NetworkParameters | None) -> None:
        super().__init__(held)
        self.answers = list(answers)

    async def load(self) -> NetworkParameters | None:
        return self.answers.pop(0) if self.answers else self.held


async def test_that_there_is_no_network_is_asked_twice(database: Database):
    radio = ForgetfulRadio(PARAMETERS, None)
    network = Network(lambda: radio, database, parameters=NetworkParameters(1, None, 20, bytes(16)))
    await network.start(Ears())
    await network.wait_online()
    await network.stop()
    assert radio.formed == []
    assert database.load_network() is not None


async def test_evidence_of_another_programs_network(database: Database):
    home = Home(database, known_elsewhere="configuration.yaml names 3 devices")
    await home.network.start(home.ears)
    with pytest.raises(NetworkRefusedError, match="names 3 devices"):
        await home.network.wait_online()
    await home.network.stop()
    assert home.house.parameters is None


async def test_a_backup_before_a_network_is_replaced(database: Database):
    house, kept = House(), []
    async with running(Home(database, house, keep_backup=kept.append)):
        assert kept == []
    other = NetworkParameters(1, None, 20, bytes(16))
    async with running(Home(database, house, parameters=other, form_new=True, keep_backup=kept.append)):
        assert [backup["network_key"]["key"] for backup in kept] == [PARAMETERS.network_key.hex()]


async def test_a_network_is_replaced_without_a_backup_that_can_not_be_had(
    database: Database, caplog: pytest.LogCaptureFixture
):
    class Silent(FakeRadio):
        async def backup(self) -> dict[str, Any] | None:
            raise RadioError("it is busy")

    radio, kept = Silent(NetworkParameters(1, None, 20, bytes(16))), []
    options: dict[str, Any] = {"parameters": PARAMETERS, "form_new": True, "keep_backup": kept.append}
    network = Network(lambda: radio, database, **options)
    await network.start(Ears())
    await network.wait_online()
    await network.stop()
    assert (radio.formed, kept) == ([PARAMETERS], [])
    assert "it is busy" in caplog.text
