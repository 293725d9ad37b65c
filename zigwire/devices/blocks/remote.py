"""What remote controls tell: the commands that they would send to lights and covers, as actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from zigwire.devices.blocks import simulated_brightness
from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.blocks.reporting import bound
from zigwire.devices.exposes import PUBLISHED, Action
from zigwire.devices.feature import Decoder, Feature, Received
from zigwire.devices.options import SIMULATED_BRIGHTNESS
from zigwire.devices.quantities import rounded

__all__ = ["colour_actions", "cover_actions", "level_actions", "on_off_actions", "scene_actions"]

Told = Callable[[Mapping[str, Any]], dict[str, Any]]
"""From the parameters of a command to what is published; `action` in it has no endpoint name."""

UP, DOWN = 1, 3
TENTHS = 10
DIRECTIONS = {0: "stop", UP: "up", DOWN: "down"}
HUE_MOVES = {0: "stop", UP: "move", DOWN: "down"}
LOOPS = {0: "deactivate", 1: "activate_from_color_loop_start_enhanced_hue", 2: "activate_from_enhanced_current_hue"}
FLAGS = ("action", "direction", "time", "start_hue")


def on_off_actions() -> Feature:
    """Return the commands of genOnOff (ZCL 3.8.2.3)."""
    told = {
        "commandOn": _just("on"),
        "commandOff": _just("off"),
        "commandOffWithEffect": _just("off"),
        "commandToggle": _just("toggle"),
    }
    return bound(_actions("genOnOff", told, "on", "off", "toggle"), "genOnOff")


def level_actions() -> Feature:
    """Return the commands of genLevelCtrl (ZCL 3.10.2.3)."""
    plain: dict[str, Told] = {
        "commandMoveToLevel": _level_target,
        "commandMove": _level_move,
        "commandStep": _level_step,
        "commandStop": _just("brightness_stop"),
    }
    told = plain | {f"{command}WithOnOff": meaning for command, meaning in plain.items()}
    names = ("move_to_level", "move_up", "move_down", "step_up", "step_down", "stop")
    feature = _actions("genLevelCtrl", told, *(f"brightness_{name}" for name in names))
    return bound(_with_simulated_brightness(feature), "genLevelCtrl")


def colour_actions() -> Feature:
    """Return the commands of lightingColorCtrl (ZCL 5.2.2.3)."""
    told: dict[str, Told] = {
        "commandMoveColorTemp": _temperature_move,
        "commandStepColorTemp": _temperature_step,
        "commandEnhancedMoveToHueAndSaturation": _enhanced_target,
        "commandMoveToHueAndSaturation": _timed("move_to_hue_and_saturation", "hue", "saturation"),
        "commandStepHue": _colour_step("hue"),
        "commandStepSaturation": _colour_step("saturation"),
        "commandColorLoopSet": _loop,
        "commandMoveToColorTemp": _temperature_target,
        "commandMoveToColor": _colour_target,
        "commandMoveHue": _hue_move,
        "commandMoveToSaturation": _timed("move_to_saturation", "saturation"),
        "commandMoveToHue": _hue_target,
        "commandStopMoveStep": _just("stop_move_step"),
    }
    return bound(_actions("lightingColorCtrl", told, *COLOUR_ACTIONS), "lightingColorCtrl")


def cover_actions() -> Feature:
    """Return the commands of closuresWindowCovering (ZCL 7.4.2.2)."""
    told = {"commandUpOpen": _just("open"), "commandDownClose": _just("close"), "commandStop": _just("stop")}
    return bound(_actions("closuresWindowCovering", told, "open", "close", "stop"), "closuresWindowCovering")


def scene_actions(*scenes: int) -> Feature:
    """Return the commands of genScenes (ZCL 3.7.2.4) that recall and store.

    Args:
        scenes: Numbers that the interface lists; without any it tells what comes, unlisted and unasked.
    """
    told: dict[str, Told] = {
        "commandRecall": lambda given: {"action": f"recall_{given.get('sceneid')}"},
        "commandStore": lambda given: {"action": f"store_{given.get('sceneid')}"},
    }
    listed = (f"{verb}_{scene}" for verb in ("recall", "store") for scene in scenes)
    feature = _actions("genScenes", told, *listed)
    return bound(feature, "genScenes") if scenes else replace(feature, exposes=())


COLOUR_ACTIONS = (
    "color_temperature_move_stop",
    "color_temperature_move_up",
    "color_temperature_move_down",
    "color_temperature_step_up",
    "color_temperature_step_down",
    "enhanced_move_to_hue_and_saturation",
    "move_to_hue_and_saturation",
    "color_hue_step_up",
    "color_hue_step_down",
    "color_saturation_step_up",
    "color_saturation_step_down",
    "color_loop_set",
    "color_temperature_move",
    "color_move",
    "hue_move",
    "hue_stop",
    "move_to_saturation",
    "move_to_hue",
    "stop_move_step",
)


def _actions(cluster: str, told: Mapping[str, Told], *values: str) -> Feature:
    def decode(received: Received) -> dict[str, Any]:
        said = told[received.message.type](received.message.args)
        if "action" not in said:
            return {}
        state = {**said, "action": received.place.key(said["action"])}
        group = received.message.group
        return {**state, "action_group": group} if group else state

    expose = Action(
        "action",
        PUBLISHED,
        values,
        description="Triggered action (e.g. a button click)",
        category="diagnostic",
    )
    return Feature(exposes=(expose,), decoders=(Decoder(cluster=cluster, commands=tuple(told), decode=decode),))


def _with_simulated_brightness(feature: Feature) -> Feature:
    (decoder,) = feature.decoders
    followed = replace(
        decoder,
        decode=lambda received: {**decoder.decode(received), **simulated_brightness.followed(received)},
        later=simulated_brightness.moves,
    )
    option, unlisted = SIMULATED_BRIGHTNESS, simulated_brightness.UNLISTED
    return replace(feature, decoders=(followed,), options=(option,), unlisted=unlisted)


def _just(action: str) -> Told:
    return lambda _: {"action": action}


def _seconds(given: Mapping[str, Any]) -> dict[str, Any]:
    time = given.get("transtime")
    return {"action_transition_time": time / TENTHS} if is_number(time) else {"action_transition_time": None}


def _timed(action: str, *names: str) -> Told:
    """Return what publishes parameters as they are, and the time too."""
    return lambda given: {
        "action": action,
        **{f"action_{name}": given.get(name) for name in names},
        "action_transition_time": given.get("transtime"),
    }


def _level_target(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"action": "brightness_move_to_level", "action_level": given.get("level"), **_seconds(given)}


def _level_move(given: Mapping[str, Any]) -> dict[str, Any]:
    direction = "down" if given.get("movemode") == 1 else "up"
    return {"action": f"brightness_move_{direction}", "action_rate": given.get("rate")}


def _level_step(given: Mapping[str, Any]) -> dict[str, Any]:
    direction = "down" if given.get("stepmode") == 1 else "up"
    return {
        "action": f"brightness_step_{direction}",
        "action_step_size": given.get("stepsize"),
        **_seconds(given),
    }


def _temperature_move(given: Mapping[str, Any]) -> dict[str, Any]:
    direction = DIRECTIONS.get(given.get("movemode", -1))
    if direction is None:
        return {}
    limits = {f"action_{name}": given.get(name) for name in ("minimum", "maximum")}
    return {"action": f"color_temperature_move_{direction}", "action_rate": given.get("rate"), **limits}


def _temperature_step(given: Mapping[str, Any]) -> dict[str, Any]:
    size, up = given.get("stepsize"), given.get("stepmode") == UP
    delta = size if up or not is_number(size) else -size
    return {
        "action": f"color_temperature_step_{'up' if up else 'down'}",
        "action_step_size": size,
        "action_color_temperature_delta": delta,
        **(_seconds(given) if "transtime" in given else {}),
    }


def _temperature_target(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": "color_temperature_move",
        "action_color_temperature": given.get("colortemp"),
        "action_transition_time": given.get("transtime"),
    }


def _enhanced_target(given: Mapping[str, Any]) -> dict[str, Any]:
    hue = given.get("enhancehue")
    return {
        "action": "enhanced_move_to_hue_and_saturation",
        "action_enhanced_hue": hue,
        "action_hue": rounded(hue * 360 / 0xFFFF, 1) if is_number(hue) else None,
        "action_saturation": given.get("saturation"),
        "action_transition_time": given.get("transtime"),
    }


def _colour_target(given: Mapping[str, Any]) -> dict[str, Any]:
    parts = {"x": given.get("colorx"), "y": given.get("colory")}
    return {
        "action": "color_move",
        "action_color": {name: rounded(raw / 0xFFFF, 3) if is_number(raw) else None for name, raw in parts.items()},
        "action_transition_time": given.get("transtime"),
    }


def _colour_step(part: str) -> Told:
    def told(given: Mapping[str, Any]) -> dict[str, Any]:
        direction = "up" if given.get("stepmode") == UP else "down"
        return {
            "action": f"color_{part}_step_{direction}",
            "action_step_size": given.get("stepsize"),
            **_seconds(given),
        }

    return told


def _hue_move(given: Mapping[str, Any]) -> dict[str, Any]:
    direction = HUE_MOVES.get(given.get("movemode", 0), "stop")
    return {"action": f"hue_{direction}", "action_rate": given.get("rate")}


def _hue_target(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": "move_to_hue",
        "action_hue": given.get("hue"),
        **_seconds(given),
        "action_direction": "increment" if given.get("direction") else "decrement",
    }


def _loop(given: Mapping[str, Any]) -> dict[str, Any]:
    flags = given.get("updateflags") or 0
    action = LOOPS.get(given.get("action", -1))
    return {
        "action": "color_loop_set",
        "action_update_flags": {name: bool(flags >> bit & 1) for bit, name in enumerate(FLAGS)},
        **({"action_action": action} if action else {}),
        "action_direction": "increment" if given.get("direction") else "decrement",
        "action_time": given.get("time"),
        "action_start_hue": given.get("starthue"),
    }
