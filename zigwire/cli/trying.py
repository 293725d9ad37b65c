"""The default run: a simulated house with a paired plug, a broker for it, and words on what to try."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import click

from zigwire.app import App, Running
from zigwire.broker import mqtt_options
from zigwire.cli.releasing import INDEX, make_index
from zigwire.coordinator import Coordinator
from zigwire.mqtt import EmbeddedBroker
from zigwire.settings import Settings, load
from zigwire.simulator.house import House
from zigwire.zigbee.model import InterviewState

__all__ = ["missing_broker", "run_simulated"]

LOG = logging.getLogger(__name__)

SERVER = "mqtt://127.0.0.1:1883"
THIS_MACHINE = ("127.0.0.1", "localhost")
PLUG = "plug"
PAIRING_TIME = 60  # seconds, of which a simulated plug needs one
BY_HAND = "`zigwire permit-join` and, in another terminal, `zigwire simulator pair plug` pair it."

NEXT = """
Zigwire is running with a simulated house. A smart plug named 'plug' is paired.{page}
In a second terminal, try:

  {zigwire} devices                   # who is there
  {zigwire} set plug state=ON         # switch the plug on
  {zigwire} get plug power            # ask what it takes, in watts
  {zigwire} watch                     # see what devices say, until Ctrl+C
  {zigwire} simulator press plug      # in a third terminal: press the button on the plug

More devices are in their boxes. To pair one, open the network, and in the third terminal let it look for one:

  {zigwire} permit-join 60
  {zigwire} simulator pair bulb

Any MQTT client will do as well: the broker is {server}, the topics begin with {base_topic}/.
Ctrl+C stops it all.
"""


async def run_simulated(folder: Path, *, form_new_network: bool = False) -> None:
    """Run a simulated house, made on the first run and kept in the folder.

    Raises:
        OSError: The broker's port or the house's socket can't be opened.
        SettingsError: The configuration has faults.
        SimulatorError: The folder holds no usable house, or another process runs it.
    """
    settings = _settings(folder / "configuration.yaml")
    coordinator = Coordinator(folder)
    try:
        await coordinator.maker(settings)  # takes the house first: a second run of it ends here and changes nothing
        _let_browsers_in(settings)
        async with _broker(settings):
            await App(
                folder,
                coordinator,
                form_new_network=form_new_network,
                on_online=lambda running: _welcome(running, coordinator.house),
            ).run()
    finally:
        await coordinator.close()


def _settings(path: Path) -> Settings:
    if path.exists():
        return load(path, os.environ)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = {
        "mqtt": {"server": SERVER},
        "serial": {"port": "sim://"},
        "frontend": {"enabled": True, "host": "127.0.0.1"},
        "advanced": {"log_output": ["console"]},
        "ota": {"zigbee_ota_override_index_location": INDEX},
    }
    make_index(path.parent)
    return Settings.create(path, new, os.environ)


def _let_browsers_in(settings: Settings) -> None:
    """Serve browsers on another port when somebody has the one that the settings name."""
    frontend = settings.frontend
    if not frontend.enabled or frontend.host not in THIS_MACHINE:
        return
    if _is_free(frontend.host, frontend.port):
        return
    with socket.create_server((frontend.host, 0)) as free:
        port = free.getsockname()[1]
    settings.change({"frontend": {"port": port}})
    click.echo(f"Port {frontend.port} is taken: browsers are served on port {port}")


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def missing_broker(folder: Path) -> AsyncIterator[None]:
    """Run the built-in broker for a house whose settings name one of this machine, unless somebody listens there.

    Raises:
        SettingsError: The configuration has faults.
    """
    settings = load(folder / "configuration.yaml", os.environ)
    address = mqtt_options(settings).address
    is_there = address.host in THIS_MACHINE and not _is_free(address.host, address.port)
    async with nullcontext() if is_there else _broker(settings):
        yield


@asynccontextmanager
async def _broker(settings: Settings) -> AsyncIterator[None]:
    """Run the broker that the settings name if it is the built-in one; on another port when that is taken."""
    address = mqtt_options(settings).address
    if address.tls or address.host not in THIS_MACHINE:
        yield
        return
    broker = EmbeddedBroker(address.port)
    port = await broker.start()
    try:
        if port != address.port:
            settings.change({"mqtt": {"server": f"mqtt://127.0.0.1:{port}"}})
        yield
    finally:
        await broker.stop()


async def _welcome(running: Running, house: House | None) -> None:
    """Pair and name the plug of a house that was never set up, and say what to try."""
    if house is None:
        return
    try:
        await _set_up(running, house)
    except TimeoutError:
        LOG.error("The simulated plug did not join within %d s. %s", PAIRING_TIME, BY_HAND)
    except Exception:
        LOG.exception("The simulated plug could not be paired. %s", BY_HAND)
    address, base_topic = mqtt_options(running.settings).address, running.settings.mqtt.base_topic
    page = f"\nIn a browser it is at {running.web.address}" if running.web else ""
    click.echo(NEXT.format(zigwire=sys.argv[0], server=address, base_topic=base_topic, page=page))


async def _set_up(running: Running, house: House) -> None:
    plug = house.devices.get(PLUG)
    if plug is None or plug.joins or plug.ieee in running.network.devices:
        return
    settings = running.settings
    if plug.ieee not in settings.devices and not settings.device(PLUG) and not settings.group(PLUG):
        settings.add_device(plug.ieee, PLUG)
    await running.network.permit_join(PAIRING_TIME, None)
    house.pair(PLUG)
    try:
        async with asyncio.timeout(PAIRING_TIME):
            while not _interviewed(running, plug.ieee):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.05)
    finally:
        await running.network.permit_join(0, None)


def _interviewed(running: Running, ieee: str) -> bool:
    device = running.network.devices.get(ieee)
    return device is not None and device.interview_state is InterviewState.SUCCESSFUL
