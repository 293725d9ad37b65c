"""What is known of the devices on the network. Plain data: `network` changes it, `storage` keeps it.

IEEE addresses are text as the MQTT interface shows them: `0x00158d0001a00000`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

__all__ = [
    "NULL",
    "Binding",
    "ConfiguredReporting",
    "Device",
    "DeviceType",
    "Endpoint",
    "Group",
    "InterviewState",
    "Member",
    "Scene",
]


NULL: Final = "null"
"""The change of a reporting whose definition says null; Zigbee2MQTT tells it from one that nobody named."""


class DeviceType(Enum):
    """Logical type, in the interface's words."""

    COORDINATOR = "Coordinator"
    ROUTER = "Router"
    END_DEVICE = "EndDevice"
    GREEN_POWER = "GreenPower"
    UNKNOWN = "Unknown"


class InterviewState(Enum):
    """How far the interview came, in the interface's words."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESSFUL = "SUCCESSFUL"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Binding:
    """An entry of the device's binding table: to an endpoint of a device, or to a group."""

    cluster: int
    ieee: str | None = None
    endpoint: int | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class ConfiguredReporting:
    """A reporting that the device acknowledged; intervals in seconds, change in raw units."""

    cluster: int
    attribute: int
    minimum: int
    maximum: int
    change: int | float | Literal["null"] | None = None
    manufacturer: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene stored on an endpoint."""

    id: int
    group: int
    name: str
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Endpoint:
    """One application on a device, as its simple descriptor says.

    Attributes:
        attributes: Last known values by the names of cluster and attribute.
        meta: Room for the definition.
        keepsakes: What another program knew of it that has no place here; an export gives it back.
    """

    id: int
    profile: int = 0x0104
    device: int = 0
    input_clusters: list[int] = field(default_factory=list)
    output_clusters: list[int] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    reportings: list[ConfiguredReporting] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    keepsakes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Device:
    """A device on the network.

    Attributes:
        last_seen: Unix time in milliseconds of the last frame, None before the first.
        linkquality: Of the last frame, None before the first.
        meta: Room for the definition: what set-up was done (`configured` …).
        keepsakes: What another program knew of it that has no place here; an export gives it back.
        network_address_changes: How often it came back under another address since the start.
        messages: Frames received since the start.
        parent: IEEE address of the router whose child it is, as far as that was heard since the start.
    """

    ieee: str
    network_address: int
    type: DeviceType = DeviceType.UNKNOWN
    interview_state: InterviewState = InterviewState.PENDING
    manufacturer_code: int | None = None
    mac_capabilities: int | None = None
    manufacturer_name: str | None = None
    model_id: str | None = None
    power_source: str | None = None
    zcl_version: int | None = None
    application_version: int | None = None
    stack_version: int | None = None
    hardware_version: int | None = None
    date_code: str | None = None
    software_build_id: str | None = None
    endpoints: dict[int, Endpoint] = field(default_factory=dict)
    last_seen: int | None = None
    linkquality: int | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    keepsakes: dict[str, Any] = field(default_factory=dict)
    network_address_changes: int = 0
    messages: int = 0
    parent: str | None = None

    @property
    def sleepy(self) -> bool:
        """Whether its receiver is off when idle (MAC capability bit 3 clear)."""
        return self.type is DeviceType.END_DEVICE and not (self.mac_capabilities or 0) & 0x08


@dataclass(frozen=True, slots=True)
class Member:
    """An endpoint that belongs to a group."""

    ieee: str
    endpoint: int


@dataclass(slots=True)
class Group:
    """A group of endpoints, reached with one multicast.

    Attributes:
        meta: Room for definitions.
        keepsakes: What another program knew of it that has no place here; an export gives it back.
    """

    id: int
    members: list[Member] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    keepsakes: dict[str, Any] = field(default_factory=dict)
