"""Entities of covers: how far open, which way they move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from zigwire.bridge.homeassistant.config import (
    Config,
    Exposed,
    Subject,
    Unfit,
    capitalised,
    feature,
    stem,
    text,
    value_of,
)

__all__ = ["cover"]

OPENING = ("opening", "open", "forward", "up", "rising")
CLOSING = ("closing", "close", "backward", "back", "reverse", "down", "declining")
STOPPED = ("stopped", "stop", "pause", "paused")
"""Words of devices for the way in which a motor moves."""


def cover(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a cover."""
    endpoint = subject.endpoint(exposes[0])
    state, position, tilt = (feature(exposes, name) for name in ("state", "position", "tilt"))
    if state is None:
        raise Unfit("a cover needs a state")
    topics = subject.topics
    payload: dict[str, Any] = {
        "name": capitalised(endpoint),
        "state_topic": topics.state(endpoint),
        "command_topic": topics.command(endpoint=endpoint),
        **_movement(state, position, subject),
    }
    if position:
        key = stem(position) if subject.is_group else position["property"]
        payload |= {
            "position_topic": topics.state(endpoint),
            "position_template": value_of(stem(position)),
            "set_position_topic": topics.command(endpoint=endpoint),
            "set_position_template": f'{{ "{key}": {{{{ position }}}} }}',
        }
    if tilt:
        payload |= {
            "tilt_command_topic": topics.command("tilt", endpoint),
            "tilt_status_topic": topics.state(endpoint),
            "tilt_status_template": value_of(stem(tilt)),
        }
    if not position and not tilt:
        payload["optimistic"] = True
    object_id = f"cover_{endpoint}" if endpoint else "cover"
    yield Config("cover", object_id, payload, (state["property"],), endpoint=endpoint, is_member=True)


def _movement(state: Exposed, position: Exposed | None, subject: Subject) -> dict[str, Any]:
    """Announce from what it is seen that the cover moves: the motor's state, whether it runs, or nothing."""
    motor = subject.published("enum", "motor_state", "moving")
    if motor and (words := _words(motor)):
        return _by_motor(stem(motor), words, stem(state), stem(position) if position else None)
    running = next((one for one in subject.exposes if one["type"] == "binary" and one.get("name") == "running"), None)
    if running:
        if position is None:
            raise Unfit("a cover that tells whether it is running needs a position")
        return {"value_template": _by_running(stem(running), stem(position))}
    return {
        "value_template": value_of(stem(state)),
        "state_open": "OPEN",
        "state_closed": "CLOSE",
        "state_stopped": "STOP",
    }


def _words(motor: Exposed) -> tuple[str, str, str] | None:
    """Return what the motor says when it opens, closes and stands, None when it lacks a word for one of them."""
    opening, closing, stopped = (_word(motor["values"], known) for known in (OPENING, CLOSING, STOPPED))
    return (opening, closing, stopped) if opening and closing and stopped else None


def _word(values: Iterable[Any], known: tuple[str, ...]) -> str | None:
    return next((value for value in values if text(value).lower() in known), None)


def _by_running(running: str, position: str) -> str:
    """Guess the way from the position: what is open at all is taken to close."""
    return _choice((_has(running) + f' and value_json["{running}"]', _way(position)), otherwise=" stopped ", gap=" ")


def _way(position: str) -> str:
    return f'{{% if value_json["{position}"] > 0 %}} closing {{% else %}} opening {{% endif %}}'


def _by_motor(motor: str, words: tuple[str, str, str], state: str, position: str | None) -> dict[str, Any]:
    """Believe the motor, unless the cover is where `state` says and can't move further."""
    opening, closing, stopped = words
    cases = [
        (_is(motor, opening), opening),
        (_is(motor, closing), closing),
        (_is(state, "OPEN"), "OPEN"),
        (_is(state, "CLOSE"), "CLOSE"),
    ]
    if position is not None:
        where = f'{{% if value_json["{position}"] == 0 %}}CLOSE{{% else %}}OPEN{{% endif %}}'
        cases.insert(2, (f"{_is(motor, stopped)} and {_has(position)}", where))
        ends = ((0, "CLOSE"), (100, "OPEN"))
        cases[:0] = [(f"{_is(position, end)} and {_is(state, word)}", word) for end, word in ends]
    return {
        "value_template": _choice(*cases, otherwise=stopped),
        "state_opening": opening,
        "state_closing": closing,
        "state_open": "OPEN",
        "state_closed": "CLOSE",
        "state_stopped": stopped,
    }


def _has(name: str) -> str:
    return f'"{name}" in value_json'


def _is(name: str, value: str | int) -> str:
    shown = value if isinstance(value, int) else f'"{value}"'
    return f'{_has(name)} and value_json["{name}"] == {shown}'


def _choice(*cases: tuple[str, str], otherwise: str, gap: str = "") -> str:
    """Write a template that gives the result of the first condition that holds."""
    words = ("if", *("elif" for _ in cases[1:]))
    chosen = "".join(
        f"{{% {word} {case} %}}{gap}{result}{gap}" for word, (case, result) in zip(words, cases, strict=True)
    )
    return f"{chosen}{{% else %}}{otherwise}{{% endif %}}"
