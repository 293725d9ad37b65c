"""What Digi's XBee modules do differently from other radios of zigpy.

Written from zigpy-xbee and Digi's XBee3 Zigbee guide (90001539), never tried with a module. Known limits: a module
chooses its 16 bit PAN id itself and never tells its network key, so that both are reported as different from the
configured ones at each start; it reports no link quality, no leaves, and makes no backup that could be restored.
"""

from __future__ import annotations

import asyncio
from typing import Any

import zigpy.exceptions

from zigwire.zigbee.coordinator import ADDRESS
from zigwire.zigbee.zigpy_radio import ApplicationMixin

__all__ = ["XbeeMixin"]

_STARTING = 4.0
"""Seconds in which a module has found or formed its network."""

_ENCRYPTED, _TRUST_CENTER, _ZIGBEE_PRO = 1, 0b0010, 2
"""Values of EE and ZS, bit of EO."""


class XbeeMixin(ApplicationMixin):
    """The application of zigpy-xbee."""

    _api: Any
    state: Any

    async def load_network_info(self, *, load_devices: bool = False) -> None:
        """Read the network, which zigpy-xbee takes for one however the module is set.

        Raises:
            NetworkNotFormed: The module has none, or none that starts: with encryption and as its coordinator.
        """
        async with asyncio.timeout(_STARTING):
            associated = await self._get_association_state() == 0  # type: ignore[attr-defined]
        await super().load_network_info(load_devices=load_devices)  # type: ignore[misc]
        if not associated or not await self._is_secure_coordinator():
            raise zigpy.exceptions.NetworkNotFormed("the module is no coordinator of an encrypted network")

    async def _is_secure_coordinator(self) -> bool:
        """Tell whether zigpy-xbee starts with these settings."""
        if self.state.node_info.nwk != ADDRESS:
            return False
        encryption, options, profile = [await self._api._at_command(name) for name in ("EE", "EO", "ZS")]  # noqa: SLF001
        return encryption == _ENCRYPTED and bool(options & _TRUST_CENTER) and profile == _ZIGBEE_PRO

    async def _watchdog_feed(self) -> None:
        """Ask for a sign of life: zigpy-xbee asks for none."""
        await self._api._at_command("AI")  # noqa: SLF001
