"""A plug as the interview leaves it, and ways to send it frames and commands."""

from __future__ import annotations

import pytest

from zigwire.devices import NativeBehaviour, NativeSource, compile_definition
from zigwire.devices.convert import Bench
from zigwire.zigbee.model import Device, DeviceType, Endpoint


@pytest.fixture
def plug() -> Device:
    endpoints = {
        1: Endpoint(1, device=0x51, input_clusters=[0, 4, 3, 6, 16, 5, 10, 1, 2], output_clusters=[25, 10]),
        2: Endpoint(2, device=0x09, input_clusters=[12], output_clusters=[12, 4]),
        3: Endpoint(3, device=0x53, input_clusters=[12], output_clusters=[12]),
    }
    return Device(
        ieee="0x00158d0001a00000",
        network_address=0x2000,
        type=DeviceType.ROUTER,
        manufacturer_code=0x115F,
        manufacturer_name="LUMI",
        model_id="lumi.plug",
        endpoints=endpoints,
    )


@pytest.fixture
def behaviour(plug: Device) -> NativeBehaviour:
    definition = NativeSource().definition(plug)
    assert definition is not None
    return compile_definition(definition, plug, Bench())
