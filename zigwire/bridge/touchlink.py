"""touchlink/*: finding and resetting lamps near the coordinator."""

from __future__ import annotations

import logging
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.zigbee.address import is_ieee
from zigwire.zigbee.touchlink import CHANNELS, Touchlink

__all__ = ["TouchlinkRequests"]

LOG = logging.getLogger(__name__)


class TouchlinkRequests:
    """touchlink/scan, identify and factory_reset."""

    def __init__(self, touchlink: Touchlink) -> None:
        self._touchlink = touchlink

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            "touchlink/scan": self.scan,
            "touchlink/identify": self.identify,
            "touchlink/factory_reset": self.factory_reset,
        }

    async def scan(self, message: Any) -> dict[str, Any]:  # noqa: ARG002 - a handler's signature
        """Find what answers near the coordinator."""
        LOG.info("Touchlink: looking for devices; the network waits meanwhile")
        found = await self._touchlink.scan()
        LOG.info("Touchlink: found %d devices", len(found))
        return {"found": [{"ieee_address": one.ieee, "channel": one.channel} for one in found]}

    async def identify(self, message: Any) -> dict[str, Any]:
        """Make a device blink."""
        ieee, channel = _target(fields(message, "ieee_address", "channel"))
        await self._touchlink.identify(ieee, channel)
        return {"ieee_address": ieee, "channel": channel}

    async def factory_reset(self, message: Any) -> dict[str, Any]:
        """Reset a device, or the first that answers, to what it was when it left the factory."""
        asked = {} if message == "" else fields(message)
        if {"ieee_address", "channel"} & asked.keys():
            ieee, channel = _target(fields(asked, "ieee_address", "channel"))
            await self._touchlink.reset(ieee, channel)
            LOG.info("Touchlink: reset %s", ieee)
            return {"ieee_address": ieee, "channel": channel}
        first = await self._touchlink.reset_first()
        if first is None:
            raise RequestFault("Failed to factory reset device through Touchlink", "no device answers")
        LOG.info("Touchlink: reset %s", first.ieee)
        return {}


def _target(asked: dict[str, Any]) -> tuple[str, int]:
    ieee, channel = asked["ieee_address"], asked["channel"]
    if not isinstance(ieee, str) or not is_ieee(ieee.lower()):
        raise RequestFault("Invalid payload", f"ieee_address is {shortened(ieee)}; 0x and 16 hex digits are allowed")
    if isinstance(channel, bool) or channel not in CHANNELS:
        raise RequestFault("Invalid payload", f"channel is {shortened(channel)}; 11 to 26 is allowed")
    return ieee.lower(), channel
