"""A definition's own clusters in the form of Zigwire's table of clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["table"]

LIMITS = {"min": "min", "max": "max", "length": "length", "minLen": "min_length", "maxLen": "max_length"}
COMPARED = {True: "differs", False: "equals"}
MASKED = {True: "no_bits", False: "bits"}


def table(clusters: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the clusters as `zcl.Clusters.extended` takes them."""
    return {name: _cluster(facts) for name, facts in clusters.items()}


def _cluster(facts: Mapping[str, Any]) -> dict[str, Any]:
    cluster: dict[str, Any] = {
        "id": facts["ID"],
        "attributes": {name: _attribute(one) for name, one in (facts.get("attributes") or {}).items()},
        "commands": {name: _command(one) for name, one in (facts.get("commands") or {}).items()},
        "responses": {name: _command(one) for name, one in (facts.get("commandsResponse") or {}).items()},
    }
    return _coded(cluster, facts)


def _attribute(facts: Mapping[str, Any]) -> dict[str, Any]:
    access = "".join(letter for letter, name in (("R", "read"), ("W", "write"), ("P", "report")) if _may(facts, name))
    attribute = {"id": facts["ID"], "type": facts["type"], "access": access, **_limits(facts)}
    return _coded(attribute, facts)


def _may(facts: Mapping[str, Any], name: str) -> bool:
    return bool(facts.get(name, name == "read"))


def _command(facts: Mapping[str, Any]) -> dict[str, Any]:
    command = {"id": facts["ID"], "parameters": [_parameter(one) for one in facts.get("parameters") or ()]}
    return command if facts.get("response") is None else {**command, "response": facts["response"]}


def _parameter(facts: Mapping[str, Any]) -> dict[str, Any]:
    parameter = {"name": facts["name"], "type": facts["type"], **_limits(facts)}
    conditions = [_condition(one) for one in facts.get("conditions") or ()]
    return {**parameter, "when": conditions} if conditions else parameter


def _condition(facts: Mapping[str, Any]) -> list[Any]:
    reverse = bool(facts.get("reversed"))
    match facts["type"]:
        case "minimumRemainingBufferBytes":
            return ["remaining", facts["value"]]
        case "bitMaskSet":
            return [MASKED[reverse], facts["param"], facts["mask"]]
        case "bitFieldEnum":
            return ["bit_field", facts["param"], facts["offset"], facts["size"], facts["value"]]
        case "fieldEquals":
            return [COMPARED[reverse], facts["field"], facts["value"]]
        case "fieldGT":
            return ["above", facts["field"], facts["value"]]
    raise ValueError(f"a parameter depends on {facts['type']!r}, which nobody knows")


def _limits(facts: Mapping[str, Any]) -> dict[str, Any]:
    limits = {ours: facts[theirs] for theirs, ours in LIMITS.items() if facts.get(theirs) is not None}
    if facts.get("default") is not None:
        limits["default"] = facts["default"]
    if facts.get("special"):
        limits["special"] = [int(one) if one.lstrip("-").isdecimal() else one for one in facts["special"]]
    return limits


def _coded(facts: dict[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    code = theirs.get("manufacturerCode")
    return facts if code is None else {**facts, "manufacturer": code}
