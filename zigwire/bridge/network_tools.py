"""The requests that look at the network as a whole, or reach beyond it."""

from __future__ import annotations

import time
from collections.abc import Callable

from zigwire.bridge.actions import ActionRequests
from zigwire.bridge.coordinator_requests import CoordinatorRequests
from zigwire.bridge.entities import Entities
from zigwire.bridge.install_codes import InstallCodeRequests
from zigwire.bridge.network_map import NetworkMap
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.requests import Handler
from zigwire.bridge.touchlink import TouchlinkRequests
from zigwire.settings import Settings
from zigwire.zigbee.network import Network
from zigwire.zigbee.touchlink import Touchlink

__all__ = ["NetworkTools"]


class NetworkTools:
    """networkmap, coordinator_check, install_code, touchlink and action.

    Args:
        now: Unix time in seconds.
    """

    def __init__(
        self, mqtt: Mqtt, settings: Settings, network: Network, entities: Entities, now: Callable[[], float] = time.time
    ) -> None:
        touchlink = Touchlink(network.inter_pan)
        self._map = NetworkMap(mqtt, settings, network, entities, now)
        self._coordinator = CoordinatorRequests(network, entities)
        self._install_codes = InstallCodeRequests(network)
        self._touchlink = TouchlinkRequests(touchlink)
        self._actions = ActionRequests(network, touchlink)

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            **self._map.handlers(),
            **self._coordinator.handlers(),
            **self._install_codes.handlers(),
            **self._touchlink.handlers(),
            **self._actions.handlers(),
        }

    def stop(self) -> None:
        """End what is under way."""
        self._map.stop()
