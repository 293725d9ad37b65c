"""What a device is: its names, how it is recognised, and the features it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from zigwire.devices.exposes import Expose
from zigwire.devices.feature import Feature
from zigwire.zigbee.model import Device, DeviceType, Endpoint

__all__ = ["Definition", "EndpointPrint", "Fingerprint", "WhiteLabel", "model_key"]


def model_key(model_id: str | None) -> str:
    """Return a model id in the form in which it is compared: up to a NUL, without blanks at the ends, lower case."""
    return (model_id or "").partition("\0")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPrint:
    """What the simple descriptor of an endpoint must say; None: anything."""

    id: int
    profile: int | None = None
    device: int | None = None
    input_clusters: frozenset[int] | None = None
    output_clusters: frozenset[int] | None = None

    def matches(self, endpoint: Endpoint | None) -> bool:
        """Whether the endpoint exists and says so."""
        return (
            endpoint is not None
            and self.profile in (None, endpoint.profile)
            and self.device in (None, endpoint.device)
            and self.input_clusters in (None, frozenset(endpoint.input_clusters))
            and self.output_clusters in (None, frozenset(endpoint.output_clusters))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a device must say of itself; None: anything.

    Attributes:
        ieee_prefix: How its IEEE address begins (`0x00158d`).
        endpoints: All endpoints that it has, where they matter.
        priority: The highest wins when several fingerprints match.
    """

    model_id: str | None = None
    manufacturer_name: str | None = None
    manufacturer_code: int | None = None
    type: DeviceType | None = None
    power_source: str | None = None
    ieee_prefix: str | None = None
    zcl_version: int | None = None
    application_version: int | None = None
    stack_version: int | None = None
    hardware_version: int | None = None
    date_code: str | None = None
    software_build_id: str | None = None
    endpoints: Sequence[EndpointPrint] = ()
    priority: int = 0

    def matches(self, device: Device) -> bool:
        """Whether the device says so."""
        return (
            self.model_id in (None, device.model_id)
            and self.manufacturer_name in (None, device.manufacturer_name)
            and self.manufacturer_code in (None, device.manufacturer_code)
            and self.type in (None, device.type)
            and self.power_source in (None, device.power_source)
            and device.ieee.startswith(self.ieee_prefix or "")
            and self.zcl_version in (None, device.zcl_version)
            and self.application_version in (None, device.application_version)
            and self.stack_version in (None, device.stack_version)
            and self.hardware_version in (None, device.hardware_version)
            and self.date_code in (None, device.date_code)
            and self.software_build_id in (None, device.software_build_id)
            and self._endpoints_match(device)
        )

    def _endpoints_match(self, device: Device) -> bool:
        if not self.endpoints:
            return True
        return {endpoint.id for endpoint in self.endpoints} == device.endpoints.keys() and all(
            endpoint.matches(device.endpoints.get(endpoint.id)) for endpoint in self.endpoints
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WhiteLabel:
    """The same device sold under another name; with fingerprints it is shown under that name."""

    vendor: str
    model: str
    description: str | None = None
    fingerprints: Sequence[Fingerprint] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A device as data.

    Attributes:
        vendor: Who sells it.
        model: The number on the device.
        description: What it is, in a few words.
        models: Model ids by which it is recognised.
        fingerprints: More that it is recognised by; they go before `models`.
        features: What it is made of, in the order in which the interface lists them.
        options: What users can choose beside the features' options.
        endpoint_names: Names of endpoints; `default` is the one that commands go to.
        ota: Whether its firmware can be updated over the air.
        ota_identity: What indexes of firmware know it by, where that is not what it says of itself (`modelId`,
            `manufacturerName`, `otaHeaderString`, `hardwareVersionMin`, `hardwareVersionMax`).
        white_labels: Other names it is sold under.
        meta: Plain facts for those who show the device.
        version: Changes when set-up has to be done again.
        source: Where the definition comes from, in the interface's words.
    """

    vendor: str
    model: str
    description: str
    models: Sequence[str] = ()
    fingerprints: Sequence[Fingerprint] = ()
    features: Sequence[Feature] = ()
    options: Sequence[Expose] = ()
    endpoint_names: Mapping[str, int] = field(default_factory=dict)
    ota: bool = False
    ota_identity: Mapping[str, Any] = field(default_factory=dict)
    white_labels: Sequence[WhiteLabel] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    version: str = "0.0.0"
    source: Literal["native", "generated", "external"] = "native"

    def rank(self, device: Device) -> tuple[int, int] | None:
        """Return how strongly this definition claims a device, None when it does not: fingerprints before model ids."""
        matching = [fingerprint.priority for fingerprint in self._all_fingerprints() if fingerprint.matches(device)]
        if matching:
            return 1, max(matching)
        return (0, 0) if model_key(device.model_id) in map(model_key, self.models) else None

    def labelled(self, device: Device) -> Definition:
        """Return the definition under the name that this device is sold under."""
        for label in self.white_labels:
            if any(fingerprint.matches(device) for fingerprint in label.fingerprints):
                description = label.description or self.description
                return replace(self, vendor=label.vendor, model=label.model, description=description)
        return self

    def model_keys(self) -> frozenset[str]:
        """Return the model ids by which it can be found; an empty one stands for fingerprints without."""
        fingerprints = (model_key(fingerprint.model_id) for fingerprint in self._all_fingerprints())
        return frozenset((*map(model_key, self.models), *fingerprints))

    def _all_fingerprints(self) -> tuple[Fingerprint, ...]:
        return (*self.fingerprints, *(one for label in self.white_labels for one in label.fingerprints))
