"""action: what goes beyond the devices' definitions, by name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.bridge.raw_action import RawAction
from zigwire.bridge.requests import Handler, RequestFault
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zigbee.address import ieee_to_bytes, is_ieee
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import InterPan, InterPanFrame, RadioError
from zigwire.zigbee.touchlink import CHANNELS, PROFILE, Touchlink

__all__ = ["ACTIONS", "ActionRequests"]

LOG = logging.getLogger(__name__)

ACTIONS = ("raw", "philips_hue_factory_reset")
"""Names, in the order in which bridge/definitions lists them."""

HUE_RESET, TOUCHLINK, SIGNIFY = 0x00, 0x1000, 0x100B
SERIAL_DIGITS = 6
MOST_SERIALS = 20
AIR_REST = 1.0
"""Seconds between two channels."""

Action = Callable[[Any], Awaitable[dict[str, Any] | list[Any]]]


class ActionRequests:
    """action.

    Args:
        rest: Seconds between two channels of a reset.
    """

    def __init__(self, network: Network, touchlink: Touchlink, rest: float = AIR_REST) -> None:
        self._network = network
        self._touchlink = touchlink
        self._rest = rest
        self._actions: dict[str, Action] = dict(
            zip(ACTIONS, (RawAction(network, touchlink).run, self._hue_reset), strict=True)
        )

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"action": self.run}

    async def run(self, message: Any) -> dict[str, Any] | list[Any]:
        """Carry out an action."""
        if not isinstance(message, dict) or not message.get("action"):
            raise RequestFault("Invalid payload", f"{shortened(message)} is no object with action")
        name = message["action"]
        action = self._actions.get(name) if isinstance(name, str) else None
        if action is None:
            raise RequestFault("Invalid action", f"action is {shortened(name)}; {', '.join(ACTIONS)} are allowed")
        return await action(message.get("params") or {})

    async def _hue_reset(self, params: Any) -> dict[str, Any]:
        """Reset Hue lamps near the coordinator whose serial numbers are known."""
        if not isinstance(params, dict):
            raise RequestFault("Invalid payload", f"params is {shortened(params)}; an object is allowed")
        payload = self._extended_pan_id(params) + _serials(params.get("serial_numbers"))
        header = Header(SPECIFIC, 0, HUE_RESET, manufacturer=SIGNIFY, disable_default_response=True)
        frame = InterPanFrame(None, PROFILE, TOUCHLINK, header.serialise() + payload)
        async with self._touchlink.air() as air:
            for channel in CHANNELS:
                await self._tell(air, channel, frame)
        return {}

    async def _tell(self, air: InterPan, channel: int, frame: InterPanFrame) -> None:
        """Send a frame on a channel, and leave the air to others for a while."""
        try:
            await air.tune(channel, _ignored)
            await air.send(frame)
        except RadioError as error:
            LOG.warning("The reset of Hue lamps was not sent on channel %d: %s", channel, error)
        await asyncio.sleep(self._rest)

    def _extended_pan_id(self, params: dict[str, Any]) -> bytes:
        given = params.get("extended_pan_id")
        if given is None and self._network.parameters is not None:
            given = self._network.parameters.extended_pan_id
        if not isinstance(given, str) or not is_ieee(given.lower()):
            raise RequestFault(
                "Invalid payload", f"extended_pan_id is {shortened(given)}; 0x and 16 hex digits are allowed"
            )
        return ieee_to_bytes(given.lower())


def _serials(given: Any) -> bytes:
    """Return the list of serial numbers, each of which is on a lamp."""
    if not isinstance(given, list) or not 0 < len(given) <= MOST_SERIALS or not all(_is_serial(one) for one in given):
        raise RequestFault(
            "serial_numbers must be an array of 6-character hex strings",
            f"serial_numbers is {shortened(given)}; 1 to {MOST_SERIALS} are allowed",
        )
    return bytes([len(given)]) + b"".join(int(one, 16).to_bytes(4, "little") for one in given)


def _is_serial(value: Any) -> bool:
    return isinstance(value, str) and len(value) == SERIAL_DIGITS and all(c in "0123456789abcdefABCDEF" for c in value)


def _ignored(_frame: InterPanFrame) -> None:
    """Take what is heard on the way: nobody waits for it."""
