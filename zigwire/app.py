"""Puts the parts of the house together: start, stop, restart in place."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from zigwire import logs
from zigwire.bridge.bridge import Bridge
from zigwire.bridge.logs import MqttLogHandler
from zigwire.bridge.payloads import dumps
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.states import States
from zigwire.broker import mqtt_options
from zigwire.coordinator import Coordinator, foreign_network, keep_backup, parameters
from zigwire.devices import NativeSource, Sources
from zigwire.mqtt import MqttClient, Properties, RetainedMemory, Will
from zigwire.settings import Settings, check, load
from zigwire.storage import Database, StorageError
from zigwire.zigbee.network import Network

__all__ = ["App", "Running"]

LOG = logging.getLogger(__name__)

CONFIGURATION = "configuration.yaml"
RESTART_DELAY = 0.5  # seconds for a response to leave before the connection that carries it closes
FLUSH_EVERY = 15.0  # seconds between batches of states and last-seen times
SNAPSHOT_EVERY = 3600.0  # seconds between looks whether a snapshot of the database is due


@dataclass(slots=True)
class Running:
    """Everything that lives between a start and the next stop or restart."""

    settings: Settings
    database: Database
    mqtt: MqttClient
    network: Network
    bridge: Bridge
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


OnOnline = Callable[[Running], Awaitable[None]]


class App:
    """Runs the bridge until it is told to stop; a restart makes everything anew in the same process.

    Args:
        data: The data folder with `configuration.yaml`.
        coordinator: Where radios come from.
        form_new_network: Form a new network over what the radio holds, once.
        on_online: Awaited each time the bridge came online.
    """

    def __init__(
        self,
        data: Path,
        coordinator: Coordinator,
        *,
        form_new_network: bool = False,
        on_online: OnOnline | None = None,
    ) -> None:
        self._data = data
        self._coordinator = coordinator
        self._form_new_network = form_new_network
        self._on_online = on_online
        self._stopped = False
        self._running: Running | None = None

    async def run(self) -> None:
        """Run until stopped by a signal or by `stop`.

        Raises:
            NetworkRefusedError: The radio holds another network than the known one.
            OptionsError: The broker's address can't be used.
            RadioError: The settings name no radio that there is.
            SettingsError: The configuration has faults.
            StorageError: The database can't be used.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        while not self._stopped:
            async with AsyncExitStack() as stack:
                running = self._running = await self._build(stack)
                if not self._stopped:
                    await self._live(running)
                self._running = None

    def stop(self) -> None:
        """Begin to stop."""
        self._stopped = True
        if self._running:
            self._running.stopping.set()

    def restart(self) -> None:
        """Begin to restart, after a moment for what is on its way out.

        Raises:
            SettingsError: The configuration has faults by now; everything goes on as it is.
        """
        check(self._data / CONFIGURATION, os.environ)
        if self._running:
            asyncio.get_running_loop().call_later(RESTART_DELAY, self._running.stopping.set)

    async def _live(self, running: Running) -> None:
        database = running.database
        works = (self._start(running), _every(FLUSH_EVERY, database.flush), _every(SNAPSHOT_EVERY, database.snapshot))
        living = [asyncio.create_task(work) for work in works]
        stopping = asyncio.create_task(running.stopping.wait())
        try:
            while not stopping.done() and living:
                done, _ = await asyncio.wait([stopping, *living], return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
                living = [task for task in living if not task.done()]
        finally:
            for task in (stopping, *living):
                task.cancel()
            await asyncio.wait([stopping, *living])

    async def _build(self, stack: AsyncExitStack) -> Running:
        """Make all parts; `stack` closes each of them, the last one first, whatever becomes of the others."""
        settings = load(self._data / CONFIGURATION, os.environ)
        logs.configure(settings, self._data)
        warn(settings)
        base_topic, retain = settings.mqtt.base_topic, not settings.mqtt.force_disable_retain
        make_radio = await self._coordinator.maker(settings)
        database = Database(self._data / "zigwire.db")
        stack.callback(database.close)
        mqtt = MqttClient(
            mqtt_options(settings),
            will=Will(f"{base_topic}/bridge/state", dumps({"state": "offline"}), retain=retain),
            retained=RetainedMemory(f"{base_topic}/bridge/info"),
        )
        stack.push_async_callback(mqtt.stop)
        sender: Mqtt = mqtt if retain else WithoutRetain(mqtt)
        network = Network(
            make_radio,
            database,
            parameters=parameters(settings),
            form_new=self._form_new_network,
            known_elsewhere=foreign_network(self._data),
            keep_backup=lambda backup: keep_backup(self._data, backup),
            concurrent=settings.advanced.adapter_concurrent,
            delay=(settings.advanced.adapter_delay or 0) / 1000,
            admits=settings.admits,
        )
        persistent = settings.advanced.cache_state and settings.advanced.cache_state_persistent
        states = States(database if persistent else None)
        bridge = Bridge(settings, network, sender, states, Sources([NativeSource()]), self.restart)
        stack.callback(bridge.stop)
        stack.push_async_callback(network.stop)
        stack.callback(bridge.cancel)
        handler = MqttLogHandler(sender, base_topic, debug=settings.advanced.log_debug_to_mqtt_frontend)
        handler.addFilter(logs.NamespaceFilter(settings.advanced.log_debug_namespace_ignore))
        logging.getLogger().addHandler(handler)
        stack.callback(logging.getLogger().removeHandler, handler)
        stack.callback(mqtt_silenced, mqtt)
        return Running(settings, database, mqtt, network, bridge)

    async def _start(self, running: Running) -> None:
        """Connect to broker and radio side by side; the bridge is online once it hears both."""
        mqtt, bridge, network = running.mqtt, running.bridge, running.network
        mqtt.on_message = bridge.message
        mqtt.on_connected = bridge.connected
        for topic in bridge.subscriptions:
            mqtt.subscribe(topic)
        mqtt.start()
        await network.start(bridge)
        await mqtt.wait_connected()
        await network.wait_online()
        self._form_new_network = False
        bridge.start()
        LOG.info("Zigwire is online")
        if self._on_online:
            await self._on_online(running)


class WithoutRetain:
    """Sends messages without the retain flag, for `mqtt.force_disable_retain`."""

    def __init__(self, mqtt: MqttClient) -> None:
        self._mqtt = mqtt

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message; `retain` is not passed on."""
        del retain
        self._mqtt.publish(topic, payload, qos=qos, properties=properties)


def warn(settings: Settings) -> None:
    """Say what a user should know of the settings: a key that everybody knows, and what has no effect yet."""
    if settings.has_public_key:
        LOG.warning("advanced.network_key is the default that everybody knows: anyone near can control your devices")
    for warning in settings.warnings:
        LOG.warning("%s", warning)
    missing = {
        "frontend.enabled (the web page)": settings.frontend.enabled,
        "homeassistant.enabled (discovery; states are published as it needs them)": settings.homeassistant.enabled,
        "groups": bool(settings.groups),
        "ota": settings.ota != type(settings.ota)(),
    }
    for name, wanted in missing.items():
        if wanted:
            LOG.warning("The configuration asks for %s, which has no effect yet", name)


def mqtt_silenced(mqtt: MqttClient) -> None:
    """Hear no more messages: what they ask for could not be carried out any more."""
    mqtt.on_message = None
    mqtt.on_connected = None


async def _every(seconds: float, work: Callable[[], object]) -> None:
    """Do something again and again, in a thread; a failure is logged and the next time may be better."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(work)
        except StorageError as error:
            LOG.error("%s", error)
