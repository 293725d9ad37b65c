"""What one device means as a definition of the field's library says: a `Behaviour` whose work is done in the engine."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import orjson

from zigwire.devices.behaviour import Event, Outcome
from zigwire.devices.definition import Definition
from zigwire.devices.errors import (
    DefinitionError,
    NotReadableError,
    ReadOnlyError,
    UnknownEndpointError,
    UnknownKeyError,
)
from zigwire.devices.feature import Context
from zigwire.devices.herdsman.engine import ScriptError
from zigwire.devices.herdsman.guest import Guest
from zigwire.devices.herdsman.mirror import dumps
from zigwire.devices.herdsman.options import faults
from zigwire.devices.herdsman.stage import Outcome as Pending
from zigwire.devices.herdsman.stage import Stage
from zigwire.devices.native import LINKQUALITY
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.message import Message
from zigwire.zigbee.errors import RequestError

__all__ = ["ConverterError", "HerdsmanBehaviour"]

LOG = logging.getLogger(__name__)

LISTENED, SILENT = 1, 2
"""Bits of what `decode` says at once: something is for the message; its sender gets no answer from the network."""


class ConverterError(DefinitionError):
    """The definition refused, in its own words."""


class HerdsmanBehaviour:
    """One device and the definition that describes it.

    Attributes:
        definition: Under the name that the device is sold under.
        device: Whose it is.
        endpoint_names: Numbers of the endpoints that have a name.
    """

    def __init__(self, guest: Guest, stage: Stage) -> None:
        self.device = guest.device
        self._guest = guest
        self._stage = stage
        self._properties: tuple[str, ...] | None = None
        self._exposed: list[dict[str, Any]] = []
        facts = orjson.loads(stage.ask(guest, "describe", guest.device.ieee))
        self.definition = Definition(
            vendor=facts["vendor"],
            model=facts["model"],
            description=facts["description"],
            endpoint_names=facts["endpoints"],
            ota=facts["ota"],
            ota_identity=facts["otaIdentity"],
            version=facts["version"],
            source=_source(facts),
        )
        self.endpoint_names: Mapping[str, int] = facts["endpoints"]
        self._options: list[dict[str, Any]] = facts["options"]
        self._configures: bool = facts["configures"]
        self._overrides: bool = facts["overrides"]

    @property
    def properties(self) -> Sequence[str]:
        """Keys of the state that the interface lists, `linkquality` last."""
        if self._properties is None:
            self._properties = tuple(_properties(self.exposes({})))
        return self._properties

    @property
    def option_dicts(self) -> list[dict[str, Any]]:
        """The options that the interface lists."""
        return self._options

    @property
    def can_configure(self) -> bool:
        """Whether there is a set-up to do after the interview."""
        return self._configures

    @property
    def custom_clusters(self) -> Mapping[str, Any]:
        """Clusters that the definition adds, as the interface shows them."""
        return self._guest.custom_clusters

    def exposes(self, options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the interface lists under these options, `linkquality` last."""
        if not self._guest.disabled:
            try:
                self._exposed = orjson.loads(self._stage.ask(self._guest, "exposes", self.device.ieee, dumps(options)))
            except ScriptError as error:
                LOG.error("The definition of %s does not say what it exposes: %s", self.device.ieee, error)
        return [*self._exposed, LINKQUALITY.to_dict()]

    def check_options(self, options: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the values; keys that are no options of the definition are not looked at."""
        return faults(self._options, options)

    def override_discovery(self, payload: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """Return a message for Home Assistant's discovery as the definition wants it."""
        if not self._overrides:
            return dict(payload)
        try:
            text = self._stage.ask(self._guest, "overrideDiscovery", self.device.ieee, dumps(payload), dumps(options))
        except ScriptError as error:
            LOG.error("The definition of %s can't change its discovery: %s", self.device.ieee, error)
            return dict(payload)
        changed: dict[str, Any] = orjson.loads(text)
        return changed

    def decode(self, endpoint: int, message: Message, context: Context) -> dict[str, Any] | None:
        """Return the state that a message tells; what takes longer is published when it is known."""
        if self._guest.disabled:
            return None
        said, outcome = self._stage.begin(
            self._guest,
            "decode",
            self.device.ieee,
            endpoint,
            message.cluster_id,
            message.group or 0,
            message.frame.hex(),
            self.device.linkquality or 0,
            dumps(context.options),
            dumps(context.state),
        )
        if said is None:
            return {}
        message.answered = message.answered or bool(said & SILENT)
        if not said & LISTENED:
            outcome.cancel()
            return None
        if not outcome.done():
            outcome.add_done_callback(self._late)
            return {}
        return {} if outcome.exception() else outcome.result()

    def can_set(self, key: str, endpoint: str | None = None) -> bool:
        """Whether a converter sets the key."""
        return bool((self._locate(key, endpoint) or {}).get("set"))

    def can_get(self, key: str, endpoint: str | None = None) -> bool:
        """Whether a converter reads the key."""
        return bool((self._locate(key, endpoint) or {}).get("get"))

    def claim(self, key: str, endpoint: str | None = None) -> Hashable:
        """Return which converter sets the key, and where: it is used for the first of its keys only."""
        found = self._locate(key, endpoint)
        return found["claim"] if found else key

    async def set(self, key: str, value: Any, context: Context) -> Outcome:
        """Let a converter set a key; see `Behaviour.set`."""
        found = self._known(key, context.endpoint)
        if not found["set"]:
            raise ReadOnlyError(key)
        result = await self._run("set", key, {**self._asked(key, context), "value": value}, context)
        return Outcome(result.get("state") or {}, result.get("members") or {})

    async def get(self, key: str, context: Context) -> Mapping[str, Any]:
        """Let a converter ask for a key; see `Behaviour.get`."""
        found = self._known(key, context.endpoint)
        if not found["get"]:
            raise NotReadableError(key)
        await self._run("get", key, self._asked(key, context), context)
        return {}

    async def configure(self) -> None:
        """Do the set-up of the definition; see `Behaviour.configure`."""
        self._refresh()
        coordinator = self._guest.host.coordinator_binding(0)
        _, outcome = self._stage.begin(self._guest, "configure", self.device.ieee, coordinator.ieee or "")
        try:
            await outcome
        except ScriptError as error:
            raise RequestError(str(error)) from error

    def event(self, kind: Event, data: Mapping[str, Any]) -> None:
        """Tell the definition what happened to its device."""
        if self._guest.disabled:
            return
        self._refresh()
        about = {**self._guest.new_options(), **data} if kind == "deviceOptionsChanged" else data
        try:
            self._stage.ask(self._guest, "event", self.device.ieee, kind, dumps(about), *self._guest.circumstances())
        except ScriptError as error:
            LOG.error("The definition of %s can't cope with %s: %s", self.device.ieee, kind, error)

    def stop(self) -> None:
        """Serve no more."""
        self._stage.dismiss(self._guest)

    async def _run(self, name: str, key: str, asked: Mapping[str, Any], context: Context) -> dict[str, Any]:
        self._refresh()
        _, outcome = self._stage.begin(
            self._guest, name, self.device.ieee, dumps(asked), dumps(context.options), dumps(context.state)
        )
        try:
            return await outcome or {}
        except ScriptError as error:
            raise ConverterError(key, str(error)) from error

    def _asked(self, key: str, context: Context) -> dict[str, Any]:
        asked: dict[str, Any] = {"key": key, "endpoint": context.endpoint, "message": context.message or {key: None}}
        if context.group is None:
            return asked
        members = [(one.ieee, one.endpoint) for one in context.group.members]
        asked["group"] = {"id": context.group.id, "meta": context.group.meta, "members": members}
        asked["members"] = {ieee: self._member_state(ieee) for ieee, _ in members}
        return asked

    def _member_state(self, ieee: str) -> Mapping[str, Any]:
        """Return the state of a group's member, after making it known to the engine."""
        device = self._guest.host.device(ieee)
        if device is None:
            return {}
        self._stage.accompany(device, self._guest.host)
        return self._guest.host.state(device)

    def _known(self, key: str, endpoint: str | None) -> dict[str, Any]:
        if self._guest.disabled:
            raise ConverterError(key, "the definition is not used any more: it went wrong too often (see the log)")
        found = self._locate(key, endpoint)
        if found is not None:
            return found
        if endpoint is not None and endpoint not in self.endpoint_names and not endpoint.isdecimal():
            raise UnknownEndpointError(key, endpoint)
        raise UnknownKeyError(key, self.properties)

    def _locate(self, key: str, endpoint: str | None) -> dict[str, Any] | None:
        if self._guest.disabled:
            return None
        try:
            text = self._stage.ask(self._guest, "locate", self.device.ieee, key, endpoint or "")
        except ScriptError as error:
            LOG.error("The definition of %s can't say who sets %s: %s", self.device.ieee, key, error)
            return None
        found: dict[str, Any] | None = orjson.loads(text)
        return found

    def _refresh(self) -> None:
        """Tell the engine what changed about device and network."""
        self._stage.meet(self._guest.host)
        self._stage.refresh(self._guest)

    def _late(self, outcome: Pending) -> None:
        if outcome.cancelled():
            return
        error = outcome.exception()
        if error is None and outcome.result():
            self._guest.host.publish(self.device, outcome.result())
        elif isinstance(error, RequestError | EncodeError | ScriptError):
            LOG.debug("The definition of %s does not decode: %s", self.device.ieee, error)


def _source(facts: Mapping[str, Any]) -> Literal["native", "generated", "external"]:
    """Return in the interface's words where a definition comes from."""
    if facts["external"]:
        return "external"
    return "generated" if facts["generated"] else "native"


def _properties(exposed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the keys of what is exposed, in their order, each once."""
    keys: dict[str, None] = {}
    for item in exposed:
        if "property" in item:
            keys[item["property"]] = None
        else:
            keys |= dict.fromkeys(_properties(item.get("features", ())))
    return list(keys)
