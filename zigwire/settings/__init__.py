"""configuration.yaml: a typed model, loaded with all faults listed at once, saved with comments and order kept."""

from zigwire.settings.errors import Fault, NameFault, SettingsError
from zigwire.settings.model import (
    VERSION,
    Advanced,
    Availability,
    AvailabilityOverride,
    Configuration,
    DeviceOptions,
    EntityDiscovery,
    Frontend,
    GraphvizColors,
    GroupOptions,
    Health,
    HomeAssistant,
    LogLevel,
    MapOptions,
    Mqtt,
    Ota,
    Serial,
)
from zigwire.settings.names import check_name, name_faults
from zigwire.settings.schema import json_schema
from zigwire.settings.settings import Settings, check, load

__all__ = [
    "VERSION",
    "Advanced",
    "Availability",
    "AvailabilityOverride",
    "Configuration",
    "DeviceOptions",
    "EntityDiscovery",
    "Fault",
    "Frontend",
    "GraphvizColors",
    "GroupOptions",
    "Health",
    "HomeAssistant",
    "LogLevel",
    "MapOptions",
    "Mqtt",
    "NameFault",
    "Ota",
    "Serial",
    "Settings",
    "SettingsError",
    "check",
    "check_name",
    "json_schema",
    "load",
    "name_faults",
]
