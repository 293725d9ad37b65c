"""bridge/definitions: the clusters with their attributes and commands, by the names that requests use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.zcl.clusters import AttributeDefinition, Cluster, CommandDefinition, CommonClusters
from zigwire.zcl.parameters import PARAMETER_TYPES, Parameter, Plain

__all__ = ["describe_clusters"]

NAMES = {kind: name for name, kind in PARAMETER_TYPES.items()}


def describe_clusters() -> dict[str, Any]:
    """Describe every cluster of the table, with a table of its own that goes away with it."""
    table = CommonClusters()
    return {name: cluster(table.resolve(name)) for name in table}


def cluster(found: Cluster) -> dict[str, Any]:
    """Describe a cluster."""
    described: dict[str, Any] = {
        "name": found.name,
        "ID": found.id,
        "attributes": {name: attribute(one) for name, one in found.attributes.items()},
        "commands": commands(found.commands),
        "commandsResponse": commands(found.responses),
    }
    if found.manufacturer is not None:
        described["manufacturerCode"] = found.manufacturer
    return described


def attribute(found: AttributeDefinition) -> dict[str, Any]:
    """Describe an attribute; `type` is the number of its data type."""
    described: dict[str, Any] = {"name": found.name, "ID": found.id, "type": found.type.id}
    if found.manufacturer is not None:
        described["manufacturerCode"] = found.manufacturer
    if "W" in found.access:
        described["write"] = True
    if "P" in found.access:
        described["report"] = True
    return described


def commands(found: Mapping[str, CommandDefinition]) -> dict[str, Any]:
    """Describe commands with their parameters."""
    return {
        name: {
            "name": name,
            "ID": one.id,
            "parameters": [{"name": each.name, "type": type_of(each)} for each in one.parameters],
        }
        for name, one in found.items()
    }


def type_of(parameter: Parameter) -> int | str:
    """Return the number of a parameter's data type, or the name of a type that is none of the ZCL's data types."""
    kind = parameter.type
    return kind.data_type.id if isinstance(kind, Plain) else NAMES[kind]
