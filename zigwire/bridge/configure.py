"""The set-up that a device's definition asks for: binds, reporting, first reads."""

from __future__ import annotations

import logging

from zigwire.bridge.entities import DeviceEntity

__all__ = ["configure"]

LOG = logging.getLogger(__name__)


async def configure(entity: DeviceEntity) -> None:
    """Do all steps of the set-up.

    Raises:
        RequestError: The device did not do one of them; the ones before it are done.
    """
    if entity.behaviour is None:
        return
    await entity.behaviour.configure()
    LOG.info("Configured '%s'", entity.name)
