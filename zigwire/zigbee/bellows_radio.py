"""What Silicon Labs' EmberZNet coordinators do differently from other radios of zigpy."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import zigpy.zdo.types as zdo_t
from bellows.ash import NcpFailure
from bellows.types import sl_Status

from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.zigpy_radio import ApplicationMixin

__all__ = ["BellowsMixin"]

_LOG = logging.getLogger(__name__)


class BellowsMixin(ApplicationMixin):
    """The application of bellows.

    The chip gives nobody the network's key unless its trust center was told to. bellows does that in `permit`, which is
    never called here; so whatever permits joins, wherever, does it.
    """

    _ezsp: Any
    _preparation: asyncio.Task[None] | None = None

    async def send_packet(self, packet: Any) -> None:
        """Send a frame; when it permits joins at other nodes, the trust center has to know."""
        if packet.dst_ep == 0 and packet.cluster_id == zdo_t.ZDOCmd.Mgmt_Permit_Joining_req:
            self._prepare_trust_center(packet.data.serialize()[1])
        await super().send_packet(packet)  # type: ignore[misc]

    async def permit_ncp(self, time_s: int = 60) -> None:
        """Let the coordinator itself accept joins."""
        self._prepare_trust_center(time_s)
        await super().permit_ncp(time_s)  # type: ignore[misc]

    async def add_link_key(self, ieee: Any, key: Any) -> None:
        """Let a device join with a link key of its own while joins are permitted."""
        status = await self._ezsp.add_transient_link_key(ieee, key)
        if sl_Status.from_ember_status(status) != sl_Status.OK:
            raise RadioError(f"the coordinator refuses the link key: {status!r}")

    async def identify(self) -> None:
        """Read address and board."""
        node = self.state.node_info
        (node.ieee,) = await self._ezsp.getEui64()
        node.manufacturer, node.model, node.version = await self._get_board_info()  # type: ignore[attr-defined]

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the loss of the connection; before the network is up, a reset of the chip is none but asked for."""
        if isinstance(exc, NcpFailure) and not self.controller_event.is_set():  # type: ignore[attr-defined]
            _LOG.debug("The coordinator was reset: %s", exc)
            return
        super().connection_lost(exc)

    def _prepare_trust_center(self, seconds: int) -> None:
        """Let the trust center give the key for so many seconds; the last word counts."""
        before = self._preparation
        prepared = before is not None and not before.done()
        if before is not None:
            before.cancel()
        if seconds or prepared:
            work = self._pre_permit(seconds)
            self._preparation = self.create_task(work, "prepare the trust center")  # type: ignore[attr-defined]

    async def _pre_permit(self, seconds: int) -> None:
        """Set key and policy, wait for the end, and set the policy back."""
        try:
            await self._ezsp.pre_permit(seconds)
        except Exception as error:  # noqa: BLE001 - nobody waits for it
            _LOG.warning("The coordinator does not prepare for joins, devices may not get the key: %r", error)
