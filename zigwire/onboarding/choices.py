"""What a person has chosen: the radio, the broker, who may open the page; and the configuration that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.mqtt import MqttOptions, OptionsError
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.network import CHANNELS, DEFAULT_CHANNEL, Network
from zigwire.zigbee.search import FoundRadio

__all__ = ["SIMULATED", "Broker", "Choices", "Page", "channel", "radio"]

SIMULATED = "sim://"
"""`serial.port` of the simulated house."""

DEFAULT_TOPIC = "zigbee2mqtt"
LOOPBACK = "127.0.0.1"
OWN_BROKER = {"server": f"mqtt://{LOOPBACK}:1883", "user": None, "password": None}


@dataclass(frozen=True, slots=True)
class Broker:
    """The MQTT broker.

    Attributes:
        server: `mqtt://host:port`.
        user: None for none.
        password: None for none.
        base_topic: Where the bridge's topics begin.
    """

    server: str
    user: str | None = None
    password: str | None = None
    base_topic: str = DEFAULT_TOPIC

    @classmethod
    def parse(cls, entered: Mapping[str, Any]) -> Broker:
        """Read what was entered.

        Raises:
            OnboardingError: A value is missing or not allowed.
        """
        broker = cls(
            _text(entered, "server"),
            _text(entered, "user") or None,
            _text(entered, "password") or None,
            _text(entered, "base_topic") or DEFAULT_TOPIC,
        )
        broker.options()
        return broker

    def options(self) -> MqttOptions:
        """Return the options of a connection to it.

        Raises:
            OnboardingError: The address can't be used.
        """
        try:
            return MqttOptions(server=self.server, user=self.user, password=self.password)
        except OptionsError as error:
            raise OnboardingError(str(error)) from error

    def section(self) -> dict[str, Any]:
        """Return the section `mqtt` of the configuration."""
        return {"server": self.server, "user": self.user, "password": self.password, "base_topic": self.base_topic}


@dataclass(frozen=True, slots=True)
class Page:
    """Who may open the page: people at this machine, or everybody in the network who knows the token.

    Attributes:
        port: TCP port.
        token: None for this machine only.
    """

    port: int
    token: str | None = None

    def section(self) -> dict[str, Any]:
        """Return the section `frontend` of the configuration."""
        host = LOOPBACK if self.token is None else None
        return {"enabled": True, "port": self.port, "host": host, "auth_token": self.token}


@dataclass(frozen=True, slots=True)
class Choices:
    """All that was chosen.

    Attributes:
        radio: Where the coordinator is; `SIMULATED` for the simulated house.
        broker: None for the one that comes with the simulated house.
        network: The Zigbee network.
        page: Who may open the page.
        homeassistant: Whether Home Assistant is to find the devices.
    """

    radio: FoundRadio
    broker: Broker | None
    network: Network
    page: Page
    homeassistant: bool = False

    def document(self) -> dict[str, Any]:
        """Return the configuration; what is None is not to be in it."""
        radio = self.radio
        return {
            "mqtt": self.broker.section() if self.broker else OWN_BROKER,
            "serial": {
                "port": radio.port,
                "adapter": radio.adapter,
                "baudrate": radio.baudrate,
                "rtscts": radio.rtscts,
            },
            "advanced": self.network.parameters,
            "frontend": self.page.section(),
            "homeassistant": {"enabled": self.homeassistant},
        }


def radio(entered: Mapping[str, Any]) -> FoundRadio:
    """Read which radio was entered.

    Raises:
        OnboardingError: A value is missing or not allowed.
    """
    port = _text(entered, "port")
    if not port:
        raise OnboardingError("port is missing: choose a radio, or enter a device file or tcp://host:port")
    baudrate, rtscts = entered.get("baudrate"), entered.get("rtscts")
    if baudrate is not None and (type(baudrate) is not int or baudrate <= 0):
        raise OnboardingError(f"baudrate is {shortened(baudrate)}: a number above 0 is allowed, for example 115200")
    if not (rtscts is None or isinstance(rtscts, bool)):
        raise OnboardingError(f"rtscts is {shortened(rtscts)}: true and false are allowed")
    return FoundRadio(port, _text(entered, "name") or port, _text(entered, "adapter") or None, baudrate, rtscts)


def channel(entered: Mapping[str, Any]) -> int:
    """Read which channel was entered.

    Raises:
        OnboardingError: There is no such channel.
    """
    number = entered.get("channel", DEFAULT_CHANNEL)
    if type(number) is not int or number not in CHANNELS:
        allowed = f"{CHANNELS.start} to {CHANNELS.stop - 1} are allowed"
        raise OnboardingError(f"channel is {shortened(number)}: {allowed}")
    return number


def _text(entered: Mapping[str, Any], key: str) -> str:
    value = entered.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise OnboardingError(f"{key} is {shortened(value)}: a text is allowed")
    return value.strip() if key != "password" else value
