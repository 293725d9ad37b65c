"""What a device says of the software that it runs."""

from __future__ import annotations

import logging

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.requests import Read
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["read_build"]

LOG = logging.getLogger(__name__)

BASIC = "genBasic"
FIELDS = {"dateCode": "date_code", "swBuildId": "software_build_id"}
"""Attributes, and what they are called in responses and of a `Device`."""


async def read_build(network: Network, device: Device) -> dict[str, str]:
    """Return the device's date code and software build id, as far as it tells them, and note them."""
    basic = CLUSTERS.resolve(BASIC).id
    endpoint = next((one.id for one in device.endpoints.values() if basic in one.input_clusters), None)
    if endpoint is None:
        return {}
    try:
        answer = await network.request(device, Read(endpoint=endpoint, cluster=BASIC, attributes=tuple(FIELDS)))
    except RequestError as error:
        LOG.debug("%s does not tell what it runs: %s", device.ieee, error)
        return {}
    records = answer.attributes if answer else ()
    build = {FIELDS[str(one.name)]: one.value for one in records if one.name in FIELDS and isinstance(one.value, str)}
    for name, value in build.items():
        setattr(device, name, value)
    network.save(device)
    return build
