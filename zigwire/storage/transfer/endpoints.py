"""Endpoints as zigbee-herdsman's database has them.

What Zigwire has no place for (unknown fields, binds of a kind that it does not know) is kept with the endpoint and goes
out again unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from zigwire.storage.transfer.shapes import BadEntry, is_number, numbers, object_of, objects, shown
from zigwire.zigbee.address import is_ieee
from zigwire.zigbee.model import NULL, Binding, ConfiguredReporting, Endpoint, Scene

__all__ = ["read_endpoint", "write_endpoint"]

_FIELDS = frozenset({"epId", "profId", "devId", "inClusterList", "outClusterList", "clusters", "meta"})
_LISTS = ("binds", "configuredReportings")
_SCENE = re.compile(r"(\d{1,3})_(\d{1,5})")
_REPORTING = {"cluster", "attrId", "minRepIntval", "maxRepIntval", "repChange", "manufacturerCode"}
_Part = TypeVar("_Part")


def read_endpoint(record: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint of a record.

    Raises:
        BadEntry: A field that is needed can't be used.
    """
    number = record.get("epId")
    if not is_number(number, most=0xFF):
        raise BadEntry(f"epId is {shown(number)}; a number from 0 to 255 is needed")
    endpoint = Endpoint(
        number,
        input_clusters=numbers(record, "inClusterList"),
        output_clusters=numbers(record, "outClusterList"),
    )
    if is_number(record.get("profId"), most=0xFFFF):
        endpoint.profile = record["profId"]
    if is_number(record.get("devId"), most=0xFFFF):
        endpoint.device = record["devId"]
    endpoint.keepsakes = {name: value for name, value in record.items() if name not in {*_FIELDS, *_LISTS}}
    endpoint.bindings = _parts(record, "binds", _binding, endpoint)
    endpoint.reportings = _parts(record, "configuredReportings", _reporting, endpoint)
    endpoint.attributes = {name: _attributes(cluster) for name, cluster in object_of(record, "clusters").items()}
    endpoint.meta = dict(object_of(record, "meta"))
    endpoint.scenes = _take_scenes(endpoint.meta)
    return endpoint


def write_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """Return the record of an endpoint."""
    kept = dict(endpoint.keepsakes)
    odd = {name: kept.pop(name, []) for name in _LISTS}
    return {
        **kept,
        "profId": endpoint.profile,
        "epId": endpoint.id,
        "devId": endpoint.device,
        "inClusterList": endpoint.input_clusters,
        "outClusterList": endpoint.output_clusters,
        "clusters": {name: {"attributes": attributes} for name, attributes in endpoint.attributes.items()},
        "binds": [*map(_bind, endpoint.bindings), *odd["binds"]],
        "configuredReportings": [*map(_configured_reporting, endpoint.reportings), *odd["configuredReportings"]],
        "meta": _meta(endpoint),
    }


def _parts(
    record: Mapping[str, Any], name: str, read: Callable[[dict[str, Any]], _Part | None], endpoint: Endpoint
) -> list[_Part]:
    """Read the items of a list; those that make no sense to us become keepsakes of the endpoint."""
    parts, odd = [], []
    for item in objects(record, name):
        part = read(item)
        if part is None:
            odd.append(item)
        else:
            parts.append(part)
    if odd:
        endpoint.keepsakes[name] = odd
    return parts


def _binding(item: dict[str, Any]) -> Binding | None:
    match item:
        case {"type": "endpoint", "cluster": cluster, "deviceIeeeAddress": str(ieee), "endpointID": endpoint}:
            sound = is_ieee(ieee) and is_number(endpoint, most=0xFF)
            binding = Binding(cluster, ieee=ieee, endpoint=endpoint)
        case {"type": "group", "cluster": cluster, "groupID": group}:
            sound = is_number(group, most=0xFFFF)
            binding = Binding(cluster, group=group)
        case _:
            return None
    return binding if sound and is_number(cluster, most=0xFFFF) and _bind(binding) == item else None


def _bind(binding: Binding) -> dict[str, Any]:
    if binding.group is not None:
        return {"cluster": binding.cluster, "groupID": binding.group, "type": "group"}
    return {
        "cluster": binding.cluster,
        "type": "endpoint",
        "deviceIeeeAddress": binding.ieee,
        "endpointID": binding.endpoint,
    }


def _reporting(item: dict[str, Any]) -> ConfiguredReporting | None:
    change = item.get("repChange")
    is_change = change is None or isinstance(change, float) or is_number(change, -(2**53))
    if not is_change or not item.keys() <= _REPORTING:
        return None
    if not all(
        is_number(item.get(name), most=0xFFFF) for name in ("cluster", "attrId", "minRepIntval", "maxRepIntval")
    ):
        return None
    manufacturer = item.get("manufacturerCode")
    if manufacturer is not None and not is_number(manufacturer, most=0xFFFF):
        return None
    if "repChange" in item and change is None:
        change = NULL
    return ConfiguredReporting(
        item["cluster"], item["attrId"], item["minRepIntval"], item["maxRepIntval"], change, manufacturer
    )


def _configured_reporting(reporting: ConfiguredReporting) -> dict[str, Any]:
    record = {
        "cluster": reporting.cluster,
        "attrId": reporting.attribute,
        "minRepIntval": reporting.minimum,
        "maxRepIntval": reporting.maximum,
        "repChange": reporting.change,
        "manufacturerCode": reporting.manufacturer,
    }
    known = {name: value for name, value in record.items() if value is not None}
    return {**known, "repChange": None} if reporting.change == NULL else known


def _attributes(cluster: Any) -> dict[str, Any]:
    """Return the values that were read of a cluster; older files call them `attrs`."""
    if not isinstance(cluster, dict):
        raise BadEntry(f"clusters has {shown(cluster)}; an object is needed")
    return object_of(cluster, "attrs" if cluster.get("attrs") is not None else "attributes")


def _take_scenes(meta: dict[str, Any]) -> list[Scene]:
    """Take the scenes out of an endpoint's meta; what is none stays there."""
    stored = meta.pop("scenes", None)
    if not isinstance(stored, dict):
        return []
    scenes, odd = [], {}
    for key, value in stored.items():
        scene = _scene(key, value)
        if scene is None:
            odd[key] = value
        else:
            scenes.append(scene)
    if odd:
        meta["scenes"] = odd
    return scenes


def _scene(key: str, value: Any) -> Scene | None:
    numbers_of = _SCENE.fullmatch(key)
    match value:
        case {"name": str(name), "state": dict(state), **rest} if numbers_of and not rest:
            return Scene(int(numbers_of[1]), int(numbers_of[2]), name, state)
    return None


def _meta(endpoint: Endpoint) -> dict[str, Any]:
    scenes = {f"{scene.id}_{scene.group}": {"name": scene.name, "state": scene.state} for scene in endpoint.scenes}
    if not scenes:
        return endpoint.meta
    return {**endpoint.meta, "scenes": {**endpoint.meta.get("scenes", {}), **scenes}}
