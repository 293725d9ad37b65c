"""The bridge: listens to the network and to MQTT, and hands each event to the features that act on it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zigwire.bridge.answers import Answers
from zigwire.bridge.availability import Availability
from zigwire.bridge.backup import BackupRequest
from zigwire.bridge.bind_requests import BindRequests
from zigwire.bridge.bridge_requests import BridgeRequests
from zigwire.bridge.commands import Commands
from zigwire.bridge.configure import Configure
from zigwire.bridge.device_requests import DeviceChanges, DeviceRequests
from zigwire.bridge.entities import DeviceEntity, Entities, Entity
from zigwire.bridge.events import Events
from zigwire.bridge.group_availability import GroupAvailability
from zigwire.bridge.groups import Groups, Surroundings
from zigwire.bridge.health import Health
from zigwire.bridge.homeassistant import HomeAssistant
from zigwire.bridge.host import BridgeHost
from zigwire.bridge.info import Info
from zigwire.bridge.network_tools import NetworkTools
from zigwire.bridge.options_request import OptionsRequest
from zigwire.bridge.polling import Polling
from zigwire.bridge.publisher import Mqtt, Publisher
from zigwire.bridge.receiver import Receiver
from zigwire.bridge.reporting import Reporting
from zigwire.bridge.reporting_requests import ReportingRequests
from zigwire.bridge.requests import Requests
from zigwire.bridge.returns import Returns
from zigwire.bridge.states import States
from zigwire.bridge.topics import EntityTopic, RequestTopic, filters, parse
from zigwire.devices.sources import DefinitionSource
from zigwire.mqtt.message import Properties
from zigwire.settings import Settings, SettingsError
from zigwire.zcl.message import Message
from zigwire.zigbee.events import RadioState
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network

__all__ = ["Bridge"]

LOG = logging.getLogger(__name__)


class Bridge:
    """Composes the features. Implements `NetworkListener`; `message` takes what MQTT brings.

    Args:
        settings: The configuration.
        network: The Zigbee network, not started yet or started.
        mqtt: The MQTT client.
        states: The state cache.
        source: Where definitions come from.
        restart: Asks the application to restart the bridge.
        now: Unix time in seconds.
        apply: Makes what lies outside of the bridge follow changed settings.

    Attributes:
        radio_decided: Set once the radio came online or was found missing.
    """

    def __init__(
        self,
        settings: Settings,
        network: Network,
        mqtt: Mqtt,
        states: States,
        source: DefinitionSource,
        restart: Callable[[], None],
        now: Callable[[], float] = time.time,
        apply: Callable[[Settings], None] = lambda _: None,
    ) -> None:
        base_topic = settings.mqtt.base_topic
        self._settings = settings
        self._network = network
        self._states = states
        self._prefix = f"{base_topic}/"
        self.radio_decided = asyncio.Event()
        self._online = False
        self._offline_reason: str | None = None
        host = BridgeHost(
            network, states, self._publish_late, self._options_of, self._definition_changed, self._scenes_changed
        )
        self.entities = Entities(network, settings, source, host)
        self.info = Info(mqtt, settings, network, self.entities)
        self.homeassistant = HomeAssistant(
            mqtt, settings, network, self.entities, states, self._publish_changes, self._say_state
        )
        self.publisher = Publisher(
            mqtt,
            states,
            settings,
            self.entities.of,
            [self.homeassistant.complete],
            now,
            published=[self.homeassistant.published],
        )
        self._receiver = Receiver(self.publisher, states, settings)
        answers = Answers(mqtt, base_topic)
        self.commands = Commands(
            self.entities, self.publisher, states, answers, self._unreachable, self.homeassistant.trim
        )
        self._events = Events(mqtt, base_topic)
        self._health = Health(mqtt, settings, now)
        self._returns = Returns(network, self.entities, states)
        self._availability = Availability(
            mqtt, settings, network, self.entities, self._returns.returned, now, self._availability_changed
        )
        self._group_availability = GroupAvailability(mqtt, settings, self.entities, self._availability)
        self._configure = Configure(network, self.entities, self._configured, now)
        self.reporting = Reporting(network, self.entities, self._configure.again)
        self._polling = Polling(network, self.entities)
        surroundings = Surroundings(
            self.info,
            self.publisher,
            states,
            self._group_availability,
            self.homeassistant,
            self.reporting,
            self.commands.forget,
        )
        self._groups = Groups(network, settings, self.entities, surroundings)
        changes = DeviceChanges(self._renamed, self._options_changed, self._removed, self._configure.now)
        self._network_requests = BridgeRequests(network, self.entities, self.info, restart)
        self._device_requests = DeviceRequests(network, self.entities, settings, self.info, changes)
        options = OptionsRequest(settings, self.info, self._follow(apply))
        self._network_tools = NetworkTools(mqtt, settings, network, self.entities, now)
        handlers = {
            **self._network_requests.handlers(),
            **self._device_requests.handlers(),
            **self._groups.handlers(),
            **BindRequests(network, self.entities, self.info, self.reporting).handlers(),
            **ReportingRequests(network, self.entities).handlers(),
            **options.handlers(),
            **BackupRequest(settings, network).handlers(),
            **self._network_tools.handlers(),
        }
        self._requests = Requests(mqtt, base_topic, answers, handlers)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Topic filters that the bridge wants to hear."""
        return filters(self._settings.mqtt.base_topic)

    # --- life ---

    def start(self) -> None:
        """Say what the bridge knows: it hears MQTT and the radio is up."""
        for ieee in self._network.devices.keys() - self._settings.devices.keys():
            self._name(ieee)
        self._groups.start()
        self._online = True
        self.info.state(online=True)
        self.info.all()
        self._availability.start()
        self._group_availability.start()
        self._health.start(self._network.devices)
        self.homeassistant.start()
        if self._settings.advanced.cache_state_send_on_startup and self._settings.advanced.cache_state:
            self._publish_cached()
        self._configure.start()

    def cancel(self) -> None:
        """Give up what is under way."""
        self.homeassistant.stop()
        self._network_requests.stop()
        self._network_tools.stop()
        self._requests.cancel()
        self.commands.cancel()
        self._groups.stop()
        self._configure.stop()
        self._polling.stop()
        self._availability.stop()
        self._health.stop()
        self._returns.stop()

    def stop(self) -> None:
        """Say what is held back, and goodbye."""
        self.cancel()
        self.publisher.flush()
        self.info.flush()
        self.entities.stop()
        self._online = False
        self.info.state(online=False)

    async def connected(self) -> None:
        """Say how it is after a connection to the broker, which may have published the last will meanwhile."""
        self._say_state()

    def message(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 0,
        properties: Properties | None = None,
    ) -> None:
        """Take an MQTT message."""
        del retain, qos
        self.homeassistant.message(topic, payload)
        if not topic.startswith(self._prefix):
            return
        parsed = parse(topic[len(self._prefix) :])
        if isinstance(parsed, RequestTopic):
            self._requests.handle(parsed.name, payload, properties)
        elif isinstance(parsed, EntityTopic):
            self.commands.handle(parsed, payload, properties)

    # --- the network ---

    def device_joined(self, device: Device) -> None:
        """Name a new device, and tell of it."""
        if device.ieee not in self._settings.devices:
            self._name(device.ieee)
        entity = self._renewed(device)
        self._health.joined(device)
        self._device_requests.joined(device.ieee)
        LOG.info("'%s' joined", entity.name)
        self._availability.seen(entity)
        self.info.devices()
        self._events.joined(entity)

    def device_announced(self, device: Device) -> None:
        """Tell that a device announced itself, and read its state again."""
        entity = self.entities.of(device)
        self.info.devices()
        self._events.announced(entity)
        self._returns.returned(entity)

    def interview_changed(self, device: Device) -> None:
        """Tell how far an interview came; one that waits for the radio to come back (pending) is no event."""
        entity = self._renewed(device)
        self._log_interview(entity)
        self.info.devices()
        if device.interview_state is InterviewState.PENDING:
            return
        if device.interview_state is not InterviewState.SUCCESSFUL:
            self._events.interview(entity, None)
            return
        self._availability.interviewed(entity)
        self._events.interview(entity, self.info.definition(entity))
        self.homeassistant.changed(entity)
        self.info.devices()
        self.info.info()
        self.info.definitions()
        self._configure.interviewed(entity)

    def device_changed(self, device: Device) -> None:
        """Show what changed."""
        self._health.changed(device)
        self.info.changed(device.ieee)
        self.info.devices()

    def device_left(self, device: Device) -> None:
        """Tell that a device is gone."""
        entity = self.entities.of(device)
        LOG.warning("'%s' left the network", entity.name)
        self.commands.forget(entity.key)
        self._availability.forget(entity.key)
        self._health.left(device)
        self._returns.forget(entity.key)
        self._configure.forget(entity.key)
        self.publisher.forget(entity.key)
        self.entities.forget(entity.key)
        self.info.changed(entity.key)
        self._groups.device_left()
        self.info.groups()
        self.info.devices()
        self.info.definitions()
        self._events.left(entity)

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """Report what a device says."""
        self._receiver.receive(self.entities.of(device), endpoint, message)
        self._polling.heard(device, message)

    def last_seen_changed(self, device: Device) -> None:
        """Note that a device was heard."""
        entity = self.entities.of(device)
        self._health.heard(device)
        self._availability.seen(entity)
        self.commands.heard(entity)
        self._configure.heard(device)

    def radio_changed(self, state: RadioState, reason: str) -> None:
        """Tell when the radio is lost, and all there is to say when it is back."""
        if state != "connecting":
            self.radio_decided.set()
        if state == "online":
            LOG.info("The radio is up")
            self._offline_reason = None
            if self._online:
                self.info.state(online=True)
                self.info.info()
                self.info.devices()
                self._configure.start()
        elif state == "offline":
            self._offline_reason = reason
            self.info.state(online=False, reason=reason)
            if not self._online:
                self.info.all()

    # --- what requests changed ---

    def _renamed(self, entity: DeviceEntity, before: str, recreate: bool) -> None:
        self.info.changed(entity.key)
        self.homeassistant.renamed(entity, lambda: self._left_name(entity, before), recreate=recreate)
        self.info.devices()
        self.info.info()
        self._publish_state(entity)
        self._availability.publish(entity)

    def _left_name(self, entity: DeviceEntity, before: str) -> None:
        self.publisher.clear(before)
        self._availability.renamed(entity, before)

    def _options_changed(self, entity: DeviceEntity) -> None:
        self.info.changed(entity.key)
        self.publisher.forget(entity.key)
        self._availability.changed(entity)
        self._configure.consider(entity)
        self.homeassistant.changed(entity)
        self.info.devices()
        self.info.info()
        self.info.definitions()

    def _removed(self, ieee: str, name: str) -> None:
        self.homeassistant.removed(ieee)
        self.publisher.clear(name)
        self._states.remove(ieee)

    def _configured(self, entity: DeviceEntity) -> None:
        self.info.changed(entity.key)
        self.homeassistant.changed(entity)
        self.info.devices()
        self.info.info()
        self.info.definitions()

    def _availability_changed(self, entity: DeviceEntity) -> None:
        self._group_availability.member_changed(entity)

    def _unreachable(self, entity: DeviceEntity) -> None:
        """Note that a command could not be delivered."""
        self._availability.undelivered(entity)

    def _follow(self, apply: Callable[[Settings], None]) -> Callable[[Settings], None]:
        """Let what follows changed settings be followed by the parts of the bridge that do so too."""

        def follow(settings: Settings) -> None:
            apply(settings)
            self.homeassistant.settings_changed()

        return follow

    # --- what behaviours say ---

    def _publish_late(self, device: Device, state: Mapping[str, Any]) -> None:
        self.publisher.publish(self.entities.of(device), state)

    def _options_of(self, device: Device) -> Mapping[str, Any]:
        known = self._settings.devices.get(device.ieee)
        return known.options if known else {}

    def _definition_changed(self, device: Device) -> None:
        if self.entities.of(device).behaviour is None:
            self.entities.refresh(device)
        self.info.changed(device.ieee)
        self.homeassistant.changed(self.entities.of(device))
        self._configure.consider(self.entities.of(device))
        self.info.devices()
        self.info.definitions()

    def _scenes_changed(self, devices: Iterable[Device]) -> None:
        for device in devices:
            self.info.changed(device.ieee)
            self.homeassistant.changed(self.entities.of(device))
        self.info.devices()
        self.info.groups()

    def _name(self, ieee: str) -> None:
        """Enter a device into the settings; while they can't be saved it lives under its IEEE address."""
        try:
            self._settings.add_device(ieee)
        except SettingsError as error:
            LOG.error("%s is not entered into the configuration: %s", ieee, error)

    def _renewed(self, device: Device) -> DeviceEntity:
        self.info.changed(device.ieee)
        return self.entities.refresh(device)

    def _log_interview(self, entity: DeviceEntity) -> None:
        device = entity.device
        if device.interview_state is InterviewState.PENDING:
            LOG.info("The interview of '%s' waits for the radio", entity.name)
        elif device.interview_state is InterviewState.IN_PROGRESS:
            LOG.info("Interviewing '%s'", entity.name)
        elif device.interview_state is InterviewState.FAILED:
            LOG.error("'%s' was not interviewed; try bridge/request/device/interview, or pair it again", entity.name)
        elif entity.behaviour:
            definition = entity.behaviour.definition
            LOG.info("'%s' is a %s %s: %s", entity.name, definition.vendor, definition.model, definition.description)
        else:
            LOG.warning("'%s' (%s by %s) has no definition", entity.name, device.model_id, device.manufacturer_name)

    def _say_state(self) -> None:
        if self._online:
            self.info.state(online=self._offline_reason is None, reason=self._offline_reason)

    def _publish_changes(self, entity: Entity, changes: Mapping[str, Any]) -> None:
        self.publisher.publish(entity, changes)

    def _publish_cached(self) -> None:
        for entity in self.entities.devices():
            self._publish_state(entity)
        self._groups.publish_cached()

    def _publish_state(self, entity: DeviceEntity) -> None:
        if self._states.get(entity.key) and not entity.settings.disabled:
            self.publisher.publish(entity, {})
