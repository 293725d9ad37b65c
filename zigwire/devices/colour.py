"""Colours: from the ways in which users name them to CIE 1931 x and y, which lights store."""

from __future__ import annotations

import colorsys
import math
import re

__all__ = ["Xy", "hs_of_xy", "mireds_of_xy", "xy_of_hex", "xy_of_hs", "xy_of_mireds", "xy_of_rgb"]

Xy = tuple[float, float]

_HEX = re.compile("#?([0-9a-fA-F]{6})")
_MEGA = 1_000_000
_COLDEST, _HOTTEST = 1000, 20000
_EPICENTRE_X, _EPICENTRE_Y = 0.332, 0.1858
# Fitted to the Planckian locus over these mireds; off by less than 0.000001.
_LEFT, _RIGHT = 50, 1000
_X_OF_MIREDS = (
    *(0.490014542, 0.202405389, -0.041714299, -0.001843472, 0.006018614, -0.002595484, 0.000398925, 0.000149712),
    *(-0.000111511, 3.0592e-05, -2.561e-06, -1.03e-07, -5.63e-07, 6.58e-07, 2.81e-07),
)
_Y_OF_MIREDS = (
    *(0.355330786, 0.028313998, -0.056672761, 0.018767611, 0.000907491, -0.003436903, 0.00155351, -0.000287493),
    *(-5.2589e-05, 5.341e-05, -1.8296e-05, 4.888e-06, -2.36e-06, 1.633e-06, -5.49e-07),
)


def xy_of_mireds(mireds: float) -> Xy:
    """Return the colour of a black body between 1000 and 20000 K, in steps of 10 K as the recorded values have them."""
    kelvin = min(max(round(_MEGA / mireds) // 10 * 10, _COLDEST), _HOTTEST) if mireds > 0 else _HOTTEST
    place = 2 * (_MEGA / kelvin - _LEFT) / (_RIGHT - _LEFT) - 1
    return _chebyshev(_X_OF_MIREDS, place), _chebyshev(_Y_OF_MIREDS, place)


def mireds_of_xy(xy: Xy) -> float:
    """Return the correlated colour temperature of a colour (McCamy 1992), infinity where there is none."""
    x, y = xy
    if y == _EPICENTRE_Y:
        return math.inf
    n = (x - _EPICENTRE_X) / (_EPICENTRE_Y - y)
    kelvin = abs(437 * n**3 + 3601 * n**2 + 6861 * n + 5517)
    return _MEGA / kelvin if kelvin else math.inf


def hs_of_xy(xy: Xy) -> tuple[float, float]:
    """Return the hue in degrees and the saturation in percent of a colour, by the same gamut as `xy_of_rgb`."""
    x, y = xy
    if not y:
        return 0.0, 0.0
    wide, deep = x / y, (1 - x - y) / y
    light = (
        wide * 1.656492 - 0.354851 - deep * 0.255038,
        -wide * 0.707196 + 1.655397 + deep * 0.036152,
        wide * 0.051713 - 0.121364 + deep * 1.01153,
    )
    brightest = max(*light, 1.0)
    red, green, blue = (min(max(one / brightest, 0.0), 1.0) for one in light)
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return hue * 360, saturation * 100


def xy_of_rgb(red: float, green: float, blue: float) -> Xy:
    """Return the colour of light that is mixed of three (0 to 1 each), by the wide gamut of Philips lights with D65."""
    x = red * 0.664511 + green * 0.154324 + blue * 0.162028
    y = red * 0.283881 + green * 0.668433 + blue * 0.047685
    z = red * 0.000088 + green * 0.072310 + blue * 0.986039
    whole = x + y + z
    return (x / whole, y / whole) if whole else (0.0, 0.0)


def xy_of_hs(hue: float, saturation: float) -> Xy:
    """Return the colour of a hue in degrees and a saturation in percent, at full brightness."""
    return xy_of_rgb(*colorsys.hsv_to_rgb(hue / 360 % 1, saturation / 100, 1))


def xy_of_hex(text: str) -> Xy | None:
    """Return the colour of a text such as `#ff8000`, None when it is none; the numbers are sRGB's."""
    match = _HEX.fullmatch(text)
    if match is None:
        return None
    return xy_of_rgb(*(_linear(octet / 255) for octet in bytes.fromhex(match[1])))


def _chebyshev(coefficients: tuple[float, ...], place: float) -> float:
    """Sum up a Chebyshev series at a place from -1 to 1 (Clenshaw 1955)."""
    before = last = 0.0
    for coefficient in reversed(coefficients[1:]):
        before, last = last, coefficient + 2 * place * last - before
    return coefficients[0] + place * last - before


def _linear(value: float) -> float:
    """Undo sRGB's gamma (IEC 61966-2-1)."""
    return ((value + 0.055) / 1.055) ** 2.4 if value > 0.04045 else value / 12.92
