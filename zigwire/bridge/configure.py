"""The set-up that a device's definition asks for: binds, reporting, first reads."""

from __future__ import annotations

import logging

from zigwire.bridge.entities import DeviceEntity
from zigwire.devices.feature import Bind
from zigwire.zigbee.network import Network

__all__ = ["configure"]

LOG = logging.getLogger(__name__)


async def configure(network: Network, entity: DeviceEntity) -> None:
    """Do all steps of the set-up in their order.

    Raises:
        RequestError: The device did not do one of them; the ones before it are done.
    """
    if entity.behaviour is None:
        return
    for step in entity.behaviour.setup:
        if isinstance(step, Bind):
            cluster = network.clusters_of(entity.device).resolve(step.cluster).id
            target = network.coordinator_binding(cluster)
            await network.bind(entity.device, step.endpoint, target, priority="background")
        else:
            await network.request(entity.device, step, priority="background")
    LOG.info("Configured '%s'", entity.name)
