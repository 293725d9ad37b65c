"""The command `setup`: from nothing to a configuration, asked in the terminal or given in options."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table

from zigwire.cli.faults import told
from zigwire.cli.folder import OWN, configured
from zigwire.onboarding.choices import SIMULATED, Broker, Choices, Page
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.session import Session, new_token
from zigwire.zigbee.search import FoundRadio

__all__ = ["Given", "set_up"]

PAGE_PORT = 8080
T = TypeVar("T", str, int)


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say; None is left to be asked, or found out.

    Attributes:
        port: `serial.port`.
        adapter: `serial.adapter`.
        baudrate: `serial.baudrate`.
        broker: `mqtt.server`.
        user: `mqtt.user`.
        password: `mqtt.password`.
        base_topic: `mqtt.base_topic`.
        channel: Of a new network.
        source: A data folder or backup of Zigbee2MQTT to take over.
        homeassistant: Whether Home Assistant is to find the devices.
        shared: Whether the network may open the page.
        asks: Whether to ask for the rest.
        tries: Whether to try the radio and the broker.
    """

    port: str | None = None
    adapter: str | None = None
    baudrate: int | None = None
    broker: str | None = None
    user: str | None = None
    password: str | None = None
    base_topic: str | None = None
    channel: int | None = None
    source: Path | None = None
    homeassistant: bool | None = None
    shared: bool | None = None
    asks: bool = True
    tries: bool = True


def set_up(data: Path | None, given: Given) -> None:
    """Write a configuration.

    Raises:
        click.ClickException: It can't be written, or what was given can't be used.
    """
    folder = data or OWN
    if configured(folder):
        raise click.ClickException(f"{folder / 'configuration.yaml'} is there already: edit it, or name another folder")
    session = Session(folder, os.environ)
    with told():
        if given.source is not None:
            _take_over(session, given, given.source)
        else:
            _configure(session, given)
    click.echo(f"{folder / 'configuration.yaml'} is written. Start Zigwire with `zigwire run --data {folder}`.")


def _take_over(session: Session, given: Given, source: Path) -> None:
    if given != Given(source=source, password=given.password, asks=given.asks, tries=given.tries):
        raise OnboardingError("--from takes all settings over: give no others, change configuration.yaml afterwards")
    session.take_over(source)
    click.echo("The first start takes devices, groups and states over. Stop Zigbee2MQTT before.")


def _configure(session: Session, given: Given) -> None:
    radio = _radio(session, given)
    broker = None if radio.port == SIMULATED and given.broker is None else _broker(session, given)
    network = session.network_at(radio.port)
    if not network.exists:
        network = network.on(_asked(given, given.channel, "Zigbee channel", 11, click.IntRange(11, 26)))
    homeassistant = broker is not None and _confirmed(
        given, given.homeassistant, "Let Home Assistant find the devices?"
    )
    shared = _confirmed(given, given.shared, "Let other machines in your network open Zigwire's page, with a token?")
    page = Page(PAGE_PORT, new_token() if shared else None)
    session.finish(Choices(radio, broker, network, page, homeassistant))
    if page.token:
        click.echo(f"The page will be at port {page.port} of this machine, and asks for the token {page.token}")
    else:
        click.echo(f"The page will be at http://localhost:{page.port}/")


def _radio(session: Session, given: Given) -> FoundRadio:
    """Return the radio to use, tried if it is to be."""
    while True:
        radio = _chosen(session, given)
        if radio.port == SIMULATED or not given.tries:
            return radio
        click.echo(f"Asking {radio.port} …")
        try:
            answer = asyncio.run(session.try_radio(radio))
        except OnboardingError as error:
            if not given.asks:
                raise
            click.echo(f"Error: {error}", err=True)
            if radio.adapter and click.confirm("Use it all the same?", default=False):
                return radio
            given = replace(given, port=None)
            continue
        click.echo(f"It answers: {answer}")
        if radio.adapter and answer.radio.adapter != radio.adapter:
            click.echo(f"It speaks {answer.radio.adapter}, not {radio.adapter}.")
        return answer.radio


def _chosen(session: Session, given: Given) -> FoundRadio:
    if given.port is not None:
        return FoundRadio(given.port, given.port, given.adapter, given.baudrate)
    click.echo("Looking for coordinators …")
    radios = asyncio.run(session.radios())
    known = [radio for radio in radios if radio.adapter]
    if not given.asks:
        if len(known) == 1:
            return known[0]
        listed = ", ".join(map(str, radios)) or "nothing"
        raise OnboardingError(f"--port is missing, and not exactly one coordinator was recognised; found: {listed}")
    _show(radios)
    numbers = [str(number) for number in range(1, len(radios) + 1)]
    default = str(radios.index(known[0]) + 1) if len(known) == 1 else None
    answer = click.prompt("Which one", type=click.Choice([*numbers, "other", "simulated"]), default=default)
    if answer == "simulated":
        return FoundRadio(SIMULATED, "simulated house")
    if answer == "other":
        port = click.prompt("Port: a device file, or tcp://host:port")
        return FoundRadio(port, port, given.adapter, given.baudrate)
    return radios[int(answer) - 1]


def _show(radios: list[FoundRadio]) -> None:
    table = Table("", "Coordinator", "Port", "Adapter")
    for number, radio in enumerate(radios, 1):
        table.add_row(str(number), radio.name, radio.port, radio.adapter or "to be found out")
    Console().print(table)


def _broker(session: Session, given: Given) -> Broker:
    """Return the broker to use, tried if it is to be."""
    while True:
        broker = None
        try:
            broker = Broker.parse(_entered_broker(given))
            if given.tries:
                _try_broker(session, broker)
        except OnboardingError as error:
            if not given.asks:
                raise
            click.echo(f"Error: {error}", err=True)
            if broker is None or not click.confirm("Use it all the same?", default=False):
                given = replace(given, broker=None, user=None, password=None, base_topic=None)
                continue
        return broker


def _entered_broker(given: Given) -> dict[str, str]:
    return {
        "server": _asked(given, given.broker, "MQTT broker", "mqtt://localhost:1883"),
        "user": _asked(given, given.user, "User, empty for none", ""),
        "password": _password(given),
        "base_topic": _asked(given, given.base_topic, "Base topic", "zigbee2mqtt"),
    }


def _try_broker(session: Session, broker: Broker) -> None:
    if asyncio.run(session.try_broker(broker)):
        click.echo(f"Another bridge is online at {broker.base_topic}: stop it before you start Zigwire.")
    else:
        click.echo("The broker lets us in.")


def _password(given: Given) -> str:
    if given.password is not None or not given.asks:
        return given.password or ""
    return str(click.prompt("Password, empty for none", default="", hide_input=True, show_default=False))


def _asked(given: Given, value: T | None, question: str, default: T, kind: click.ParamType[Any] | None = None) -> T:
    """Return what was given, else the answer to a question, or what is usual where nothing is asked."""
    if value is not None:
        return value
    if not given.asks:
        return default
    answer: T = click.prompt(question, default=default, type=kind)
    return answer


def _confirmed(given: Given, value: bool | None, question: str) -> bool:
    if value is not None:
        return value
    return given.asks and click.confirm(question, default=False)
