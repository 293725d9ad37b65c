"""How fast blocks follow one another: as fast as the user allows, slower where they get lost."""

from __future__ import annotations

__all__ = ["Pacing"]

_LONGEST = 2.0
"""Seconds between two blocks at most, where the user wants no longer ones; devices ask again after some seconds."""

_RECOVERY = 0.5
"""Part of the user's delay by which the gap shrinks with each block that came through."""


class Pacing:
    """The gap between blocks.

    One loss is chance: the block follows again after the usual gap. Where the same block is lost again the way is
    overloaded or the device gone for a moment, and the gap doubles with each loss. Blocks that come through make it
    shrink step by step.

    Args:
        delay: Seconds from one block to the next at least.

    Attributes:
        losses: How often the present block was lost.
    """

    def __init__(self, delay: float) -> None:
        self.losses = 0
        self._delay = delay
        self._gap = delay
        self._began = float("-inf")

    def due(self, spacing: float) -> float:
        """Return when the next block may go, `spacing` seconds after the last one at least."""
        return self._began + max(self._gap, spacing)

    def began(self, now: float) -> None:
        """Note that a block goes."""
        self._began = now

    def advanced(self) -> None:
        """Note that the device has the block."""
        self.losses = 0
        self._gap = max(self._delay, self._gap - _RECOVERY * self._delay)

    def lost(self) -> None:
        """Note that the device does not have it."""
        self.losses += 1
        if self.losses > 1:
            self._gap = min(2 * self._gap, max(_LONGEST, self._delay))
