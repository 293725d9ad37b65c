"""What Texas Instruments' Z-Stack coordinators do differently from other radios of zigpy."""

from __future__ import annotations

import asyncio
from typing import Any

import zigpy.types as zigpy_t
import zigpy.zdo.types as zdo_t
import zigpy_znp.commands as c
import zigpy_znp.types as t
from zigpy_znp.types.nvids import OsalNvIds

from zigwire.zigbee.address import ieee_from_bytes
from zigwire.zigbee.coordinator import ADDRESS
from zigwire.zigbee.radio import CoordinatorInfo, InterPan, NetworkParameters, RadioError
from zigwire.zigbee.zigpy_radio import ApplicationMixin, ZigpyRadio
from zigwire.zigbee.znp_intake import Intake
from zigwire.zigbee.zstack_inter_pan import ZstackInterPan

__all__ = ["ZstackMixin", "ZstackRadio"]

_HOME_1_2 = 0
_TYPES = {_HOME_1_2: "ZStack12", 1: "ZStack3x0", 2: "ZStack30x"}
"""By the product number in the version: Home 1.2, 3.x.0 (CC26xx), 3.0.x (CC2530/31/38)."""

_META = {
    "transportrev": "TransportRev",
    "product": "ProductId",
    "majorrel": "MajorRel",
    "minorrel": "MinorRel",
    "maintrel": "MaintRel",
    "revision": "CodeRevision",
}
"""Fields of the version by the names that bridge/info shows."""

_KEYS_FOR_ROUTERS = 20210708
"""Build since which who joins at a router gets the key while the coordinator itself lets nobody in.

https://github.com/Koenkk/Z-Stack-firmware/commit/efac5ee46b9b437
"""


class ZstackMixin(ApplicationMixin):
    """The application of zigpy-znp."""

    _znp: Any
    _zstack_build_id: int
    _join_announce_tasks: dict[Any, asyncio.TimerHandle]
    _told_all: int | None = None
    """Seconds of a permission that was just broadcast."""

    async def connect(self) -> None:
        """Open the port, and read what devices say ourselves from then on."""
        await super().connect()  # type: ignore[misc]
        line = self._znp._uart  # noqa: SLF001 - zigpy-znp has no public way to its line
        half_read = bytes(line._buffer)  # noqa: SLF001 - nor to what it holds
        line._buffer.clear()  # noqa: SLF001
        intake = Intake(self.radio.frame_received, line.data_received)
        line.data_received = intake.feed
        intake.feed(half_read)

    async def send_packet(self, packet: Any) -> None:
        """Send a frame.

        Z-Stack has a command of its own for permitting joins, and without it sends no key to those who join.
        zigpy-znp uses it but sends the frame besides.
        """
        permit = packet.dst_ep == 0 and packet.cluster_id == zdo_t.ZDOCmd.Mgmt_Permit_Joining_req
        if not permit or self._znp is None:
            await super().send_packet(packet)  # type: ignore[misc]
            return
        tsn, seconds, significance = packet.data.serialize()
        if packet.dst.addr_mode == zigpy_t.AddrMode.Broadcast:
            request = _permit_request(t.AddrMode.Broadcast, packet.dst.address, seconds, significance)
            await self._znp.request(request, RspStatus=t.Status.SUCCESS)
            self._told_all = seconds
            return
        if self._zstack_build_id < _KEYS_FOR_ROUTERS:
            await self._permit(ADDRESS, seconds, significance)
        status = await self._permit(packet.dst.address, seconds, significance)
        self._hand_on(packet, bytes((tsn, status)))

    async def permit_here(self, seconds: int) -> None:
        """Let the coordinator itself accept joins, unless a broadcast has just told it to."""
        told, self._told_all = self._told_all, None
        if told == seconds:
            return
        status = await self._permit(ADDRESS, seconds, 1)
        if status != t.ZDOStatus.SUCCESS:
            raise RadioError(f"the coordinator refuses: {status!r}")

    async def _permit(self, address: int, seconds: int, significance: int) -> Any:
        """Let one node accept joins; returns its word."""
        answer = c.ZDO.MgmtPermitJoinRsp.Callback(Src=zigpy_t.NWK(address), partial=True)
        request = _permit_request(t.AddrMode.NWK, address, seconds, significance)
        response = await self._znp.request_callback_rsp(request=request, RspStatus=t.Status.SUCCESS, callback=answer)
        return response.Status

    def _hand_on(self, packet: Any, data: bytes) -> None:
        """Receive the answer to a request under the request's sequence number: Z-Stack has counted its own."""
        answer = packet.replace(
            src=packet.dst,
            src_ep=0,
            dst=packet.src,
            dst_ep=0,
            cluster_id=zdo_t.ZDOCmd.Mgmt_Permit_Joining_rsp,
            data=zigpy_t.SerializableBytes(data),
        )
        self.packet_received(answer)

    def on_zdo_tc_device_join(self, msg: Any) -> None:
        """Take a join at once; zigpy-znp gives a device that it does not know 5 s to announce itself first."""
        super().on_zdo_tc_device_join(msg)  # type: ignore[misc]
        delayed = self._join_announce_tasks.pop(msg.SrcIEEE, None)
        if delayed is not None:
            delayed.cancel()
            self.handle_join(msg.SrcNwk, msg.SrcIEEE, msg.ParentNwk)

    def on_zdo_device_leave(self, msg: Any) -> None:
        """Take a leave, with the device's word on whether it comes back."""
        self.handle_leave(msg.NWK, msg.IEEE, rejoin=bool(msg.Rejoin))

    async def subscribe_to_multicast_group(self, group_id: Any, endpoint_id: int = 1) -> None:
        """Join a group, for which zigpy-znp does nothing."""
        request = c.ZDO.ExtAddGroup.Req(Endpoint=endpoint_id, GroupId=group_id, GroupName=t.CharacterString(""))
        await self._znp.request(request, RspStatus=t.Status.SUCCESS)

    async def add_link_key(self, ieee: Any, key: Any) -> None:
        """Let a device join with a link key of its own, which Z-Stack does since its version 3."""
        if self.state.network_info.metadata["zstack"].get("product") == _HOME_1_2:
            raise RadioError("install codes are not supported by Z-Stack Home 1.2")
        derived = c.app_config.InstallCodeFormat.KeyDerivedFromInstallCode
        request = c.AppConfig.BDBAddInstallCode.Req(InstallCodeFormat=derived, IEEE=ieee, InstallCode=key.serialize())
        await self._znp.request(request, RspStatus=t.Status.SUCCESS)

    def inter_pan(self) -> InterPan:
        """Return the ability to talk to devices of other networks."""
        return ZstackInterPan(self._znp, self.radio.ask)

    async def identify(self) -> None:
        """Read address and version."""
        version = await self._znp.request(c.SYS.Version.Req())
        self.state.node_info.ieee = await self.own_ieee()
        self.state.network_info.metadata = {"zstack": version.as_dict()}

    async def own_ieee(self) -> Any:
        """Return the IEEE address, which Z-Stack knows without a network."""
        return await self._znp.nvram.osal_read(OsalNvIds.EXTADDR, item_type=zigpy_t.EUI64)


class ZstackRadio(ZigpyRadio):
    """A radio of zigpy-znp."""

    def inter_pan(self) -> InterPan:
        """Return the ability to talk to devices of other networks."""
        return self._connected().inter_pan()  # type: ignore[no-any-return]

    async def permit(self, seconds: int) -> None:
        """Let the coordinator itself accept joins, for which zigpy-znp does nothing."""
        await self.ask(self._connected().permit_here, seconds)

    async def remembered(self) -> frozenset[str] | None:
        """Return whom the chip's address and key tables hold."""
        await self.ask(self._connected().load_network_info, load_devices=True)
        network = self._app.state.network_info
        found = (*network.nwk_addresses, *network.children, *(key.partner_ieee for key in network.key_table))
        return frozenset(ieee_from_bytes(ieee.serialize()) for ieee in found)

    def info(self) -> CoordinatorInfo:
        """Describe the coordinator by its version."""
        state = self._app.state
        version = state.network_info.metadata["zstack"]
        meta = {name: int(version.get(field) or 0) for name, field in _META.items()}
        kind = _TYPES.get(meta["product"], f"ZStack product {meta['product']}")
        return CoordinatorInfo(ieee_from_bytes(state.node_info.ieee.serialize()), kind, meta)

    async def own_ieee(self, parameters: NetworkParameters) -> str:  # noqa: ARG002 - no network has to be formed first
        """Return the coordinator's IEEE address."""
        ieee = await self.ask(self._app.own_ieee)
        return ieee_from_bytes(ieee.serialize())


def _permit_request(mode: Any, address: int, seconds: int, significance: int) -> Any:
    return c.ZDO.MgmtPermitJoinReq.Req(
        AddrMode=mode, Dst=zigpy_t.NWK(address), Duration=seconds, TCSignificance=significance
    )
