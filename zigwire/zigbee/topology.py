"""The tables that nodes keep of their neighbours and routes, read page by page (Zigbee 2.4.3.3.2 and 2.4.3.3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from zigwire.zigbee import zdo
from zigwire.zigbee.model import Device
from zigwire.zigbee.requests import Priority

__all__ = ["read_neighbors", "read_routes"]

_E = TypeVar("_E")

_MOST_ENTRIES = 255
"""What the byte that numbers the entries can count; it bounds a table that never ends."""


class _Asker(Protocol):
    """Who sends the requests: the network."""

    async def zdo_request(
        self, device: Device | None, request: zdo.Message, *, priority: Priority = "user"
    ) -> zdo.Response:
        """Ask a node's management."""


async def read_neighbors(asker: _Asker, node: Device | None) -> tuple[zdo.Neighbor, ...]:
    """Return whom a node hears; None is the coordinator.

    Raises:
        RequestError: It does not tell.
    """
    return await _read(asker, node, zdo.LqiRequest)


async def read_routes(asker: _Asker, node: Device | None) -> tuple[zdo.Route, ...]:
    """Return the routes that a node knows; None is the coordinator.

    Raises:
        RequestError: It does not tell.
    """
    return await _read(asker, node, zdo.RoutingRequest)


async def _read(asker: _Asker, node: Device | None, page: Callable[[int], zdo.Message]) -> tuple[_E, ...]:
    """Read a table in the background, up to its end or to a page that tells nothing new."""
    entries: dict[_E, None] = {}
    position = 0
    while position < _MOST_ENTRIES:
        response = await asker.zdo_request(node, page(position), priority="background")
        assert isinstance(response, zdo.LqiResponse | zdo.RoutingResponse)  # noqa: S101 - the cluster matched
        known = len(entries)
        entries.update(dict.fromkeys(response.entries))  # type: ignore[arg-type]
        position += len(response.entries)
        if len(entries) == known or position >= response.total:
            break
    return tuple(entries)
