"""Receiving: from an APS frame to whom it concerns. This is the way that every report takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from zigwire.zcl.clusters import Clusters
from zigwire.zcl.codec import encode, parse
from zigwire.zcl.errors import ParseError
from zigwire.zcl.message import Message
from zigwire.zcl.replies import default_response, wants_default_response
from zigwire.zigbee import greenpower, ias, poll_control, zdo
from zigwire.zigbee.background import Background
from zigwire.zigbee.coordinator import ADDRESS
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.greenpower_sink import Sink
from zigwire.zigbee.membership import Membership
from zigwire.zigbee.model import Device
from zigwire.zigbee.radio import ApsFrame, Mode
from zigwire.zigbee.requests import Requests
from zigwire.zigbee.served import answer_read, matching_endpoints
from zigwire.zigbee.store import NetworkStore
from zigwire.zigbee.telling import Teller

__all__ = ["Receiver"]

_ASK_AGAIN = 60.0
"""Seconds after which an unknown sender is asked for its IEEE address once more."""

_STRANGERS = 256
"""Unknown addresses remembered at most."""

_MOST_WAITING = 64
"""Answers and questions that may wait for the radio at the same time."""

_LOG = logging.getLogger(__name__)


class Receiver:
    """Takes the frames of the network.

    Args:
        clock: Unix time in seconds.

    Attributes:
        unreadable: Frames that could not be parsed since the start.
    """

    def __init__(
        self,
        membership: Membership,
        requests: Requests,
        store: NetworkStore,
        teller: Teller,
        background: Background,
        clusters_of: Callable[[Device], Clusters],
        green_power: Sink,
        clock: Callable[[], float],
    ) -> None:
        self.unreadable = 0
        self._green_power = green_power
        self._membership = membership
        self._devices = membership.devices
        self._requests = requests
        self._store = store
        self._teller = teller
        self._background = background
        self._clusters_of = clusters_of
        self._clock = clock
        self._strangers: dict[int, float] = {}
        self._saying = 0

    def frame_received(self, frame: ApsFrame) -> None:
        """Take a frame."""
        if self._is_green_power(frame):
            return
        device = self._devices.by_address(frame.source)
        if device is not None:
            device.last_seen = int(self._clock() * 1000)
            device.messages += 1
            if frame.linkquality is not None:
                device.linkquality = frame.linkquality
            self._store.touch_device(device)
            self._teller.last_seen_changed(device)
        try:
            if frame.destination_endpoint == 0:
                self._zdo_received(frame)
            elif device is not None:
                self._zcl_received(device, frame)
        except ParseError as error:
            self._note_unreadable(frame, error, frame.data.hex())
        if device is None:
            self._meet(frame)

    def _is_green_power(self, frame: ApsFrame) -> bool:
        """Hand a frame to the sink; tells whether it is for that."""
        try:
            return self._green_power.takes(frame)
        except ParseError as error:
            self._note_unreadable(frame, error, "it may hold a key")
            return True

    def _note_unreadable(self, frame: ApsFrame, error: ParseError, shown: str) -> None:
        self.unreadable += 1
        _LOG.debug("0x%04x sent what can't be read: %s (%s)", frame.source, error, shown)

    def _zcl_received(self, device: Device, frame: ApsFrame) -> None:
        clusters = self._clusters_of(device)
        message = parse(frame.cluster, frame.data, clusters)
        if frame.mode is Mode.GROUP:
            message.group = frame.destination
        self._requests.zcl_received(device, message)
        if self._membership.is_interviewed(device):
            self._teller.message_received(device, frame.source_endpoint, message)
        elif message.cluster == "genBasic":
            self._membership.learn(device, message)
        self._answer(device, frame, message, clusters)

    def _zdo_received(self, frame: ApsFrame) -> None:
        parsed = zdo.parse(frame.cluster, frame.data)
        if parsed is None:
            return
        tsn, message = parsed
        if isinstance(message, zdo.AddressResponse) and not message.status:
            self._membership.located(message.ieee, message.address)
        self._requests.zdo_received(frame.source, tsn, message)
        if frame.source == ADDRESS:
            return
        if isinstance(message, zdo.DeviceAnnounce):
            self._membership.announced(message)
        elif isinstance(message, zdo.LqiResponse):
            self._membership.neighbours_told(frame.source, message)
        elif isinstance(message, zdo.MatchDescriptorRequest):
            self._answer_match(frame.source, tsn, message)

    def _answer(self, device: Device, frame: ApsFrame, message: Message, clusters: Clusters) -> None:
        """Answer in the background what the specification wants answered."""
        if message.answered or (message.type == "attributeReport" and message.disable_default_response):
            return
        if frame.mode is not Mode.UNICAST:
            return
        if message.type == poll_control.CHECKIN:
            self._say(self._answer_checkin(device, frame, message, clusters), f"answer to {device.ieee}")
        elif (data := self._response(message, frame, clusters)) is not None:
            self._say(self._send(_reply(device, frame, data)), f"answer to {device.ieee}")

    def _response(self, message: Message, frame: ApsFrame, clusters: Clusters) -> bytes | None:
        if message.type == "read":
            return answer_read(message, self._clock())
        if message.type == "commandEnrollReq":
            return encode(ias.enroll_response(frame.source_endpoint), message.tsn, clusters)
        if wants_default_response(message, unicast=True, clusters=clusters):
            return default_response(message)
        return None

    async def _answer_checkin(self, device: Device, frame: ApsFrame, message: Message, clusters: Clusters) -> None:
        """Let a device that checks in sleep on, unless it is being asked something: what waited for it, for example."""
        response = poll_control.checkin_response(frame.source_endpoint, stay_awake=self._requests.is_asking(device))
        await self._send(_reply(device, frame, encode(response, message.tsn, clusters)))

    def _answer_match(self, address: int, tsn: int, request: zdo.MatchDescriptorRequest) -> None:
        response = matching_endpoints(request)
        if response is not None:
            self._say(self._send_zdo(address, response, tsn), f"answer to 0x{address:04x}")

    def _meet(self, frame: ApsFrame) -> None:
        """Ask an unknown sender who it is, unless it was asked lately."""
        if frame.source == ADDRESS or frame.cluster == greenpower.CLUSTER:
            return
        if self._devices.by_address(frame.source) is not None:
            return
        now = self._clock()
        if now - self._strangers.get(frame.source, 0) < _ASK_AGAIN:
            return
        if len(self._strangers) >= _STRANGERS:
            self._strangers.clear()
        self._strangers[frame.source] = now
        _LOG.debug("0x%04x is unknown: asked who it is", frame.source)
        question = self._send_zdo(frame.source, zdo.IeeeAddressRequest(frame.source))
        self._say(question, f"question to 0x{frame.source:04x}")

    def _say(self, work: Coroutine[Any, Any, None], what: str) -> None:
        """Send in the background; not at all when too much waits already: who floods the network gets no answers."""
        if self._saying >= _MOST_WAITING:
            work.close()
            _LOG.debug("Too much to say at once: no %s", what)
            return
        self._saying += 1
        self._background.spawn(work, what).add_done_callback(self._said)

    def _said(self, _: asyncio.Task[None]) -> None:
        self._saying -= 1

    async def _send(self, frame: ApsFrame) -> None:
        try:
            await self._requests.send(frame, "background")
        except RequestError as error:
            _LOG.debug("An answer to 0x%04x got lost: %s", frame.destination, error)

    async def _send_zdo(self, address: int, message: zdo.Message, tsn: int | None = None) -> None:
        try:
            await self._requests.send_zdo(address, message, tsn, "background")
        except RequestError as error:
            _LOG.debug("%s to 0x%04x got lost: %s", type(message).__name__, address, error)


def _reply(device: Device, frame: ApsFrame, data: bytes) -> ApsFrame:
    """Return the frame that brings an answer to where a frame came from."""
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=frame.destination_endpoint,
        destination=device.network_address,
        destination_endpoint=frame.source_endpoint,
        profile=frame.profile,
        cluster=frame.cluster,
        data=data,
        destination_ieee=device.ieee,
        sleepy=device.sleepy,
    )
