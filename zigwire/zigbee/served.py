"""What the coordinator answers to devices that ask: attributes of genBasic and genTime, and who serves a cluster."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.zcl.message import Message
from zigwire.zcl.replies import read_response
from zigwire.zigbee.coordinator import ADDRESS, ENDPOINTS
from zigwire.zigbee.zdo import MatchDescriptorRequest, MatchDescriptorResponse, SimpleDescriptor

__all__ = ["answer_read", "matching_endpoints"]

_EPOCH = 946_684_800
"""Unix time of 2000-01-01, where the ZCL's UTCTime begins (ZCL 2.6.2.12)."""

_MASTER_OF_TIME_AND_ZONE = 0b1101
"""timeStatus: master, master for zone and daylight saving, superseding (ZCL 12.2.2.2)."""

_ANY_PROFILE = 0xFFFF

_BASIC: Mapping[str | int, Any] = {
    "zclVersion": 8,
    "appVersion": 0,
    "stackVersion": 0,
    "hwVersion": 0,
    "manufacturerName": "Zigwire",
    "modelId": "Coordinator",
    "powerSource": 1,
}


def answer_read(message: Message, now: float) -> bytes:
    """Return the frame that answers a read: what the coordinator does not have is unsupported.

    Args:
        message: What a device sent, of type `read`.
        now: Unix time in seconds.
    """
    if message.to_client:
        return read_response(message, {})
    if message.cluster == "genTime":
        return read_response(message, _time(now))
    if message.cluster == "genBasic":
        return read_response(message, _BASIC)
    return read_response(message, {})


def matching_endpoints(
    request: MatchDescriptorRequest, endpoints: Iterable[SimpleDescriptor] = ENDPOINTS
) -> MatchDescriptorResponse | None:
    """Return the answer to who serves one of the wanted clusters, None when nobody does (2.4.4.2.7)."""
    found = tuple(endpoint.endpoint for endpoint in endpoints if _matches(request, endpoint))
    return MatchDescriptorResponse(0, ADDRESS, found) if found else None


def _matches(request: MatchDescriptorRequest, endpoint: SimpleDescriptor) -> bool:
    if request.profile not in {endpoint.profile, _ANY_PROFILE}:
        return False
    served = set(request.input_clusters) & set(endpoint.input_clusters)
    used = set(request.output_clusters) & set(endpoint.output_clusters)
    return bool(served or used)


def _time(now: float) -> Mapping[str | int, Any]:
    """The attributes of genTime (ZCL 12.2.2): UTC, zone and daylight saving in seconds, local times.

    A clock that was never set, as after a power cut on a board without a battery, is no master of the time.
    """
    utc = int(now) - _EPOCH
    if utc < 0:
        return {"timeStatus": 0}
    standard = -time.timezone
    offset = time.localtime(now).tm_gmtoff
    return {
        "time": utc,
        "timeStatus": _MASTER_OF_TIME_AND_ZONE,
        "timeZone": standard,
        "dstShift": offset - standard,
        "standardTime": utc + standard,
        "localTime": utc + offset,
    }
