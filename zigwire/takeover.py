"""The first start on a data folder of Zigbee2MQTT: its devices, groups and states become Zigwire's."""

from __future__ import annotations

import logging
from pathlib import Path

from zigwire.settings import Settings
from zigwire.storage import Database
from zigwire.storage.transfer import Found, read_folder

__all__ = ["take_over"]

LOG = logging.getLogger(__name__)


def take_over(data: Path, settings: Settings, database: Database) -> None:
    """Fill a blank database with what Zigbee2MQTT left in the data folder; its files stay as they are.

    Raises:
        StorageError: Its database is damaged so badly that devices would be lost, or ours can't be written.
    """
    if not database.is_blank():
        return
    found = read_folder(data, settings.devices)
    if found is None:
        return
    for fault in found.faults:
        LOG.error("Not taken over from Zigbee2MQTT: %s", fault)
    database.fill(found.contents)
    LOG.info("Taken over from Zigbee2MQTT (%s): %s", found.source, _summary(found))
    known = {device.ieee for device in found.contents.devices}
    if missing := [ieee for ieee in settings.devices if ieee not in known]:
        LOG.warning("configuration.yaml names devices that %s does not know: %s", found.source.name, ", ".join(missing))


def _summary(found: Found) -> str:
    contents = found.contents
    if contents.network is None:
        return contents.summary()
    parameters = contents.network.parameters
    return f"{contents.summary()}, the network with PAN id {parameters.pan_id} on channel {parameters.channel}"
