"""The interview: finding out what a new device is.

The order of the questions is the one that devices in the field are used to: node descriptor, endpoints, the first
endpoint's descriptor, the attributes of its genBasic one by one, the other endpoints. Some answer only for the few
seconds after they joined, so what identifies a device is asked for first; of those that fall asleep within moments it
is asked before the endpoints, in one go.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any, Protocol, TypeVar

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Read, Request
from zigwire.zigbee import zdo
from zigwire.zigbee.errors import RequestError, RequestTimeoutError, StatusError
from zigwire.zigbee.model import Device, DeviceType, Endpoint

__all__ = ["BASIC", "Asker", "InterviewError", "interview", "learn_basic"]

BASIC = 0x0000
"""Cluster id of genBasic."""

_ATTEMPTS = 3
"""Tries of a question that the rest depends on."""

_SILENCE = 2
"""Unanswered attributes after which the others are not asked for: each would take its whole timeout."""

_SLEEPS_AT_ONCE = (0x0000, 0x1002)
"""Manufacturer codes of the devices, many of them by Tuya, that fall asleep within moments (zigbee2mqtt#7553)."""

_IDENTITY = ("modelId", "manufacturerName")
_USUAL_ENDPOINT = 1

_LOGICAL_TYPES = {0: DeviceType.COORDINATOR, 1: DeviceType.ROUTER, 2: DeviceType.END_DEVICE}
_POWER_SOURCES = {
    0: "Unknown",
    1: "Mains (single phase)",
    2: "Mains (3 phase)",
    3: "Battery",
    4: "DC Source",
    5: "Emergency mains constantly powered",
    6: "Emergency mains and transfer switch",
}
"""powerSource without its highest bit, which tells of a backup battery (ZCL 3.2.2.2.8), in the interface's words."""


def _power_source(value: int) -> str:
    return _POWER_SOURCES.get(value & 0x7F, "Unknown")


def _text(value: str) -> str:
    return value.replace("\0", "").strip()


_FIELDS: dict[str, tuple[str, Callable[[Any], Any], type]] = {
    "modelId": ("model_id", _text, str),
    "manufacturerName": ("manufacturer_name", _text, str),
    "powerSource": ("power_source", _power_source, int),
    "zclVersion": ("zcl_version", int, int),
    "appVersion": ("application_version", int, int),
    "stackVersion": ("stack_version", int, int),
    "hwVersion": ("hardware_version", int, int),
    "dateCode": ("date_code", _text, str),
    "swBuildId": ("software_build_id", _text, str),
}
"""Attributes of genBasic in the order in which they are read: field of the device, how it is shown, type on air."""

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


class InterviewError(RequestError):
    """A device did not tell what it is."""


class Asker(Protocol):
    """What the interview needs of the network."""

    async def zcl_request(self, device: Device, request: Request) -> Message | None:
        """Send a request and return the answer."""

    async def zdo_request(self, device: Device, request: zdo.Message) -> zdo.Response:
        """Ask the device's management."""


async def interview(device: Device, asker: Asker) -> RequestError | None:
    """Ask a device all that `Device` holds, and write it there as it comes.

    A device that told its model, now or before, needs not answer the rest: some sleeping ones never do.

    Returns:
        Why it did not answer all, None when it did.

    Raises:
        InterviewError: It remains unknown what the device is.
    """
    try:
        await _read_node_descriptor(device, asker)
        told = await _read_identity(device, asker) if device.manufacturer_code in _SLEEPS_AT_ONCE else ()
        await _read_endpoints(device, asker, told)
    except RequestError as error:
        if not device.model_id:
            raise InterviewError(f"the device does not tell what it is: {error}") from error
        _LOG.warning("%s (%s) does not answer all: %s", device.ieee, device.model_id, error)
        _assume(device)
        return error
    return None


def learn_basic(device: Device, message: Message) -> bool:
    """Take over what a message says of genBasic; tells whether something is new."""
    news = False
    for record in message.attributes:
        field, show, kind = _FIELDS.get(record.name or "", ("", _text, str))
        if not field or record.status or not isinstance(record.value, kind):
            continue
        value = show(record.value)
        news |= getattr(device, field) != value
        setattr(device, field, value)
    return news


async def _read_node_descriptor(device: Device, asker: Asker) -> None:
    response = await _insist(lambda: asker.zdo_request(device, zdo.NodeDescriptorRequest(device.network_address)))
    if not isinstance(response, zdo.NodeDescriptorResponse) or response.descriptor is None:
        raise InterviewError("its node descriptor is missing")
    descriptor = response.descriptor
    device.type = _LOGICAL_TYPES.get(descriptor.logical_type, DeviceType.UNKNOWN)
    device.manufacturer_code = descriptor.manufacturer_code
    device.mac_capabilities = descriptor.mac_capabilities


async def _read_identity(device: Device, asker: Asker) -> tuple[str, ...]:
    """Ask who made a device before anything else; returns the attributes that it told."""
    request = Read(endpoint=_USUAL_ENDPOINT, cluster="genBasic", attributes=_IDENTITY)
    try:
        message = await asker.zcl_request(device, request)
    except RequestError as error:
        _LOG.debug("%s does not say at once who made it: %s", device.ieee, error)
        return ()
    if message is None:
        return ()
    learn_basic(device, message)
    return tuple(record.name for record in message.attributes if record.name and not record.status)


async def _read_endpoints(device: Device, asker: Asker, told: Collection[str]) -> None:
    response = await _insist(lambda: asker.zdo_request(device, zdo.ActiveEndpointsRequest(device.network_address)))
    numbers = response.endpoints if isinstance(response, zdo.ActiveEndpointsResponse) else ()
    told_basic = False
    found = {}
    for number in dict.fromkeys(number for number in numbers if number):
        endpoint = found[number] = await _read_endpoint(device, asker, number)
        device.endpoints[number] = endpoint
        if not told_basic and BASIC in endpoint.input_clusters:
            told_basic = True
            await _read_basic(device, asker, number, [name for name in _FIELDS if name not in told])
    device.endpoints = found


async def _read_endpoint(device: Device, asker: Asker, number: int) -> Endpoint:
    """Return the endpoint as it is described, with the binds and reportings that are known of it."""
    endpoint = device.endpoints.get(number) or Endpoint(number)
    try:
        response = await _insist(
            lambda: asker.zdo_request(device, zdo.SimpleDescriptorRequest(device.network_address, number))
        )
    except StatusError as error:
        _LOG.warning("%s has an endpoint %d but does not describe it: %s", device.ieee, number, error)
        return endpoint
    if isinstance(response, zdo.SimpleDescriptorResponse) and response.descriptor is not None:
        descriptor = response.descriptor
        endpoint.profile, endpoint.device = descriptor.profile, descriptor.device
        endpoint.input_clusters = list(descriptor.input_clusters)
        endpoint.output_clusters = list(descriptor.output_clusters)
    return endpoint


async def _read_basic(device: Device, asker: Asker, endpoint: int, attributes: Iterable[str]) -> None:
    silent = 0
    for attribute in attributes:
        try:
            request = Read(endpoint=endpoint, cluster="genBasic", attributes=(attribute,))
            message = await asker.zcl_request(device, request)
        except StatusError:
            continue
        except RequestTimeoutError:
            silent += 1
            if silent == _SILENCE:
                return
            continue
        if message is not None:
            learn_basic(device, message)


async def _insist(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask until there is an answer, `_ATTEMPTS` times at most."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await ask()
        except StatusError:
            raise
        except RequestError as error:
            _LOG.debug("Asked again: %s", error)
    return await ask()


def _assume(device: Device) -> None:
    """Fill in what is true of nearly all devices that are too sleepy to answer."""
    if device.type is DeviceType.UNKNOWN:
        device.type = DeviceType.END_DEVICE
    if not device.endpoints:
        device.endpoints[1] = Endpoint(1)
    if device.power_source is None and device.type is DeviceType.END_DEVICE:
        device.power_source = "Battery"
