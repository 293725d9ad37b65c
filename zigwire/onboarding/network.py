"""The parameters of the Zigbee network that the configuration is to have: new ones, or those of the radio's network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zigwire.settings import Settings
from zigwire.settings.generate import GENERATE, fill_generated
from zigwire.zigbee.radio import NetworkParameters

__all__ = ["CHANNELS", "DEFAULT_CHANNEL", "Network"]

CHANNELS = range(11, 27)
DEFAULT_CHANNEL = 11
UNKNOWN_KEY = b"\xff" * 16
"""What zigpy says where a radio keeps the key to itself."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as the section `advanced` of the configuration has it.

    Attributes:
        parameters: `channel`, `pan_id`, `ext_pan_id` and `network_key`.
        exists: Whether devices may live on it, so that nothing of it is to be changed.
    """

    parameters: dict[str, Any]
    exists: bool = False

    @classmethod
    def new(cls) -> Network:
        """Make up a network."""
        document = {"advanced": {"pan_id": GENERATE, "ext_pan_id": GENERATE, "network_key": GENERATE}}
        fill_generated(document)
        return cls({"channel": DEFAULT_CHANNEL, **document["advanced"]})

    @classmethod
    def of(cls, settings: Settings) -> Network:
        """Return the network of a configuration."""
        advanced = settings.advanced
        ext_pan_id, key = list(advanced.ext_pan_id), list(advanced.network_key)
        found = {"channel": advanced.channel, "pan_id": advanced.pan_id, "ext_pan_id": ext_pan_id, "network_key": key}
        return cls(found, exists=True)

    def replaced_by(self, held: NetworkParameters, coordinator: str) -> Network:
        """Return the network that a radio holds; where it does not give the key away, with the key of this one.

        Args:
            held: As the radio tells them.
            coordinator: IEEE address of the radio, which is the extended PAN id where there is no other.
        """
        extended = (held.extended_pan_id or coordinator).removeprefix("0x")
        key = self.parameters["network_key"] if held.network_key == UNKNOWN_KEY else list(held.network_key)
        ext_pan_id = list(bytes.fromhex(extended))
        found = {"channel": held.channel, "pan_id": held.pan_id, "ext_pan_id": ext_pan_id, "network_key": key}
        return Network(found, exists=True)

    def on(self, channel: int) -> Network:
        """Return it on a channel; one that exists stays where it is."""
        return self if self.exists else Network({**self.parameters, "channel": channel})

    def shown(self) -> dict[str, Any]:
        """Return what people may see: all but the key."""
        extended = bytes(self.parameters["ext_pan_id"]).hex()
        return {
            "channel": self.parameters["channel"],
            "pan_id": self.parameters["pan_id"],
            "ext_pan_id": f"0x{extended}",
            "exists": self.exists,
        }
