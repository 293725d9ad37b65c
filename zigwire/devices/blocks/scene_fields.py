"""What a user says of a scene that is added, as the field sets that a device stores (ZCL 3.7.2.4.2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zigwire.devices.colour import Xy, xy_of_hex, xy_of_hs, xy_of_mireds, xy_of_rgb
from zigwire.devices.errors import BadValueError
from zigwire.devices.feature import Call
from zigwire.devices.fields import Fields
from zigwire.devices.options import INVERT_COVER
from zigwire.zigbee.model import Endpoint

__all__ = ["Added", "added"]

ON_OFF, LEVEL, COVER, COLOUR = 0x0006, 0x0008, 0x0102, 0x0300
HIGHEST_SCENE, HIGHEST_GROUP, HIGHEST_LEVEL, WIDEST = 0xFF, 0xFFF7, 254, 100
HIGHEST_MIREDS = 1000
LOWEST_MIREDS = 67
LONGEST_TRANSITION = 6553.5
FULL = 0xFFFF
STATES = {"on": 1, "off": 0}
SAID_OF_IT = ("ID", "name", "group_id", "transition")
HELD = ("state", "brightness", "position", "color_temp", "color")

FieldSet = Mapping[str, Any]


@dataclass(slots=True)
class Added:
    """A scene as the device is to store it.

    Attributes:
        transition: Seconds.
        extension: Field sets, in the order in which the user gave the values.
        state: What to publish when it is recalled.
    """

    scene: int
    group: int
    name: str
    transition: float
    extension: list[FieldSet] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    def hold(self, cluster: int, *values: int, **state: Any) -> None:
        """Let it hold values of a cluster, and the state that they mean."""
        size = len(values) if cluster != COLOUR else 2 * len(values)
        self.extension.append({"clstId": cluster, "len": size, "extField": list(values)})
        self.state.update(state)


def added(call: Call, endpoints: Iterable[Endpoint]) -> Added:
    """Read what a user says of a scene.

    Args:
        call: With the value of `scene_add`.
        endpoints: Where it will be stored; colour temperatures are kept within what all of them can show.

    Raises:
        BadValueError: Something is missing or not allowed.
    """
    given = Fields(call.key, call.value, (*SAID_OF_IT, *HELD))
    if given.given("color") is not None and given.given("color_temp") is not None:
        raise BadValueError(call.key, call.value, "color or color_temp, not both")
    own = call.context.group
    scene = Added(
        scene=given.whole("ID", 0, HIGHEST_SCENE),
        group=given.whole("group_id", 0, HIGHEST_GROUP, 0) if own is None else own.id,
        name=given.text("name", ""),
        transition=given.number("transition", 0, LONGEST_TRANSITION, 0),
    )
    for name in call.value:
        if name in HELD and given.given(name) is not None:
            _hold(scene, name, given, call, endpoints)
    return scene


def _hold(scene: Added, name: str, given: Fields, call: Call, endpoints: Iterable[Endpoint]) -> None:
    match name:
        case "state":
            word = given.text("state")
            if word.lower() not in STATES:
                raise given.refuse("state", '"ON" or "OFF"')
            scene.hold(ON_OFF, STATES[word.lower()], state=word.upper())
        case "brightness":
            level = given.whole("brightness", 0, HIGHEST_LEVEL)
            scene.hold(LEVEL, level, brightness=level)
        case "position":
            position = given.whole("position", 0, WIDEST)
            inverted = call.context.options.get(INVERT_COVER.name) is True
            scene.hold(COVER, WIDEST - position if inverted else position, position=position)
        case "color_temp":
            mireds = _within(given.whole("color_temp", LOWEST_MIREDS, HIGHEST_MIREDS), endpoints)
            scene.hold(COLOUR, *_scaled(xy_of_mireds(mireds)), color_temp=mireds, color_mode="color_temp")
        case "color":
            xy, state = _colour(given)
            scene.hold(COLOUR, *_scaled(xy), **state)


def _within(mireds: int, endpoints: Iterable[Endpoint]) -> int:
    """Return a colour temperature that all endpoints can show, as far as they have told."""
    for endpoint in endpoints:
        told = endpoint.attributes.get("lightingColorCtrl", {})
        lowest, highest = told.get("colorTempPhysicalMin"), told.get("colorTempPhysicalMax")
        if isinstance(lowest, int) and isinstance(highest, int) and 0 < lowest <= highest:
            mireds = min(max(mireds, lowest), highest)
    return mireds


def _scaled(xy: Xy) -> tuple[int, int]:
    x, y = xy
    return math.floor(x * FULL + 0.5), math.floor(y * FULL + 0.5)


def _colour(given: Fields) -> tuple[Xy, dict[str, Any]]:
    """Return a colour and the state that it means.

    Raises:
        BadValueError: It is named in none of the known ways.
    """
    value = given.given("color")
    value = {"hex": value} if isinstance(value, str) else value
    if not isinstance(value, Mapping):
        raise given.refuse("color", "x and y, hue and saturation, r, g and b, or hex")
    colour = Fields("color", value, ("x", "y", "hue", "saturation", "h", "s", "r", "g", "b", "hex"))
    if "x" in value:
        xy = colour.number("x", 0, 1), colour.number("y", 0, 1)
        return xy, _as_xy(xy)
    if "hex" in value:
        mixed = xy_of_hex(colour.text("hex"))
        if mixed is None:
            raise colour.refuse("hex", "six digits such as #ff8000")
        return mixed, _as_xy(mixed)
    if "r" in value:
        mixed = xy_of_rgb(*(colour.number(part, 0, 255) / 255 for part in "rgb"))
        return mixed, _as_xy(mixed)
    hue, saturation = ("hue", "saturation") if "hue" in value else ("h", "s")
    hs = colour.number(hue, 0, 360), colour.number(saturation, 0, 100, 100)
    return xy_of_hs(*hs), {"color_mode": "hs", "color": {"hue": hs[0], "saturation": hs[1]}}


def _as_xy(xy: Xy) -> dict[str, Any]:
    return {"color_mode": "xy", "color": {"x": round(xy[0], 4), "y": round(xy[1], 4)}}
