"""device/reporting/configure and device/reporting/read: which attributes a device reports by itself, and how often."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.existing import existing_device, existing_endpoint
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.zcl.clusters import Cluster
from zigwire.zcl.codec import encode
from zigwire.zcl.message import Attribute
from zigwire.zcl.requests import ConfigureReporting, ReadReporting, Reporting, Typed
from zigwire.zigbee.bindings import NEVER
from zigwire.zigbee.model import Endpoint
from zigwire.zigbee.network import Network

__all__ = ["ReportingRequests"]

LOG = logging.getLogger(__name__)

NOT_PERIODIC = 0
"""Maximum interval with which only changes are reported (ZCL 2.5.7.1.6)."""

LARGEST, LARGEST_TYPE = 0xFFFF, 0xFF
MANUFACTURER_OPTION = "manufacturerCode"


class ReportingRequests:
    """Sets and reads reportings."""

    def __init__(self, network: Network, entities: Entities) -> None:
        self._network = network
        self._entities = entities

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request; the second is an older name of the first."""
        return {
            "device/reporting/configure": self.configure,
            "device/configure_reporting": self.configure,
            "device/reporting/read": self.read,
        }

    async def configure(self, message: Any) -> dict[str, Any]:
        """Let a device report an attribute to the coordinator."""
        asked = fields(
            message,
            "id",
            "endpoint",
            "cluster",
            "attribute",
            "minimum_report_interval",
            "maximum_report_interval",
        )
        entity, endpoint = self._place(asked)
        record = Reporting(_attribute(asked["attribute"]), *_intervals(asked), _change(asked))
        request = ConfigureReporting(
            endpoint=endpoint.id, cluster=_cluster(asked), manufacturer=_manufacturer(asked), records=(record,)
        )
        clusters = self._network.clusters_of(entity.device)
        encode(request, 0, clusters)
        target = self._network.coordinator_binding(clusters.resolve(request.cluster, request.manufacturer).id)
        await self._network.bind(entity.device, endpoint.id, target)
        await self._network.request(entity.device, request)
        LOG.info("Configured reporting of %s.%s of '%s'", asked["cluster"], shortened(asked["attribute"]), entity.name)
        echoed = ("id", "endpoint", "cluster", "attribute", "minimum_report_interval", "maximum_report_interval")
        return {key: asked[key] for key in (*echoed, "reportable_change") if key in asked}

    async def read(self, message: Any) -> dict[str, Any]:
        """Ask a device what it reports."""
        asked = fields(message, "id", "endpoint", "cluster", "configs")
        entity, endpoint = self._place(asked)
        manufacturer = _code(asked.get("manufacturer_code"), "manufacturer_code")
        cluster = self._network.clusters_of(entity.device).resolve(_cluster(asked), manufacturer)
        request = ReadReporting(
            endpoint=endpoint.id,
            cluster=_cluster(asked),
            manufacturer=manufacturer,
            attributes=_attributes(asked["configs"], cluster),
        )
        answer = await self._network.request(entity.device, request)
        response = {key: asked[key] for key in ("id", "endpoint", "cluster")}
        response["configs"] = [_described(record) for record in answer.attributes] if answer else []
        if manufacturer:
            response["manufacturer_code"] = manufacturer
        return response

    def _place(self, asked: Mapping[str, Any]) -> tuple[DeviceEntity, Endpoint]:
        entity = existing_device(self._entities, asked["id"])
        return entity, existing_endpoint(entity, asked["endpoint"], entity.key)


def _is_number(value: Any, largest: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def _invalid(name: str, value: Any, allowed: str) -> RequestFault:
    return RequestFault("Invalid payload", f"{name} is {shortened(value)}; {allowed}")


def _cluster(asked: Mapping[str, Any]) -> str | int:
    value = asked["cluster"]
    if isinstance(value, str) or _is_number(value, LARGEST):
        return value
    raise _invalid("cluster", value, "a name such as genOnOff or a number is allowed")


def _attribute(value: Any) -> str | int | Typed:
    if isinstance(value, str) or _is_number(value, LARGEST):
        return value
    if isinstance(value, dict) and _is_number(value.get("ID"), LARGEST) and _is_number(value.get("type"), LARGEST_TYPE):
        return Typed(value["type"], value["ID"])
    raise _invalid("attribute", value, 'a name, a number or {"ID": number, "type": number of its data type} is allowed')


def _intervals(asked: Mapping[str, Any]) -> tuple[int, int]:
    minimum, maximum = asked["minimum_report_interval"], asked["maximum_report_interval"]
    for name, value in (("minimum_report_interval", minimum), ("maximum_report_interval", maximum)):
        if not _is_number(value, LARGEST):
            raise _invalid(name, value, f"a whole number of seconds from 0 to {LARGEST} is allowed")
    if minimum > maximum and maximum not in (NOT_PERIODIC, NEVER):
        raise _invalid(
            "minimum_report_interval",
            minimum,
            f"at most maximum_report_interval ({maximum}) is allowed, unless that is {NOT_PERIODIC} (changes only) "
            f"or {NEVER} (no reports)",
        )
    return minimum, maximum


def _change(asked: Mapping[str, Any]) -> int | float | None:
    if "reportable_change" not in asked:
        return None
    value = asked["reportable_change"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise _invalid("reportable_change", value, "a number from 0 is allowed")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _manufacturer(asked: Mapping[str, Any]) -> int | None:
    options = asked.get("options")
    if options is None:
        return None
    if not isinstance(options, dict) or options.keys() - {MANUFACTURER_OPTION}:
        raise _invalid("options", options, f"an object with {MANUFACTURER_OPTION} is allowed")
    return _code(options.get(MANUFACTURER_OPTION), f"options.{MANUFACTURER_OPTION}")


def _code(value: Any, name: str) -> int | None:
    if not value and not isinstance(value, bool):
        return None
    if not _is_number(value, LARGEST):
        raise _invalid(name, value, f"a number from 1 to {LARGEST} is allowed")
    return int(value)


def _attributes(configs: Any, cluster: Cluster) -> tuple[str | int, ...]:
    if not isinstance(configs, list) or not configs:
        raise _invalid("configs", configs, 'a list such as [{"attribute": "onOff"}] is allowed')
    return tuple(_asked_attribute(config, cluster) for config in configs)


def _asked_attribute(config: Any, cluster: Cluster) -> str | int:
    if not isinstance(config, dict) or "attribute" not in config:
        raise _invalid("configs", config, 'each must be an object such as {"attribute": "onOff"}')
    if config.get("direction") not in (None, 0):
        raise _invalid("direction", config["direction"], "0 (reports that the device sends) is allowed")
    value = config["attribute"]
    number = value.get("ID") if isinstance(value, dict) else value
    if isinstance(number, str) and cluster.attribute(number):
        return number
    if _is_number(number, LARGEST):
        return int(number)
    raise _invalid("attribute", value, f"the name of an attribute of {cluster.name} or a number is allowed")


def _described(record: Attribute) -> dict[str, Any]:
    """Describe a record of the answer as the interface does."""
    told = record.extra or {}
    described = {
        "status": record.status,
        "direction": told.get("direction", 0),
        "attrId": record.id,
        "dataType": record.type,
        "minRepIntval": told.get("minimum"),
        "maxRepIntval": told.get("maximum"),
        "repChange": told.get("change"),
        "timeout": told.get("timeout"),
    }
    return {name: value for name, value in described.items() if value is not None}
