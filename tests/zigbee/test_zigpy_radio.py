"""What every radio of a zigpy library does, over a library that does as a test tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import zigpy.backups
import zigpy.exceptions
import zigpy.state
import zigpy.types as t
from support.waiting import until
from zigpy.zgp.types import ApplicationID, SecurityKeyType, SecurityLevel

from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zigbee.radio import ApsFrame, CoordinatorInfo, DeliveryError, RadioError
from zigwire.zigbee.zigpy_radio import ApplicationMixin, ZigpyRadio

FRAME = ApsFrame(0, 1, 0x1234, 1, 0x0104, 6, b"\x01\x07\x01")


class Library:
    """A library's application: it notes what is asked of it; what is to wait, waits for the futures of a test."""

    def __init__(self, _config: dict[str, Any]) -> None:
        self.radio: Any = None
        self.asked: list[str] = []
        self.packets: list[Any] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.slow: set[str] = set()
        self.fails: dict[str, Exception] = {}
        self.open = False
        self.state = zigpy.state.State()
        self.state.network_info.channel = 11

    async def _do(self, what: str) -> None:
        self.asked.append(what)
        if what in self.slow:
            self.waiting.append(asyncio.get_running_loop().create_future())
            await self.waiting[-1]
        if what in self.fails:
            raise self.fails[what]

    async def connect(self) -> None:
        self.open = True
        await self._do("connect")

    async def load_network_info(self, *, load_devices: bool) -> None:
        assert not load_devices
        await self._do("load")

    async def start_network(self) -> None:
        await self._do("start")

    async def subscribe_to_multicast_group(self, group_id: int, endpoint_id: int) -> None:
        await self._do(f"group {group_id:#06x} at {endpoint_id}")

    async def permit_ncp(self, _seconds: int) -> None:
        await self._do("permit")

    async def set_tx_power(self, _dbm: int) -> None:
        await self._do("power")

    async def watchdog_feed(self) -> None:
        await self._do("ping")

    async def send_packet(self, packet: Any) -> None:
        self.packets.append(packet)
        await self._do("send")

    async def shutdown(self, *, db: bool) -> None:
        assert not db
        self.asked.append("shutdown")
        self.open = False

    def give_up(self) -> None:
        """End what waits as zigpy-znp does when it is closed."""
        for future in self.waiting:
            future.cancel()


class Listener:
    def __init__(self) -> None:
        self.lost: list[str] = []

    def radio_lost(self, reason: str) -> None:
        self.lost.append(reason)


class Bench:
    """A radio and its library."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, transmit_power: int | None = None) -> None:
        self.library = Library({})
        self.radio = ZigpyRadio(lambda _: self.library, {}, transmit_power)  # type: ignore[arg-type]
        self.listener = Listener()
        monkeypatch.setattr(self.radio, "info", lambda: "info")

    async def start(self) -> None:
        await self.radio.connect()
        await self.radio.start(self.listener)  # type: ignore[arg-type]

    async def waits(self, asked: asyncio.Task[Any]) -> asyncio.Task[Any]:
        await until(lambda: self.library.waiting or asked.done())
        assert not asked.done()
        return asked


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


ASKING: dict[str, Callable[[ZigpyRadio], Any]] = {
    "send": lambda radio: radio.send(FRAME),
    "permit": lambda radio: radio.permit(60),
    "ping": lambda radio: radio.ping(),
}


@pytest.mark.parametrize("what", ASKING)
async def test_what_waits_for_a_lost_radio_fails_at_once(bench: Bench, what: str):
    await bench.start()
    bench.library.slow.add(what)
    asked = await bench.waits(asyncio.create_task(ASKING[what](bench.radio)))
    bench.radio.lost("unplugged")
    with pytest.raises(RadioError, match="unplugged"):
        await asked
    await until(bench.library.waiting[0].cancelled)
    assert bench.listener.lost == ["unplugged"]
    with pytest.raises(RadioError, match="unplugged"):
        await ASKING[what](bench.radio)
    await bench.radio.close()
    assert bench.listener.lost == ["unplugged"]


@pytest.mark.parametrize("what", ASKING)
async def test_what_a_library_cancels_is_an_error(bench: Bench, what: str):
    await bench.start()
    bench.library.slow.add(what)
    asked = await bench.waits(asyncio.create_task(ASKING[what](bench.radio)))
    bench.library.give_up()
    with pytest.raises(RadioError, match="its library gave up"):
        await asked
    await bench.radio.close()


async def test_what_waits_for_a_radio_that_is_closed_fails(bench: Bench):
    await bench.start()
    bench.library.slow.add("send")
    asked = await bench.waits(asyncio.create_task(bench.radio.send(FRAME)))
    await bench.radio.close()
    with pytest.raises(RadioError, match="closed"):
        await asked
    assert bench.listener.lost == []


async def test_who_asks_may_be_cancelled(bench: Bench):
    await bench.start()
    bench.library.slow.add("send")
    asked = await bench.waits(asyncio.create_task(bench.radio.send(FRAME)))
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await until(bench.library.waiting[0].cancelled)
    await bench.radio.close()


@pytest.mark.parametrize("stage", ["connect", "load", "start", "permit"])
async def test_a_radio_lost_before_it_is_up(bench: Bench, stage: str):
    bench.library.slow.add(stage)

    async def bring_up() -> None:
        await bench.radio.connect()
        await bench.radio.load()
        await bench.radio.start(bench.listener)  # type: ignore[arg-type]

    asked = await bench.waits(asyncio.create_task(bring_up()))
    bench.radio.lost("unplugged")
    with pytest.raises(RadioError, match="unplugged"):
        await asked
    bench.library.give_up()
    await bench.radio.close()
    assert not bench.library.open


async def test_a_port_that_is_being_opened_is_closed(bench: Bench):
    bench.library.slow.add("connect")
    asked = await bench.waits(asyncio.create_task(bench.radio.connect()))
    asked.cancel()
    closing = asyncio.create_task(bench.radio.close())
    await asyncio.wait((asked,))
    assert bench.library.asked == ["connect"]
    bench.library.waiting[0].set_result(None)
    await closing
    assert bench.library.asked == ["connect", "shutdown"]
    assert not bench.library.open


async def test_a_port_that_never_opens_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zigwire.zigbee.zigpy_radio._CONNECTING_GRACE", 0.01)
    bench.library.slow.add("connect")
    asked = await bench.waits(asyncio.create_task(bench.radio.connect()))
    asked.cancel()
    await bench.radio.close()
    assert bench.library.waiting[0].cancelled()
    assert bench.library.asked == ["connect", "shutdown"]


async def test_errors(bench: Bench):
    await bench.start()
    for error, expected, text in (
        (TimeoutError(), DeliveryError, "TIMEOUT"),
        (zigpy.exceptions.DeliveryError("no", status=0xE9), DeliveryError, "233"),
        (AssertionError(), RadioError, "AssertionError"),
    ):
        bench.library.fails["send"] = error
        with pytest.raises(RadioError, match=text) as caught:
            await bench.radio.send(FRAME)
        assert type(caught.value) is expected
    bench.library.fails["ping"] = TimeoutError()
    with pytest.raises(RadioError, match="in time"):
        await bench.radio.ping()
    bench.library.fails["load"] = zigpy.exceptions.NetworkNotFormed()
    assert await bench.radio.load() is None
    await bench.radio.close()


async def test_a_transmit_power_that_is_refused(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    bench = Bench(monkeypatch, transmit_power=20)
    bench.library.fails["power"] = ValueError("at most 9")
    await bench.start()
    assert bench.library.asked == ["connect", "start", "permit", "power", "group 0x0b84 at 242"]
    assert "does not take a transmit power of 20 dBm: at most 9" in caplog.text
    await bench.radio.close()


async def test_frames_have_a_number_of_their_own(bench: Bench):
    await bench.start()
    for _ in range(258):
        await bench.radio.send(FRAME)
    numbers = [packet.tsn for packet in bench.library.packets]
    assert len(set(numbers[:256])) == 256
    assert numbers[:2] == numbers[256:]
    assert {packet.data.serialize() for packet in bench.library.packets} == {FRAME.data}
    await bench.radio.close()


async def test_who_sleeps_is_waited_for(bench: Bench):
    await bench.start()
    await bench.radio.send(FRAME)
    await bench.radio.send(ApsFrame(0, 1, 0x1234, 1, 0x0104, 6, b"\x01\x07\x01", sleepy=True))
    assert [packet.extended_timeout for packet in bench.library.packets] == [False, True]
    await bench.radio.close()


async def test_a_group_that_can_not_be_joined(bench: Bench, caplog: pytest.LogCaptureFixture):
    bench.library.fails["group 0x0b84 at 242"] = ValueError("no room")
    await bench.start()
    assert "does not join the group of Green Power proxies: no room" in caplog.text


async def test_what_zigpy_has_nothing_for_is_refused(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    await bench.start()
    monkeypatch.setattr(Library, "add_link_key", ApplicationMixin.add_link_key, raising=False)
    monkeypatch.setattr(bench.radio, "info", lambda: CoordinatorInfo("0x00124b0012345678", "Coordinator", {}))
    with pytest.raises(RadioError, match="install codes are not supported by Coordinator"):
        await bench.radio.add_link_key("0x00158d0001a2b3c4", bytes(16))
    with pytest.raises(RadioError, match="Coordinator does nothing outside of its own network"):
        bench.radio.inter_pan()


def green_power(**changes: Any) -> Any:
    fields = {
        "application_id": ApplicationID.SrcID,
        "src_id": 0x01719697,
        "command_id": 0x22,
        "payload": t.SerializableBytes(b"\x01"),
        "frame_counter": 7,
        "security_level": SecurityLevel.FullFrameCounterAndMIC,
        "security_key_type": SecurityKeyType.IndividualKey,
        "lqi": 200,
    }
    return t.ZigbeeGpPacket(**{**fields, **changes})


async def test_green_power_that_the_coordinator_hears_itself(bench: Bench):
    heard = []
    await bench.start()
    bench.radio._listener.frame_received = heard.append
    hear = partial(ApplicationMixin.gp_packet_received, bench.library)
    hear(green_power())
    hear(green_power(command_id=0xE0, security_level=None))
    unchecked = green_power(security_key_type=None, individual_key=True, mic=0x01020304)
    hear(unchecked)
    hear(green_power(application_id=ApplicationID.IEEE))
    told = [(frame.data[2], Notification.parse(frame.data[2], frame.data[3:])) for frame in heard]
    operation = Notification(NOTIFICATION, 0x01719697, 7, 0x22, b"\x01", 2, 4, proxy=0)
    commissioning = Notification(COMMISSIONING_NOTIFICATION, 0x01719697, 7, 0xE0, b"\x01", 0, 4, proxy=0)
    failed = Notification(COMMISSIONING_NOTIFICATION, 0x01719697, 7, 0x22, b"\x01", 2, 4, proxy=0, mic=0x01020304)
    assert told == [(0, operation), (4, commissioning), (4, failed)]
    assert {(frame.cluster, frame.destination_endpoint, frame.linkquality) for frame in heard} == {(0x21, 242, 200)}


@pytest.mark.parametrize("key", [None, bytes(range(16))])
async def test_a_backup_without_the_network_key_is_none(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, key: bytes | None
):
    await bench.start()
    monkeypatch.setattr(Library, "load_network_info", lambda self, *, load_devices: self._do(f"load {load_devices}"))
    network, node = bench.library.state.network_info, bench.library.state.node_info
    node.ieee, network.extended_pan_id = t.EUI64.convert("00:15:8d:00:01:02:03:04"), t.EUI64.convert("dd:" * 7 + "dd")
    network.pan_id = t.PanId(0x1A62)
    if key is not None:
        network.network_key.key = t.KeyData(key)
    bench.library.backups = zigpy.backups.BackupManager(bench.library)  # type: ignore[attr-defined]
    document = await bench.radio.backup()
    assert (document is None) == (key is None)
    assert bench.library.asked[-1] == "load True"
    assert await bench.radio.remembered() is None
