"""What one device means, whoever described it: the face that every source of definitions gives its devices."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from zigwire.devices.definition import Definition
from zigwire.devices.feature import Context
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Request
from zigwire.zigbee.model import Binding, Device

__all__ = ["Behaviour", "Event", "Host", "Outcome"]

Priority = Literal["user", "background"]
Event = Literal[
    "deviceAnnounce", "deviceInterview", "deviceJoined", "deviceNetworkAddressChanged", "deviceOptionsChanged"
]
"""What definitions want to hear of; `data` of an interview has `status`, of options `from` and `to`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a command that was carried out.

    Attributes:
        state: Of the device or group that was addressed.
        members: Of members of the group that was addressed, by IEEE address, where it differs from one to another.
    """

    state: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Host(Protocol):
    """What a behaviour may do and ask while it serves its device. Errors are those of `zigbee.network.Network`."""

    async def request(
        self, device: Device, request: Request, *, timeout: float | None = None, priority: Priority = "user"
    ) -> Message | None:
        """Send a request and return the device's answer."""

    async def tell(self, device: Device, request: Request, *, priority: Priority = "user") -> None:
        """Send a request and wait for no answer."""

    async def multicast(self, group_id: int, request: Request) -> None:
        """Send a request to a group."""

    async def broadcast(self, address: int, request: Request) -> None:
        """Send a request to a broadcast address."""

    async def bind(self, device: Device, endpoint: int, binding: Binding, *, priority: Priority = "user") -> None:
        """Make a device send what concerns a cluster to a target."""

    async def unbind(self, device: Device, endpoint: int, binding: Binding) -> None:
        """End a bind."""

    def device(self, ieee: str) -> Device | None:
        """Return a device of the network, such as another member of a group."""

    def coordinator_binding(self, cluster: int) -> Binding:
        """Return the bind that leads to the coordinator."""

    def network(self) -> Mapping[str, Any]:
        """Return `panID`, `extendedPanID` and `channel` of the network, nothing before it was up."""

    def use_clusters(self, device: Device, clusters: Mapping[str, Mapping[str, Any]]) -> None:
        """Let a device have clusters of its own, in the form of the table of clusters."""

    def save(self, device: Device) -> None:
        """Keep the device's meta and scenes after they changed."""

    def scenes_changed(self, devices: Iterable[Device]) -> None:
        """Keep and show the scenes of devices after they changed."""

    def publish(self, device: Device, state: Mapping[str, Any]) -> None:
        """Publish a state that came about by itself: by a timer, or late."""

    def state(self, device: Device) -> Mapping[str, Any]:
        """Return the cached state."""

    def options(self, device: Device) -> Mapping[str, Any]:
        """Return the device's options, over those for all devices."""

    def changed(self, device: Device) -> None:
        """Say that the device's exposes, clusters or definition are other ones now."""


class Behaviour(Protocol):
    """What one device means.

    Attributes:
        definition: Under the name that the device is sold under.
        device: Whose it is.
        endpoint_names: Numbers of the endpoints that have a name.
    """

    definition: Definition
    device: Device
    endpoint_names: Mapping[str, int]

    @property
    def properties(self) -> Sequence[str]:
        """Keys of the state that the interface lists, `linkquality` last."""

    @property
    def option_dicts(self) -> list[dict[str, Any]]:
        """The options that the interface lists."""

    @property
    def can_configure(self) -> bool:
        """Whether there is a set-up to do after the interview."""

    @property
    def custom_clusters(self) -> Mapping[str, Any]:
        """Clusters that the definition adds to the table, as the interface lists them."""

    def exposes(self, options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the interface lists under these options, `linkquality` last."""

    def check_options(self, options: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the values; keys that are no options of a definition are not looked at."""

    def override_discovery(self, payload: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """Return a message for Home Assistant's discovery as the definition wants it."""

    def decode(self, endpoint: int, message: Message, context: Context) -> dict[str, Any] | None:
        """Return the state that a message tells, ready for JSON; more may be published later.

        Returns:
            None when nothing is for it, {} when something is but has nothing to say.
        """

    def can_set(self, key: str, endpoint: str | None = None) -> bool:
        """Whether `set` knows the key."""

    def can_get(self, key: str, endpoint: str | None = None) -> bool:
        """Whether `get` knows the key."""

    def claim(self, key: str, endpoint: str | None = None) -> Hashable:
        """Return what keys have in common that are set together; of several, `set` is to be called for the first."""

    async def set(self, key: str, value: Any, context: Context) -> Outcome:
        """Set a key of the device, or of the group that the context names.

        Raises:
            DefinitionError: There is no such key or endpoint, it can't be set, or not to this value.
            EncodeError: The request can't be written.
            RequestError: The device can't be reached, does not answer or refuses.
        """

    async def get(self, key: str, context: Context) -> Mapping[str, Any]:
        """Ask for a key; the answer comes in as a message.

        Returns:
            What to publish though the device did not tell it; mostly nothing.

        Raises:
            DefinitionError: There is no such key or endpoint, or it can't be read.
            EncodeError: The request can't be written.
            RequestError: The device can't be reached, does not answer or refuses.
        """

    async def configure(self) -> None:
        """Do the set-up that the definition asks for: binds, reporting, first reads.

        Raises:
            RequestError: The device did not do one of them; the ones before it are done.
        """

    def event(self, kind: Event, data: Mapping[str, Any]) -> None:
        """Tell the definition what happened to its device; what follows from it goes on by itself."""

    def stop(self) -> None:
        """Serve no more: end what is under way and what timers would do."""
