"""Requests to devices: one after the other for each, sent again when they get lost, matched with their answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, Literal

from zigwire.zcl import foundation
from zigwire.zcl.clusters import Clusters
from zigwire.zcl.codec import encode
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.message import Message
from zigwire.zcl.replies import answers
from zigwire.zcl.requests import Prepared, Request
from zigwire.zigbee import radio as radios
from zigwire.zigbee import zdo
from zigwire.zigbee.coordinator import ADDRESS, ENDPOINT, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE, HOME_AUTOMATION
from zigwire.zigbee.errors import DeliveryError, RadioOfflineError, RequestError, RequestTimeoutError, StatusError
from zigwire.zigbee.model import Device, DeviceType
from zigwire.zigbee.radio import ApsFrame, Mode, Radio
from zigwire.zigbee.registry import Devices
from zigwire.zigbee.tally import Tallies
from zigwire.zigbee.transactions import Pending, Transactions
from zigwire.zigbee.turns import Turns

__all__ = ["ATTEMPTS", "CONCURRENT", "RANKS", "Priority", "Requests"]

Priority = Literal["user", "background", "bulk"]

RANKS: dict[Priority, int] = {"user": 0, "background": 1, "bulk": 2}
"""Whose turn it is first."""

ATTEMPTS = 5
"""Deliveries tried: what Zigbee2MQTT puts on air for a device that does not acknowledge (measured)."""

_SEARCH_BEFORE = 4
"""Number of the attempt before which the device is asked for under its IEEE address."""

_PATIENCE = 14.0
"""Seconds of failed deliveries after which no other is begun: nobody waits longer at a switch."""

_PAUSE = 0.1
"""Seconds between two attempts."""

_SEARCH_TIMEOUT = 2.0
_ANSWER_TIMEOUT = 10.0
_SLEEPY_TIMEOUT = 20.0
"""Seconds; a parent keeps a frame 7.68 s for its sleeping child, and the answer takes its way back."""

CONCURRENT = 8
"""Frames handed to the radio at the same time, unless it is told otherwise; radios queue or refuse more."""

_FOR_USERS = 2
"""How many of these are kept for users' requests."""

_YIELDING = 2.0
"""Seconds for which bulk lets everything else go first; then it takes its turn, so that it comes to an end."""

_ANYBODY = "anybody"
"""Peer of questions to the whole network, which a parent may answer for its child."""

_LIGHT_LINK = 0xC05E
_LEFT = "the device left"
_ADDRESS_UNKNOWN = "its network address is another device's"

_Frame = Callable[[int], ApsFrame]
"""Makes a frame with a transaction number, to the address that its device has at the moment."""

_NAMING = (
    zdo.IeeeAddressRequest,
    zdo.NodeDescriptorRequest,
    zdo.PowerDescriptorRequest,
    zdo.SimpleDescriptorRequest,
    zdo.ActiveEndpointsRequest,
    zdo.MatchDescriptorRequest,
)
"""Requests that name a network address."""

_LOG = logging.getLogger(__name__)


class Requests:
    """Sends for the network.

    Args:
        clusters_of: The table of clusters of a device.
        devices: The known devices.
        concurrent: Frames handed to the radio at the same time.
        delay: Seconds between two frames.

    Attributes:
        radio: The radio in use, None while there is none.
        offline_reason: Why there is none.
        tallies: What became of it all.
    """

    def __init__(
        self,
        clusters_of: Callable[[Device], Clusters],
        devices: Devices,
        *,
        concurrent: int = CONCURRENT,
        delay: float = 0.0,
    ) -> None:
        self.radio: Radio | None = None
        self.offline_reason = ""
        self.tallies = Tallies()
        self._clusters_of = clusters_of
        self._devices = devices
        self._delay = delay
        self._next_frame = 0.0
        self._transactions = Transactions()
        self._lanes: defaultdict[str, Turns] = defaultdict(lambda: Turns(1))
        self._air = Turns(concurrent, min(_FOR_USERS, concurrent - 1))

    def is_asking(self, device: Device) -> bool:
        """Tell whether a request to a device is under way."""
        lane = self._lanes.get(device.ieee)
        return lane is not None and lane.is_taken

    def waiting(self, device: Device) -> int:
        """Return how many requests wait for their turn at a device."""
        lane = self._lanes.get(device.ieee)
        return 0 if lane is None else lane.waiting

    @property
    def waiting_for_air(self) -> int:
        """How many frames wait until the radio takes another."""
        return self._air.waiting

    def next_tsn(self) -> int:
        """Return a transaction number for a frame that nobody answers."""
        return self._transactions.next_tsn()

    async def zcl_request(
        self,
        device: Device,
        request: Request,
        *,
        timeout: float | None = None,
        attempts: int = ATTEMPTS,
        priority: Priority = "user",
    ) -> Message | None:
        """Send a request and return what answers it, whatever it says; None when nothing is to be expected.

        Raises:
            EncodeError: The request can't be written.
            RequestError: It was not delivered or not answered.
        """
        clusters = self._clusters_of(device)
        cluster = clusters.resolve(request.cluster, request.manufacturer).id

        def frame(tsn: int) -> ApsFrame:
            return _zcl_frame(device, request, cluster, encode(request, tsn, clusters))

        return await self.exchange(device, frame, timeout=timeout, attempts=attempts, priority=priority)

    async def exchange(
        self,
        device: Device,
        frame: _Frame,
        *,
        tsn: int | None = None,
        timeout: float | None = None,
        attempts: int = ATTEMPTS,
        priority: Priority = "user",
    ) -> Message | None:
        """Send a device a frame of a cluster and return what answers it; None when nothing is to be expected.

        Args:
            device: Whom to ask.
            frame: Makes the frame with a transaction number.
            tsn: The number, None for one that is free.
            timeout: Seconds to wait for the answer after delivery.
            attempts: Deliveries tried.
            priority: Whose turn it is first.

        Raises:
            EncodeError: The frame can't be written.
            RequestError: It was not delivered or not answered.
        """
        clusters = self._clusters_of(device)
        sent, cluster = b"", 0

        def accepts(message: Message) -> bool:
            return answers(sent, cluster, message, clusters)

        def made(number: int) -> ApsFrame:
            nonlocal sent, cluster
            current = frame(number)
            sent, cluster = current.data, current.cluster
            return current

        async with self._lane(device, priority):
            with self._transactions.expect(device.ieee, accepts) as pending:
                if tsn is not None:
                    self._transactions.number(pending, tsn)
                await self._deliver(device, made, pending, attempts, priority)
                if not pending.reply.done() and not _is_answered(sent, cluster, clusters):
                    return None
                message: Message = await _reply(pending, timeout or _patience(device))
                return message

    async def tell(self, device: Device, request: Request, *, priority: Priority = "user") -> None:
        """Send a request and wait for no answer.

        Raises:
            EncodeError: The request can't be written.
            RequestError: It was not delivered.
        """
        clusters = self._clusters_of(device)
        cluster = clusters.resolve(request.cluster, request.manufacturer).id

        def frame(tsn: int) -> ApsFrame:
            return _zcl_frame(device, request, cluster, encode(request, tsn, clusters))

        async with self._lane(device, priority):
            with self._transactions.expect(device.ieee, lambda _: False) as pending:
                await self._deliver(device, frame, pending, ATTEMPTS, priority)

    async def answer(
        self, device: Device, message: Message, response: Request, *, priority: Priority = "background"
    ) -> None:
        """Send a response with the number of the message that it answers, once.

        Bulk waits a while for requests to the device that are under way, and for all else that is to be sent.

        Raises:
            EncodeError: The response can't be written.
            RequestError: It was not delivered.
        """
        clusters = self._clusters_of(device)
        data = encode(response, message.tsn, clusters)
        if priority == "bulk":
            await self._let_pass(device)
        frame = _zcl_frame(device, response, message.cluster_id, data)
        await self.send(frame, priority)

    async def zdo_request(
        self,
        device: Device | None,
        request: zdo.Message,
        *,
        timeout: float | None = None,
        attempts: int = ATTEMPTS,
        priority: Priority = "user",
    ) -> zdo.Response:
        """Ask a device's management (None: the coordinator's) and return its answer.

        Where the request names the device's network address and that changes meanwhile, the new one is sent.

        Raises:
            StatusError: It refused.
            RequestError: It was not delivered or not answered.
        """
        meant = ADDRESS if device is None else device.network_address

        def frame(tsn: int) -> ApsFrame:
            if device is None:
                return _zdo_frame(ADDRESS, request, tsn)
            current = _readdressed(request, meant, device.network_address)
            return _zdo_frame(device.network_address, current, tsn, device)

        async with self._lane(device, priority):
            with self._transactions.expect(_management(device), _answers_zdo(request)) as pending:
                await self._deliver(device, frame, pending, attempts, priority)
                response: zdo.Response = await _reply(pending, timeout or _patience(device))
        if response.status:
            raise StatusError(zdo.status_name(response.status), type(request).__name__)
        return response

    async def find(self, ieee: str, priority: Priority = "user") -> None:
        """Ask the whole network who has an IEEE address, and wait a while for an answer.

        The network learns the address from the answer like from any other.

        Raises:
            RequestError: Nobody answered.
        """
        request = zdo.NetworkAddressRequest(ieee)
        with self._transactions.expect(_ANYBODY, _answers_zdo(request)) as pending:
            await self._deliver(None, lambda tsn: _zdo_frame(_ALL_ON_WHEN_IDLE, request, tsn), pending, 1, priority)
            await _reply(pending, _SEARCH_TIMEOUT)

    async def send(self, frame: ApsFrame, priority: Priority = "user") -> None:
        """Send one frame once.

        Raises:
            RequestError: The radio has not delivered it.
        """
        try:
            async with self._turn_on_air(priority):
                await self._send(frame)
        except radios.DeliveryError as error:
            raise DeliveryError(error.status) from error

    async def send_zdo(
        self, address: int, message: zdo.Message, tsn: int | None = None, priority: Priority = "user"
    ) -> None:
        """Send a management message that nobody answers, or that answers with the number `tsn`."""
        await self.send(_zdo_frame(address, message, self.next_tsn() if tsn is None else tsn), priority)

    def zcl_received(self, device: Device, message: Message) -> None:
        """Hand a received message to the request that it answers."""
        self._transactions.resolve(device.ieee, message.tsn, message)

    def zdo_received(self, source: int, tsn: int, message: zdo.Message) -> None:
        """Hand a management message that came from a network address to the request that it answers."""
        device = self._devices.by_address(source)
        if device is not None or source == ADDRESS:
            self._transactions.resolve(_management(device), tsn, message)
        if isinstance(message, zdo.NetworkAddressResponse):
            self._transactions.resolve(_ANYBODY, tsn, message)

    def device_gone(self, device: Device) -> None:
        """Fail what waits for a device that left."""
        for peer in (device.ieee, _management(device)):
            self._transactions.fail(peer, DeliveryError(_LEFT))
        self._lanes.pop(device.ieee, None)
        self.tallies.forget(device.ieee)

    def radio_gone(self, reason: str) -> None:
        """Fail all that waits."""
        self.radio = None
        self.offline_reason = reason
        self._transactions.fail_all(RadioOfflineError(reason))

    @contextlib.asynccontextmanager
    async def _turn_on_air(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for a turn on air; bulk that has waited long enough is as urgent as what users want."""
        async with contextlib.AsyncExitStack() as turn:
            try:
                async with asyncio.timeout(_YIELDING if priority == "bulk" else None):
                    await turn.enter_async_context(self._air.turn(RANKS[priority]))
            except TimeoutError:
                await turn.enter_async_context(self._air.turn(RANKS["user"]))
            yield

    async def _let_pass(self, device: Device) -> None:
        """Wait a while until nothing is asked of a device."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_YIELDING), self._lanes[device.ieee].turn(RANKS["bulk"]):
                pass

    @contextlib.asynccontextmanager
    async def _lane(self, device: Device | None, priority: Priority) -> AsyncIterator[None]:
        """Wait until it is this request's turn at the device."""
        ieee = "" if device is None else device.ieee
        with self.tallies.request(ieee):
            if self.radio is None:
                raise RadioOfflineError(self.offline_reason)
            if device is not None and device.type is DeviceType.GREEN_POWER:
                raise RequestError("a Green Power device can't be asked anything")
            async with self._lanes[ieee].turn(RANKS[priority]):
                if device is not None and not self._devices.has(device):
                    raise DeliveryError(_LEFT)
                yield

    async def _deliver(
        self, device: Device | None, frame: _Frame, pending: Pending, attempts: int, priority: Priority
    ) -> None:
        """Send a frame until it is delivered, or its answer came although the radio knows of no delivery."""
        clock = asyncio.get_running_loop().time
        end = clock() + _PATIENCE
        for attempt in range(1, attempts + 1):
            try:
                await self._attempt(device, frame, pending, priority)
            except radios.DeliveryError as error:
                if pending.reply.done():
                    return
                if attempt == attempts or clock() > end:
                    raise DeliveryError(error.status) from error
            else:
                return
            await asyncio.sleep(_PAUSE)
            if device is None:
                continue
            self.tallies.of(device.ieee).retries += 1
            if attempt + 1 == _SEARCH_BEFORE:
                await self._search(device, priority)

    async def _attempt(self, device: Device | None, frame: _Frame, pending: Pending, priority: Priority) -> None:
        """Send a frame once, numbered when its turn has come; not at all when its outcome is known by then."""
        if pending.reply.done():
            return
        if device is not None and not self._devices.leads_to(device):
            await self._search(device, priority)
        async with self._air.turn(RANKS[priority]):
            if pending.reply.done():
                return
            if device is not None and not self._devices.leads_to(device):
                raise radios.DeliveryError(_ADDRESS_UNKNOWN)
            await self._send(frame(self._transactions.number(pending)))

    async def _search(self, device: Device, priority: Priority) -> None:
        try:
            await self.find(device.ieee, priority)
        except RequestError as error:
            _LOG.debug("%s is not found: %s", device.ieee, error)

    async def _send(self, frame: ApsFrame) -> None:
        await self._pace()
        if self.radio is None:
            raise RadioOfflineError(self.offline_reason)
        try:
            with self.tallies.frame(frame.destination_ieee or ""):
                await self.radio.send(frame)
        except radios.DeliveryError:
            raise
        except radios.RadioError as error:
            raise RequestError(f"the coordinator did not send it: {error}") from error

    async def _pace(self) -> None:
        """Wait until the configured time has passed since the frame before."""
        if not self._delay:
            return
        now = asyncio.get_running_loop().time()
        begin = max(now, self._next_frame)
        self._next_frame = begin + self._delay
        await asyncio.sleep(begin - now)


_ALL_ON_WHEN_IDLE = 0xFFFD


def _patience(device: Device | None) -> float:
    return _SLEEPY_TIMEOUT if device is not None and device.sleepy else _ANSWER_TIMEOUT


async def _reply(pending: Pending, timeout: float) -> Any:
    try:
        async with asyncio.timeout(timeout):
            return await pending.reply
    except TimeoutError as error:
        raise RequestTimeoutError(timeout) from error


def _management(device: Device | None) -> str:
    """Name the management of a device, or of the coordinator, as a peer."""
    return f"management of {'the coordinator' if device is None else device.ieee}"


def _readdressed(request: zdo.Message, meant: int, address: int) -> zdo.Message:
    """Return a request that names a device's network address with the one that it has now."""
    if address == meant or not isinstance(request, _NAMING) or request.address != meant:
        return request
    return replace(request, address=address)


def _answers_zdo(request: zdo.Message) -> Callable[[zdo.Message], bool]:
    expected = request.cluster | zdo.RESPONSE
    ieee = getattr(request, "ieee", None)

    def accepts(message: zdo.Message) -> bool:
        if message.cluster != expected:
            return False
        return not isinstance(message, zdo.NetworkAddressResponse) or message.ieee == ieee

    return accepts


def _is_answered(sent: bytes, cluster: int, clusters: Clusters) -> bool:
    """Tell whether a frame is answered: by a response of its own, or by a default response that it asks for."""
    header, _ = Header.parse(sent)
    if header.frame_type != SPECIFIC:
        general = foundation.GENERAL_COMMANDS.get(header.command_id)
        return general is not None and general.response is not None
    if not header.disable_default_response:
        return True
    command = clusters.find(cluster, header.manufacturer).command(header.command_id, to_client=header.to_client)
    return command is not None and command.response is not None


def _zcl_frame(device: Device, request: Request, cluster: int, data: bytes) -> ApsFrame:
    known = device.endpoints.get(request.endpoint)
    profile = HOME_AUTOMATION if known is None or known.profile == _LIGHT_LINK else known.profile
    usual = GREEN_POWER_ENDPOINT if profile == GREEN_POWER_PROFILE else ENDPOINT
    chosen = request.source if isinstance(request, Prepared) else None
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=usual if chosen is None else chosen,
        destination=device.network_address,
        destination_endpoint=request.endpoint,
        profile=profile,
        cluster=cluster,
        data=data,
        destination_ieee=device.ieee,
        sleepy=device.sleepy,
    )


def _zdo_frame(address: int, message: zdo.Message, tsn: int, device: Device | None = None) -> ApsFrame:
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=0,
        destination=address,
        destination_endpoint=0,
        profile=0,
        cluster=message.cluster,
        data=zdo.encode(message, tsn),
        mode=Mode.BROADCAST if address >= _FIRST_BROADCAST else Mode.UNICAST,
        destination_ieee=None if device is None else device.ieee,
        sleepy=device is not None and device.sleepy,
    )


_FIRST_BROADCAST = 0xFFF8
