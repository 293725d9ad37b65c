"""Binds and reportings: the requests that set them, and the notes of what a device confirmed."""

from __future__ import annotations

from collections.abc import Collection

from zigwire.zcl.clusters import Clusters
from zigwire.zcl.message import Message
from zigwire.zcl.requests import ConfigureReporting, ReadReporting, Reporting, Typed
from zigwire.zigbee import zdo
from zigwire.zigbee.address import NO_IEEE
from zigwire.zigbee.model import Binding, ConfiguredReporting, Device, Endpoint

__all__ = [
    "NEVER",
    "bind_request",
    "note_bind",
    "note_clear",
    "note_reporting",
    "note_told_reporting",
    "note_unbind",
    "unbind_request",
]

NEVER = 0xFFFF
"""Maximum interval that ends a reporting (ZCL 2.5.7.1.6)."""


def bind_request(device: Device, endpoint: int, binding: Binding) -> zdo.BindRequest:
    """Return the request that makes a device send what concerns a cluster to a target."""
    return zdo.BindRequest(_entry(device, endpoint, binding))


def unbind_request(device: Device, endpoint: int, binding: Binding) -> zdo.UnbindRequest:
    """Return the request that ends it."""
    return zdo.UnbindRequest(_entry(device, endpoint, binding))


def note_bind(device: Device, endpoint: int, binding: Binding) -> None:
    """Note a bind that the device confirmed."""
    bindings = _endpoint(device, endpoint).bindings
    if binding not in bindings:
        bindings.append(binding)


def note_unbind(device: Device, endpoint: int, binding: Binding) -> None:
    """Note that a bind is gone."""
    bindings = _endpoint(device, endpoint).bindings
    if binding in bindings:
        bindings.remove(binding)


def note_clear(device: Device, targets: Collection[str]) -> None:
    """Note that all binds to these IEEE addresses are gone; `NO_IEEE` and the device's own stand for all binds."""
    for endpoint in device.endpoints.values():
        if NO_IEEE in targets or device.ieee in targets:
            endpoint.bindings.clear()
        else:
            endpoint.bindings = [binding for binding in endpoint.bindings if binding.ieee not in targets]


def note_reporting(device: Device, request: ConfigureReporting, refused: set[int], clusters: Clusters) -> None:
    """Note the reportings of a request that the device confirmed, all but those of the refused attributes."""
    cluster = clusters.resolve(request.cluster, request.manufacturer)
    endpoint = _endpoint(device, request.endpoint)
    for record in request.records:
        attribute = _attribute_id(record, clusters, request)
        if attribute is None or attribute in refused:
            continue
        if record.maximum == NEVER:
            _forget_reporting(endpoint, cluster.id, attribute)
            continue
        _keep_reporting(
            endpoint,
            ConfiguredReporting(
                cluster.id, attribute, record.minimum, record.maximum, record.change, request.manufacturer
            ),
        )


def note_told_reporting(device: Device, request: ReadReporting, message: Message) -> None:
    """Note the reportings that a device tells of, and that there is none where it says so."""
    endpoint = _endpoint(device, request.endpoint)
    for record in message.attributes:
        told = record.extra or {}
        if told.get("direction"):
            continue
        if record.status or told["maximum"] == NEVER:
            _forget_reporting(endpoint, message.cluster_id, record.id)
            continue
        _keep_reporting(
            endpoint,
            ConfiguredReporting(
                message.cluster_id,
                record.id,
                told["minimum"],
                told["maximum"],
                told.get("change"),
                request.manufacturer,
            ),
        )


def _keep_reporting(endpoint: Endpoint, reporting: ConfiguredReporting) -> None:
    """Note a reporting, in the place of what was known of the attribute."""
    attributes = [(known.cluster, known.attribute) for known in endpoint.reportings]
    attribute = (reporting.cluster, reporting.attribute)
    if attribute in attributes:
        endpoint.reportings[attributes.index(attribute)] = reporting
    else:
        endpoint.reportings.append(reporting)


def _forget_reporting(endpoint: Endpoint, cluster: int, attribute: int) -> None:
    endpoint.reportings = [
        known for known in endpoint.reportings if (known.cluster, known.attribute) != (cluster, attribute)
    ]


def _attribute_id(record: Reporting, clusters: Clusters, request: ConfigureReporting) -> int | None:
    key = record.attribute.value if isinstance(record.attribute, Typed) else record.attribute
    if isinstance(key, int):
        return key
    definition = clusters.resolve(request.cluster, request.manufacturer).attribute(str(key), request.manufacturer)
    return None if definition is None else definition.id


def _entry(device: Device, endpoint: int, binding: Binding) -> zdo.BindingEntry:
    target = zdo.BindTarget(binding.ieee, binding.endpoint, binding.group)
    return zdo.BindingEntry(device.ieee, endpoint, binding.cluster, target)


def _endpoint(device: Device, number: int) -> Endpoint:
    return device.endpoints.setdefault(number, Endpoint(number))
