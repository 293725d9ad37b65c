"""What `zigwire convert` does: one JSON object about a device in, one answer out, without network and broker.

A `device` line makes a device the current one; `decode`, `encode`, `get` and `configure` lines are about it. What goes
on air stands in the answers as it would go: endpoint, cluster id and frame in hex, with transaction number 1.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from zigwire.devices.behaviour import Behaviour, Priority
from zigwire.devices.errors import DefinitionError, shortened
from zigwire.devices.feature import Context
from zigwire.devices.sources import Sources
from zigwire.zcl import codec
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError, ParseError
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Binding, Device, DeviceType, Endpoint, InterviewState

__all__ = ["Ordered", "Session", "Time"]

TSN = 1
COORDINATOR = "0x00124b00deadbeef"

Result = TypeVar("Result")
Ordered = Callable[[Mapping[str, Any]], Iterable[tuple[str, Any]]]
"""Puts the keys of a message in the order in which they are carried out."""


class Time(Protocol):
    """What goes on by itself in between lines."""

    async def during(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something; as long as it waits, time goes by.

        Raises:
            RequestError: It waits for something that never comes.
        """

    async def settle(self) -> None:
        """Wait until nothing is under way but what waits for time to go by."""

    async def pass_by(self) -> None:
        """Let ten minutes go by: what is under way ends, timers go off."""

    def rewind(self) -> None:
        """Go back to the beginning: every line finds the current device as it was after its set-up."""

    def rewind_further(self) -> None:
        """Go back to before the set-up: no attribute of the current device is known."""


class Session:
    """Answers lines; remembers the current device.

    Args:
        sources: Where definitions come from.
        ordered: Orders the keys of a message.
        time: What goes on by itself.
    """

    def __init__(self, sources: Sources, ordered: Ordered, time: Time) -> None:
        self._sources = sources
        self._ordered = ordered
        self._time = time
        self._bench = Bench()
        self._identity: Mapping[str, Any] = {}
        self._behaviour: Behaviour | None = None
        self._answers = {
            "decode": self._decode,
            "encode": self._encode,
            "get": self._get,
            "configure": self._configure,
        }

    async def answer(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to one line; `error` in it says what was refused."""
        kind = line.get("kind")
        try:
            if kind == "device":
                return await self._device(line["identity"])
            if kind not in self._answers:
                return {"error": f"kind is {shortened(kind)}; allowed: {', '.join(('device', *self._answers))}"}
            if self._behaviour is None:
                return {"error": "no device is current: an earlier line must name one that is supported"}
            self._time.rewind()
            _forget(self._behaviour.device, self._identity)
            self._bench.begin(line)
            return await self._answers[kind](line, self._behaviour)
        except KeyError as error:
            return {"error": f"the line has no {error.args[0]}"}
        except (DefinitionError, EncodeError, ParseError, RequestError) as error:
            return {"error": str(error)}

    async def _device(self, identity: Mapping[str, Any]) -> dict[str, Any]:
        self._identity = identity
        behaviour = await self._find(_device(identity))
        if behaviour is None:
            model, maker = shortened(identity.get("modelID")), shortened(identity.get("manufacturerName"))
            return {"error": f"no definition fits model {model} of {maker}"}
        return {
            "vendor": behaviour.definition.vendor,
            "model": behaviour.definition.model,
            "source": behaviour.definition.source,
            "exposes": behaviour.exposes({}),
            "options": behaviour.option_dicts,
            "supports_ota": behaviour.definition.ota,
        }

    async def _find(self, device: Device) -> Behaviour | None:
        """Make a device the current one."""
        if self._behaviour:
            self._behaviour.stop()
        self._bench.begin({})
        self._behaviour = self._sources.find(device, self._bench)
        await self._time.settle()
        if self._behaviour is None:
            self._behaviour = self._sources.find(device, self._bench)
        return self._behaviour

    async def _decode(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        """Answer with what a frame means; also where the definition first had to ask the device, and then said it."""
        message = codec.parse(line["cluster_id"], _octets(line["frame_hex"]))
        payload = behaviour.decode(line["endpoint"], message, self._bench.context())
        told = len(self._bench.published)
        await self._time.settle()
        if not payload and len(self._bench.published) > told:
            payload = self._bench.published.pop()["payload"]
        await self._time.pass_by()
        return {"payload": payload, "published": self._bench.published}

    async def _encode(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        message: Mapping[str, Any] = line["message"]
        state: dict[str, Any] = {}
        claimed: set[Hashable] = set()
        for key, value in self._ordered(message):
            if (claim := behaviour.claim(key)) in claimed:
                continue
            claimed.add(claim)
            setting = behaviour.set(key, value, self._bench.context(message))
            state.update((await self._time.during(setting)).state)
        await self._time.pass_by()
        return {"frames": self._bench.sent, "state_after": state or None, "published": self._bench.published}

    async def _get(self, line: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        for key in line["message"]:
            await self._time.during(behaviour.get(key, self._bench.context(line["message"])))
        await self._time.pass_by()
        return {"frames": self._bench.sent}

    async def _configure(self, _: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Any]:
        self._time.rewind_further()
        await self._time.during(behaviour.configure())
        await self._time.pass_by()
        return {"steps": self._bench.sent}


class Bench:
    """A `Host` without a network: notes what is sent, and gives the answers that a line brings along."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.published: list[dict[str, Any]] = []
        self._line: Mapping[str, Any] = {}
        self._answers: dict[int, str] = {}

    def begin(self, line: Mapping[str, Any]) -> None:
        """Forget the line before."""
        self.sent, self.published, self._line = [], [], line
        self._answers = {one["frame"]: one["frame_hex"] for one in line.get("read_answers") or ()}

    def context(self, message: Mapping[str, Any] | None = None) -> Context:
        """Return what the line says of options and state."""
        return Context(self._line.get("options") or {}, self._line.get("state_before") or {}, message or {})

    async def request(
        self, device: Device, request: Request, *, timeout: float | None = None, priority: Priority = "user"
    ) -> Message | None:
        """Note a request and return the answer that the line has for it."""
        del device, timeout, priority
        frame = _frame(request)
        answer = self._answers.get(len(self.sent))
        self.sent.append(frame)
        return None if answer is None else codec.parse(frame["cluster_id"], _octets(answer))

    async def tell(self, device: Device, request: Request, *, priority: Priority = "user") -> None:
        """Note a request that nobody answers."""
        del device, priority
        self.sent.append(_frame(request))

    async def broadcast(self, address: int, request: Request) -> None:
        """Note a request to a broadcast address."""
        self.sent.append({**_frame(request), "broadcast": address})

    async def multicast(self, group_id: int, request: Request) -> None:
        """Note a request to a group."""
        self.sent.append({**_frame(request), "group_id": group_id})

    async def bind(self, device: Device, endpoint: int, binding: Binding, *, priority: Priority = "user") -> None:
        """Note a bind."""
        del device, priority
        self.sent.append({"zdo": "bind", **_bound(endpoint, binding)})

    async def unbind(self, device: Device, endpoint: int, binding: Binding) -> None:
        """Note the end of a bind."""
        del device
        self.sent.append({"zdo": "unbind", **_bound(endpoint, binding)})

    def device(self, ieee: str) -> Device | None:
        """Return nobody: there is no network."""
        del ieee
        return None

    def coordinator_binding(self, cluster: int) -> Binding:
        """Return the bind that leads to the coordinator."""
        return Binding(cluster, ieee=COORDINATOR, endpoint=1)

    def network(self) -> Mapping[str, Any]:
        """Return what a network might have."""
        return {"panID": 0x1A62, "extendedPanID": "0xdddddddddddddddd", "channel": 11}

    def use_clusters(self, device: Device, clusters: Mapping[str, Mapping[str, Any]]) -> None:
        """Nobody else reads the frames."""

    def save(self, device: Device) -> None:
        """Nothing is kept."""

    def scenes_changed(self, devices: Iterable[Device]) -> None:
        """Nothing is kept."""

    def publish(self, device: Device, state: Mapping[str, Any]) -> None:
        """Note what is published by itself."""
        del device
        self.published.append({"payload": dict(state)})

    def state(self, device: Device) -> Mapping[str, Any]:
        """Return the state that the line says."""
        del device
        return self._line.get("state_before") or {}

    def options(self, device: Device) -> Mapping[str, Any]:
        """Return the options that the line says."""
        del device
        return self._line.get("options") or {}

    def changed(self, device: Device) -> None:
        """Nobody is to be told."""


def _device(identity: Mapping[str, Any]) -> Device:
    endpoints = (
        Endpoint(
            one["id"],
            profile=one.get("profileID") or 0,
            device=one.get("deviceID") or 0,
            input_clusters=list(one.get("inputClusters", ())),
            output_clusters=list(one.get("outputClusters", ())),
            attributes=_attributes(one),
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
        interview_state=InterviewState.SUCCESSFUL,
        meta=dict(identity.get("meta") or {}),
        endpoints={endpoint.id: endpoint for endpoint in endpoints},
    )


def _attributes(endpoint: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {cluster: dict(known) for cluster, known in (endpoint.get("attributes") or {}).items()}


def _forget(device: Device, identity: Mapping[str, Any]) -> None:
    """Let a device know no more of its attributes than it did at first."""
    for one in identity.get("endpoints", ()):
        device.endpoints[one["id"]].attributes = _attributes(one)


def _octets(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ParseError(f"frame_hex is no hex: {shortened(text)}") from error


def _bound(endpoint: int, binding: Binding) -> dict[str, Any]:
    if binding.group is not None:
        target: Any = {"$group": binding.group}
    else:
        target = {"$endpoint": f"{binding.ieee}/{binding.endpoint}"}
    return {"endpoint": endpoint, "cluster_id": binding.cluster, "target": target}


def _frame(request: Request) -> dict[str, Any]:
    cluster = CLUSTERS.resolve(request.cluster, request.manufacturer).id
    return {"endpoint": request.endpoint, "cluster_id": cluster, "frame_hex": codec.encode(request, TSN).hex()}
