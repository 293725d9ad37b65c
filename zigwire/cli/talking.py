"""Commands that talk to a running bridge over MQTT, as any other client does."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple, TypeVar

import click
import orjson

from zigwire.broker import mqtt_options
from zigwire.cli.folder import choose
from zigwire.cli.values import line, table
from zigwire.mqtt import MqttClient, OptionsError
from zigwire.mqtt.message import Properties
from zigwire.settings import Settings, SettingsError, load

__all__ = [
    "Heard",
    "Talk",
    "addressed",
    "ask",
    "converse",
    "data_of",
    "get_properties",
    "list_devices",
    "names_by_address",
    "permit",
    "set_properties",
    "watch_devices",
]

T = TypeVar("T")
COMMAND_TOPICS = ("bridge/devices", "bridge/logging")
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 20.0
CHANCE_TIMEOUT = 3.0  # seconds to wait for what a bridge that retains nothing may happen to say


class Heard(NamedTuple):
    """A message from the bridge: topic without the base topic, payload, and whether the broker had kept it."""

    topic: str
    payload: Any
    retained: bool

    @property
    def answers(self) -> str | None:
        """The transaction of the request that this is the response to; None when it is none, or somebody else's."""
        if not self.topic.startswith("bridge/response/") or not isinstance(self.payload, dict):
            return None
        transaction = self.payload.get("transaction")
        return transaction if isinstance(transaction, str) else None


class Talk:
    """A conversation with a bridge: what it says comes in order, topics without the base topic.

    Attributes:
        settings: The bridge's.
    """

    def __init__(self, mqtt: MqttClient, settings: Settings) -> None:
        self.settings = settings
        self._mqtt = mqtt
        self._base_topic = settings.mqtt.base_topic
        self._messages: asyncio.Queue[Heard] = asyncio.Queue()
        mqtt.on_message = self._received

    def listen(self, topic: str) -> None:
        """Hear a topic below the base topic.

        Raises:
            click.ClickException: It is none.
        """
        try:
            self._mqtt.subscribe(f"{self._base_topic}/{topic}")
        except ValueError as error:
            raise click.ClickException(str(error)) from error

    def say(self, topic: str, payload: Any) -> None:
        """Publish below the base topic.

        Raises:
            click.ClickException: The topic has a wildcard.
        """
        if {"#", "+"} & set(topic):
            raise click.ClickException(f"'{topic}' can't be sent to: # and + are wildcards")
        self._mqtt.publish(f"{self._base_topic}/{topic}", orjson.dumps(payload))

    async def hear(self) -> Heard:
        """Wait for the next message."""
        return await self._messages.get()

    async def wait_for(self, found: Callable[[Heard], T | None], timeout: float = ANSWER_TIMEOUT) -> T:
        """Wait until a message gives something.

        Raises:
            click.ClickException: None came in time.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    result = found(await self.hear())
                    if result is not None:
                        return result
        except TimeoutError:
            raise click.ClickException(f"No answer within {timeout:.0f} s. Is the bridge running?") from None

    async def devices(self) -> list[dict[str, Any]]:
        """Return bridge/devices, which has to be listened to.

        Raises:
            click.ClickException: It did not come in time.
        """
        retains = not self.settings.mqtt.force_disable_retain
        try:
            return await self.wait_for(
                lambda heard: heard.payload if heard.topic == "bridge/devices" else None,
                ANSWER_TIMEOUT if retains else CHANCE_TIMEOUT,
            )
        except click.ClickException:
            if retains:
                raise
            raise click.ClickException(
                "The bridge retains nothing (mqtt.force_disable_retain), so there is no list of devices to read."
            ) from None

    def ask(self, name: str, payload: Mapping[str, Any]) -> str:
        """Send a request, and return the transaction that its response will have.

        Raises:
            click.ClickException: Its name has a wildcard.
        """
        transaction = f"cli-{token_hex(8)}"
        self.say(f"bridge/request/{name}", {**payload, "transaction": transaction})
        return transaction

    async def request(self, name: str, payload: dict[str, Any], timeout: float = ANSWER_TIMEOUT) -> dict[str, Any]:
        """Send a request and return the data of its response.

        Raises:
            click.ClickException: The bridge refused it, or did not answer.
        """
        transaction = self.ask(name, payload)
        return data_of(
            await self.wait_for(lambda heard: heard.payload if heard.answers == transaction else None, timeout)
        )

    def _received(self, topic: str, payload: bytes, *, retain: bool, qos: int, properties: Properties | None) -> None:
        del qos, properties
        try:
            value = orjson.loads(payload)
        except orjson.JSONDecodeError:
            value = payload.decode("utf-8", "replace")
        self._messages.put_nowait(Heard(topic.removeprefix(f"{self._base_topic}/"), value, retain))


def data_of(response: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a response.

    Raises:
        click.ClickException: The bridge refused the request.
    """
    if response["status"] != "ok":
        raise click.ClickException(str(response.get("error")))
    return dict(response["data"])


def list_devices(data: Path | None) -> None:
    """Print who is on the network."""

    async def run(talk: Talk) -> None:
        _print_devices([device for device in await talk.devices() if device["type"] != "Coordinator"])

    converse(data, ["bridge/devices"], run)


def watch_devices(data: Path | None, names: Iterable[str]) -> None:
    """Print what devices say until interrupted."""
    wanted = frozenset(names)

    async def run(talk: Talk) -> None:
        while True:
            topic, payload, retained = await talk.hear()
            if retained or topic.startswith("bridge/") or topic.endswith(("/set", "/get")):
                continue
            if not wanted or topic in wanted:
                click.echo(f"{time.strftime('%H:%M:%S')} {click.style(topic, bold=True)} {line(payload)}")

    converse(data, ["#"], run)


def set_properties(data: Path | None, name: str, values: Iterable[str]) -> None:
    """Set properties and print the state that follows."""
    message = dict(map(_assignment, values))
    converse(data, COMMAND_TOPICS, lambda talk: _command(talk, name, "set", message))


def get_properties(data: Path | None, name: str, properties: Iterable[str]) -> None:
    """Ask for properties and print the state that follows."""
    message = dict.fromkeys(properties, "")
    converse(data, COMMAND_TOPICS, lambda talk: _command(talk, name, "get", message))


def permit(data: Path | None, seconds: int, via: str | None) -> None:
    """Open the network and print who comes until it closes."""

    async def run(talk: Talk) -> None:
        asked = {"time": seconds} if via is None else {"time": seconds, "device": via}
        await talk.request("permit_join", asked)
        if seconds == 0:
            click.echo("The network is closed.")
            return
        click.echo(f"Devices may join for {seconds} s: bring yours into pairing mode. Ctrl+C ends the watch only.")
        try:
            async with asyncio.timeout(seconds):
                while True:
                    topic, payload, _ = await talk.hear()
                    if topic == "bridge/event":
                        _print_event(payload)
        except TimeoutError:
            click.echo("The network is closed.")

    converse(data, ["bridge/event", "bridge/response/permit_join"], run)


def ask(data: Path | None, name: str, values: Iterable[str], timeout: float) -> None:
    """Send a request to the bridge and print the data of its response."""
    message = dict(map(_assignment, values))

    async def run(talk: Talk) -> None:
        click.echo(orjson.dumps(await talk.request(name, message, timeout), option=orjson.OPT_INDENT_2))

    converse(data, ["bridge/response/#"], run)


async def _command(talk: Talk, path: str, verb: str, message: dict[str, Any]) -> None:
    name = addressed(path, await names_by_address(talk))
    about = [f"{quote}{each}{quote}" for each in (path, name) for quote in "'\""]
    talk.listen(name)
    talk.say(f"{path}/{verb}", message)

    def outcome(heard: Heard) -> tuple[bool, Any] | None:
        if heard.retained:
            return None
        if heard.topic == name:
            return True, heard.payload
        if heard.topic != "bridge/logging" or heard.payload.get("level") != "error":
            return None
        text = heard.payload["message"]
        return (False, text) if any(quoted in text for quoted in about) else None

    fine, result = await talk.wait_for(outcome)
    if not fine:
        raise click.ClickException(str(result))
    click.echo(line(result))


async def names_by_address(talk: Talk) -> dict[str, str]:
    """Return friendly names by IEEE address: from the bridge, or from its settings when it retains nothing."""
    if talk.settings.mqtt.force_disable_retain:
        return {ieee: device.friendly_name for ieee, device in talk.settings.devices.items()}
    return {device["ieee_address"]: device["friendly_name"] for device in await talk.devices()}


def addressed(path: str, names: Mapping[str, str]) -> str:
    """Return the friendly name of the device that a command's path means, which is where its state is published.

    Args:
        path: A friendly name or IEEE address, maybe with `/<endpoint>`; one that is unknown is returned as it is.
        names: Friendly names by IEEE address.
    """
    for candidate in (path, path.rpartition("/")[0]):
        if candidate in names.values():
            return candidate
        if candidate.lower() in names:
            return names[candidate.lower()]
    return path


def converse(data: Path | None, topics: Iterable[str], run: Callable[[Talk], Coroutine[Any, Any, None]]) -> None:
    """Talk to the bridge of a data folder.

    Args:
        data: The folder, None for the one in use.
        topics: What to hear from the beginning, below the base topic.
        run: What to do.

    Raises:
        click.ClickException: There is no bridge to talk to.
    """

    async def converse() -> None:
        async with _connected(_settings(choose(data)), topics) as talk:
            await run(talk)

    asyncio.run(converse())


@asynccontextmanager
async def _connected(settings: Settings, topics: Iterable[str]) -> AsyncIterator[Talk]:
    try:
        options = mqtt_options(settings, client_id=f"zigwire_cli_{token_hex(4)}")
    except OptionsError as error:
        raise click.ClickException(str(error)) from error
    mqtt = MqttClient(options)
    talk = Talk(mqtt, settings)
    for topic in topics:
        talk.listen(topic)
    mqtt.start()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await mqtt.wait_connected()
    except TimeoutError:
        await mqtt.stop()
        raise click.ClickException(f"The MQTT broker at {options.address} does not answer.") from None
    try:
        yield talk
    finally:
        await mqtt.stop()


def _settings(folder: Path) -> Settings:
    try:
        return load(folder / "configuration.yaml", os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _assignment(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"'{text}' is no PROPERTY=VALUE, for example state=ON", param_hint="PROPERTY=VALUE")
    try:
        return name, orjson.loads(value)
    except orjson.JSONDecodeError:
        return name, value


def _print_devices(devices: list[dict[str, Any]]) -> None:
    rows = [("NAME", "MODEL", "TYPE", "IEEE ADDRESS", "STATE")]
    for device in devices:
        definition = device.get("definition") or {}
        model = f"{definition['vendor']} {definition['model']}" if definition else device.get("model_id") or "?"
        state = device["interview_state"].lower() if not device["interview_completed"] else "ready"
        rows.append((device["friendly_name"], model, device["type"], device["ieee_address"], state))
    click.echo(table(rows))


def _print_event(event: dict[str, Any]) -> None:
    name, kind = event["data"].get("friendly_name"), event["type"]
    if kind == "device_interview":
        definition = event["data"].get("definition")
        known = f": a {definition['vendor']} {definition['model']}" if definition else ""
        click.echo(f"{name}: interview {event['data']['status']}{known}")
    else:
        click.echo(f"{name}: {kind.removeprefix('device_')}")
