"""Puts the parts of the house together: start, stop, restart in place."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from zigwire import logs
from zigwire.backups import Backups, keep_replaced
from zigwire.bridge.bridge import Bridge
from zigwire.bridge.logs import MqttLogHandler
from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.relays import WithoutRetain
from zigwire.bridge.states import States
from zigwire.bridge.traffic import LoggedMqtt, logged
from zigwire.broker import BrokerConnection
from zigwire.confidential import SECRETS
from zigwire.coordinator import Coordinator, foreign_network, parameters
from zigwire.definitions import herdsman_source, user_converters
from zigwire.devices import GenericSource, NativeSource, Sources
from zigwire.devices.external import Converters
from zigwire.mqtt import MqttClient
from zigwire.service import Service
from zigwire.settings import Settings, check, load
from zigwire.storage import Database, StorageError
from zigwire.storage.transfer.backup import backup_path
from zigwire.takeover import take_over
from zigwire.web.audience import OverheardMqtt
from zigwire.zigbee.network import Network

if TYPE_CHECKING:
    from zigwire.metrics.exposition import Exposition
    from zigwire.web.server import WebServer

__all__ = ["App", "Running"]

LOG = logging.getLogger(__name__)

CONFIGURATION = "configuration.yaml"
RESTART_DELAY = 0.5  # seconds for a response to leave before the connection that carries it closes
MESSAGES_WAIT = 10.0  # seconds that messages wait after a start until it is known whether there is a radio
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
    backups: Backups
    web: WebServer | None = None
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
        self._broker = BrokerConnection()
        self._service = Service(os.environ)

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
        alive = asyncio.create_task(self._service.live(), name="service")
        try:
            while not self._stopped:
                await self._run_once()
        finally:
            alive.cancel()
            await self._broker.close()

    async def _run_once(self) -> None:
        """Run until the next stop or restart."""
        async with AsyncExitStack() as stack:
            running = self._running = await self._build(stack)
            if not self._stopped:
                await self._live(running)
            if running.network.parameters is not None:
                self._form_new_network = False
            self._running = None
            if not self._stopped:
                self._service.reloading()

    def stop(self) -> None:
        """Begin to stop."""
        self._stopped = True
        self._service.stopping()
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
        works = (
            self._start(running),
            running.backups.daily(),
            _every(FLUSH_EVERY, database.flush),
            _every(SNAPSHOT_EVERY, database.snapshot),
            *([running.web.open()] if running.web else ()),
        )
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
        for sentence in settings.migrations:
            LOG.info("%s", sentence)
        warn(settings)
        make_radio = await self._coordinator.maker(settings)
        database = Database(self._data / "zigwire.db")
        stack.callback(database.close)
        if not self._form_new_network:
            take_over(self._data, settings, database)
        if record := database.load_network():
            SECRETS.add(record.parameters.network_key)
        mqtt = await self._broker.client(settings)
        plain: Mqtt = WithoutRetain(mqtt) if settings.mqtt.force_disable_retain else mqtt
        web, metrics = _web(stack, settings, mqtt) or (None, None)
        if web:
            plain = OverheardMqtt(plain, settings.mqtt.base_topic, web.audience)
        sender = LoggedMqtt(plain)
        network = Network(
            make_radio,
            database,
            parameters=parameters(settings),
            form_new=self._form_new_network,
            known_elsewhere=foreign_network(self._data),
            keep_backup=lambda backup: keep_replaced(self._data, backup),
            concurrent=settings.advanced.adapter_concurrent,
            delay=(settings.advanced.adapter_delay or 0) / 1000,
            admits=settings.admits,
        )
        persistent = settings.advanced.cache_state and settings.advanced.cache_state_persistent
        states = States(database if persistent else None)
        sources, converters = self._sources(stack, settings)
        bridge = Bridge(
            settings,
            network,
            sender,
            states,
            sources,
            self.restart,
            apply=logs.apply,
            converters=converters,
            firmware=database,
        )
        if web and metrics:
            bridge.publisher.watch(web.audience.state)
            metrics.tell_of(bridge, network, mqtt, states, web.audience)
        stack.callback(bridge.stop)
        stack.push_async_callback(network.stop)
        backups = Backups(network, backup_path(self._data))
        stack.push_async_callback(backups.keep)
        stack.callback(bridge.cancel)
        debug = settings.advanced.log_debug_to_mqtt_frontend
        handler = MqttLogHandler(plain, settings.mqtt.base_topic, debug=debug)
        logs.add_output(handler)
        logs.apply(settings)
        stack.callback(logging.getLogger().removeHandler, handler)
        stack.callback(self._broker.hold)
        return Running(settings, database, mqtt, network, bridge, backups, web)

    def _sources(self, stack: AsyncExitStack, settings: Settings) -> tuple[Sources, Converters]:
        """Return the sources of definitions in the order in which they are asked, and the first: the user's own."""
        library = herdsman_source()
        scripts = settings.advanced.enable_external_js
        converters = user_converters(self._data, library, os.environ, scripts=scripts)
        if library is None:
            return Sources([converters, NativeSource(), GenericSource()]), converters
        stack.callback(library.close)
        return Sources([converters, NativeSource(), library, GenericSource()]), converters

    async def _start(self, running: Running) -> None:
        """Connect to broker and radio side by side; the bridge is online once it hears both."""
        mqtt, bridge, network = running.mqtt, running.bridge, running.network
        mqtt.on_connected = bridge.connected
        for topic in mqtt.subscriptions.difference(bridge.subscriptions):
            mqtt.unsubscribe(topic)
        for topic in bridge.subscriptions:
            mqtt.subscribe(topic)
        mqtt.start()
        await network.start(bridge)
        await bridge.entities.prepare()
        if running.web:
            running.web.audience.use_states(bridge.states)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MESSAGES_WAIT):
                await bridge.radio_decided.wait()
        self._broker.deliver(logged(bridge.message))
        if running.web and not mqtt.connected:
            bridge.info.all()
        await mqtt.wait_connected()
        await network.wait_online()
        if network.parameters:
            SECRETS.add(network.parameters.network_key)
        bridge.start()
        self._service.ready()
        LOG.info("Zigwire is online")
        if self._on_online:
            await self._on_online(running)
        await running.backups.begin()


def _web(stack: AsyncExitStack, settings: Settings, mqtt: MqttClient) -> tuple[WebServer, Exposition] | None:
    """Return what serves browsers and what serves Prometheus, None when the settings don't want it.

    Messages of browsers are as good as MQTT's.
    """
    if not settings.frontend.enabled:
        return None
    from zigwire.metrics.exposition import Exposition
    from zigwire.web.pages import BUILT_IN, assets
    from zigwire.web.server import WebServer

    def deliver(topic: str, payload: bytes) -> None:
        mqtt.message_received(f"{settings.mqtt.base_topic}/{topic}", payload, retain=False, qos=0, properties=None)

    metrics = Exposition()
    page = assets(settings.frontend.package) or BUILT_IN
    server = WebServer(settings, deliver, page, {"metrics": metrics.serve})
    stack.push_async_callback(server.close)
    return server, metrics


def warn(settings: Settings) -> None:
    """Say what a user should know of the settings, such as a key that everybody knows."""
    if settings.has_public_key:
        LOG.warning("advanced.network_key is the default that everybody knows: anyone near can control your devices")
    if "Z2M_WATCHDOG" in os.environ:
        LOG.info("Z2M_WATCHDOG is not needed: a lost radio or broker is connected to again for as long as it takes")
    for warning in settings.warnings:
        LOG.warning("%s", warning)


async def _every(seconds: float, work: Callable[[], object]) -> None:
    """Do something again and again, in a thread; a failure is logged and the next time may be better."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(work)
        except StorageError as error:
            LOG.error("%s", error)
