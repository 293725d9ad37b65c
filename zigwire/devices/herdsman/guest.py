"""A device in the engine: its host, its image, and how often its definition went wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from zigwire.devices.behaviour import Host
from zigwire.devices.herdsman.clusters import table
from zigwire.devices.herdsman.mirror import Mirror, dumps
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.model import Device, Scene

__all__ = ["Guest"]

LOG = logging.getLogger(__name__)

FAULTS_ALLOWED = 3
"""So often a definition may be stopped for what it takes of time or memory; then it is not asked any more."""


class Guest:
    """What belongs to one device.

    Attributes:
        device: The device.
        host: What serves it.
        mirror: Keeps device and image alike.
        custom_clusters: The clusters that the definition added, as it describes them.
    """

    def __init__(self, device: Device, host: Host) -> None:
        self.device = device
        self.host = host
        self.mirror = Mirror(device)
        self.custom_clusters: dict[str, Any] = {}
        self._options: dict[str, Any] = {}
        self._faults = 0

    @property
    def disabled(self) -> bool:
        """Whether its definition is not asked any more."""
        return self._faults >= FAULTS_ALLOWED

    def stopped(self, reason: object) -> None:
        """Note that its definition had to be stopped."""
        if self.disabled:
            return
        self._faults += 1
        after = "; it is not used any more" if self.disabled else ""
        LOG.error("The definition of %s went wrong: %s%s", self.device.ieee, reason, after)

    def circumstances(self) -> tuple[str, str]:
        """Return options and cached state as JSON."""
        self._options = dict(self.host.options(self.device))
        return dumps(self._options), dumps(self.host.state(self.device))

    def new_options(self) -> dict[str, Any]:
        """Return the options as they were when they were last looked at, and as they are."""
        return {"from": self._options, "to": self.host.options(self.device)}

    def keep(self, kept: Mapping[str, Any]) -> None:
        """Take over what its definition wants kept."""
        scenes = self._scenes()
        self.mirror.keep(kept)
        if clusters := kept.get("customClusters"):
            self._use(clusters)
        if self._scenes() != scenes:
            self.host.scenes_changed([self.device])
        elif kept["saved"]:
            self.host.save(self.device)

    def _scenes(self) -> list[list[Scene]]:
        return [endpoint.scenes for endpoint in self.device.endpoints.values()]

    def _use(self, clusters: dict[str, Any]) -> None:
        self.custom_clusters = clusters
        try:
            self.host.use_clusters(self.device, table(clusters))
        except (EncodeError, ValueError, KeyError, TypeError) as error:
            LOG.error("The clusters that the definition of %s adds can't be used: %s", self.device.ieee, error)
