"""The coordinator as a sink of Green Power: lets devices in, checks their frames, hands on what they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from zigwire.confidential import SECRETS
from zigwire.zcl import greenpower as gpd
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import parse
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zcl.greenpower_security import AUTHENTICATED, ENCRYPTED, SecurityError, unwrap_key
from zigwire.zigbee import greenpower
from zigwire.zigbee.background import Background
from zigwire.zigbee.coordinator import ADDRESS, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.greenpower_memory import Memory, ieee_of, source_id_of
from zigwire.zigbee.membership import Membership
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState
from zigwire.zigbee.radio import ApsFrame, Mode
from zigwire.zigbee.requests import Requests
from zigwire.zigbee.store import NetworkStore
from zigwire.zigbee.telling import Teller

__all__ = ["Sink"]

_COMMISSIONING, _DECOMMISSIONING, _CHANNEL_REQUEST = 0xE0, 0xE1, 0xE3
_REPEATED = 2.0
"""Seconds in which the same frame of a device without security is taken for one that another proxy heard too."""

_REMEMBERED = 64
_EXTENSION_LEVEL = 0x03
_EXTENSION_KEY_TYPE = 2
_HAS_KEY, _KEY_IS_WRAPPED, _HAS_COUNTER = 0x20, 0x40, 0x80
_FIRST_CHANNEL = 11

_LOG = logging.getLogger(__name__)


class Sink:
    """Takes what proxies hear.

    Args:
        channel: Gives the network's channel.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        membership: Membership,
        requests: Requests,
        store: NetworkStore,
        teller: Teller,
        background: Background,
        channel: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        self._membership = membership
        self._requests = requests
        self._store = store
        self._teller = teller
        self._background = background
        self._channel = channel
        self._clock = clock
        self._heard: dict[tuple[int, int, int], float] = {}

    def takes(self, frame: ApsFrame) -> bool:
        """Take a frame if a proxy tells what it heard; its source may be a stand-in for the device's address.

        Raises:
            ParseError: It can't be read.
        """
        if frame.cluster != greenpower.CLUSTER or frame.destination_endpoint != GREEN_POWER_ENDPOINT:
            return False
        header, start = Header.parse(frame.data)
        if header.frame_type != SPECIFIC or header.to_client:
            return False
        if header.command_id not in {NOTIFICATION, COMMISSIONING_NOTIFICATION}:
            return False
        notification = Notification.parse(header.command_id, frame.data[start:])
        if notification is None:
            _LOG.debug("A Green Power device with an IEEE address is not supported, 0x%04x heard it", frame.source)
        elif not self._is_repeated(notification):
            self._sort(notification, frame, header.tsn)
        return True

    async def remove(self, device: Device) -> None:
        """Make all proxies forget a device.

        Raises:
            RequestError: They were not told.
        """
        await self._requests.send(greenpower.removal(self._requests.next_tsn(), source_id_of(device)))

    def _sort(self, notification: Notification, frame: ApsFrame, tsn: int) -> None:
        try:
            if notification.command == _CHANNEL_REQUEST and notification.level < AUTHENTICATED:
                self._tell_channel(notification)
            elif notification.command == _COMMISSIONING and notification.mic is None:
                self._commission(notification, frame, tsn)
            else:
                self._operate(notification, frame, tsn)
        except SecurityError as error:
            _LOG.warning("A frame of the Green Power device 0x%08x is refused: %s", notification.source_id, error)

    def _operate(self, notification: Notification, frame: ApsFrame, tsn: int) -> None:
        device = self._membership.devices.get(ieee_of(notification.source_id))
        if device is None or device.type is not DeviceType.GREEN_POWER:
            _LOG.debug("Green Power device 0x%08x is unknown", notification.source_id)
            return
        memory = Memory.of(device)
        opened = memory.accept(notification)
        memory.keep(device)
        self._hand_on(device, opened, frame, tsn)
        if opened.command == _DECOMMISSIONING:
            self._say(greenpower.removal(self._requests.next_tsn(), notification.source_id))
            self._membership.left(device.ieee, rejoin=False)

    def _commission(self, notification: Notification, frame: ApsFrame, tsn: int) -> None:
        """Let a device in, or let one that is known begin anew, while joining is open."""
        ieee = ieee_of(notification.source_id)
        if not notification.source_id or not self._membership.may_commission(ieee):
            _LOG.debug("Green Power device 0x%08x is not let in", notification.source_id)
            return
        said = gpd.decode(_COMMISSIONING, notification.payload)
        memory = _security(notification, said)
        SECRETS.add(memory.key, said["securityKey"] if memory.key else None)
        known = self._membership.devices.get(ieee)
        if known is not None and (before := Memory.of(known)).key == memory.key:
            memory.counter = max(memory.counter, before.counter)
        device = known or Device(ieee, notification.source_id & 0xFFFF, DeviceType.GREEN_POWER)
        _describe(device, said)
        memory.keep(device)
        self._pair(notification, frame, memory, said)
        self._membership.commissioned(device)
        self._hand_on(device, notification, frame, tsn)

    def _pair(self, notification: Notification, frame: ApsFrame, memory: Memory, said: Mapping[str, Any]) -> None:
        """Tell the proxy that heard the device, or all where it used a group; and the device if it listens."""
        source_id, heard_by = notification.source_id, _proxy(notification)
        if notification.rx_after_tx:
            tsn, channel = self._requests.next_tsn(), self._channel()
            self._say(greenpower.commissioning_reply(tsn, source_id, memory, heard_by, channel))
        proxy = frame.source if frame.mode is Mode.UNICAST and frame.source != ADDRESS else None
        sink = self._membership.coordinator
        self._say(greenpower.pairing(self._requests.next_tsn(), source_id, memory, said, sink, proxy))

    def _tell_channel(self, notification: Notification) -> None:
        if not self._membership.is_joining_open():
            return
        listens = gpd.decode(_CHANNEL_REQUEST, notification.payload).get("nextChannel", 0) + _FIRST_CHANNEL
        tsn, proxy = self._requests.next_tsn(), _proxy(notification)
        self._say(greenpower.channel_configuration(tsn, notification.source_id, proxy, self._channel(), listens))

    def _hand_on(self, device: Device, opened: Notification, frame: ApsFrame, tsn: int) -> None:
        device.last_seen = int(self._clock() * 1000)
        device.messages += 1
        if frame.linkquality is not None:
            device.linkquality = frame.linkquality
        self._store.save_device(device)
        self._teller.last_seen_changed(device)
        message = parse(greenpower.CLUSTER, opened.shown().serialise(tsn), CLUSTERS)
        self._teller.message_received(device, GREEN_POWER_ENDPOINT, message)

    def _is_repeated(self, notification: Notification) -> bool:
        """Tell whether a frame was just heard by another proxy; those with security have counters that tell."""
        if notification.level >= AUTHENTICATED and notification.command != _COMMISSIONING:
            device = self._membership.devices.get(ieee_of(notification.source_id))
            return device is not None and notification.counter == Memory.of(device).counter
        now, key = self._clock(), (notification.source_id, notification.command, notification.counter)
        before = self._heard.pop(key, None)
        self._heard[key] = now
        if len(self._heard) > _REMEMBERED:
            del self._heard[next(iter(self._heard))]
        return before is not None and now - before < _REPEATED

    def _say(self, frame: ApsFrame) -> None:
        self._background.spawn(self._send(frame), "Green Power")

    async def _send(self, frame: ApsFrame) -> None:
        try:
            await self._requests.send(frame)
        except RequestError as error:
            _LOG.warning("Green Power proxies were not told: %s", error)


def _proxy(notification: Notification) -> int:
    return ADDRESS if notification.proxy is None else notification.proxy


def _security(notification: Notification, said: Mapping[str, Any]) -> Memory:
    """Return how a device says that its frames are protected.

    Raises:
        SecurityError: It gives no key, or one that was changed.
    """
    extension = said["extendedOptions"]
    level = extension & _EXTENSION_LEVEL
    if level == 0:
        return Memory()
    if level not in {AUTHENTICATED, ENCRYPTED}:
        raise SecurityError(f"security level {level} is reserved")
    if not extension & _HAS_KEY:
        if notification.rx_after_tx:
            return Memory()
        raise SecurityError("it has no key to give")
    key = said["securityKey"]
    if extension & _KEY_IS_WRAPPED:
        key = unwrap_key(notification.source_id, key, said["keyMic"])
    counter = said["outgoingCounter"] if extension & _HAS_COUNTER else -1
    return Memory(level, extension >> _EXTENSION_KEY_TYPE & 7, key, counter)


def _describe(device: Device, said: Mapping[str, Any]) -> None:
    """Note what a device says of itself; its model is named after its kind, as the field's library expects."""
    device.type = DeviceType.GREEN_POWER
    device.model_id = f"GreenPower_{said['deviceID']}"
    device.manufacturer_code = said["manufacturerID"] or device.manufacturer_code
    device.interview_state = InterviewState.SUCCESSFUL
    device.endpoints.setdefault(GREEN_POWER_ENDPOINT, Endpoint(GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE))
