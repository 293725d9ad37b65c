"""One person setting Zigwire up, in a browser or a terminal: what was found and tried, and the end of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from zigwire.confidential import SECRETS
from zigwire.onboarding.broker_trial import try_broker
from zigwire.onboarding.choices import SIMULATED, Broker, Choices
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.network import DEFAULT_CHANNEL, Network
from zigwire.onboarding.wanted import CONFIGURATION
from zigwire.restore import Restored, RestoreError, restore_archive, restore_folder
from zigwire.settings import VERSION, Settings, SettingsError, check, load
from zigwire.settings.generate import GENERATE
from zigwire.storage import StorageError
from zigwire.zigbee.radio import RadioError
from zigwire.zigbee.radios import radio_for
from zigwire.zigbee.search import FoundRadio, find_radios
from zigwire.zigbee.sought_radio import Wanted, sought
from zigwire.zigbee.trial import Answer, check_port, find_adapter

__all__ = ["Session", "new_token", "read"]

MDNS = "mdns://"
TOKEN_BYTES = 12
NEW = {
    "mqtt": {"base_topic": "zigbee2mqtt", "server": "mqtt://localhost:1883"},
    "serial": {},
    "advanced": {
        "log_level": "info",
        "channel": DEFAULT_CHANNEL,
        "network_key": GENERATE,
        "pan_id": GENERATE,
        "ext_pan_id": GENERATE,
        "enable_external_js": False,
    },
    "frontend": {"enabled": True, "port": 8080},
    "homeassistant": {"enabled": False},
}
"""What Zigbee2MQTT's page is shown for a new configuration; it sends back what was changed."""


class Session:
    """What has come to light so far.

    Args:
        folder: The data folder, which may not be there yet.
        environ: The environment, whose variables are laid on the configuration.

    Raises:
        OnboardingError: There is a configuration, with faults.

    Attributes:
        network: The network that is shown: made up, configured, or that of the radio that answered last.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self._path = folder / CONFIGURATION
        self._environ = environ
        self._planned = Network.of(self.load()) if self._path.exists() else Network.new()
        self._held: dict[str, Network] = {}
        self.network = self._planned

    async def radios(self) -> list[FoundRadio]:
        """Return the radios that there are, and the serial ports where one may be."""
        return await find_radios()

    async def try_radio(self, radio: FoundRadio) -> Answer:
        """Ask a radio who it is; a network that it holds is kept.

        Raises:
            OnboardingError: It does not answer; the text says why.
        """
        self.network = self._planned
        self._held.pop(radio.port, None)
        with _refusals():
            found = await sought(Wanted(radio.port, radio.adapter or "")) if radio.port.startswith(MDNS) else radio
            answer = await find_adapter(found)
        if answer.network is not None and answer.info is not None:
            SECRETS.add(answer.network.network_key)
            self.network = self._held[radio.port] = self._planned.replaced_by(answer.network, answer.info.ieee)
        return replace(answer, radio=replace(answer.radio, port=radio.port))

    def network_at(self, port: str) -> Network:
        """Return the network for the radio at a port: its own where it told of one, else the one that is planned."""
        return self._held.get(port, self._planned)

    def renew_network(self) -> None:
        """Make other parameters up, unless there is a network."""
        if not self._planned.exists:
            self._planned = Network.new()
        if not self.network.exists:
            self.network = self._planned

    async def try_broker(self, broker: Broker) -> bool:
        """Connect to a broker; tell whether another bridge is online at the base topic.

        Raises:
            OnboardingError: It can't be used; the text says why.
        """
        SECRETS.add(broker.password)
        return await try_broker(broker.options(), broker.base_topic)

    def finish(self, choices: Choices) -> Settings:
        """Write the configuration; the network of one that is there already stays as it is.

        Raises:
            OnboardingError: It would have faults, no radio could be made of it, or it can't be written.
        """
        document = choices.document()
        with _refusals():
            _check(choices.radio)
        if self._path.exists():
            del document["advanced"]
            return self.save(document)
        return self.save({name: _without_gaps(section) for name, section in document.items()})

    def save(self, document: Mapping[str, Any]) -> Settings:
        """Lay a partial configuration on the one that is there (None deletes), or on the defaults for a new one.

        Raises:
            OnboardingError: It would have faults, or can't be written.
        """
        with _refusals():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._path.exists():
                return Settings.create(self._path, document, self._environ)
            settings = load(self._path, self._environ)
            settings.change(document)
        return settings

    def load(self) -> Settings:
        """Read the configuration that is there.

        Raises:
            OnboardingError: It has faults.
        """
        return read(self._path, self._environ)

    def document(self) -> dict[str, Any]:
        """Return the configuration that is there, else what a new one begins with.

        Raises:
            OnboardingError: It has faults.
        """
        return self.load().as_dict() if self._path.exists() else {"version": VERSION, **NEW}

    def take_over(self, source: Path) -> Restored:
        """Copy a data folder, or unpack a backup, of Zigbee2MQTT or Zigwire.

        Raises:
            OnboardingError: It can't be used; nothing is changed.
        """
        with _refusals():
            restore = restore_archive if source.is_file() else restore_folder
            return restore(source, self.folder, self._check)

    def _check(self, unpacked: Path) -> None:
        check(unpacked / CONFIGURATION, self._environ)


def _check(radio: FoundRadio) -> None:
    """Find out whether there are such radios; what sits at a serial port, or answers to mDNS, is known at the start.

    Raises:
        RadioError: There are none.
    """
    if radio.port.startswith(SIMULATED):
        return
    if "://" in radio.port and not radio.port.startswith(MDNS):
        radio_for(radio.adapter, radio.port)
        check_port(radio.port)


def _without_gaps(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if value is not None}


def read(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read a configuration.

    Raises:
        OnboardingError: It has faults.
    """
    with _refusals():
        return load(path, environ)


def new_token() -> str:
    """Make up a token for the page."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell what goes wrong below as what can't be used."""
    try:
        yield
    except (OSError, RadioError, RestoreError, SettingsError, StorageError) as error:
        raise OnboardingError(str(error)) from error
