"""What single models need beyond the specification: the facts are those that Zigbee2MQTT's users found."""

from __future__ import annotations

import logging
from dataclasses import replace

from zigwire.ota.values import Current
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.requests import Write
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["corrected", "prepare"]

LOG = logging.getLogger(__name__)

LUMI_VERSION = "lumiFileVersion"
"""Key in the meta of devices that ask with a wrong version: what they report in their manufacturer's way."""

WRONG_VERSION = frozenset({"lumi.airrtc.agl001", "lumi.curtain.acn003", "lumi.curtain.agl001"})
"""Models that do (Zigbee2MQTT's issues 15745 and 16345)."""

PEANUT, PEANUT_GROUP = "PP-WHT-US", 49502
"""The plug that only asks for firmware with this as its current group of scenes (zigbee-OTA pull request 14)."""


async def prepare(network: Network, device: Device) -> None:
    """Do what a device needs before it asks for firmware."""
    if device.model_id != PEANUT:
        return
    scenes = CLUSTERS.resolve("genScenes").id
    endpoint = next((one.id for one in device.endpoints.values() if scenes in one.output_clusters), None)
    if endpoint is None:
        return
    try:
        await network.request(
            device, Write(endpoint=endpoint, cluster="genScenes", attributes={"currentGroup": PEANUT_GROUP})
        )
    except RequestError as error:
        LOG.warning("%s may not ask for firmware: %s", device.ieee, error)


def corrected(device: Device, current: Current) -> Current:
    """Return what a device runs, where it asks with another version."""
    version = device.meta.get(LUMI_VERSION)
    if device.model_id not in WRONG_VERSION or not isinstance(version, int):
        return current
    return replace(current, file_version=version)
