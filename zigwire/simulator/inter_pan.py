"""The coordinator away from its network: tuned to another channel, it reaches what can be touchlinked there."""

from __future__ import annotations

from collections.abc import Callable

from zigwire.simulator.house import House
from zigwire.zigbee.radio import InterPanFrame, RadioError

__all__ = ["SimulatedInterPan"]


class SimulatedInterPan:
    """A `zigbee.radio.InterPan` of a house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._heard: Callable[[InterPanFrame], None] = lambda _frame: None

    async def tune(self, channel: int, heard: Callable[[InterPanFrame], None]) -> None:
        """Go to a channel."""
        self._house.tuned, self._heard = channel, heard

    async def send(self, frame: InterPanFrame) -> None:
        """Send a frame.

        Raises:
            RadioError: No channel was tuned to.
        """
        if self._house.tuned is None:
            raise RadioError("the simulated coordinator is on its network's channel")
        for answer in self._house.reach(frame):
            self._house.schedule.after(self._house.medium.delay, lambda answer=answer: self._heard(answer))  # type: ignore[misc]

    async def restore(self) -> None:
        """Go back to the network's channel."""
        self._house.tuned = None
