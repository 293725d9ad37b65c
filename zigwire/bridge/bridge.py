"""The bridge: listens to the network and to MQTT, and hands each event to the features that act on it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from zigwire.bridge import homeassistant
from zigwire.bridge.availability import Availability
from zigwire.bridge.bridge_requests import BridgeRequests
from zigwire.bridge.commands import Commands
from zigwire.bridge.configure import configure
from zigwire.bridge.device_requests import DeviceChanges, DeviceRequests
from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.events import Events
from zigwire.bridge.info import Info
from zigwire.bridge.publisher import Mqtt, Publisher
from zigwire.bridge.receiver import Receiver
from zigwire.bridge.requests import Requests
from zigwire.bridge.states import States
from zigwire.bridge.topics import EntityTopic, RequestTopic, filters, parse
from zigwire.devices.sources import DefinitionSource
from zigwire.mqtt.message import Properties
from zigwire.settings import Settings
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
    """

    def __init__(
        self,
        settings: Settings,
        network: Network,
        mqtt: Mqtt,
        states: States,
        source: DefinitionSource,
        restart: Callable[[], None],
    ) -> None:
        base_topic = settings.mqtt.base_topic
        adjust = [homeassistant.complete] if settings.homeassistant.enabled else []
        self._settings = settings
        self._network = network
        self._states = states
        self._prefix = f"{base_topic}/"
        self._online = False
        self.entities = Entities(network, settings, source)
        self.info = Info(mqtt, settings, network, self.entities)
        self.publisher = Publisher(mqtt, states, settings, adjust)
        self._receiver = Receiver(self.publisher, states, settings)
        self.commands = Commands(self.entities, network, self.publisher, states)
        self._events = Events(mqtt, base_topic)
        self._availability = Availability(mqtt, settings, network, self.entities)
        changes = DeviceChanges(self._renamed, self._options_changed, self._removed, self._configure)
        self._network_requests = BridgeRequests(network, self.entities, self.info, restart)
        self._device_requests = DeviceRequests(network, self.entities, settings, self.info, changes)
        handlers = {**self._network_requests.handlers(), **self._device_requests.handlers()}
        self._requests = Requests(mqtt, base_topic, handlers)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Topic filters that the bridge wants to hear."""
        return filters(self._settings.mqtt.base_topic)

    # --- life ---

    def start(self) -> None:
        """Say what the bridge knows: it hears MQTT and the radio is up."""
        for ieee in self._network.devices.keys() - self._settings.devices.keys():
            self._settings.add_device(ieee)
        self._online = True
        self.info.state(online=True)
        self.info.all()
        self._availability.start()
        if self._settings.advanced.cache_state_send_on_startup and self._settings.advanced.cache_state:
            self._publish_cached()

    def stop(self) -> None:
        """Say goodbye and give up what is under way."""
        self._network_requests.stop()
        self._requests.cancel()
        self.commands.cancel()
        self._availability.stop()
        self.publisher.flush()
        self.info.state(online=False)

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
        del retain, qos, properties
        if not topic.startswith(self._prefix):
            return
        parsed = parse(topic[len(self._prefix) :])
        if isinstance(parsed, RequestTopic):
            self._requests.handle(parsed.name, payload)
        elif isinstance(parsed, EntityTopic):
            self.commands.handle(parsed, payload)

    # --- the network ---

    def device_joined(self, device: Device) -> None:
        """Name a new device, and tell of it."""
        if device.ieee not in self._settings.devices:
            self._settings.add_device(device.ieee)
        entity = self._renewed(device)
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
        self._availability.returned(entity)

    def interview_changed(self, device: Device) -> None:
        """Tell how far an interview came; after a good one the device has a definition."""
        entity = self._renewed(device)
        state = device.interview_state
        if state is InterviewState.IN_PROGRESS:
            LOG.info("Interviewing '%s'", entity.name)
        elif state is InterviewState.FAILED:
            LOG.error(
                "The interview of '%s' failed; try bridge/request/device/interview, or pair it again", entity.name
            )
        else:
            self._log_identified(entity)
        self.info.devices()
        definition = self.info.definition(entity) if state is InterviewState.SUCCESSFUL else None
        self._events.interview(entity, definition)
        if state is InterviewState.SUCCESSFUL:
            self.info.devices()
            self.info.info()
            self.info.definitions()

    def device_changed(self, device: Device) -> None:
        """Show what changed."""
        self.info.changed(device.ieee)
        self.info.devices()

    def device_left(self, device: Device) -> None:
        """Tell that a device is gone."""
        entity = self.entities.of(device)
        LOG.warning("'%s' left the network", entity.name)
        self._availability.forget(entity.key)
        self.publisher.forget(entity.key)
        self.entities.forget(entity.key)
        self.info.changed(entity.key)
        self.info.groups()
        self.info.devices()
        self.info.definitions()
        self._events.left(entity)

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """Report what a device says."""
        self._receiver.receive(self.entities.of(device), endpoint, message)

    def last_seen_changed(self, device: Device) -> None:
        """Note that a device was heard."""
        self._availability.seen(self.entities.of(device))

    def radio_changed(self, state: RadioState, reason: str) -> None:
        """Tell when the radio is lost, and all there is to say when it is back."""
        if state == "online":
            LOG.info("The radio is up")
            if self._online:
                self.info.state(online=True)
                self.info.info()
                self.info.devices()
        elif state == "offline":
            self.info.state(online=False, reason=reason)
            if not self._online:
                self.info.all()

    # --- what requests changed ---

    def _renamed(self, entity: DeviceEntity, before: str) -> None:
        self.info.changed(entity.key)
        self.publisher.clear(before)
        self._availability.renamed(entity, before)
        self.info.devices()
        self.info.info()
        self._publish_state(entity)
        self._availability.publish(entity)

    def _options_changed(self, entity: DeviceEntity) -> None:
        self.info.changed(entity.key)
        self.publisher.forget(entity.key)
        self.info.devices()
        self.info.info()
        self.info.definitions()

    def _removed(self, entity: DeviceEntity) -> None:
        self.publisher.clear(entity.name)
        self._states.remove(entity.key)

    async def _configure(self, entity: DeviceEntity) -> None:
        await configure(self._network, entity)
        self.device_changed(entity.device)

    def _renewed(self, device: Device) -> DeviceEntity:
        self.info.changed(device.ieee)
        return self.entities.refresh(device)

    def _log_identified(self, entity: DeviceEntity) -> None:
        device = entity.device
        if entity.behaviour:
            definition = entity.behaviour.definition
            LOG.info("'%s' is a %s %s: %s", entity.name, definition.vendor, definition.model, definition.description)
        else:
            LOG.warning("'%s' (%s by %s) has no definition", entity.name, device.model_id, device.manufacturer_name)

    def _publish_cached(self) -> None:
        for entity in self.entities.devices():
            self._publish_state(entity)

    def _publish_state(self, entity: DeviceEntity) -> None:
        if self._states.get(entity.key) and not entity.settings.disabled:
            self.publisher.publish(entity, {})
