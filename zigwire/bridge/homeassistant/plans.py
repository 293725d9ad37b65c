"""What is to be announced of a device, a group or the bridge, and what its state messages need for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zigwire.bridge.entities import DeviceEntity, Entities, Entity, GroupEntity
from zigwire.bridge.homeassistant import exposes, extras
from zigwire.bridge.homeassistant.actions import trigger
from zigwire.bridge.homeassistant.announce import Identity, Members, announced, wanted
from zigwire.bridge.homeassistant.config import Config, Subject, Topics
from zigwire.bridge.homeassistant.identities import Identities, overrides
from zigwire.bridge.payloads import dumps
from zigwire.devices.behaviour import Behaviour
from zigwire.settings import Settings
from zigwire.zigbee.model import InterviewState, Member, Scene
from zigwire.zigbee.radio import CoordinatorInfo

__all__ = ["Plan", "Planner"]

MIRRORED = re.compile(r"(?:light|cover)_(.+)")
"""Object ids that end with the name of an endpoint: JSON lights and covers can't read properties that do so.

Clients may know the topics of properties with such names too (`light_type`), so these have theirs as well.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to announce, and what follows from it for state messages.

    Attributes:
        messages: Payloads by topic below the discovery topic.
        mocks: Properties that state messages must have.
        endpoints: Endpoints whose properties are published on topics of their own too.
    """

    messages: dict[str, bytes] = field(default_factory=dict)
    mocks: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()


class Planner:
    """Makes plans as the settings and definitions are at that moment.

    Args:
        settings: For topics and Home Assistant's options.
        entities: To find the members of groups.
        coordinator: The bridge's radio.

    Attributes:
        bridge: What Home Assistant knows the bridge by.
        bridge_node: The bridge's level in discovery topics.
    """

    def __init__(self, settings: Settings, entities: Entities, coordinator: CoordinatorInfo) -> None:
        self._settings = settings
        self._entities = entities
        self._identities = Identities(settings, coordinator)
        self.bridge, self.bridge_node = self._identities.bridge, self._identities.bridge_node
        self._bridge = Topics(f"{settings.mqtt.base_topic}/bridge")

    def of_bridge(self) -> Plan:
        """Plan what is announced of the bridge itself."""
        return _plan(list(extras.bridge_entities(self._bridge)), self._identities.of_bridge())

    def of(self, entity: Entity, actions: Iterable[str]) -> Plan | None:
        """Plan what is announced of a device or group; None when it is not known yet what the device is.

        Args:
            entity: Whose entities.
            actions: What it was seen to do, for triggers.
        """
        if entity.settings.homeassistant is None:
            return Plan()
        if isinstance(entity, GroupEntity):
            return self._of_group(entity)
        if entity.behaviour is None or entity.device.interview_state is not InterviewState.SUCCESSFUL:
            return None
        return self._of_device(entity, entity.behaviour, actions)

    def _of_device(self, entity: DeviceEntity, behaviour: Behaviour, actions: Iterable[str]) -> Plan:
        identity, topics = self._identities.of_device(entity, behaviour), self._topics(entity)
        plan = _plan(list(self._configs(entity, behaviour)), identity)
        if overrides(entity).get("device_automation", True) is not None:
            for action in actions:
                message = trigger(action, topics, identity.device, identity.origin)
                plan.messages[f"device_automation/{identity.node}/action_{action}/config"] = dumps(message)
        return plan

    def _configs(self, entity: DeviceEntity, behaviour: Behaviour) -> Iterator[Config]:
        topics, form = self._topics(entity), self._settings.advanced.last_seen
        subject = Subject(
            topics,
            behaviour.exposes(entity.options),
            behaviour.definition.model,
            events=self._settings.homeassistant.experimental_event_entities,
            action_sensor=self._settings.homeassistant.legacy_action_sensor,
        )
        yield from exposes.of_device(subject)
        if form != "disable":
            yield extras.last_seen(topics, form)
        if behaviour.definition.ota:
            yield extras.firmware(topics, self._bridge, entity.device.ieee)
        known = (scene for endpoint in entity.device.endpoints.values() for scene in endpoint.scenes)
        yield from extras.scenes(topics, (scene for scene in known if scene.group == 0))

    def _of_group(self, entity: GroupEntity) -> Plan:
        members = list(self._members(entity))
        if not members:
            return Plan()
        described = [
            expose for member in members if member.behaviour for expose in member.behaviour.exposes(member.options)
        ]
        topics = self._topics(entity)
        configs = list(exposes.of_group(Subject(topics, described, is_group=True)))
        configs.extend(extras.scenes(topics, self._group_scenes(entity)))
        identity = self._identities.of_group(entity, members)
        return _plan(configs, identity, lambda config: list(self._member_ids(entity, config)))

    def _members(self, entity: GroupEntity) -> Iterator[DeviceEntity]:
        for member in entity.group.members:
            found = self._entities.find_key(member.ieee)
            if isinstance(found, DeviceEntity):
                yield found

    def _group_scenes(self, entity: GroupEntity) -> Iterator[Scene]:
        for member in entity.group.members:
            found = self._entities.find_key(member.ieee)
            endpoint = found.device.endpoints.get(member.endpoint) if isinstance(found, DeviceEntity) else None
            if endpoint:
                yield from (scene for scene in endpoint.scenes if scene.group == entity.group.id)

    def _member_ids(self, group: GroupEntity, config: Config) -> Iterator[str]:
        """Yield the unique ids of the members' entities of the same kind."""
        for member in group.group.members:
            found = self._entities.find_key(member.ieee)
            if isinstance(found, DeviceEntity) and found.behaviour and found.settings.homeassistant:
                yield from self._ids_of(found, found.behaviour, member, config.component)

    def _ids_of(self, entity: DeviceEntity, behaviour: Behaviour, member: Member, component: str) -> Iterator[str]:
        identity = self._identities.of_device(entity, behaviour)
        for config in wanted(self._configs(entity, behaviour), overrides(entity)):
            is_kind = config.is_member and config.component == component
            if is_kind and _endpoint(entity, config.endpoint) == member.endpoint:
                yield identity.unique_id(config)

    def _topics(self, entity: Entity) -> Topics:
        return Topics(f"{self._settings.mqtt.base_topic}/{entity.name}")


def _plan(configs: list[Config], identity: Identity, members: Members | None = None) -> Plan:
    messages = {topic: dumps(payload) for topic, payload in announced(configs, identity, members).items()}
    mocks = dict.fromkeys(name for config in configs for name in config.mocks)
    endpoints = dict.fromkeys(found[1] for config in configs if (found := MIRRORED.fullmatch(config.object_id)))
    return Plan(messages, tuple(mocks), tuple(endpoints))


def _endpoint(entity: DeviceEntity, name: str | None) -> int | None:
    """Return the number of a named endpoint, or of the one that commands go to."""
    endpoint = entity.endpoint(name or "default")
    if endpoint is None and name is None:
        return next(iter(entity.device.endpoints), None)
    return endpoint.id if endpoint else None
