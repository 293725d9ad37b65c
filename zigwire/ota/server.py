"""The server side of the OTA Upgrade cluster on the network: who asks for images, and who gets one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from zigwire.ota import replies
from zigwire.ota.asked import current_of, number
from zigwire.ota.errors import OtaError
from zigwire.ota.fit import misfit
from zigwire.ota.image import Image
from zigwire.ota.replies import Reply
from zigwire.ota.seats import Seats
from zigwire.ota.session import Session, say
from zigwire.ota.transfer import Transfer
from zigwire.ota.values import Current, Pace, Progress
from zigwire.zcl.message import Message
from zigwire.zcl.status import Status, status_name
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, DeviceType
from zigwire.zigbee.network import Network

__all__ = ["Query", "Server"]

_CLUSTER_ID = 0x0019

_QUERY, _SPECIFIC = "commandQueryNextImageRequest", "commandQueryDeviceSpecificFileRequest"
_BLOCKS = {"commandImageBlockRequest", "commandImagePageRequest"}
_END, _DEFAULT_RESPONSE = "commandUpgradeEndRequest", "defaultResponse"

_ANSWER_TIMEOUT = 60.0
"""Seconds for a notified device to ask: some look for the coordinator's endpoint first, for long (Insta)."""

_REMINDING = 21.0
"""Seconds after which a device that does not ask is notified once more: the notification or its question got lost."""

_RESUMING = 60.0
"""Seconds in which a device that goes on with an update is not sent away: the update may still be resumed."""

_SILENT = "Device didn't respond to OTA request"


@dataclass(frozen=True, slots=True)
class Query:
    """A device asks for its next image.

    Attributes:
        device: Who asks.
        endpoint: From which of its endpoints.
        current: What it runs.
        message: What it said, which an answer has to refer to.
    """

    device: Device
    endpoint: int
    current: Current
    message: Message


class Server:
    """Answers the devices' OTA clients.

    Args:
        network: The network.
        on_query: Called when a device asks for an image by itself while no update of it runs; who hears it is to
            `refuse` the query or to begin an `update` with it.
    """

    def __init__(self, network: Network, on_query: Callable[[Query], None]) -> None:
        self._network = network
        self._on_query = on_query
        self._seats = Seats()
        self._sessions: dict[str, Session] = {}
        self._queries: dict[str, Query] = {}
        self._notified: dict[str, asyncio.Future[Query]] = {}
        self._background = Background()
        self._resuming_ends: float | None = None

    # What devices say

    def received(self, device: Device, endpoint: int, message: Message) -> bool:
        """Take what a device says; tells whether it concerns updates."""
        if message.cluster_id != _CLUSTER_ID or message.group is not None:
            return False
        if message.type not in {_QUERY, _SPECIFIC, _END, _DEFAULT_RESPONSE, *_BLOCKS}:
            return False
        message.answered = True
        query = Query(device, endpoint, current_of(message), message) if message.type == _QUERY else None
        if query is not None:
            self._queries[device.ieee] = query
        if message.type == _SPECIFIC:
            self._say(device, endpoint, replies.no_specific_file(message))
        elif (session := self._sessions.get(device.ieee)) is not None:
            session.received(message, seated=self._may_download(device, message))
        elif query is not None:
            self._asked(query)
        elif message.type == _DEFAULT_RESPONSE:
            self._refused(device, message)
        else:
            self._send_away(device, endpoint, message)
        return True

    def announced(self, device: Device) -> None:
        """Note that a device came back."""
        if (session := self._sessions.get(device.ieee)) is not None:
            session.announced()

    # What the bridge wants

    async def notify(self, device: Device) -> Query:
        """Let a device ask for its next image, and return what it asks.

        Raises:
            OtaError: It can't, or does not.
        """
        endpoint = _client_endpoint(device)
        notified = self._notified.setdefault(device.ieee, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await self._network.tell(device, replies.notify().request(endpoint))
                while not (await asyncio.wait({notified}, timeout=_REMINDING))[0]:
                    await say(self._network, device, endpoint, replies.notify())
                return notified.result()
        except TimeoutError as error:
            raise OtaError(_SILENT, f"it was silent for {_ANSWER_TIMEOUT:g} s") from error
        except RequestError as error:
            raise OtaError(_SILENT, str(error)) from error
        finally:
            if self._notified.get(device.ieee) is notified:
                del self._notified[device.ieee]

    async def refuse(self, query: Query) -> None:
        """Answer a query: there is no image."""
        await say(self._network, query.device, query.endpoint, replies.no_image(query.message))

    async def update(
        self,
        device: Device,
        image: Image,
        pace: Pace,
        *,
        query: Query | None,
        said: Callable[[Progress], None],
    ) -> None:
        """Bring an image to a device; returns when the device runs it, or has had the time to.

        Args:
            device: Whose.
            image: What it gets.
            pace: How.
            query: Its question, which is answered with the offer. None goes on with an update from before a restart:
                the device asks on by itself, or is notified.
            said: Hears each progress.

        Raises:
            OtaError: The device has not got the image; the text says why.
            AbortedError: Because of `abort`.
        """
        if device.ieee in self._sessions:
            raise OtaError(f"OTA already in progress for {device.ieee}")
        endpoint = _client_endpoint(device) if query is None else query.endpoint
        running = None
        if query is not None:
            query = self._latest(query)
            await self._check(image, query)
            running = query.current.file_version
        transfer = Transfer(device.ieee, image, pace, asyncio.get_running_loop().time(), running=running)
        session = self._sessions[device.ieee] = Session(self._network, device, endpoint, transfer, said)
        if query is not None:
            session.received(query.message, seated=True)
        try:
            await session.run()
        finally:
            if self._sessions.get(device.ieee) is session:
                del self._sessions[device.ieee]
            self._seats.leave(device.ieee)

    def is_updating(self, device: Device) -> bool:
        """Tell whether an update of a device runs."""
        return device.ieee in self._sessions

    def abort(self, device: Device) -> bool:
        """End the update of a device at its next request; tells whether one runs for which that is not too late."""
        session = self._sessions.get(device.ieee)
        return session is not None and session.abort()

    def forget(self, ieee: str) -> None:
        """End what concerns a device that is not there any more."""
        self._queries.pop(ieee, None)
        if (session := self._sessions.get(ieee)) is not None:
            session.device_left()
        if (notified := self._notified.get(ieee)) is not None and not notified.done():
            notified.set_exception(OtaError(_SILENT, "it left"))

    def stop(self) -> None:
        """Answer nobody any more; who runs updates cancels them."""
        self._background.cancel()

    # Within

    def _latest(self, query: Query) -> Query:
        """Return a query as the device has asked it last: it asks again when an answer takes long."""
        latest = self._queries.get(query.device.ieee, query)
        return latest if (latest.endpoint, latest.current) == (query.endpoint, query.current) else query

    async def _check(self, image: Image, query: Query) -> None:
        """Find out whether an image is for who asks."""
        fault = misfit(image.header, query.device.ieee, query.current)
        if fault is not None:
            await self.refuse(query)
            raise OtaError(fault)

    def _may_download(self, device: Device, message: Message) -> bool:
        if message.type == _END:
            self._seats.leave(device.ieee)
        if message.type not in _BLOCKS:
            return True
        return self._seats.claim(device.ieee, _router(device), asyncio.get_running_loop().time())

    def _asked(self, query: Query) -> None:
        """Hand a query to who has notified the device, or to who hears what devices ask by themselves."""
        notified = self._notified.get(query.device.ieee)
        if notified is None:
            self._on_query(query)
        elif not notified.done():
            notified.set_result(query)

    def _refused(self, device: Device, message: Message) -> None:
        """Note that a device does not take a notification."""
        notified, status = self._notified.get(device.ieee), number(message, "statusCode")
        if notified is not None and not notified.done() and status != Status.SUCCESS:
            notified.set_exception(OtaError(_SILENT, f"it answered {status_name(status)}"))

    def _send_away(self, device: Device, endpoint: int, message: Message) -> None:
        """End what a device goes on with although no update of it runs, unless that may still be resumed."""
        now = asyncio.get_running_loop().time()
        if self._resuming_ends is None:
            self._resuming_ends = now + _RESUMING
        if message.type == _END and number(message, "status") != Status.SUCCESS:
            self._say(device, endpoint, replies.default(message, Status.SUCCESS))
        elif now >= self._resuming_ends:
            over = replies.abort(message) if message.type in _BLOCKS else replies.default(message, Status.ABORT)
            self._say(device, endpoint, over)

    def _say(self, device: Device, endpoint: int, reply: Reply) -> None:
        self._background.spawn(say(self._network, device, endpoint, reply), f"answer to {device.ieee}")


def _client_endpoint(device: Device) -> int:
    """Return the endpoint that asks for images.

    Raises:
        OtaError: There is none.
    """
    for endpoint in device.endpoints.values():
        if _CLUSTER_ID in endpoint.output_clusters:
            return endpoint.id
    raise OtaError(f"No endpoint found with OTA cluster support for {device.ieee}")


def _router(device: Device) -> str | None:
    """Return the router that a device's blocks go through, as far as it is known: a router's own go through itself."""
    return device.ieee if device.type is DeviceType.ROUTER else device.parent
