"""Inter-PAN frames through Z-Stack: AF_INTER_PAN_CTL, and AF_DATA_REQUEST_EXT to the stub endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import zigpy.types as zigpy_t
import zigpy_znp.commands as c
import zigpy_znp.types as t

from zigwire.zigbee.address import ieee_from_bytes, ieee_to_bytes
from zigwire.zigbee.radio import InterPanFrame
from zigwire.zigbee.touchlink import PROFILE

__all__ = ["ZstackInterPan"]

_ENDPOINT = 12
_STUB_ENDPOINT = 0xFE
"""What Z-Stack calls the other side's endpoint; inter-PAN frames have none."""

_ANY_PAN = 0xFFFF
_RADIUS = 30
_SETTLING = 3.0
"""Seconds after the return to the network's channel in which Z-Stack takes nothing (measured by zigbee-herdsman)."""

_REGISTRATION = c.AF.Register.Req(
    Endpoint=_ENDPOINT,
    ProfileId=PROFILE,
    DeviceId=0x0005,
    DeviceVersion=0,
    LatencyReq=c.af.LatencyReq.NoLatencyReqs,
    InputClusters=[],
    OutputClusters=[],
)
"""Inter-PAN frames get their profile from the endpoint that sends them; that it is registered already is no error."""


class ZstackInterPan:
    """A `zigbee.radio.InterPan` of zigpy-znp.

    Args:
        znp: zigpy-znp's connection.
        ask: Has the library do something for as long as the radio is there.
    """

    def __init__(self, znp: Any, ask: Callable[..., Awaitable[Any]]) -> None:
        self._znp = znp
        self._ask = ask
        self._listener: Any = None

    async def tune(self, channel: int, heard: Callable[[InterPanFrame], None]) -> None:
        """Go to a channel."""
        self._listen(heard)
        await self._ask(self._znp.request, _REGISTRATION)
        await self._control(t.InterPanCommand.Set, bytes([channel]))
        await self._control(t.InterPanCommand.Reg, bytes([_ENDPOINT]))

    async def send(self, frame: InterPanFrame) -> None:
        """Send a frame."""
        if frame.ieee is None:
            address = t.AddrModeAddress(mode=t.AddrMode.NWK, address=zigpy_t.NWK(_ANY_PAN))
        else:
            ieee, _ = zigpy_t.EUI64.deserialize(ieee_to_bytes(frame.ieee))
            address = t.AddrModeAddress(mode=t.AddrMode.IEEE, address=ieee)
        request = c.AF.DataRequestExt.Req(
            DstAddrModeAddress=address,
            DstEndpoint=_STUB_ENDPOINT,
            DstPanId=_ANY_PAN,
            SrcEndpoint=_ENDPOINT,
            ClusterId=frame.cluster,
            TSN=0,
            Options=c.af.TransmitOptions.NONE,
            Radius=_RADIUS,
            Data=t.LongBytes(frame.data),
        )
        await self._ask(self._znp.request, request, RspStatus=t.Status.SUCCESS)

    async def restore(self) -> None:
        """Go back to the network's channel."""
        self._listen(None)
        await self._control(t.InterPanCommand.Clr, b"")
        await asyncio.sleep(_SETTLING)

    async def _control(self, command: Any, data: bytes) -> None:
        request = c.AF.InterPanCtl.Req(Command=command, Data=t.Bytes(data))
        await self._ask(self._znp.request, request, RspStatus=t.Status.SUCCESS)

    def _listen(self, heard: Callable[[InterPanFrame], None] | None) -> None:
        if self._listener is not None:
            self._znp.remove_listener(self._listener)
            self._listener = None
        if heard is None:
            return

        def take(message: Any) -> None:
            if message.SrcAddrModeAddress.mode == t.AddrMode.IEEE:
                ieee = ieee_from_bytes(message.SrcAddrModeAddress.address.serialize())
                heard(InterPanFrame(ieee, 0, int(message.ClusterId), bytes(message.Data)))

        self._listener = self._znp.callback_for_response(c.AF.IncomingMsgExt.Callback(partial=True), take)
