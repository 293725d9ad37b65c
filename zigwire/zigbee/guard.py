"""A wall between two parts: what one raises by mistake does not stop the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

__all__ = ["guarded"]

_LOG = logging.getLogger(__name__)


def guarded(call: Callable[..., object], *args: Any, **options: Any) -> None:
    """Call, and log instead of raising."""
    try:
        call(*args, **options)
    except Exception:  # noqa: BLE001 - a mistake anywhere must not stop the network
        _LOG.exception("%s failed", getattr(call, "__qualname__", call))
