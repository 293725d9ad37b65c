"""Requests to devices: one after the other for each, sent again when they get lost, matched with their answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

from zigwire.zcl import foundation
from zigwire.zcl.clusters import Clusters
from zigwire.zcl.codec import encode
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.message import Message
from zigwire.zcl.replies import answers
from zigwire.zcl.requests import Request
from zigwire.zigbee import radio as radios
from zigwire.zigbee import zdo
from zigwire.zigbee.coordinator import ADDRESS, ENDPOINT, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE, HOME_AUTOMATION
from zigwire.zigbee.errors import DeliveryError, RadioOfflineError, RequestError, RequestTimeoutError, StatusError
from zigwire.zigbee.model import Device
from zigwire.zigbee.radio import ApsFrame, Mode, Radio
from zigwire.zigbee.transactions import Pending, Transactions
from zigwire.zigbee.turns import Turns

__all__ = ["ATTEMPTS", "Priority", "Requests"]

Priority = Literal["user", "background"]

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

_IN_FLIGHT = 8
"""Frames handed to the radio at the same time; radios queue or refuse more."""

_ZDO_PEER = "zdo"
_RANKS: dict[Priority, int] = {"user": 0, "background": 1}
_LIGHT_LINK = 0xC05E
_LOG = logging.getLogger(__name__)


class Requests:
    """Sends for the network.

    Args:
        clusters_of: The table of clusters of a device.

    Attributes:
        radio: The radio in use, None while there is none.
        offline_reason: Why there is none.
    """

    def __init__(self, clusters_of: Callable[[Device], Clusters]) -> None:
        self.radio: Radio | None = None
        self.offline_reason = ""
        self._clusters_of = clusters_of
        self._transactions = Transactions()
        self._lanes: defaultdict[str, Turns] = defaultdict(lambda: Turns(1))
        self._air = Turns(_IN_FLIGHT)

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
        sent = b""

        def accepts(message: Message) -> bool:
            return answers(sent, cluster, message, clusters)

        async with self._lane(device, priority):
            with self._transactions.expect(device.ieee, accepts) as pending:
                sent = encode(request, pending.tsn, clusters)
                frame = _zcl_frame(device, request.endpoint, cluster, sent)
                await self._deliver(device, frame, pending, attempts, priority)
                if not _is_answered(sent, cluster, clusters):
                    return None
                message: Message = await _reply(pending, timeout or _patience(device))
                return message

    async def zdo_request(
        self,
        device: Device | None,
        request: zdo.Message,
        *,
        timeout: float | None = None,
        attempts: int = ATTEMPTS,
        priority: Priority = "background",
    ) -> zdo.Response:
        """Ask a device's management (None: the coordinator's) and return its answer.

        Raises:
            StatusError: It refused.
            RequestError: It was not delivered or not answered.
        """
        async with self._lane(device, priority):
            with self._transactions.expect(_ZDO_PEER, _answers_zdo(request)) as pending:
                frame = _zdo_frame(ADDRESS, request, pending.tsn)
                if device is not None:
                    frame = _zdo_frame(device.network_address, request, pending.tsn, device.ieee)
                await self._deliver(device, frame, pending, attempts, priority)
                response: zdo.Response = await _reply(pending, timeout or _patience(device))
        if response.status:
            raise StatusError(zdo.status_name(response.status), type(request).__name__)
        return response

    async def find(self, ieee: str) -> None:
        """Ask the whole network who has an IEEE address, and wait a while for an answer.

        The network learns the address from the answer like from any other.

        Raises:
            RequestError: Nobody answered.
        """
        request = zdo.NetworkAddressRequest(ieee)
        with self._transactions.expect(_ZDO_PEER, _answers_zdo(request)) as pending:
            await self.send(_zdo_frame(_ALL_ON_WHEN_IDLE, request, pending.tsn))
            await _reply(pending, _SEARCH_TIMEOUT)

    async def send(self, frame: ApsFrame, priority: Priority = "user") -> None:
        """Send one frame once.

        Raises:
            RequestError: The radio has not delivered it.
        """
        try:
            await self._send(frame, priority)
        except radios.DeliveryError as error:
            raise DeliveryError(error.status) from error

    async def send_zdo(self, address: int, message: zdo.Message, tsn: int | None = None) -> None:
        """Send a management message that nobody answers, or that answers with the number `tsn`."""
        await self.send(_zdo_frame(address, message, self.next_tsn() if tsn is None else tsn))

    def zcl_received(self, device: Device, message: Message) -> bool:
        """Hand a received message to the request that it answers; tells whether there was one."""
        return self._transactions.resolve(device.ieee, message.tsn, message)

    def zdo_received(self, tsn: int, message: zdo.Message) -> bool:
        """Hand a received management message to the request that it answers; tells whether there was one."""
        return self._transactions.resolve(_ZDO_PEER, tsn, message)

    def device_gone(self, device: Device) -> None:
        """Fail what waits for a device that left."""
        self._transactions.fail(device.ieee, DeliveryError("the device left"))
        self._lanes.pop(device.ieee, None)

    def radio_gone(self, reason: str) -> None:
        """Fail all that waits."""
        self.radio = None
        self.offline_reason = reason
        self._transactions.fail_all(RadioOfflineError(reason))

    @contextlib.asynccontextmanager
    async def _lane(self, device: Device | None, priority: Priority) -> AsyncIterator[None]:
        """Wait until it is this request's turn at the device."""
        if self.radio is None:
            raise RadioOfflineError(self.offline_reason)
        async with self._lanes["" if device is None else device.ieee].turn(_RANKS[priority]):
            yield

    async def _deliver(
        self, device: Device | None, frame: ApsFrame, pending: Pending, attempts: int, priority: Priority
    ) -> None:
        """Send a frame until it is delivered, or its answer came although the radio knows of no delivery."""
        clock = asyncio.get_running_loop().time
        end = clock() + _PATIENCE
        for attempt in range(1, attempts + 1):
            try:
                await self._send(frame, priority)
            except radios.DeliveryError as error:
                if pending.reply.done():
                    return
                if attempt == attempts or clock() > end:
                    raise DeliveryError(error.status) from error
            else:
                return
            await asyncio.sleep(_PAUSE)
            if device is not None and attempt + 1 == _SEARCH_BEFORE:
                await self._search(device)
                frame.destination = device.network_address

    async def _search(self, device: Device) -> None:
        try:
            await self.find(device.ieee)
        except RequestError as error:
            _LOG.debug("%s is not found: %s", device.ieee, error)

    async def _send(self, frame: ApsFrame, priority: Priority) -> None:
        async with self._air.turn(_RANKS[priority]):
            if self.radio is None:
                raise RadioOfflineError(self.offline_reason)
            try:
                await self.radio.send(frame)
            except radios.DeliveryError:
                raise
            except radios.RadioError as error:
                raise RequestError(f"the coordinator did not send it: {error}") from error


_ALL_ON_WHEN_IDLE = 0xFFFD


def _patience(device: Device | None) -> float:
    return _SLEEPY_TIMEOUT if device is not None and device.sleepy else _ANSWER_TIMEOUT


async def _reply(pending: Pending, timeout: float) -> Any:
    try:
        async with asyncio.timeout(timeout):
            return await pending.reply
    except TimeoutError as error:
        raise RequestTimeoutError(timeout) from error


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


def _zcl_frame(device: Device, endpoint: int, cluster: int, data: bytes) -> ApsFrame:
    known = device.endpoints.get(endpoint)
    profile = HOME_AUTOMATION if known is None or known.profile == _LIGHT_LINK else known.profile
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=GREEN_POWER_ENDPOINT if profile == GREEN_POWER_PROFILE else ENDPOINT,
        destination=device.network_address,
        destination_endpoint=endpoint,
        profile=profile,
        cluster=cluster,
        data=data,
        destination_ieee=device.ieee,
    )


def _zdo_frame(address: int, message: zdo.Message, tsn: int, ieee: str | None = None) -> ApsFrame:
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=0,
        destination=address,
        destination_endpoint=0,
        profile=0,
        cluster=message.cluster,
        data=zdo.encode(message, tsn),
        mode=Mode.BROADCAST if address >= _FIRST_BROADCAST else Mode.UNICAST,
        destination_ieee=ieee,
    )


_FIRST_BROADCAST = 0xFFF8
