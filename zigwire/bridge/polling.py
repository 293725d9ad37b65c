"""Lights of brands that do not report what a remote did to them are read after it acted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zigwire.bridge import color_capabilities
from zigwire.bridge.color_capabilities import color_attributes
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Read
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, Endpoint, Member
from zigwire.zigbee.network import Network

__all__ = ["Polling"]

LOG = logging.getLogger(__name__)

QUIET = 1.0
"""Seconds after the last command: whoever dims sends many."""

HUE = "manuSpecificPhilips"
HUE_BUTTON = "commandHueNotification"

SIGNIFY, ATMEL, BUSCH_JAEGER, TELINK, MUELLER, GLEDOPTO = 0x100B, 0x1014, 0x112E, 0x1141, 0x121B, 0x124F
COLORFUL = frozenset({SIGNIFY, ATMEL, GLEDOPTO, MUELLER, TELINK})
MUTE = COLORFUL | {BUSCH_JAEGER}
MUTE_NAMES = frozenset({"GLEDOPTO", "Trust International B.V."})


@dataclass(frozen=True, slots=True, eq=False)
class Poll:
    """What to read of which lights after which commands.

    Attributes:
        commands: By cluster, types of messages and the parameters that they must have.
        cluster: The cluster that is read.
        attributes: What is read of it; of colour only what the light has.
        manufacturers: Codes of those whose lights need it.
    """

    commands: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]
    cluster: str
    attributes: tuple[str, ...]
    manufacturers: frozenset[int]

    def follows(self, message: Message) -> bool:
        """Whether a message is one of the commands."""
        return any(
            message.type == type_ and arguments.items() <= message.args.items()
            for type_, arguments in self.commands.get(message.cluster, ())
        )

    def concerns(self, device: Device, endpoint: Endpoint) -> bool:
        """Whether an endpoint is one that needs it."""
        needs = device.manufacturer_code in self.manufacturers or device.manufacturer_name in MUTE_NAMES
        return needs and CLUSTERS.resolve(self.cluster).id in endpoint.input_clusters


def _plain(*types: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((type_, {}) for type_ in types)


def _hue_buttons(*numbers: int) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((HUE_BUTTON, {"button": number}) for number in numbers)


SCENES = {"genScenes": _plain("commandRecall")}
DIMMING = _plain(
    "commandStep",
    "commandStepWithOnOff",
    "commandStop",
    "commandMoveWithOnOff",
    "commandStopWithOnOff",
    "commandMove",
    "commandMoveToLevelWithOnOff",
)
SWITCHING_BY_DIMMING = _plain(
    "commandStepWithOnOff", "commandMoveWithOnOff", "commandStopWithOnOff", "commandMoveToLevelWithOnOff"
)
SWITCHING = _plain("commandOn", "commandOff", "commandOffWithEffect", "commandToggle")

POLLS = (
    Poll({"genLevelCtrl": DIMMING, HUE: _hue_buttons(2, 3), **SCENES}, "genLevelCtrl", ("currentLevel",), MUTE),
    Poll(
        {"genLevelCtrl": SWITCHING_BY_DIMMING, "genOnOff": SWITCHING, HUE: _hue_buttons(1, 4), **SCENES},
        "genOnOff",
        ("onOff",),
        MUTE,
    ),
    Poll(SCENES, color_capabilities.CLUSTER, ("currentX", "currentY", "colorTemperature"), COLORFUL),
)
"""Which commands, lights and attributes: what Zigbee2MQTT's users found out about these brands."""


class Polling:
    """Reads lights that a remote controls by a bind or a group, each once the remote has been quiet for a second."""

    def __init__(self, network: Network, entities: Entities) -> None:
        self._network = network
        self._entities = entities
        self._timers: dict[tuple[Member, Poll], asyncio.TimerHandle] = {}
        self._background = Background()
        self._stopped = False

    def heard(self, device: Device, message: Message) -> None:
        """Take a message of any device."""
        polls = [poll for poll in POLLS if poll.follows(message)] if message.cluster_specific else []
        if not polls or self._stopped:
            return
        for member in set(self._controlled_by(device, message)):
            found = self._find(member)
            for poll in polls:
                if found and poll.concerns(*found):
                    self._plan(member, poll)

    def stop(self) -> None:
        """Read nothing any more."""
        self._stopped = True
        for timer in self._timers.values():
            timer.cancel()
        self._background.cancel()

    def _controlled_by(self, device: Device, message: Message) -> Iterator[Member]:
        """Go through the endpoints that heard what a remote sent, as far as it is known."""
        yield from self._members(message.group)
        for endpoint in device.endpoints.values():
            for binding in endpoint.bindings:
                if binding.ieee is not None and binding.endpoint is not None:
                    yield Member(binding.ieee, binding.endpoint)
                yield from self._members(binding.group)

    def _members(self, group_id: int | None) -> Sequence[Member]:
        group = None if group_id is None else self._network.groups.get(group_id)
        return group.members if group else ()

    def _find(self, member: Member) -> tuple[Device, Endpoint] | None:
        """Return an endpoint and its device, None when it is gone, not to be used, or the coordinator's."""
        device = self._network.devices.get(member.ieee)
        endpoint = device.endpoints.get(member.endpoint) if device else None
        if device is None or endpoint is None or self._entities.of(device).settings.disabled:
            return None
        return device, endpoint

    def _plan(self, member: Member, poll: Poll) -> None:
        if timer := self._timers.pop((member, poll), None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[member, poll] = loop.call_later(QUIET, self._begin, member, poll)

    def _begin(self, member: Member, poll: Poll) -> None:
        del self._timers[member, poll]
        if found := self._find(member):
            self._background.spawn(self._read(self._entities.of(found[0]), found[1], poll), "poll")

    async def _read(self, entity: DeviceEntity, endpoint: Endpoint, poll: Poll) -> None:
        """Ask; the answer comes in as a message like any other."""
        try:
            attributes = await self._attributes(entity.device, endpoint, poll)
            if attributes:
                request = Read(endpoint=endpoint.id, cluster=poll.cluster, attributes=attributes)
                await self._network.request(entity.device, request, priority="background")
        except (EncodeError, RequestError) as error:
            LOG.warning("Can't read %s of '%s': %s", ", ".join(poll.attributes), entity.name, error)

    async def _attributes(self, device: Device, endpoint: Endpoint, poll: Poll) -> tuple[str, ...]:
        if poll.cluster != color_capabilities.CLUSTER:
            return poll.attributes
        supported = await color_attributes(self._network, device, endpoint)
        return tuple(name for name in poll.attributes if name in supported)
