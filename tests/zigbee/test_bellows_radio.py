"""An EmberZNet chip as bellows sees it: formed, opened for joins, sent through, lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import bellows.ezsp
import bellows.types as t
import pytest
import zigpy.device
import zigpy.state
import zigpy.zdo.types as zdo_t
from bellows.ash import NcpFailure
from bellows.ezsp.xncp import FirmwareFeatures
from support.waiting import until

from zigwire.zigbee.radio import ApsFrame, DeliveryError, Mode, NetworkParameters, RadioError
from zigwire.zigbee.radios import radio_for

OK = t.EmberStatus.SUCCESS
IEEE = t.EUI64.convert("00:0d:6f:00:0a:0b:0c:0d")
PARAMETERS = NetworkParameters(6754, None, 15, bytes(range(16)))
FRAME = ApsFrame(0, 1, 0x1234, 1, 0x0104, 6, b"\x01\x07\x01", destination_ieee="0x00158d0001a2b3c4")
PERMIT = bytes([7, 60, 1])


class Chip:
    """The commands of EZSP that a radio's life needs, with a network behind them.

    Attributes:
        calls: Names of the commands that were given.
        permits: What became of the preparations for joins, in the order of their seconds.
        sent: Called with each unicast's tag; a test plays the confirmation.
    """

    ezsp_version = 8
    is_ezsp_running = True
    _xncp_features = FirmwareFeatures.NONE
    made: list[Chip]

    def __init__(self, config: dict[str, Any], application: Any) -> None:
        self.config = config
        self.application = application
        self.calls: list[str] = []
        self.threads: list[bool] = []
        self.permits: list[tuple[str, int]] = []
        self.timeouts: list[bool] = []
        self.parameters: Any = None
        self.security: Any = None
        self.power: int | None = None
        self.sent: Callable[[int], None] = lambda _tag: None
        self._protocol = self
        Chip.made.append(self)

    def __getattr__(self, name: str) -> Any:
        async def command(*_args: Any, **_options: Any) -> tuple[Any, ...]:
            self.calls.append(name)
            return (OK,)

        return command

    def add_callback(self, _callback: Any) -> None:
        pass

    def stop_ezsp(self) -> None:
        pass

    async def connect(self, *, use_thread: bool) -> None:
        self.threads.append(use_thread)

    @contextlib.contextmanager
    def wait_for_stack_status(self, _status: Any) -> Iterator[asyncio.Future[None]]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        yield future

    async def networkState(self) -> tuple[Any]:  # noqa: N802 - EZSP's names
        return (t.EmberNetworkStatus.NO_NETWORK,)

    async def initialize_network(self) -> Any:
        return t.sl_Status.NOT_JOINED if self.parameters is None else t.sl_Status.OK

    async def formNetwork(self, *, parameters: Any) -> None:  # noqa: N802
        self.calls.append("formNetwork")
        self.parameters = parameters

    async def setInitialSecurityState(self, *, state: Any) -> tuple[Any]:  # noqa: N802
        self.security = state
        return (OK,)

    async def getNetworkParameters(self) -> tuple[Any, ...]:  # noqa: N802
        return OK, t.EmberNodeType.COORDINATOR, self.parameters

    async def getNodeId(self) -> tuple[int]:  # noqa: N802
        return (0,)

    async def getEui64(self) -> tuple[Any]:  # noqa: N802
        return (IEEE,)

    async def get_board_info(self) -> tuple[str, str, str]:
        return "Nabu Casa", "SkyConnect", "7.4.4.0 build 0"

    async def getConfigurationValue(self, *_args: Any, **_options: Any) -> tuple[Any, int]:  # noqa: N802
        return OK, 5

    async def getMulticastTableEntry(self, _index: int) -> tuple[Any, Any]:  # noqa: N802
        return OK, t.EmberMulticastTableEntry(multicastId=0, endpoint=0, networkIndex=0)

    async def get_network_key(self) -> Any:
        return zigpy.state.Key(key=self.security.networkKey)

    async def get_tc_link_key(self) -> Any:
        return zigpy.state.Key(key=self.security.preconfiguredKey)

    async def getCurrentSecurityState(self) -> tuple[Any, Any]:  # noqa: N802
        bitmask = t.EmberCurrentSecurityBitmask(0)
        return OK, t.EmberCurrentSecurityState(bitmask=bitmask, trustCenterLongAddress=IEEE)

    async def can_burn_userdata_custom_eui64(self) -> bool:
        return False

    async def can_rewrite_custom_eui64(self) -> bool:
        return False

    async def get_default_adapter_concurrency(self) -> int:
        return 8

    async def setRadioPower(self, *, power: int) -> tuple[Any]:  # noqa: N802
        raise ValueError(f"{power} dBm is too much")

    async def pre_permit(self, seconds: int) -> None:
        self.permits.append(("begun", seconds))
        try:
            await asyncio.Event().wait()
        finally:
            self.permits.append(("over", seconds))

    async def permitJoining(self, seconds: int) -> tuple[Any]:  # noqa: N802
        self.permits.append(("permitted", seconds))
        return (OK,)

    async def set_extended_timeout(self, *, nwk: int, ieee: Any, extended_timeout: bool) -> None:
        self.timeouts.append(extended_timeout)

    async def send_unicast(self, *, message_tag: int, **_options: Any) -> tuple[Any, int]:
        self.calls.append("send_unicast")
        self.sent(message_tag)
        return t.sl_Status.OK, 0

    async def send_broadcast(self, **_options: Any) -> tuple[Any, int]:
        return t.sl_Status.OK, 0


class Listener:
    def __init__(self) -> None:
        self.lost: list[str] = []

    def radio_lost(self, reason: str) -> None:
        self.lost.append(reason)


async def initialized(_device: Any) -> None:
    """Stand for zigpy's interview of the chip, which is not played here."""


@pytest.fixture
async def radio(monkeypatch: pytest.MonkeyPatch) -> Any:
    Chip.made = []
    monkeypatch.setattr(bellows.ezsp, "EZSP", Chip)
    monkeypatch.setattr(zigpy.device.Device, "schedule_initialize", initialized)
    radio = radio_for("ember", "/dev/ttyUSB0", transmit_power=20)()
    await radio.connect()
    yield radio
    await radio.close()


@pytest.fixture
def chip(radio: Any) -> Chip:
    return Chip.made[0]


async def start(radio: Any) -> Listener:
    listener = Listener()
    await radio.form(PARAMETERS)
    await radio.start(listener)
    return listener


async def test_a_chip_without_a_network_gets_one(radio: Any, chip: Chip, caplog: pytest.LogCaptureFixture):
    assert chip.threads == [False]
    assert await radio.load() is None
    await radio.form(PARAMETERS)
    assert await radio.load() == NetworkParameters(6754, "0x000d6f000a0b0c0d", 15, bytes(range(16)))
    info = await radio.start(Listener())
    assert (info.ieee, info.type) == ("0x000d6f000a0b0c0d", "Nabu Casa SkyConnect")
    assert chip.permits == [("permitted", 0)]  # nothing to undo
    assert "20 dBm is too much" in caplog.text


async def test_the_trust_center_is_prepared_where_the_coordinator_permits(radio: Any, chip: Chip):
    await start(radio)
    chip.permits.clear()
    await radio.permit(60)
    await until(lambda: sorted(chip.permits) == [("begun", 60), ("permitted", 60)])
    chip.permits.clear()
    await radio.permit(0)
    await until(lambda: sorted(chip.permits) == [("begun", 0), ("over", 60), ("permitted", 0)])


@pytest.mark.parametrize(("destination", "mode"), [(0x4321, Mode.UNICAST), (0xFFFC, Mode.BROADCAST)])
async def test_the_trust_center_is_prepared_where_routers_permit(radio: Any, chip: Chip, destination: int, mode: Mode):
    await start(radio)
    chip.permits.clear()
    chip.sent = lambda tag: confirm(radio, destination, tag)
    await radio.send(ApsFrame(0, 0, destination, 0, 0, zdo_t.ZDOCmd.Mgmt_Permit_Joining_req, PERMIT, mode))
    await until(lambda: chip.permits == [("begun", 60)])


async def test_a_preparation_that_fails_is_told(
    radio: Any, chip: Chip, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def refuse(_seconds: int) -> None:
        raise TimeoutError

    await start(radio)
    monkeypatch.setattr(chip, "pre_permit", refuse)
    await radio.permit(60)
    await until(lambda: "does not prepare for joins" in caplog.text)
    assert chip.permits[-1] == ("permitted", 60)


def confirm(radio: Any, destination: int, tag: int, status: Any = OK) -> None:
    """Let the chip tell what became of a frame."""
    frame = t.EmberApsFrame(profileId=0x0104, clusterId=6, sequence=0)
    kind = t.EmberOutgoingMessageType.OUTGOING_DIRECT
    handler, loop = radio._app.ezsp_callback_handler, asyncio.get_running_loop()
    loop.call_soon(handler, "messageSentHandler", [kind, destination, frame, tag, status, b""])


async def test_a_device_that_sleeps_has_more_time(radio: Any, chip: Chip, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bellows.zigbee.application.MESSAGE_SEND_TIMEOUT_MAINS", 0)
    await start(radio)
    with pytest.raises(DeliveryError, match="TIMEOUT"):
        await radio.send(FRAME)
    tags: list[int] = []
    chip.sent = tags.append
    sleeper = ApsFrame(0, 1, 0x1234, 1, 0x0104, 6, b"\x01\x07\x01", ack=False, sleepy=True)
    sending = asyncio.create_task(radio.send(sleeper))
    await until(lambda: tags)
    confirm(radio, 0x1234, tags[0])
    await sending
    assert chip.timeouts == [False, True]


async def test_a_frame_that_is_not_delivered(radio: Any, chip: Chip):
    await start(radio)
    chip.sent = lambda tag: confirm(radio, 0x1234, tag, t.EmberStatus.DELIVERY_FAILED)
    with pytest.raises(DeliveryError):
        await radio.send(FRAME)


async def test_a_chip_lost_while_it_sends(radio: Any, chip: Chip):
    listener = await start(radio)
    sending = asyncio.create_task(radio.send(FRAME))
    await until(lambda: "send_unicast" in chip.calls)
    chip.application.connection_lost(NcpFailure(t.NcpResetCode.RESET_WATCHDOG))
    with pytest.raises(RadioError, match=listener.lost[0]):
        await sending


async def test_a_reset_before_the_network_is_up_is_no_loss(radio: Any, chip: Chip):
    chip.application.connection_lost(NcpFailure(t.NcpResetCode.RESET_POWER_ON))
    assert await radio.load() is None


async def test_a_port_lost_before_the_network_is_up(radio: Any, chip: Chip):
    chip.application.connection_lost(OSError("unplugged"))
    with pytest.raises(RadioError, match="unplugged"):
        await radio.load()


async def test_a_link_key_is_given_to_the_chip(radio: Any, chip: Chip, monkeypatch: pytest.MonkeyPatch):
    await start(radio)
    given = []

    async def add(ieee: Any, key: Any) -> Any:
        given.append((str(ieee), key.serialize()))
        return t.sl_Status.OK if len(given) == 1 else t.sl_Status.NO_MORE_RESOURCE

    monkeypatch.setattr(chip, "add_transient_link_key", add, raising=False)
    await radio.add_link_key("0x00158d0001a2b3c4", bytes(16))
    assert given == [("00:15:8d:00:01:a2:b3:c4", bytes(16))]
    with pytest.raises(RadioError, match="refuses the link key"):
        await radio.add_link_key("0x00158d0001a2b3c4", bytes(16))
