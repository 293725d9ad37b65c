"""The action `raw`: one frame of any kind, and what answers it."""

from __future__ import annotations

import asyncio
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.bridge.raw_request import ZDO_PROFILE, RawRequest
from zigwire.bridge.requests import RequestFault
from zigwire.zcl.clusters import CLUSTERS, Clusters
from zigwire.zcl.frame import GENERAL, SPECIFIC, Header
from zigwire.zcl.message import Message
from zigwire.zcl.raw import encode_payload
from zigwire.zigbee import raw_zdo, zdo
from zigwire.zigbee.coordinator import ADDRESS
from zigwire.zigbee.errors import RequestTimeoutError, StatusError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, InterPanFrame, Mode
from zigwire.zigbee.touchlink import PROFILE, Touchlink

__all__ = ["RawAction"]

ALL_ENDPOINTS = 0xFF


class RawAction:
    """Sends what it is given, to a device, a group, all, or devices of other networks."""

    def __init__(self, network: Network, touchlink: Touchlink) -> None:
        self._network = network
        self._touchlink = touchlink

    async def run(self, params: Any) -> dict[str, Any] | list[Any]:
        """Send a frame and return the answer; nothing where none is to be expected.

        Raises:
            RequestFault: A parameter is missing or not allowed.
            EncodeError: The frame can't be written.
            RequestError: It was not sent, or not answered.
        """
        request = RawRequest.read(params)
        if request.interpan:
            return await self._inter_pan(request)
        if request.profile == ZDO_PROFILE:
            return await self._zdo(request)
        device = self._device(request)
        if device is None or request.silent:
            tsn = self._network.next_tsn() if request.tsn is None else request.tsn
            await self._network.send(self._frame(request, tsn, device))
            return {}
        return await self._unicast(request, device)

    async def _unicast(self, request: RawRequest, device: Device) -> dict[str, Any]:
        answer = await self._network.exchange(
            device, lambda tsn: self._frame(request, tsn, device), tsn=request.tsn, timeout=request.timeout
        )
        return {} if answer is None else _described(answer, request, device)

    async def _zdo(self, request: RawRequest) -> list[Any] | dict[str, Any]:
        message = raw_zdo.request(int(request.cluster), request.zdo or [])
        device = None if request.address == ADDRESS else self._device(request)
        if request.silent or request.broadcast:
            await self._network.send(_zdo_frame(request, message, self._network.next_tsn()))
            return {}
        try:
            answer = await self._network.zdo_request(device, message, timeout=request.timeout)
        except StatusError as error:
            return [error.status, None]
        return ["SUCCESS", raw_zdo.plain(answer)]

    async def _inter_pan(self, request: RawRequest) -> dict[str, Any]:
        parameters = self._network.parameters
        channel = request.channel or (parameters.channel if parameters else 0)
        cluster = CLUSTERS.resolve(request.cluster)
        data = _data(request, 0, CLUSTERS)
        heard: asyncio.Queue[InterPanFrame] = asyncio.Queue()
        async with self._touchlink.air() as air:
            await air.tune(channel, heard.put_nowait)
            await air.send(InterPanFrame(request.ieee, PROFILE, cluster.id, data))
            if request.silent or request.ieee is not None:
                return {}
            try:
                async with asyncio.timeout(request.timeout):
                    frame = await heard.get()
            except TimeoutError as error:
                raise RequestTimeoutError(request.timeout) from error
        return {"address": frame.ieee, "clusterID": frame.cluster, "data": _buffer(frame.data)}

    def _device(self, request: RawRequest) -> Device | None:
        """Return the device that is meant, None for a group or for all.

        Raises:
            RequestFault: It is unknown, and its answer is wanted.
        """
        if request.group is not None or request.broadcast:
            return None
        device = self._network.devices.get(request.ieee or "")
        if device is None and request.address is not None and request.ieee is None:
            device = self._network.device_at(request.address)
        if device is not None or (request.silent and request.address is not None):
            return device
        who = request.ieee or f"0x{request.address or 0:04x}"
        raise RequestFault(
            f"Device {who} does not exist", "with disable_response frames can be sent to any network_address"
        )

    def _frame(self, request: RawRequest, tsn: int, device: Device | None) -> ApsFrame:
        clusters = self._network.clusters_of(device) if device else CLUSTERS
        mode, destination = _destination(request, device)
        return ApsFrame(
            source=ADDRESS,
            source_endpoint=request.source_endpoint,
            destination=destination,
            destination_endpoint=ALL_ENDPOINTS if request.endpoint is None else request.endpoint,
            profile=request.profile,
            cluster=clusters.resolve(request.cluster).id,
            data=_data(request, tsn, clusters),
            mode=mode,
            ack=mode is Mode.UNICAST,
            destination_ieee=device.ieee if device else None,
            sleepy=device is not None and device.sleepy,
        )


def _destination(request: RawRequest, device: Device | None) -> tuple[Mode, int]:
    if request.group is not None:
        return Mode.GROUP, request.group
    if device is not None:
        return Mode.UNICAST, device.network_address
    return Mode.BROADCAST if request.broadcast else Mode.UNICAST, request.address or ADDRESS


def _data(request: RawRequest, tsn: int, clusters: Clusters) -> bytes:
    if request.header is None:
        raise RequestFault("Invalid payload", f"zcl is {shortened(request.payload)}; an object is allowed")
    header = request.header._replace(tsn=tsn)
    return encode_payload(header, request.cluster, request.command, request.payload, clusters)


def _zdo_frame(request: RawRequest, message: zdo.Message, tsn: int) -> ApsFrame:
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=0,
        destination=request.address or ADDRESS,
        destination_endpoint=0,
        profile=ZDO_PROFILE,
        cluster=message.cluster,
        data=zdo.encode(message, tsn),
        mode=Mode.BROADCAST if request.broadcast else Mode.UNICAST,
    )


def _described(answer: Message, request: RawRequest, device: Device) -> dict[str, Any]:
    """Describe an answer as the interface does: addresses, header, and the whole frame as a buffer."""
    header = Header(
        SPECIFIC if answer.cluster_specific else GENERAL,
        answer.tsn,
        answer.command_id,
        answer.to_client,
        answer.manufacturer,
        answer.disable_default_response,
    )
    described: dict[str, Any] = {
        "commandIdentifier": header.command_id,
        "frameControl": {
            "direction": int(header.to_client),
            "disableDefaultResponse": header.disable_default_response,
            "frameType": header.frame_type,
            "manufacturerSpecific": header.manufacturer is not None,
            "reservedBits": 0,
        },
        "transactionSequenceNumber": header.tsn,
    }
    if header.manufacturer is not None:
        described["manufacturerCode"] = header.manufacturer
    return {
        "address": device.network_address,
        "clusterID": answer.cluster_id,
        "data": _buffer(header.serialise() + answer.payload),
        "destinationEndpoint": request.source_endpoint,
        "endpoint": request.endpoint,
        "groupID": 0,
        "header": described,
        "linkquality": device.linkquality,
        "wasBroadcast": False,
    }


def _buffer(data: bytes) -> dict[str, Any]:
    return {"type": "Buffer", "data": list(data)}
