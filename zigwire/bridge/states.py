"""The state cache: the last known value of every property of every entity, kept over restarts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["StateStore", "States"]

# Properties that tell of a moment, not of a state: a restart must not bring them back.
MOMENTARY = (
    "action",
    "action_.*",
    "button",
    "button_left",
    "button_right",
    "forgotten",
    "keyerror",
    "step_size",
    "transition_time",
    "group_list",
    "group_capacity",
    "no_occupancy_since",
    "step_mode",
    "duration",
    "elapsed",
    "from_side",
    "to_side",
    "illuminance_lux",
)


def merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state with changes; what is an object on both sides is merged in turn (`color`, `update`)."""
    state = dict(before)
    for name, value in changes.items():
        known = state.get(name)
        both = isinstance(value, dict) and isinstance(known, dict)
        state[name] = merged(known, value) if both and known is not None else value
    return state


class StateStore(Protocol):
    """Where states are kept."""

    def load_states(self) -> dict[str, dict[str, Any]]:
        """Return all states by entity key."""

    def put_state(self, key: str, state: Mapping[str, Any]) -> None:
        """Remember the state of one entity."""

    def remove_state(self, key: str) -> None:
        """Forget one entity."""


@lru_cache(maxsize=512)
def matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test of property names against regular expressions, each anchored at both ends."""
    if not patterns:
        return lambda _: False
    found: dict[str, bool] = {}
    expressions = [re.compile(pattern) for pattern in patterns]

    def matches(name: str) -> bool:
        known = found.get(name)
        if known is None:
            known = found[name] = any(expression.fullmatch(name) for expression in expressions)
        return known

    return matches


class States:
    """Cached states by entity key (IEEE address or group id).

    Args:
        store: Where to keep them, or None to keep them in memory only.
    """

    def __init__(self, store: StateStore | None) -> None:
        self._store = store
        self._states: dict[str, dict[str, Any]] = store.load_states() if store else {}

    def get(self, key: str) -> Mapping[str, Any]:
        """Return what is known of an entity (empty when nothing is)."""
        return self._states.get(key, {})

    def update(self, key: str, changes: Mapping[str, Any], filtered: Iterable[str] = ()) -> dict[str, Any]:
        """Merge changes into the cache and return the whole state with them.

        Args:
            key: The entity.
            changes: Properties and their new values.
            filtered: Further properties (regular expressions) that are not to be cached.
        """
        state = merged(self._states.get(key, {}), changes)
        uncached = matcher((*MOMENTARY, *filtered))
        kept = {name: value for name, value in state.items() if not uncached(name)}
        if kept != self._states.get(key):
            self._states[key] = kept
            if self._store:
                self._store.put_state(key, kept)
        return state

    def trim(self, key: str, name: str, parts: Iterable[str]) -> None:
        """Forget parts of a property that is an object."""
        state = self._states.get(key, {})
        value = state.get(name)
        if not isinstance(value, dict) or not value.keys() & set(parts):
            return
        kept = {part: one for part, one in value.items() if part not in parts}
        self._states[key] = {**state, name: kept}
        if self._store:
            self._store.put_state(key, self._states[key])

    def remove(self, key: str) -> None:
        """Forget an entity."""
        self._states.pop(key, None)
        if self._store:
            self._store.remove_state(key)
