"""Keeps a device of the network and its image in the engine alike: what the one learns, the other is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from zigwire.zigbee.model import NULL, Binding, ConfiguredReporting, Device, DeviceType, Endpoint, Scene

__all__ = ["BASIC", "Mirror", "dumps"]

BASIC = {
    "modelID": "model_id",
    "manufacturerName": "manufacturer_name",
    "applicationVersion": "application_version",
    "stackVersion": "stack_version",
    "zclVersion": "zcl_version",
    "hardwareVersion": "hardware_version",
    "dateCode": "date_code",
    "softwareBuildID": "software_build_id",
}
"""What a device says of itself: names in definitions and in the model."""

CHECKIN = "checkinInterval"
SCENES = "scenes"


class Mirror:
    """The link between a device and its image."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._told: dict[str, Any] = {}

    def facts(self) -> str:
        """Return as JSON all that the engine is to know; from now on it does."""
        self._told = _facts(self.device)
        return dumps({**self._told, "endpoints": [_with_cache(one, self.device) for one in self._told["endpoints"]]})

    def news(self) -> str | None:
        """Return as JSON what the engine is to know when it does not yet, None when it does."""
        current = _facts(self.device)
        if current == self._told:
            return None
        self._told = current
        return dumps(current)

    def keep(self, kept: Mapping[str, Any]) -> None:
        """Take over what a definition changed in the image; changes that were made here meanwhile stay."""
        told = {one["ID"]: one for one in self._told["endpoints"]}
        _merge(self.device.meta, _with_checkin(self._told["meta"], self._told), _with_checkin(kept["meta"], kept))
        for name, value in kept["basic"].items():
            if value != self._told.get(name):
                setattr(self.device, BASIC[name], value)
        self._keep_nature(kept["nature"])
        for number, image in kept["endpoints"].items():
            endpoint = self.device.endpoints.get(int(number))
            if endpoint and (before := told.get(endpoint.id)):
                _keep_endpoint(endpoint, before, image)
        self._told = self._told | {"meta": kept["meta"], CHECKIN: kept.get(CHECKIN)}
        self._told |= {name: value for name, value in (kept["basic"] | kept["nature"]).items() if value is not None}
        images = kept["endpoints"]
        self._told["endpoints"] = [_known(one, images.get(str(one["ID"]))) for one in self._told["endpoints"]]

    def _keep_nature(self, nature: Mapping[str, Any]) -> None:
        """Take over what a definition knows better than the device: some on mains say that they have a battery."""
        if nature["type"] != self._told["type"]:
            self.device.type = DeviceType(nature["type"])
        source = nature.get("powerSource")
        if source not in {self._told["powerSource"], None}:
            self.device.power_source = source


def dumps(value: Any) -> str:
    """Return JSON for the engine; bytes look there as node's buffers do in JSON."""
    return orjson.dumps(value, default=_buffer, option=orjson.OPT_NON_STR_KEYS).decode()


def _buffer(value: object) -> dict[str, Any]:
    if isinstance(value, bytes | bytearray):
        return {"type": "Buffer", "data": list(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _facts(device: Device) -> dict[str, Any]:
    return {
        "ieeeAddr": device.ieee,
        "networkAddress": device.network_address,
        "type": device.type.value,
        "manufacturerID": device.manufacturer_code,
        "powerSource": device.power_source,
        "interviewState": device.interview_state.value,
        CHECKIN: device.meta.get(CHECKIN),
        **{name: getattr(device, own) for name, own in BASIC.items()},
        "meta": {name: value for name, value in device.meta.items() if name != CHECKIN},
        "endpoints": [_endpoint(endpoint) for endpoint in device.endpoints.values()],
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    scenes = {f"{one.id}_{one.group}": {"name": one.name, "state": dict(one.state)} for one in endpoint.scenes}
    return {
        "ID": endpoint.id,
        "profileID": endpoint.profile,
        "deviceID": endpoint.device,
        "inputClusters": list(endpoint.input_clusters),
        "outputClusters": list(endpoint.output_clusters),
        "binds": [_bind(one) for one in endpoint.bindings],
        "reportings": [_reporting(one) for one in endpoint.reportings],
        "meta": {**endpoint.meta, SCENES: scenes} if scenes else dict(endpoint.meta),
    }


def _with_cache(facts: Mapping[str, Any], device: Device) -> dict[str, Any]:
    cache = device.endpoints[facts["ID"]].attributes
    return {**facts, "clusters": {name: {"attributes": values} for name, values in cache.items()}}


def _bind(binding: Binding) -> dict[str, Any]:
    if binding.group is not None:
        return {"cluster": binding.cluster, "group": binding.group}
    return {"cluster": binding.cluster, "ieee": binding.ieee, "endpoint": binding.endpoint}


def _reporting(reporting: ConfiguredReporting) -> dict[str, Any]:
    facts = {
        "cluster": reporting.cluster,
        "attribute": reporting.attribute,
        "minimum": reporting.minimum,
        "maximum": reporting.maximum,
        "change": reporting.change,
        "manufacturer": reporting.manufacturer,
    }
    known = {name: value for name, value in facts.items() if value is not None}
    return {**known, "change": None} if reporting.change == NULL else known


def _configured(image: Mapping[str, Any]) -> ConfiguredReporting:
    says_null = "change" in image and image["change"] is None
    return ConfiguredReporting(**({**image, "change": NULL} if says_null else image))


def _keep_endpoint(endpoint: Endpoint, before: Mapping[str, Any], image: Mapping[str, Any]) -> None:
    if image["binds"] != before["binds"]:
        endpoint.bindings = [Binding(**one) for one in image["binds"]]
    if image["reportings"] != before["reportings"]:
        endpoint.reportings = [_configured(one) for one in image["reportings"]]
    if image["meta"].get(SCENES) != before["meta"].get(SCENES):
        endpoint.scenes = [_scene(key, one) for key, one in (image["meta"].get(SCENES) or {}).items()]
    _merge(endpoint.meta, _without_scenes(before["meta"]), _without_scenes(image["meta"]))
    endpoint.attributes = {name: one.get("attributes", {}) for name, one in image["clusters"].items()}


def _scene(key: str, image: Mapping[str, Any]) -> Scene:
    number, _, group = key.partition("_")
    name = image.get("name") or f"Scene {number}"
    return Scene(int(number), int(group or 0), str(name), dict(image.get("state") or {}))


def _without_scenes(meta: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in meta.items() if name != SCENES}


def _with_checkin(meta: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    interval = facts.get(CHECKIN)
    return dict(meta) if interval is None else {**meta, CHECKIN: interval}


def _merge(ours: dict[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Do to ours what was done from before to after."""
    for name in before.keys() - after.keys():
        ours.pop(name, None)
    ours |= {name: value for name, value in after.items() if name not in before or before[name] != value}


def _known(told: dict[str, Any], image: Mapping[str, Any] | None) -> dict[str, Any]:
    return told if image is None else {**told, **{name: image[name] for name in ("meta", "binds", "reportings")}}
