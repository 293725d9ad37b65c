"""A brightness that follows a remote control's level commands, for those who choose `simulated_brightness`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.feature import Later, Received
from zigwire.devices.options import SIMULATED_BRIGHTNESS

__all__ = ["UNLISTED", "followed", "moves"]

KEY = SIMULATED_BRIGHTNESS.name
BRIGHTNESS, DELTA = "brightness", "action_brightness_delta"
UNLISTED = (BRIGHTNESS, DELTA)
"""Properties that are published then."""

HIGHEST = 255
MOST = 255
"""So many steps it goes without a stop: one by one through the whole range. The stop may have got lost."""

STEP, INTERVAL, SHORTEST = 20, 200, 1
"""What it changes by, and how often in ms, unless the user says otherwise; and the shortest interval in ms."""


def followed(received: Received) -> dict[str, Any]:
    """Return the brightness after a command that names a level or a step."""
    if _chosen(received) is None:
        return {}
    given, kind = received.message.args, received.message.type.removesuffix("WithOnOff")
    if kind == "commandMoveToLevel":
        level = given.get("level")
        return {BRIGHTNESS: level, DELTA: level - _known(received) if is_number(level) else None}
    if kind != "commandStep":
        return {}
    size = given.get("stepsize")
    if not is_number(size):
        return dict.fromkeys(UNLISTED)
    delta = -size if given.get("stepmode") == 1 else size
    return {BRIGHTNESS: _within(_known(received) + delta), DELTA: delta}


def moves(received: Received) -> tuple[Later, ...]:
    """Return the brightness that goes up or down after a move, until a stop."""
    chosen, kind = _chosen(received), received.message.type.removesuffix("WithOnOff")
    if chosen is None:
        return ()
    if kind == "commandStop":
        return (Later(key=KEY, after=None),)
    if kind != "commandMove":
        return ()
    step = chosen.get("delta", STEP)
    down = received.message.args.get("movemode") == 1
    seconds = max(chosen.get("interval", INTERVAL), SHORTEST) / 1000
    return (_step(_known(received), -step if down else step, seconds, MOST),)


def _step(before: float, delta: float, seconds: float, left: int) -> Later:
    level = _within(before + delta)
    then = partial(_step, level, delta, seconds, left - 1) if left > 1 else None
    return Later(key=KEY, after=seconds, state={BRIGHTNESS: level, DELTA: delta}, then=then)


def _chosen(received: Received) -> Mapping[str, Any] | None:
    """Return the fields that the user chose; `true` chooses the usual ones."""
    option = received.context.options.get(KEY)
    if option is True:
        return {}
    return option if SIMULATED_BRIGHTNESS.allows(option) else None


def _known(received: Received) -> float:
    level = received.cached(BRIGHTNESS)
    return level if is_number(level) else HIGHEST


def _within(level: float) -> float:
    return min(max(level, 0), HIGHEST)
