"""A user's own devices as lines for `zigwire convert`: who they are, and their set-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from zigwire.zigbee.model import Device, Endpoint, InterviewState

__all__ = ["lines"]


def lines(devices: Iterable[Device]) -> Iterator[dict[str, Any]]:
    """Yield two lines for each device that was interviewed: itself and its set-up."""
    for device in devices:
        if device.interview_state is InterviewState.SUCCESSFUL and device.endpoints:
            yield {"kind": "device", "id": device.ieee, "identity": identity(device)}
            yield {"kind": "configure"}


def identity(device: Device) -> dict[str, Any]:
    """Return what a device says of itself."""
    facts = {
        "ieeeAddr": device.ieee,
        "type": device.type.value,
        "modelID": device.model_id,
        "manufacturerName": device.manufacturer_name,
        "manufacturerID": device.manufacturer_code,
        "powerSource": device.power_source,
        "zclVersion": device.zcl_version,
        "applicationVersion": device.application_version,
        "stackVersion": device.stack_version,
        "hardwareVersion": device.hardware_version,
        "dateCode": device.date_code,
        "softwareBuildID": device.software_build_id,
        "endpoints": [_endpoint(endpoint) for endpoint in device.endpoints.values()],
    }
    return {name: value for name, value in facts.items() if value is not None}


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "profileID": endpoint.profile,
        "deviceID": endpoint.device,
        "inputClusters": endpoint.input_clusters,
        "outputClusters": endpoint.output_clusters,
    }
