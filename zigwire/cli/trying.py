"""The default run: a simulated house with a paired plug, a broker for it, and words on what to try."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from zigwire.app import App, Running
from zigwire.coordinator import Coordinator
from zigwire.mqtt.broker import EmbeddedBroker
from zigwire.settings import Settings, load
from zigwire.zigbee.model import InterviewState

__all__ = ["run_simulated"]

PORT = 1883
PLUG = "plug"
PAIRING_TIME = 60  # seconds, of which a simulated plug needs one

NEXT = """
Zigwire is running with a simulated house: a Xiaomi ZNCZ02LM named 'plug', and another one in its box.
In a second terminal, try:

  {zigwire} devices
  {zigwire} set plug state=ON
  {zigwire} get plug power
  {zigwire} watch
  {zigwire} simulator press plug
  {zigwire} permit-join 60            and then, in a third one: {zigwire} simulator pair spare

or any MQTT client: the broker is {server}, the topics begin with {base_topic}/. Ctrl+C stops it all.
"""


async def run_simulated(folder: Path) -> None:
    """Run a simulated house, made on the first run and kept in the folder."""
    path = folder / "configuration.yaml"
    broker = EmbeddedBroker(_port(path))
    server = f"mqtt://127.0.0.1:{await broker.start()}"
    coordinator = Coordinator(folder)
    try:
        _configure(path, server)
        await App(folder, coordinator, on_online=lambda running: _welcome(running, coordinator)).run()
    finally:
        await coordinator.close()
        await broker.stop()


def _port(path: Path) -> int:
    return int(load(path, os.environ).mqtt.server.rpartition(":")[2]) if path.exists() else PORT


def _configure(path: Path, server: str) -> None:
    if path.exists():
        load(path, os.environ).change({"mqtt": {"server": server}})
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = {"mqtt": {"server": server}, "serial": {"port": "sim://"}, "advanced": {"log_output": ["console"]}}
    Settings.create(path, new, os.environ)


async def _welcome(running: Running, coordinator: Coordinator) -> None:
    """Pair and name the plug if that was not done yet, and say what to try."""
    house = coordinator.house
    if house is None:
        raise RuntimeError("the default run needs a simulated house")
    plug = house.device(PLUG)
    if plug.ieee not in running.network.devices:
        running.settings.add_device(plug.ieee, PLUG)
        await running.network.permit_join(PAIRING_TIME, None)
        house.pair(PLUG)
        async with asyncio.timeout(PAIRING_TIME):
            while not _interviewed(running, plug.ieee):  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.05)
        await running.network.permit_join(0, None)
    server, base_topic = running.settings.mqtt.server, running.settings.mqtt.base_topic
    click.echo(NEXT.format(zigwire=sys.argv[0], server=server, base_topic=base_topic))


def _interviewed(running: Running, ieee: str) -> bool:
    device = running.network.devices.get(ieee)
    return device is not None and device.interview_state is InterviewState.SUCCESSFUL
