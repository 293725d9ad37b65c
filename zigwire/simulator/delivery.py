"""How a frame finds its way through the simulated air: who hears it, when, and what the sender learns."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from zigwire.simulator.addresses import ALL_DEVICES, ROUTERS, RX_ON_WHEN_IDLE
from zigwire.simulator.device import VirtualDevice
from zigwire.simulator.errors import SimulatorError

__all__ = ["NO_ACK", "NO_ROUTE", "TRANSACTION_EXPIRED", "Medium", "hears_broadcast"]

NO_ROUTE = "NWK_NO_ROUTE"
NO_ACK = "MAC_NO_ACK"
TRANSACTION_EXPIRED = "MAC_TRANSACTION_EXPIRED"

INDIRECT_TIMEOUT = 7.68
"""Seconds that a parent holds a frame for a sleeping child (Zigbee nwkTransactionPersistenceTime)."""


@dataclass(slots=True)
class Medium:
    """The air.

    Attributes:
        delay: Seconds that each frame takes.
        loss: Part of the frames that get lost, 0 to 1.
        seed: Which ones.
    """

    delay: float = 0.0
    loss: float = 0.0
    seed: int = 0
    _dice: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.loss <= 1:
            raise SimulatorError(f"loss: {self.loss} is not between 0 and 1")
        if self.delay < 0:
            raise SimulatorError(f"delay: {self.delay} is negative")
        self._dice = random.Random(self.seed)  # noqa: S311 - losses to repeat, not secrets

    def loses(self) -> bool:
        """Whether the next frame gets lost."""
        return self.loss > 0 and self._dice.random() < self.loss

    def to_device(self, device: VirtualDevice) -> tuple[float, str | None]:
        """How long a unicast takes, and the sender's error when it does not arrive."""
        wait = device.next_poll()
        if wait > INDIRECT_TIMEOUT or (wait and not device.present):
            return INDIRECT_TIMEOUT, TRANSACTION_EXPIRED
        if not device.present or self.loses():
            return self.delay, NO_ACK
        return wait + self.delay, None


def hears_broadcast(device: VirtualDevice, address: int) -> bool:
    """Whether a broadcast to `address` reaches a kind of device."""
    router = device.node.descriptor.logical_type == 1
    return {
        ALL_DEVICES: True,
        RX_ON_WHEN_IDLE: device.node.rx_on_when_idle,
        ROUTERS: router,
    }.get(address, False)
