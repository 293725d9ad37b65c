"""Green Power: what the coordinator tells the proxies (Green Power basic 1.1.1, A.3.3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import encode
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zcl.requests import Command
from zigwire.zigbee.coordinator import ADDRESS, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE
from zigwire.zigbee.greenpower_memory import Memory
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = [
    "CLUSTER",
    "GROUP",
    "channel_configuration",
    "commissioning_mode",
    "commissioning_reply",
    "pairing",
    "removal",
]

CLUSTER = 0x0021

GROUP = 0x0B84
"""Where proxies send what they hear, unless they are told to send it to the coordinator alone."""

_PROXY_COMMISSIONING_MODE = 0x02
_ENTER = 0x01
_EXIT_BY_WINDOW, _EXIT_BY_COMMAND = 0x02, 0x08
_UNICAST_BY_PROXIES = 0x20
_ALL_ON_WHEN_IDLE = 0xFFFD

_ADD_SINK, _REMOVE_DEVICE = 1 << 3, 1 << 4
_TO_GROUP, _TO_COORDINATOR = 2 << 5, 3 << 5
_FIXED_LOCATION, _COUNTS_MAC_NUMBERS = 1 << 7, 1 << 8
_LEVEL, _KEY_TYPE = 9, 11
_WITH_COUNTER, _WITH_KEY = 1 << 14, 1 << 15

_GPD_COUNTS_MAC_NUMBERS, _GPD_FIXED_LOCATION = 0x01, 0x40
_COMMISSIONING_REPLY, _CHANNEL_CONFIGURATION = 0xF0, 0xF3
_REPLY_LEVEL, _REPLY_KEY_TYPE = 3, 5
_FIRST_CHANNEL = 11


def commissioning_mode(seconds: int, tsn: int, proxy: int | None = None) -> ApsFrame:
    """Return the frame that opens commissioning for `seconds` (0 closes it), at one proxy or at all."""
    options = _EXIT_BY_WINDOW | _EXIT_BY_COMMAND
    if seconds:
        options |= _ENTER
    if proxy is not None:
        options |= _UNICAST_BY_PROXIES
    header = Header(SPECIFIC, tsn, _PROXY_COMMISSIONING_MODE, to_client=True, disable_default_response=True)
    return _frame(header.serialise() + bytes([options]) + seconds.to_bytes(2, "little"), proxy)


def pairing(
    tsn: int, source_id: int, memory: Memory, commissioning: Mapping[str, Any], sink: str, proxy: int | None
) -> ApsFrame:
    """Return the frame that makes proxies send on what they hear of a device.

    Args:
        tsn: Transaction number.
        source_id: Of the device.
        memory: Its security.
        commissioning: What it said of itself.
        sink: IEEE address of the coordinator.
        proxy: The proxy that shall do it, with unicasts; None means all, to a group.
    """
    options = _ADD_SINK | (memory.level or 0) << _LEVEL | memory.key_type << _KEY_TYPE
    options |= bool(commissioning["options"] & _GPD_FIXED_LOCATION) * _FIXED_LOCATION
    options |= bool(commissioning["options"] & _GPD_COUNTS_MAC_NUMBERS) * _COUNTS_MAC_NUMBERS
    args: dict[str, Any] = {"srcID": source_id, "deviceID": commissioning["deviceID"]}
    if memory.level:
        options |= _WITH_COUNTER | _WITH_KEY
        args |= {"frameCounter": max(memory.counter, 0), "gpdKey": memory.key}
    if proxy is None:
        args |= {"options": options | _TO_GROUP, "sinkGroupID": GROUP}
    else:
        args |= {"options": options | _TO_COORDINATOR, "sinkIEEEAddr": sink, "sinkNwkAddr": ADDRESS}
    return _frame(_command("pairing", tsn, args), proxy)


def removal(tsn: int, source_id: int) -> ApsFrame:
    """Return the frame that makes all proxies forget a device."""
    return _frame(_command("pairing", tsn, {"options": _REMOVE_DEVICE | _TO_GROUP, "srcID": source_id}))


def commissioning_reply(tsn: int, source_id: int, memory: Memory, proxy: int, channel: int) -> ApsFrame:
    """Return the frame that makes a proxy tell a device that listens how its frames are to be protected."""
    options = (memory.level or 0) << _REPLY_LEVEL | memory.key_type << _REPLY_KEY_TYPE
    payload = {"commandID": _COMMISSIONING_REPLY, "options": options}
    return _answer(tsn, source_id, payload, proxy, channel)


def channel_configuration(tsn: int, source_id: int, proxy: int, channel: int, listens: int) -> ApsFrame:
    """Return the frame that makes a proxy tell a device the network's channel, on the one where it `listens`."""
    payload = {"commandID": _CHANNEL_CONFIGURATION, "operationalChannel": channel - _FIRST_CHANNEL, "basic": True}
    return _answer(tsn, source_id, payload, proxy, listens)


def _answer(tsn: int, source_id: int, payload: dict[str, Any], proxy: int, channel: int) -> ApsFrame:
    args = {
        "options": 0,
        "tempMaster": proxy,
        "tempMasterTx": channel - _FIRST_CHANNEL,
        "srcID": source_id,
        "gpdCmd": payload["commandID"],
        "gpdPayload": payload,
    }
    return _frame(_command("response", tsn, args))


def _command(name: str, tsn: int, args: Mapping[str, Any]) -> bytes:
    command = Command(
        endpoint=GREEN_POWER_ENDPOINT,
        cluster=CLUSTER,
        command=name,
        args=args,
        to_client=True,
        disable_default_response=True,
    )
    return encode(command, tsn, CLUSTERS)


def _frame(data: bytes, proxy: int | None = None) -> ApsFrame:
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=GREEN_POWER_ENDPOINT,
        destination=_ALL_ON_WHEN_IDLE if proxy is None else proxy,
        destination_endpoint=GREEN_POWER_ENDPOINT,
        profile=GREEN_POWER_PROFILE,
        cluster=CLUSTER,
        data=data,
        mode=Mode.BROADCAST if proxy is None else Mode.UNICAST,
    )
