"""The bridge: listens to the network and to MQTT, and hands each event to the features that act on it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from zigwire.bridge.answers import Answers
from zigwire.bridge.availability import Availability
from zigwire.bridge.backup import BackupRequest
from zigwire.bridge.bind_requests import BindRequests
from zigwire.bridge.bridge_requests import BridgeRequests
from zigwire.bridge.commands import Commands
from zigwire.bridge.configure import Configure
from zigwire.bridge.converter_requests import ConverterRequests
from zigwire.bridge.device_requests import DeviceChanges, DeviceRequests
from zigwire.bridge.entities import DeviceEntity, Entities, Entity
from zigwire.bridge.events import INTERVIEW_STATUS, Events
from zigwire.bridge.extension_requests import ExtensionRequests
from zigwire.bridge.firmware import MANNERS, Firmware, FirmwareStore
from zigwire.bridge.group_availability import GroupAvailability
from zigwire.bridge.groups import Groups, Surroundings
from zigwire.bridge.health import Health
from zigwire.bridge.homeassistant import HomeAssistant
from zigwire.bridge.host import BridgeHost
from zigwire.bridge.info import Info
from zigwire.bridge.interviews import log_interview
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
from zigwire.devices.behaviour import Behaviour, Event
from zigwire.devices.external import Converters
from zigwire.devices.sources import Sources
from zigwire.mqtt.message import Properties
from zigwire.settings import Settings, SettingsError
from zigwire.zcl.message import Message
from zigwire.zigbee.events import RadioState
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network

__all__ = ["Bridge"]

LOG = logging.getLogger(__name__)


class Working(Protocol):
    """A part that works by itself: timers and tasks."""

    def stop(self) -> None:
        """Give up what is under way; twice is as good as once."""


class Remembering(Protocol):
    """A part that remembers something of each device."""

    def forget(self, key: str, /) -> None:
        """Drop it: the device is gone."""


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
        converters: The user's own, one of the sources; None when none are run.
        firmware: Keeps firmware updates that wait or are under way.

    Attributes:
        radio_decided: Set once the radio came online or was found missing.
    """

    def __init__(
        self,
        settings: Settings,
        network: Network,
        mqtt: Mqtt,
        states: States,
        source: Sources,
        restart: Callable[[], None],
        now: Callable[[], float] = time.time,
        apply: Callable[[Settings], None] = lambda _: None,
        converters: Converters | None = None,
        *,
        firmware: FirmwareStore,
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
            network,
            states,
            settings,
            self._publish_late,
            self._definition_changed,
            self._scenes_changed,
            lambda device: self.info.changed(device.ieee),
        )
        self.entities = Entities(network, settings, source, host)
        data = settings.path.parent
        converters = converters or Converters.unused(data / "external_converters", "converters are not run here")
        self.info = Info(mqtt, settings, network, self.entities, converters)
        self.publisher = Publisher(mqtt, states, settings, self.entities.of, now)
        self.homeassistant = HomeAssistant(
            mqtt, settings, network, self.entities, states, self.publisher, self._say_state
        )
        self._receiver = Receiver(self.publisher, states, settings)
        self._events = Events(mqtt, base_topic)
        self._health = Health(mqtt, settings, now)
        self._returns = Returns(network, self.entities, states)
        self.availability = Availability(mqtt, settings, network, self.entities, self._returns.returned, now)
        answers = Answers(mqtt, base_topic)
        self.commands = Commands(
            self.entities, self.publisher, states, answers, self.availability.undelivered, self.homeassistant.trim
        )
        self._group_availability = GroupAvailability(mqtt, settings, self.entities, self.availability)
        self._configure = Configure(network, self.entities, self._show, now)
        self.firmware = Firmware(
            settings, network, self.entities, self.publisher, states, firmware, self._firmware_changed
        )
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
        changes = DeviceChanges(
            self._renamed, self._options_changed, self._removed, self._configure.now, self._redefined
        )
        bridge_requests = BridgeRequests(network, self.entities, self.info, restart)
        self._device_requests = DeviceRequests(network, self.entities, settings, self.info, changes)
        self._network_tools = NetworkTools(mqtt, settings, network, self.entities, now)
        self._converters = ConverterRequests(self.entities, self.info, converters, self._converters_changed)
        self._extensions = ExtensionRequests(data / "external_extensions")
        followers = (apply, self._follow_settings, self.homeassistant.follow_settings)
        handlers = {
            **bridge_requests.handlers(),
            **self._device_requests.handlers(),
            **self._groups.handlers(),
            **BindRequests(network, self.entities, self.info, self.reporting).handlers(),
            **ReportingRequests(network, self.entities).handlers(),
            **OptionsRequest(settings, self.info, followers).handlers(),
            **BackupRequest(settings, network).handlers(),
            **self._network_tools.handlers(),
            **self._converters.handlers(),
            **self._extensions.handlers(),
            **self.firmware.handlers(),
        }
        self.requests = Requests(mqtt, base_topic, answers, handlers, MANNERS)
        self._working: tuple[Working, ...] = (
            self.requests,
            self.commands,
            bridge_requests,
            self._network_tools,
            self.homeassistant,
            self._groups,
            self._configure,
            self._polling,
            self.availability,
            self._health,
            self._returns,
            self._converters,
            self.firmware,
        )
        self._remembering: tuple[Remembering, ...] = (
            self.commands,
            self.availability,
            self._returns,
            self._configure,
            self.firmware,
            self.publisher,
            self.entities,
        )

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Topic filters that the bridge wants to hear."""
        return filters(self._settings.mqtt.base_topic)

    def states(self) -> Iterator[tuple[str, bytes]]:
        """Yield the state of each device and group of which anything is known: its name, and JSON."""
        entities: Iterable[Entity] = (*self.entities.devices(), *self.entities.groups())
        for entity in entities:
            state = self.publisher.state(entity)
            if state is not None:
                yield entity.name, state

    # --- life ---

    def start(self) -> None:
        """Say what the bridge knows: it hears MQTT and the radio is up."""
        for ieee in self._network.devices.keys() - self._settings.devices.keys():
            self._name(ieee)
        self._groups.start()
        self._online = True
        self.info.state(online=True)
        self.info.all()
        self._converters.start()
        self._extensions.start()
        self.availability.start()
        self._group_availability.start()
        self._health.start(self._network.devices)
        self.homeassistant.start()
        if self._settings.advanced.cache_state_send_on_startup and self._settings.advanced.cache_state:
            self._publish_cached()
        self._configure.start()

    def cancel(self) -> None:
        """Give up what is under way."""
        for part in self._working:
            part.stop()

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
            self.requests.handle(parsed.name, payload, properties)
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
        self.availability.seen(entity)
        self._receiver.seen(entity)
        self.info.devices()
        self._events.joined(entity)
        tell(entity, "deviceJoined")

    def device_announced(self, device: Device) -> None:
        """Tell that a device announced itself, and read its state again."""
        entity = self.entities.of(device)
        self._receiver.seen(entity)
        self.info.devices()
        self._events.announced(entity)
        tell(entity, "deviceAnnounce")
        self.firmware.announced(device)
        self._returns.returned(entity)

    def interview_changed(self, device: Device) -> None:
        """Tell how far an interview came; one that waits for the radio to come back (pending) is no event."""
        entity = self._renewed(device)
        log_interview(entity)
        self.info.devices()
        if device.interview_state is InterviewState.PENDING:
            return
        tell(entity, "deviceInterview", status=INTERVIEW_STATUS[device.interview_state])
        if device.interview_state is not InterviewState.SUCCESSFUL:
            self._events.interview(entity, None)
            return
        self.availability.interviewed(entity)
        self._events.interview(entity, self.info.definition(entity))
        self._show(entity)
        self._configure.interviewed(entity)

    def device_changed(self, device: Device) -> None:
        """Show what changed."""
        if self._health.changed(device):
            tell(self.entities.of(device), "deviceNetworkAddressChanged")
        self.info.changed(device.ieee)
        self.info.devices()

    def leave_heard(self, device: Device) -> None:
        """Count a leave, be it that the device comes back."""
        self._health.left(device)

    def device_left(self, device: Device) -> None:
        """Tell that a device is gone."""
        entity = self.entities.of(device)
        LOG.warning("'%s' left the network", entity.name)
        for part in self._remembering:
            part.forget(entity.key)
        self.info.changed(entity.key)
        self._groups.device_left()
        self.info.groups()
        self.info.devices()
        self.info.definitions()
        self._events.left(entity)

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """Report what a device says."""
        self.firmware.received(device, endpoint, message)
        self._receiver.receive(self.entities.of(device), endpoint, message)
        self._polling.heard(device, message)

    def last_seen_changed(self, device: Device) -> None:
        """Note that a device was heard."""
        entity = self.entities.of(device)
        self._health.heard(device)
        if entity.behaviour is None and device.interview_state is not InterviewState.SUCCESSFUL:
            self._receiver.seen(entity)
        self.availability.seen(entity)
        self.commands.heard(entity)
        self._configure.heard(device)

    def radio_changed(self, state: RadioState, reason: str) -> None:
        """Tell when the radio is lost, and all there is to say when it is back."""
        if state != "connecting":
            self.radio_decided.set()
        if state == "online":
            LOG.info("The radio is up")
            self.firmware.radio_online()
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
        self.publisher.publish(entity, {})
        self.availability.publish(entity)

    def _left_name(self, entity: DeviceEntity, before: str) -> None:
        """Clear what is retained under a name, unless somebody else has it by now."""
        if self.entities.is_taken(before):
            return
        self.publisher.clear(before)
        self.availability.renamed(entity, before)

    def _options_changed(self, entity: DeviceEntity, before: Mapping[str, Any]) -> None:
        tell(entity, "deviceOptionsChanged", **{"from": before, "to": entity.options})
        self.publisher.forget(entity.key)
        self.availability.changed(entity)
        self._configure.consider(entity)
        self._show(entity)

    def _follow_settings(self, _: Settings) -> None:
        """Let devices follow the options for all devices."""
        for entity in list(self.entities.devices()):
            before, options = entity.settings, entity.options
            if self.entities.settle(entity.device).settings != before:
                self._options_changed(entity, options)

    def _redefined(self, entity: DeviceEntity) -> None:
        """Set a device up as its other definition wants, and show it."""
        self._configure.again(entity)
        self._show(entity)

    def _converters_changed(self) -> None:
        """Look all devices up anew; those that mean something else are set up for it."""
        for entity in list(self.entities.devices()):
            before, renewed = entity.behaviour, self.entities.redefine(entity.device)
            if _kind(before) != _kind(renewed.behaviour):
                self._redefined(renewed)
            else:
                self._show(renewed)

    def _firmware_changed(self, device: Device) -> None:
        """Show what a device runs now; the set-up that was done for what it ran before counts no more."""
        self._configure.outdated(device)
        self.info.changed(device.ieee)
        self.info.devices()

    def _removed(self, ieee: str, name: str) -> None:
        self.homeassistant.removed(ieee)
        self.publisher.clear(name)
        self._states.remove(ieee)
        self.info.groups()
        self.info.devices()
        self.info.definitions()

    def _show(self, entity: DeviceEntity) -> None:
        """Show what a device is now, and can do."""
        self.homeassistant.changed(entity)
        self.info.device_changed(entity.key)

    # --- what behaviours say ---

    def _publish_late(self, device: Device, state: Mapping[str, Any]) -> None:
        self.publisher.publish(self.entities.of(device), state)

    def _definition_changed(self, device: Device) -> None:
        entity = self.entities.of(device)
        if entity.behaviour is None:
            entity = self.entities.refresh(device)
        self._configure.consider(entity)
        self._show(entity)

    def _scenes_changed(self, devices: Iterable[Device]) -> None:
        for device in devices:
            self.info.changed(device.ieee)
            self.homeassistant.scenes_changed(self.entities.of(device))
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

    def _say_state(self) -> None:
        if self._online:
            self.info.state(online=self._offline_reason is None, reason=self._offline_reason)

    def _publish_cached(self) -> None:
        for entity in self.entities.devices():
            self._publish_state(entity)
        self._groups.publish_cached()

    def _publish_state(self, entity: DeviceEntity) -> None:
        if self._states.get(entity.key):
            self.publisher.publish(entity, {})


def tell(entity: DeviceEntity, event: Event, **data: Any) -> None:
    """Let a device's definition know what happened to it."""
    if entity.behaviour and not entity.settings.disabled:
        entity.behaviour.event(event, data)


def _kind(behaviour: Behaviour | None) -> tuple[str, str, str] | None:
    """Return what tells definitions apart: whose, which, and from where."""
    if behaviour is None:
        return None
    definition = behaviour.definition
    return definition.vendor, definition.model, definition.source
