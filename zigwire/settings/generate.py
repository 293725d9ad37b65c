"""Random parameters for a new network, in the places where the file says GENERATE."""

from __future__ import annotations

import secrets
from typing import Any

from zigwire.settings.model import Advanced

__all__ = ["GENERATE", "INSECURE_KEY", "fill_generated"]

GENERATE = "GENERATE"

INSECURE_KEY: bytes = Advanced().network_key
"""The key when none is set: everybody knows it."""

_HIGHEST_PAN_ID = 0xFFFE


def fill_generated(document: dict[str, Any]) -> None:
    """Put random values in the place of each GENERATE."""
    advanced = document.get("advanced")
    if not isinstance(advanced, dict):
        return
    for key, make in _MAKERS.items():
        if advanced.get(key) == GENERATE:
            advanced[key] = make()


def _pan_id() -> int:
    return secrets.randbelow(_HIGHEST_PAN_ID) + 1


def _ext_pan_id() -> list[int]:
    """Return eight bytes; all zeros and all ones have meanings of their own (Zigbee 2.5.5)."""
    while len(set(octets := secrets.token_bytes(8))) == 1:
        pass
    return list(octets)


def _network_key() -> list[int]:
    return list(secrets.token_bytes(16))


_MAKERS = {"network_key": _network_key, "pan_id": _pan_id, "ext_pan_id": _ext_pan_id}
