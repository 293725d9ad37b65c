"""Home Assistant's discovery: announces what the house has, keeps it true, and clears what is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, Entity
from zigwire.bridge.homeassistant.config import text
from zigwire.bridge.homeassistant.plans import Plan, Planner
from zigwire.bridge.homeassistant.retained import read
from zigwire.bridge.homeassistant.states import at_endpoint, complete, without_needless_state
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt, Publisher
from zigwire.bridge.states import States
from zigwire.settings import Settings
from zigwire.zigbee.background import Background
from zigwire.zigbee.network import Network

__all__ = ["HomeAssistant"]

LOG = logging.getLogger(__name__)

LISTENING = 5.0
"""Seconds that the broker has to tell what is announced already."""

DELETING = 2.0
"""Seconds that Home Assistant needs to forget an entity; announced earlier, it would get a second entity id."""

SETTLING = 0.5
"""Seconds that Home Assistant needs to listen to the topics of what was announced."""

ARRANGING = 2.0
"""Seconds after a change of scenes until they are announced: users store, try and rename several in a row."""

LATECOMERS = 30.0
"""Seconds after Home Assistant's start until entities that it was slow to set up hear their states too."""

AT_ONCE = 20
PAUSE = 0.1
"""So many entities in a row, then a pause of so many seconds: nobody's queues fill."""

BRIDGE = "bridge"
"""Key of the bridge among devices and groups."""


@dataclass(slots=True)
class Known:
    """What is announced of a device, a group or the bridge.

    Attributes:
        plan: What shall be.
        published: What is, by topic below the discovery topic.
        actions: What the device was seen to do.
        held: Nothing is announced: Home Assistant is about to forget what was.
    """

    plan: Plan = field(default_factory=Plan)
    published: dict[str, bytes] = field(default_factory=dict)
    actions: dict[str, None] = field(default_factory=dict)
    held: bool = False


class HomeAssistant:
    """Announces entities while `homeassistant.enabled` is on.

    Args:
        mqtt: The MQTT client.
        settings: For all topics.
        network: For the coordinator.
        entities: Devices and groups.
        states: Their states.
        publisher: Publishes states; it is told what they need.
        greet: Publishes bridge/state.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        settings: Settings,
        network: Network,
        entities: Entities,
        states: States,
        publisher: Publisher,
        greet: Callable[[], None],
    ) -> None:
        self._mqtt = mqtt
        self._settings = settings
        self._network = network
        self._entities = entities
        self._states = states
        self._publisher = publisher
        self._greet = greet
        self._applied = settings.homeassistant
        self._planner: Planner | None = None
        self._known: dict[str, Known] = {}
        self._listening = False
        self._background = Background()
        self._birth: asyncio.Task[None] | None = None
        self._arranged: set[str] = set()
        publisher.adjust(self.complete)
        publisher.follow(self.published)

    # --- life ---

    def start(self) -> None:
        """Begin (anew), when the settings want it: hear what is announced already, then put it right."""
        self.stop()
        self._applied = self._settings.homeassistant
        self._planner = None
        self._known.clear()
        self._arranged.clear()
        coordinator = self._network.coordinator
        if not self._applied.enabled or coordinator is None:
            return
        if not self._settings.advanced.cache_state:
            LOG.warning(
                "A message has only what changed, the rest is null to Home Assistant: advanced.cache_state is off"
            )
        self._planner = Planner(self._settings, self._entities, coordinator)
        for key in self._keys():
            self._known[key] = known = Known()
            known.plan = self._plan(key) or known.plan
        self._listening = True
        self._mqtt.subscribe(self._applied.status_topic)
        self._mqtt.subscribe(f"{self._applied.discovery_topic}/#")
        self._begin(self._listen())

    def stop(self) -> None:
        """Hear and begin nothing any more; what is announced stays, and states are completed to the last."""
        self._background.cancel()
        if self._planner is not None:
            self._end_listening()
            self._mqtt.unsubscribe(self._applied.status_topic)

    def follow_settings(self, settings: Settings) -> None:
        """Follow changes of `homeassistant` while running; what was announced elsewhere is cleared there."""
        if settings.homeassistant == self._applied:
            return
        if settings.homeassistant.discovery_topic != self._applied.discovery_topic:
            for known in self._known.values():
                self._clear(known)
        self.start()

    # --- what happens in the house ---

    def changed(self, entity: Entity) -> None:
        """Announce what is new of a device or group, and of the groups that a device is in."""
        for key in self._concerned(entity):
            self._announce(key)

    def scenes_changed(self, entity: Entity) -> None:
        """Clear the scenes of a device and of its groups that are gone; announce new ones in a moment."""
        if self._planner is None:
            return
        for key in self._concerned(entity):
            self._withdraw(key)
        if not self._arranged:
            self._begin(self._announce_arranged())
        self._arranged.add(entity.key)

    def removed(self, key: str) -> None:
        """Clear what is announced of a device or group that was removed; groups that it was in change too."""
        if known := self._known.pop(key, None):
            self._clear(known)
        for group in self._entities.groups():
            self._announce(group.key)

    def renamed(self, entity: Entity, leave: Callable[[], None], *, recreate: bool) -> None:
        """Announce a device or group under its new name.

        Args:
            entity: The device or group.
            leave: Clears what is retained under the old name; called when Home Assistant listens there no more.
            recreate: Let Home Assistant forget the entities first, so that their ids follow the new name.
        """
        if self._planner is None:
            leave()
        else:
            self._begin(self._rename(entity.key, leave, recreate=recreate))

    def published(self, entity: Entity, _changes: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        """Publish what Home Assistant can't read from a device's state: values of endpoints, and actions."""
        known = self._known.get(entity.key)
        if known is None or not isinstance(entity, DeviceEntity):
            return
        base = f"{self._settings.mqtt.base_topic}/{entity.name}"
        for endpoint in known.plan.endpoints:
            self._mqtt.publish(f"{base}/{endpoint}", dumps(at_endpoint(message, endpoint)))
        action = message.get("action")
        if not action:
            return
        self._see(entity, known, text(action))
        if self._settings.advanced.output == "json":
            self._mqtt.publish(f"{base}/action", text(action).encode())
        if self._applied.legacy_action_sensor:
            self._publisher.publish(entity, {"action": ""})

    # --- messages ---

    def message(self, topic: str, payload: bytes) -> None:
        """Take a message that may be Home Assistant's, or one that we retained."""
        if self._planner is None:
            return
        if topic == self._applied.status_topic:
            if payload.strip().lower() == b"online":
                self._born()
        elif self._listening and topic.startswith(f"{self._applied.discovery_topic}/"):
            self._hear(self._planner, topic.removeprefix(f"{self._applied.discovery_topic}/"), payload)

    def complete(self, entity: Entity, message: dict[str, Any]) -> None:
        """Add to a state what Home Assistant's templates look for."""
        if self._planner is not None:
            known = self._known.get(entity.key)
            complete(entity, message, known.plan.mocks if known else ())

    def trim(self, message: dict[str, Any], state: Mapping[str, Any]) -> None:
        """Take out of a command what Home Assistant sends without meaning it."""
        if self._planner is not None:
            without_needless_state(message, state)

    # --- announcing ---

    def _keys(self) -> Iterator[str]:
        yield BRIDGE
        yield from (entity.key for entity in self._entities.devices())
        yield from (group.key for group in self._entities.groups())

    def _concerned(self, entity: Entity) -> Iterator[str]:
        """Yield the keys of a device or group, and of the groups that a device is in."""
        yield entity.key
        if isinstance(entity, DeviceEntity):
            for group in self._entities.groups():
                if any(member.ieee == entity.key for member in group.group.members):
                    yield group.key

    def _plan(self, key: str) -> Plan | None:
        if self._planner is None:
            return None
        if key == BRIDGE:
            return self._planner.of_bridge()
        entity = self._entities.find_key(key)
        known = self._known.get(key)
        return self._planner.of(entity, known.actions if known else ()) if entity else None

    def _announce(self, key: str) -> bool:
        """Publish what differs from what is announced; tell whether anything did."""
        plan = self._plan(key)
        if plan is None:
            return False
        known = self._known.setdefault(key, Known())
        known.plan = plan
        if known.held:
            return False
        new = {topic: payload for topic, payload in plan.messages.items() if known.published.get(topic) != payload}
        for topic, payload in new.items():
            self._send(topic, payload)
        self._clear_all_but(known, plan)
        known.published = dict(plan.messages)
        return bool(new)

    def _withdraw(self, key: str) -> None:
        """Clear what is announced and shall not be any more."""
        plan, known = self._plan(key), self._known.get(key)
        if plan and known:
            self._clear_all_but(known, plan)

    def _clear_all_but(self, known: Known, plan: Plan) -> None:
        for topic in known.published.keys() - plan.messages.keys():
            self._send(topic, b"")
            del known.published[topic]

    def _clear(self, known: Known) -> None:
        for topic in known.published:
            self._send(topic, b"")
        known.published = {}

    def _send(self, topic: str, payload: bytes) -> None:
        self._mqtt.publish(f"{self._applied.discovery_topic}/{topic}", payload, qos=1, retain=True)

    def _see(self, entity: DeviceEntity, known: Known, action: str) -> None:
        if action not in known.actions:
            known.actions[action] = None
            self._announce(entity.key)

    # --- in the background ---

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._background.spawn(work, "discovery by Home Assistant")

    async def _listen(self) -> None:
        """Hear what is retained, put it right, and tell the states of what was announced anew."""
        await asyncio.sleep(LISTENING)
        self._end_listening()
        new = [key async for key in self._paced() if self._announce(key)]
        await asyncio.sleep(SETTLING)
        for key in new:
            self._tell(key)

    async def _announce_arranged(self) -> None:
        await asyncio.sleep(ARRANGING)
        arranged, self._arranged = self._arranged, set()
        for key in arranged:
            if entity := self._entities.find_key(key):
                self.changed(entity)

    def _end_listening(self) -> None:
        if self._listening:
            self._listening = False
            self._mqtt.unsubscribe(f"{self._applied.discovery_topic}/#")

    async def _rename(self, key: str, leave: Callable[[], None], *, recreate: bool) -> None:
        known = self._known.setdefault(key, Known())
        if recreate:
            self._clear(known)
            known.held = True
            await self._settle(leave)
            await asyncio.sleep(DELETING - SETTLING)
            known.held = False
            self._announce(key)
            await asyncio.sleep(SETTLING)
        else:
            self._announce(key)
            await self._settle(leave)
        self._tell(key)

    async def _settle(self, leave: Callable[[], None]) -> None:
        """Leave a name once Home Assistant has followed, or at once when there is no time for it."""
        try:
            await asyncio.sleep(SETTLING)
        finally:
            leave()

    def _born(self) -> None:
        """Home Assistant started: it knows no states."""
        if self._birth:
            self._birth.cancel()
        self._birth = self._begin(self._introduce())

    async def _introduce(self) -> None:
        self._greet()
        if self._settings.mqtt.force_disable_retain:
            async for key in self._paced():
                for topic, payload in self._known[key].published.items():
                    self._send(topic, payload)
            await asyncio.sleep(SETTLING)
        await self._tell_all()
        await asyncio.sleep(LATECOMERS)
        await self._tell_all()

    async def _tell_all(self) -> None:
        async for key in self._paced():
            self._tell(key)

    def _tell(self, key: str) -> None:
        """Publish what is known of a state."""
        entity = self._entities.find_key(key) if key != BRIDGE else None
        if entity and self._states.get(key):
            self._publisher.again(entity)

    async def _paced(self) -> AsyncIterator[str]:
        """Go through all that is known, a few at a time."""
        for number, key in enumerate(list(self._known), start=1):
            if key in self._known:
                yield key
            if number % AT_ONCE == 0:
                await asyncio.sleep(PAUSE)

    # --- hearing what is retained ---

    def _hear(self, planner: Planner, topic: str, payload: bytes) -> None:
        """Note what is announced already; clear what is ours and nobody's any more."""
        announcement = read(topic, payload, self._settings.mqtt.base_topic, planner.bridge)
        if announcement is None:
            return
        key = self._key(planner, announcement.node)
        if key != BRIDGE and self._entities.find_key(key) is None:
            LOG.info("Home Assistant is told to forget %s: whose it was is gone", topic)
            self._send(topic, b"")
            return
        known = self._known.setdefault(key, Known())
        known.published[topic] = dumps(announcement.message)
        if action := announcement.action:
            known.actions[action] = None

    def _key(self, planner: Planner, node: str) -> str:
        """Return whose level of a discovery topic it is; those of groups begin with the base topic's numbers."""
        return BRIDGE if node == planner.bridge_node else node.partition("_")[2] or node
