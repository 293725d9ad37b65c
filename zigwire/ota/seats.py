"""Who may download at the moment: a few in all, and one behind each router."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AT_ONCE", "WAIT", "Seats"]

AT_ONCE = 3
"""Devices that download at the same time."""

WAIT = 10
"""Seconds after which a device that has to wait asks again."""

_STALLED = 30.0
"""Seconds without a question after which a seat, or a place in the line, is given up."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """The router that its blocks go through, None where it is not known, and until when it holds."""

    router: str | None
    until: float


class Seats:
    """Seats are taken by asking and kept by asking on; who waits longest is next."""

    def __init__(self, limit: int = AT_ONCE) -> None:
        self._limit = limit
        self._taken: dict[str, _Claim] = {}
        self._waiting: dict[str, _Claim] = {}

    def claim(self, ieee: str, router: str | None, now: float) -> bool:
        """Tell whether a device may download now; otherwise it waits in line."""
        self._taken = _lasting(self._taken, now)
        self._waiting = _lasting(self._waiting, now)
        claim = _Claim(router, now + _STALLED)
        if ieee in self._taken or self._is_next(ieee, router):
            self._waiting.pop(ieee, None)
            self._taken[ieee] = claim
            return True
        self._waiting[ieee] = claim
        return False

    def leave(self, ieee: str) -> None:
        """Give a device's seat, or its place in the line, to others."""
        self._taken.pop(ieee, None)
        self._waiting.pop(ieee, None)

    def _is_next(self, ieee: str, router: str | None) -> bool:
        """Tell whether a seat is left when those who wait longer have theirs."""
        free = self._limit - len(self._taken)
        busy = {claim.router for claim in self._taken.values()} - {None}
        for other, claim in self._waiting.items():
            if other == ieee:
                break
            if claim.router not in busy:
                free -= 1
                busy |= {claim.router} - {None}
        return free > 0 and router not in busy


def _lasting(claims: dict[str, _Claim], now: float) -> dict[str, _Claim]:
    return {ieee: claim for ieee, claim in claims.items() if claim.until > now}
