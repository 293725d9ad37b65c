"""How requests of the host find the functions that serve them."""

from __future__ import annotations

from collections.abc import Callable

from zigwire.simulator.znp.chip import Chip

__all__ = ["Commands", "Handler"]

Handler = Callable[[Chip, bytes], bytes]
"""Takes the payload of a request and gives the payload of the response."""


class Commands(dict[tuple[int, int], Handler]):
    """Handlers by subsystem and command."""

    def on(self, subsystem: int, command: int) -> Callable[[Handler], Handler]:
        """Register a function for a command."""

        def register(handler: Handler) -> Handler:
            self[subsystem, command] = handler
            return handler

        return register
