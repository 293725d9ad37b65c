"""The map as text for Graphviz and PlantUML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.settings import GraphvizColors

__all__ = ["graphviz", "plantuml"]

UNITS = (
    ("year", 31_557_600),
    ("month", 2_629_800),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)

Node = Mapping[str, Any]
Link = Mapping[str, Any]


def graphviz(topology: Mapping[str, Any], colors: GraphvizColors, now: float) -> str:
    """Draw the map in Graphviz's language, each node followed by the links that begin there.

    Args:
        topology: The map.
        colors: The user's colours.
        now: Unix time in seconds.
    """
    lines = ["digraph G {", "node[shape=record];"]
    for node in topology["nodes"]:
        label = "|".join(_escaped(text) for text in _labels(node, now))
        lines.append(f'  "{node["ieeeAddr"]}" [{_style(node, colors)}, label="{{{label}}}"];')
        lines += [_edge(node, link, colors) for link in topology["links"] if _begins_at(node, link)]
    return "\n".join([*lines, "}"]).replace("\0", "")


def plantuml(topology: Mapping[str, Any], now: float) -> str:
    """Draw the map in PlantUML's language, nodes by name and then links.

    Args:
        topology: The map.
        now: Unix time in seconds.
    """
    lines = ["' paste into: https://www.planttext.com/", "", "@startuml"]
    for node in sorted(topology["nodes"], key=lambda node: (node["friendlyName"].casefold(), node["friendlyName"])):
        lines += [f"card {node['ieeeAddr']} [", "\n---\n".join(_labels(node, now)), "]", ""]
    lines += [f"{link['sourceIeeeAddr']} --> {link['targetIeeeAddr']}: {link['lqi']}" for link in topology["links"]]
    return "\n".join([*lines, "", "@enduml"])


def _labels(node: Node, now: float) -> list[str]:
    address = f"{node['ieeeAddr']} (0x{node['networkAddress']:04x})"
    if node.get("failed"):
        address += f" failed: {','.join(node['failed'])}"
    if node["type"] == "Coordinator":
        return [node["friendlyName"], address, _ago(0)]
    seen = node.get("lastSeen")
    age = "unknown" if seen is None else _ago(now - seen / 1000)
    return [node["friendlyName"], address, _model(node), age]


def _model(node: Node) -> str:
    definition = node.get("definition")
    if definition is None:
        return f"{node.get('manufacturerName', 'unknown')} {node.get('modelID', 'device')} (unsupported)"
    return f"{definition['vendor']} {definition['description']} ({definition['model']})"


def _ago(seconds: float) -> str:
    """Say how long ago, in the two largest units that are not zero."""
    left = max(0, round(seconds))
    parts = []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return f"{', '.join(parts[:2]) or '0 seconds'} ago"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _style(node: Node, colors: GraphvizColors) -> str:
    if node["type"] == "Coordinator":
        shape, fill, font = "bold, filled", colors.fill.coordinator, colors.font.coordinator
    elif node["type"] == "Router":
        shape, fill, font = "rounded, filled", colors.fill.router, colors.font.router
    else:
        shape, fill, font = "rounded, dashed, filled", colors.fill.enddevice, colors.font.enddevice
    return f'style="{shape}", fillcolor="{fill}", fontcolor="{font}"'


def _begins_at(node: Node, link: Link) -> bool:
    return bool(link["source"]["ieeeAddr"] == node["ieeeAddr"])


def _edge(node: Node, link: Link, colors: GraphvizColors) -> str:
    routes = ",".join(f"0x{route['destinationAddress']:04x}" for route in link["routes"])
    width = "1" if node["type"] == "EndDevice" else "2" if routes else "0.5"
    weight, color = ("1", colors.line.active) if routes else ("0", colors.line.inactive)
    label = f"{link['lqi']} (routes: {routes})" if routes else f"{link['lqi']}"
    ends = f'"{node["ieeeAddr"]}" -> "{link["target"]["ieeeAddr"]}"'
    return f'  {ends} [penwidth={width}, weight={weight}, color="{color}", label="{label}"]'
