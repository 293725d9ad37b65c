"""The pure part of `zigwire convert`: one JSON object about a device in, one answer out, without network and broker.

A `device` line makes a device the current one; `decode`, `encode`, `get` and `configure` lines are about it. What goes
on air stands in the answers as it would go: endpoint, cluster id and frame in hex, with transaction number 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.devices.behaviour import Behaviour, compile_definition
from zigwire.devices.errors import DefinitionError, shortened
from zigwire.devices.feature import Bind, Context, Step
from zigwire.devices.sources import Sources
from zigwire.zcl import codec
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError, ParseError
from zigwire.zcl.requests import Request
from zigwire.zigbee.model import Device, DeviceType, Endpoint

__all__ = ["Session"]

TSN = 1
COORDINATOR = {"$endpoint": "0x00124b00deadbeef/1"}


class Session:
    """Answers lines; remembers the current device."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._behaviour: Behaviour | None = None
        self._answers = {
            "decode": self._decode,
            "encode": self._encode,
            "get": self._get,
            "configure": self._configure,
        }

    def answer(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to one line; `error` in it says what was refused."""
        kind = line.get("kind")
        try:
            if kind == "device":
                return self._device(line["identity"])
            if kind not in self._answers:
                return {"error": f"kind is {shortened(kind)}; allowed: {', '.join(('device', *self._answers))}"}
            if self._behaviour is None:
                return {"error": "no device is current: an earlier line must name one that is supported"}
            return self._answers[kind](line, self._behaviour)
        except KeyError as error:
            return {"error": f"the line has no {error.args[0]}"}
        except (DefinitionError, EncodeError, ParseError) as error:
            return {"error": str(error)}

    def _device(self, identity: Mapping[str, Any]) -> dict[str, Any]:
        device = _device(identity)
        definition = self._sources.find(device)
        self._behaviour = compile_definition(definition, device) if definition else None
        if self._behaviour is None:
            model, maker = shortened(device.model_id), shortened(device.manufacturer_name)
            return {"error": f"no definition fits model {model} of {maker}"}
        return {
            "vendor": self._behaviour.definition.vendor,
            "model": self._behaviour.definition.model,
            "source": self._behaviour.definition.source,
            "exposes": self._behaviour.exposes({}),
            "options": self._behaviour.option_dicts,
            "supports_ota": self._behaviour.definition.ota,
        }

    def _decode(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        message = codec.parse(line["cluster_id"], _octets(line["frame_hex"]))
        context = Context(options=line.get("options") or {}, state=line.get("state_before") or {})
        return {"payload": behaviour.decode(line["endpoint"], message, context), "published": []}

    def _encode(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        message: Mapping[str, Any] = line["message"]
        context = Context(line.get("options") or {}, line.get("state_before") or {}, message)
        frames: list[dict[str, Any]] = []
        state: dict[str, Any] = {}
        claimed: set[str] = set()
        for key, value in message.items():
            if (claim := behaviour.claim(key)) in claimed:
                continue
            claimed.add(claim)
            encoded = behaviour.encode(key, value, context)
            frames += _frames(encoded.requests)
            state.update(encoded.state)
        return {"frames": frames, "state_after": state or None, "published": []}

    def _get(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        context = Context(message=line["message"])
        requests = (request for key in line["message"] for request in behaviour.read(key, context).requests)
        return {"frames": _frames(requests)}

    def _configure(self, _: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        return {"steps": _frames(behaviour.setup)}


def _device(identity: Mapping[str, Any]) -> Device:
    endpoints = (
        Endpoint(
            one["id"],
            profile=one.get("profileID") or 0,
            device=one.get("deviceID") or 0,
            input_clusters=list(one.get("inputClusters", ())),
            output_clusters=list(one.get("outputClusters", ())),
        )
        for one in identity.get("endpoints", ())
    )
    return Device(
        ieee=identity["ieeeAddr"],
        network_address=0,
        type=DeviceType(identity.get("type", "Unknown")),
        manufacturer_code=identity.get("manufacturerID"),
        manufacturer_name=identity.get("manufacturerName"),
        model_id=identity.get("modelID"),
        power_source=identity.get("powerSource"),
        zcl_version=identity.get("zclVersion"),
        application_version=identity.get("applicationVersion"),
        stack_version=identity.get("stackVersion"),
        hardware_version=identity.get("hardwareVersion"),
        date_code=identity.get("dateCode"),
        software_build_id=identity.get("softwareBuildID"),
        endpoints={endpoint.id: endpoint for endpoint in endpoints},
    )


def _octets(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ParseError(f"frame_hex is no hex: {shortened(text)}") from error


def _frames(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [_bind(step) if isinstance(step, Bind) else _frame(step) for step in steps]


def _bind(bind: Bind) -> dict[str, Any]:
    cluster = CLUSTERS.resolve(bind.cluster)
    return {"zdo": "bind", "endpoint": bind.endpoint, "cluster_id": cluster.id, "target": COORDINATOR}


def _frame(request: Request) -> dict[str, Any]:
    return {
        "endpoint": request.endpoint,
        "cluster_id": CLUSTERS.resolve(request.cluster, request.manufacturer).id,
        "frame_hex": codec.encode(request, TSN).hex(),
    }
