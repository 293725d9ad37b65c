"""ZCL requests as values: what to send to one endpoint, before it has a transaction number.

Definitions return these, the network sends them, tests compare them. Clusters, attributes and commands may
be given by the name that the MQTT interface shows (`genOnOff`, `onOff`, `toggle`) or by their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Command",
    "ConfigureReporting",
    "Prepared",
    "Read",
    "ReadReporting",
    "Report",
    "Reporting",
    "Request",
    "Typed",
    "Write",
]


@dataclass(frozen=True, slots=True)
class Typed:
    """A value with the number of its ZCL data type, for attributes that no table knows."""

    type: int
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What all requests share.

    Attributes:
        endpoint: The device's endpoint.
        cluster: Name or id.
        manufacturer: Manufacturer code, or None for the standard ones.
        to_client: Direction of the frame: False addresses the device's server (input) cluster.
        disable_default_response: The frame control bit of that name.
    """

    endpoint: int
    cluster: str | int
    manufacturer: int | None = None
    to_client: bool = False
    disable_default_response: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Request):
    """Read attributes (ZCL 2.5.1)."""

    attributes: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Request):
    """Write attributes (ZCL 2.5.3 to 2.5.6); `Typed` values name their own type."""

    attributes: Mapping[str | int, Any]
    variant: Literal["plain", "undivided", "no_response"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request):
    """A cluster's command with its parameters by name; `payload` replaces them where no table knows the command."""

    command: str | int
    args: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes | None = None
    disable_default_response: bool = False


@dataclass(frozen=True, slots=True)
class Reporting:
    """One attribute's reporting: intervals in seconds, change in the attribute's raw unit (None for discrete types)."""

    attribute: str | int | Typed
    minimum: int
    maximum: int
    change: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureReporting(Request):
    """Configure reporting (ZCL 2.5.7)."""

    records: tuple[Reporting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReporting(Request):
    """Read the reporting configuration (ZCL 2.5.9)."""

    attributes: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Request):
    """Report attributes (ZCL 2.5.11): what a server sends on its own."""

    attributes: Mapping[str | int, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Request):
    """A frame that somebody else has written, who also reads the answer: whatever it says, it is no error here.

    Attributes:
        frame: The ZCL frame; what the request says of manufacturer and direction stands in it.
        numbered: Whether its transaction number is to stay as it is.
        source: Endpoint of the coordinator that it comes from, None for the usual one.
    """

    frame: bytes
    numbered: bool = False
    source: int | None = None
