"""The map as a value: nodes and links, by the names of the MQTT interface."""

from __future__ import annotations

from typing import Any

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.network_map_scan import Scan, Tables
from zigwire.zigbee.address import ieee_from_int
from zigwire.zigbee.coordinator import ADDRESS
from zigwire.zigbee.model import DeviceType
from zigwire.zigbee.zdo import Neighbor, Route

__all__ = ["topology"]

NOBODY = ieee_from_int(0)
LAST_ACTIVE_RELATIONSHIP = 3
"""Beyond it are neighbours that were children once."""

ROUTE_STATES = ("ACTIVE", "DISCOVERY_UNDERWAY", "DISCOVERY_FAILED", "INACTIVE", "VALIDATION_UNDERWAY")


def topology(scan: Scan, *, routes: bool) -> dict[str, Any]:
    """Describe what a scan has found; links carry routes only where `routes` asks for them."""
    coordinator = scan.network.coordinator
    own = coordinator.ieee if coordinator else NOBODY
    scanned = {node.key: node for node in scan.nodes}
    first = {
        "ieeeAddr": own,
        "friendlyName": "Coordinator",
        "type": DeviceType.COORDINATOR.value,
        "networkAddress": ADDRESS,
        "failed": _failed(scan, scanned[None], routes=routes),
    }
    nodes = [first]
    for entity in scan.entities.devices():
        if entity.device.type is DeviceType.GREEN_POWER or entity.settings.disabled:
            continue
        node = _node(entity)
        if entity.key in scanned:
            node["failed"] = _failed(scan, scanned[entity.key], routes=routes)
        nodes.append(node)
    links = [link for node in scan.nodes for link in _links(scan, node, own, routes=routes)]
    return {"nodes": nodes, "links": links}


def _failed(scan: Scan, node: Tables, *, routes: bool) -> list[str]:
    return [table for table in scan.failed(node) if routes or table == "lqi"]


def _node(entity: DeviceEntity) -> dict[str, Any]:
    device = entity.device
    node = {
        "ieeeAddr": device.ieee,
        "friendlyName": entity.name,
        "type": device.type.value,
        "networkAddress": device.network_address,
        "manufacturerName": device.manufacturer_name,
        "modelID": device.model_id,
        "lastSeen": device.last_seen,
        "definition": _definition(entity),
    }
    return {name: value for name, value in node.items() if value is not None}


def _definition(entity: DeviceEntity) -> dict[str, str] | None:
    if entity.behaviour is None:
        return None
    definition = entity.behaviour.definition
    supports = dict.fromkeys(_title(expose) for expose in entity.behaviour.exposes(entity.options))
    return {
        "model": definition.model,
        "vendor": definition.vendor,
        "description": definition.description,
        "supports": ", ".join(supports),
    }


def _title(expose: dict[str, Any]) -> str:
    if "name" in expose:
        return str(expose["name"])
    return f"{expose['type']} ({', '.join(feature['name'] for feature in expose.get('features', ()))})"


def _links(scan: Scan, node: Tables, own: str, *, routes: bool) -> list[dict[str, Any]]:
    device = node.entity.device if node.entity else None
    target = {"ieeeAddr": device.ieee if device else own, "networkAddress": device.network_address if device else 0}
    known = node.routes or () if routes else ()
    active = [entry for entry in node.neighbors or () if entry.relationship <= LAST_ACTIVE_RELATIONSHIP]
    return [_link(entry, _ieee(scan, entry, own), target, known) for entry in active]


def _ieee(scan: Scan, entry: Neighbor, own: str) -> str:
    """Return a neighbour's IEEE address; some Xiaomi devices give zeros, so the network address tells."""
    if entry.ieee != NOBODY:
        return entry.ieee
    if entry.address == ADDRESS:
        return own
    device = scan.network.device_at(entry.address)
    return device.ieee if device else entry.ieee


def _link(entry: Neighbor, ieee: str, target: dict[str, Any], routes: tuple[Route, ...]) -> dict[str, Any]:
    return {
        "source": {"ieeeAddr": ieee, "networkAddress": entry.address},
        "target": target,
        "deviceType": entry.device_type,
        "rxOnWhenIdle": entry.receiver_on,
        "relationship": entry.relationship,
        "permitJoining": entry.permit_joining,
        "depth": entry.depth,
        "lqi": entry.linkquality,
        "routes": [_route(route) for route in routes if route.next_hop == entry.address],
        "linkquality": entry.linkquality,
        "sourceIeeeAddr": ieee,
        "targetIeeeAddr": target["ieeeAddr"],
        "sourceNwkAddr": entry.address,
    }


def _route(route: Route) -> dict[str, Any]:
    state = route.route_status
    return {
        "destinationAddress": route.destination,
        "status": ROUTE_STATES[state] if state < len(ROUTE_STATES) else state,
        "memoryConstrained": int(route.memory_constrained),
        "manyToOne": int(route.many_to_one),
        "routeRecordRequired": int(route.route_record_required),
        "reserved1": route.flags >> 6,
        "nextHopAddress": route.next_hop,
    }
