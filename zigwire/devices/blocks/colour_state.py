"""What a light's colour is published as: x and y, hue and saturation, and colour temperature kept in step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.colour import hs_of_xy, mireds_of_xy, xy_of_hs, xy_of_mireds
from zigwire.devices.feature import Context, Place
from zigwire.devices.options import COLOR_SYNC
from zigwire.devices.quantities import rounded

__all__ = ["MODES", "clamped", "synchronised", "temperature_range"]

CLUSTER = "lightingColorCtrl"
MODES = {0: "hs", 1: "xy", 2: "color_temp"}
"""Meanings of `colorMode` (ZCL 5.2.2.2.1.9)."""

DIGITS = 4
DEGREES = 360
PARTS = {"xy": ("x", "y"), "hs": ("hue", "saturation")}

Colour = Mapping[str, Any]
Range = tuple[int | None, int | None]


def temperature_range(place: Place) -> Range:
    """Return the coolest and the warmest colour temperature that an endpoint told, in mireds."""
    endpoint = place.device.endpoints.get(place.endpoint)
    told = endpoint.attributes.get(CLUSTER, {}) if endpoint else {}
    lowest, highest = told.get("colorTempPhysicalMin"), told.get("colorTempPhysicalMax")
    return (lowest if isinstance(lowest, int) else None), (highest if isinstance(highest, int) else None)


def clamped(mireds: float, limits: Range) -> float:
    """Return a colour temperature within what the light can show."""
    lowest, highest = limits
    if lowest is not None and mireds < lowest:
        return lowest
    return highest if highest is not None and mireds > highest else mireds


def synchronised(news: Mapping[str, Any], place: Place, context: Context) -> dict[str, Any]:
    """Return what to publish of a light's colour when some of it is new, the rest computed from that.

    Args:
        news: Some of `color_mode`, `color` and `color_temp`.
        place: Whose it is.
        context: The option that switches this off, and the cached state.
    """
    if context.options.get(COLOR_SYNC.name) is False:
        return dict(news)
    known = {name: context.state.get(place.key(name)) for name in ("color_mode", "color", "color_temp")}
    fresh, old = _colour(news.get("color")), _colour(known["color"])
    mode = news["color_mode"] if "color_mode" in news else known["color_mode"] or _guessed(news)
    wanted = {kind for kind, parts in PARTS.items() if _whole(parts, fresh) or _whole(parts, old)}
    temperature = news.get("color_temp", known["color_temp"])
    state: dict[str, Any] = {} if mode is None else {"color_mode": mode}
    if mode == "color_temp":
        colour = {}
        if is_number(temperature):
            state["color_temp"] = temperature
            colour = _of_xy(xy_of_mireds(temperature), wanted)
    else:
        colour = {part: {**old, **fresh}[part] for part in PARTS.get(str(mode), ()) if part in {**old, **fresh}}
        if mode in PARTS and _whole(PARTS[mode], colour):
            xy = (colour["x"], colour["y"]) if mode == "xy" else xy_of_hs(colour["hue"], colour["saturation"])
            if temperature is not None:
                state["color_temp"] = clamped(rounded(mireds_of_xy(xy), 0), temperature_range(place))
            colour |= _of_xy(xy, wanted - {mode})
    return {**news, **state, **({"color": colour} if colour else {})}


def _colour(value: Any) -> Colour:
    """Return the numbers of a colour, of a cached one too, whatever it is."""
    return {part: one for part, one in value.items() if is_number(one)} if isinstance(value, Mapping) else {}


def _guessed(news: Mapping[str, Any]) -> str | None:
    if "color" in news:
        return "hs" if "hue" in news["color"] else "xy"
    return "color_temp" if "color_temp" in news else None


def _whole(parts: tuple[str, ...], colour: Colour) -> bool:
    return all(part in colour for part in parts)


def _of_xy(xy: tuple[float, float], wanted: set[str]) -> dict[str, Any]:
    colour: dict[str, Any] = {}
    if "xy" in wanted:
        colour |= {"x": rounded(float(xy[0]), DIGITS), "y": rounded(float(xy[1]), DIGITS)}
    if "hs" in wanted:
        hue, saturation = hs_of_xy(xy)
        colour |= {"hue": rounded(hue, 0) % DEGREES, "saturation": rounded(saturation, 0)}
    return colour
