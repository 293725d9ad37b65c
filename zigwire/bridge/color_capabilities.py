"""Which attributes of colour a light has, as its `colorCapabilities` say (ZCL 5.2.2.2.1.12)."""

from __future__ import annotations

from zigwire.zcl.requests import Read
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, Endpoint
from zigwire.zigbee.network import Network

__all__ = ["CLUSTER", "color_attributes"]

CLUSTER = "lightingColorCtrl"

_CAPABILITIES = "colorCapabilities"
_BY_BIT = {3: ("currentX", "currentY"), 4: ("colorTemperature",)}


async def color_attributes(network: Network, device: Device, endpoint: Endpoint) -> frozenset[str]:
    """Return the names of the attributes that a light has; it is asked once, then it is known.

    Raises:
        RequestError: It does not tell.
    """
    known = endpoint.attributes.get(CLUSTER, {}).get(_CAPABILITIES)
    if not isinstance(known, int):
        known = await _ask(network, device, endpoint)
    return frozenset(name for bit, names in _BY_BIT.items() if known >> bit & 1 for name in names)


async def _ask(network: Network, device: Device, endpoint: Endpoint) -> int:
    request = Read(endpoint=endpoint.id, cluster=CLUSTER, attributes=(_CAPABILITIES,))
    message = await network.request(device, request, priority="background")
    values = [record.value for record in message.attributes if record.name == _CAPABILITIES] if message else []
    if not values or not isinstance(values[0], int):
        raise RequestError(f"the device does not tell its {_CAPABILITIES}")
    endpoint.attributes.setdefault(CLUSTER, {})[_CAPABILITIES] = values[0]
    network.save(device)
    return values[0]
