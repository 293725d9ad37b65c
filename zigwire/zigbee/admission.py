"""Keeps devices out of the network that may not be in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from zigwire.zigbee import zdo
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.requests import Requests

__all__ = ["Admission"]

_ASK_AGAIN = 10.0
"""Seconds in which a device is asked to leave once: a join, an announce and an answer who it is come together."""

_MOST_REMEMBERED = 1000
"""Devices that were asked, before the old ones are forgotten: anybody can make up IEEE addresses."""

_LOG = logging.getLogger(__name__)


class Admission:
    """Asks devices to leave.

    Args:
        admits: Tells whether the device of an IEEE address may be in the network.
    """

    def __init__(self, admits: Callable[[str], bool], requests: Requests, background: Background) -> None:
        self.admits = admits
        self._requests = requests
        self._background = background
        self._asked: dict[str, float] = {}

    def turn_away(self, ieee: str, address: int) -> None:
        """Ask a device to leave, in the background; one that did not hear it is asked again when it is heard again."""
        now, asked = asyncio.get_running_loop().time(), self._asked.get(ieee)
        if asked is not None and now - asked < _ASK_AGAIN:
            return
        if len(self._asked) >= _MOST_REMEMBERED:
            self._asked = {other: when for other, when in self._asked.items() if now - when < _ASK_AGAIN}
        self._asked[ieee] = now
        level = logging.WARNING if asked is None else logging.DEBUG
        _LOG.log(level, "%s may not be in the network (passlist, blocklist): it is asked to leave", ieee)
        self._background.spawn(self._ask(ieee, address), f"sending {ieee} away")

    def left(self, ieee: str) -> None:
        """Note a leave: the next join is another one."""
        self._asked.pop(ieee, None)

    async def _ask(self, ieee: str, address: int) -> None:
        try:
            await self._requests.send_zdo(address, zdo.LeaveRequest(ieee), priority="background")
        except RequestError as error:
            _LOG.debug("%s was not told to leave: %s", ieee, error)
