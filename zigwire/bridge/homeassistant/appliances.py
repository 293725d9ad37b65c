"""Entities of things that several values make together: lights, switches, locks and fans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigwire.bridge.homeassistant.config import (
    Config,
    Exposed,
    Subject,
    Unfit,
    capitalised,
    feature,
    features,
    filled,
    stem,
    value_of,
)
from zigwire.bridge.homeassistant.tables import FAN_SPEEDS, SWITCHES

__all__ = ["fan", "light", "lock", "switch"]

SPEEDS = ("low", "medium", "high", "1", "2", "3", "4", "5", "6", "7", "8", "9")
"""Modes of a fan that are speeds, the slowest first; `off` is the speed below them."""

PRESETS = ("on", "auto", "smart")
"""Modes of a fan that are no speeds."""

BRIGHTNESS_SCALE = 254


def light(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a light; of a group, one that can what any member can, within the colour temperatures of all."""
    endpoint = subject.endpoint(exposes[0])
    payload = {
        "name": capitalised(endpoint),
        "schema": "json",
        "state_topic": subject.topics.state(endpoint),
        "command_topic": subject.topics.command(endpoint=endpoint),
        "brightness": feature(exposes, "brightness") is not None,
        "brightness_scale": BRIGHTNESS_SCALE,
        # Home Assistant's JSON lights have a brightness at least; it can't stand beside colour modes.
        "supported_color_modes": _color_modes(exposes) or ["brightness"],
    }
    if feature(exposes, "color_temp"):
        temperatures = list(features(exposes, "color_temp", "numeric"))
        payload["max_mireds"] = min((one["value_max"] for one in temperatures if "value_max" in one), default=None)
        payload["min_mireds"] = max((one["value_min"] for one in temperatures if "value_min" in one), default=None)
    if effects := _effects(subject):
        payload |= {"effect": True, "effect_list": effects}
    mocks = (_state(exposes, "light")["property"],)
    yield Config("light", _object_id("light", endpoint), payload, mocks, endpoint=endpoint, is_member=True)


def _color_modes(exposes: Sequence[Exposed]) -> list[str]:
    prefers_hs = any(_is_earlier("color_hs", "color_xy", expose) for expose in exposes)
    has_xy, has_hs = (feature(exposes, name) is not None for name in ("color_xy", "color_hs"))
    modes = {
        "xy": has_xy and not prefers_hs,
        "hs": has_hs and (prefers_hs or not has_xy),
        "color_temp": feature(exposes, "color_temp") is not None,
    }
    return [mode for mode, has in modes.items() if has]


def _is_earlier(first: str, second: str, expose: Exposed) -> bool:
    names = [one.get("name") for one in expose["features"]]
    return first in names and second in names and names.index(first) < names.index(second)


def _effects(subject: Subject) -> list[str]:
    effects = (one for one in subject.exposes if one["type"] == "enum" and one.get("name") == "effect")
    return list(dict.fromkeys(value for one in effects for value in one["values"]))


def switch(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a switch; one that is a setting of its device has a name of its own."""
    expose, endpoint = exposes[0], subject.endpoint(exposes[0])
    state = _state(exposes[:1], "switch", "binary")
    name = stem(state) if subject.is_group else state["property"]
    payload = {
        "name": capitalised(endpoint),
        "state_topic": subject.topics.state(),
        "command_topic": subject.topics.command(endpoint=endpoint),
        "value_template": value_of(name),
        "payload_on": state["value_on"],
        "payload_off": state["value_off"],
    }
    if name not in SWITCHES:
        yield Config("switch", _object_id("switch", endpoint), payload, (name,), endpoint=endpoint, is_member=True)
        return
    del payload["name"]
    payload |= filled(name=expose.get("label"))
    payload |= {"state_on": state["value_on"], "state_off": state["value_off"], **SWITCHES[name]}
    payload["command_topic"] = subject.topics.command(name, endpoint)
    yield Config("switch", name, payload, (name,), endpoint=endpoint)


def lock(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a lock."""
    endpoint = subject.endpoint(exposes[0])
    state = _state(exposes[:1], "lock", "binary")
    payload = {
        "name": capitalised(endpoint),
        "state_topic": subject.topics.state(),
        "command_topic": subject.topics.command(state["property"] if endpoint else None, endpoint),
        "value_template": value_of(state["property"]),
        "state_locked": state["value_on"],
        "state_unlocked": state["value_off"],
    }
    mocks = (state["property"],)
    yield Config("lock", _object_id("lock", endpoint), payload, mocks, endpoint=endpoint, is_member=True)


def fan(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a fan: its speed is a number, or one of its modes."""
    mode, speed = feature(exposes, "mode", "enum"), feature(exposes, "speed", "numeric")
    payload = {"name": None, "state_topic": subject.topics.state()}
    if mode and not speed:
        payload |= _fan_of_modes(mode, subject)
    elif speed and not mode:
        payload |= _fan_of_speeds(speed, subject)
    else:
        raise Unfit("a fan needs either a mode or a speed")
    yield Config("fan", "fan", payload, ("fan_state",))


def _fan_of_modes(mode: Exposed, subject: Subject) -> Exposed:
    """Announce the speeds among the modes as percentage and the others as presets."""
    usual = (tuple(one for one in known if one in mode["values"]) for known in (SPEEDS, PRESETS))
    faster, presets = FAN_SPEEDS.get(subject.model) or usual
    speeds = ("off", *faster)
    if strange := [value for value in mode["values"] if value not in speeds + presets]:
        raise Unfit(f"the modes {strange} of a fan are neither speeds nor presets")
    name, command = mode["property"], subject.topics.command("fan_mode")
    percentages = ", ".join(f"'{speed}':{number}" for number, speed in enumerate(speeds))
    modes = ", ".join(f"{number}:'{speed}'" for number, speed in enumerate(speeds))
    listed = ", ".join(f"'{preset}'" for preset in presets)
    value = f'value_json["{name}"]'
    return {
        "command_topic": subject.topics.command("fan_state"),
        "state_value_template": "{{ value_json.fan_state }}",
        "percentage_state_topic": subject.topics.state(),
        "percentage_command_topic": command,
        "percentage_value_template": f"{{{{ {{{percentages}}}[{value}] | default('None') }}}}",
        "percentage_command_template": f"{{{{ {{{modes}}}[value] | default('') }}}}",
        "speed_range_min": 1,
        "speed_range_max": len(speeds) - 1,
        "preset_mode_state_topic": subject.topics.state(),
        "preset_mode_command_topic": command,
        "preset_mode_value_template": f"{{{{ {value} if {value} in [{listed}] else 'None' | default('None') }}}}",
        "preset_modes": list(presets),
    }


def _fan_of_speeds(speed: Exposed, subject: Subject) -> Exposed:
    return {
        "command_topic": subject.topics.command("state"),
        "state_value_template": "{{ value_json.state }}",
        "percentage_state_topic": subject.topics.state(),
        "percentage_command_topic": subject.topics.command("speed"),
        "percentage_value_template": f"{{{{ value_json[\"{speed['property']}\"] | default('None') }}}}",
        "percentage_command_template": "{{ value | default('') }}",
        **filled(speed_range_min=speed.get("value_min"), speed_range_max=speed.get("value_max")),
    }


def _state(exposes: Sequence[Exposed], kind: str, type_: str | None = None) -> Exposed:
    state = feature(exposes, "state", type_)
    if state is None:
        raise Unfit(f"a {kind} needs a state")
    return state


def _object_id(kind: str, endpoint: str | None) -> str:
    return f"{kind}_{endpoint}" if endpoint else kind
