"""The colour of a light: cluster lightingColorCtrl (ZCL 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.devices.blocks.colour_state import MODES, clamped, synchronised, temperature_range
from zigwire.devices.blocks.level import UNMASKED, tenths, transition
from zigwire.devices.blocks.numeric import is_number, number
from zigwire.devices.colour import xy_of_hex, xy_of_hs, xy_of_rgb
from zigwire.devices.errors import BadValueError
from zigwire.devices.exposes import GET, PUBLISHED, SET, Composite, Expose, Numeric, Preset
from zigwire.devices.feature import Ask, Call, Decoder, Encoded, Encoder, Reader, Reading, Received, Values
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Command, Read, Request, Write

__all__ = ["CLUSTER", "DECODER", "HS", "OPTIONS_NAME", "XY", "Colours", "encode_loop", "encoders", "exposed", "readers"]

CLUSTER = "lightingColorCtrl"
ALL = PUBLISHED | SET | GET
FULL, WIDEST, DEGREES, PERCENT, HIGHEST = 0xFFFF, 1, 360, 100, 254
RESTORED = 0xFFFF
OPTIONS_NAME = "color_options"
UP, DOWN, STOP = 1, 3, 0
SETTLED = 0.1
FASTEST, FASTEST_TEMPERATURE = 255, 0xFFFF
OUTERMOST = (0, 600)
COMFORTABLE, USUAL_RATE = (153, 370), 55
DEFAULT_RANGE = (154, 500)

XY = Composite(
    "color_xy",
    ALL,
    (Numeric("x", ALL), Numeric("y", ALL)),
    stem="color",
    label="Color (X/Y)",
    description="Color of this light in the CIE 1931 color space (x/y)",
)
HS = Composite(
    "color_hs",
    ALL,
    (Numeric("hue", ALL), Numeric("saturation", ALL)),
    stem="color",
    label="Color (HS)",
    description="Color of this light expressed as hue/saturation",
)


@dataclass(frozen=True, slots=True)
class Colours:
    """What a light can show.

    Attributes:
        temperature: Whether it has colour temperatures.
        xy: Whether it has colours.
        hs: Whether it takes them as hue and saturation too.
        enhanced_hue: Whether its hue has 16 bits.
    """

    temperature: bool = False
    xy: bool = False
    hs: bool = False
    enhanced_hue: bool = False


def _temperature(name: str, lowest: int, highest: int, *, startup: bool = False) -> Numeric:
    """Return what the interface lists for a colour temperature."""
    named = (
        Preset("coolest", lowest, "Coolest temperature supported"),
        Preset("cool", 250, "Cool temperature (250 mireds / 4000 Kelvin)"),
        Preset("neutral", 370, "Neutral temperature (370 mireds / 2700 Kelvin)"),
        Preset("warm", 454, "Warm temperature (454 mireds / 2200 Kelvin)"),
        Preset("warmest", highest, "Warmest temperature supported"),
    )
    presets = tuple(preset for preset in named if lowest <= int(preset.value) <= highest)
    previous = Preset("previous", RESTORED, "Restore previous color_temp on cold power on")
    return Numeric(
        name,
        ALL,
        unit="mired",
        description=f"Color temperature {'after cold power on ' if startup else ''}of this light",
        minimum=lowest,
        maximum=highest,
        presets=(*presets, previous) if startup else presets,
    )


def exposed(colours: Colours, limits: tuple[int, int]) -> tuple[Expose, ...]:
    """Return what the interface lists for the colours of a light."""
    temperatures = (
        _temperature("color_temp", *limits),
        _temperature("color_temp_startup", *limits, startup=True),
    )
    return (
        *(temperatures if colours.temperature else ()),
        *((XY,) if colours.xy else ()),
        *((HS,) if colours.hs else ()),
    )


def encode_loop(call: Call, rate: int) -> Encoded:
    """Return what lets a light go through all hues, or stops it.

    Args:
        call: The key that asks for it.
        rate: Change of the hue in a second, of 254 in all; 0 stops.
    """
    return _move(call, "Hue", "currentHue", rate)


def encoders(colours: Colours) -> tuple[Encoder, ...]:
    """Return what sets the colour."""
    keys = (*(("color",) if colours.xy else ()), *(("color_temp", "color_temp_percent") if colours.temperature else ()))

    def encode(call: Call) -> Encoded:
        return _encode_colour(call, colours) if call.key == "color" else _encode_temperature(call)

    found = [Encoder(keys, encode), Encoder((OPTIONS_NAME,), _encode_options)]
    if colours.temperature:
        found.append(Encoder(("color_temp_move", "colortemp_move"), _encode_temperature_move))
        found.append(Encoder(("color_temp_step",), _encode_temperature_step))
        found.append(Encoder(("color_temp_startup",), _encode_startup))
    if colours.xy:
        found.append(Encoder(("hue_move", "saturation_move"), _encode_move))
        found.append(Encoder(("hue_step", "saturation_step"), _encode_step))
    return tuple(found)


def readers(colours: Colours) -> tuple[Reader, ...]:
    """Return what asks for the colour: all of it, since it changes all at once."""
    attributes = ["colorMode"]
    if colours.xy:
        attributes += ["currentX", "currentY"]
        if colours.hs:
            attributes += ["enhancedCurrentHue" if colours.enhanced_hue else "currentHue", "currentSaturation"]
    if colours.temperature:
        attributes.append("colorTemperature")
    keys = (*(("color",) if colours.xy else ()), *(("color_temp",) if colours.temperature else ()))
    startup = (_reader("color_temp_startup", "startUpColorTemperature"),) if colours.temperature else ()
    return (
        Reader(keys, lambda call: _reading(call, *attributes)),
        _reader("color_mode", "colorMode"),
        _reader(OPTIONS_NAME, "options"),
        *startup,
    )


def _reader(key: str, attribute: str) -> Reader:
    return Reader((key,), lambda call: _reading(call, attribute))


def _reading(call: Call, *attributes: str) -> Reading:
    return Reading((Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=attributes),))


PARTS = {
    "currentX": ("x", FULL, WIDEST, 4),
    "currentY": ("y", FULL, WIDEST, 4),
    "currentSaturation": ("saturation", HIGHEST, PERCENT, 0),
    "currentHue": ("hue", HIGHEST, DEGREES, 0),
    "enhancedCurrentHue": ("hue", FULL, DEGREES, 1),
}
"""Attributes of a colour: its part, the highest raw value, what that means, and the digits that are published."""


def _decode(received: Received) -> dict[str, Any]:
    values = received.values
    state: dict[str, Any] = {}
    news: dict[str, Any] = {}
    if is_number(mireds := values.get("colorTemperature")):
        news["color_temp"] = mireds
    if is_number(startup := values.get("startUpColorTemperature")):
        state["color_temp_startup"] = startup
    if "colorMode" in values:
        news["color_mode"] = MODES.get(values["colorMode"], values["colorMode"])
    colour = {
        part: rounded(float(raw) * meaning / highest, digits)
        for name, (part, highest, meaning, digits) in PARTS.items()
        if is_number(raw := values.get(name))
    }
    if colour:
        news["color"] = colour
    if isinstance(options := values.get("options"), int):
        state[OPTIONS_NAME] = {"execute_if_off": bool(options & 1)}
    return {**state, **synchronised(news, received.place, received.context)}


DECODER = Decoder(
    cluster=CLUSTER,
    attributes=(*PARTS, "colorTemperature", "startUpColorTemperature", "colorMode", "options"),
    decode=_decode,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A colour that a user named: as x and y, or as some of hue, saturation and brightness."""

    xy: tuple[float, float] | None = None
    hue: float | None = None
    saturation: float | None = None
    value: float | None = None


def _encode_colour(call: Call, colours: Colours) -> Encoded:
    wish = _wish(call.value)
    if wish.xy is None and colours.hs:
        return _by_hue(call, wish, colours)
    xy = wish.xy
    if xy is None:
        hue, saturation = wish.hue or 0, PERCENT if wish.saturation is None else wish.saturation
        value = PERCENT if wish.value is None else wish.value
        x, y = xy_of_hs(hue, saturation) if value else (0.0, 0.0)
        xy = rounded(x, 4), rounded(y, 4)
    arguments = {"transtime": tenths(transition(call)), "colorx": _scaled(xy[0], WIDEST, FULL)}
    arguments |= {"colory": _scaled(xy[1], WIDEST, FULL), **UNMASKED}
    news = {"color_mode": "xy", "color": {"x": xy[0], "y": xy[1]}}
    return Encoded((_command(call, "moveToColor", arguments),), synchronised(news, call.place, call.context))


def _by_hue(call: Call, wish: Wish, colours: Colours) -> Encoded:
    requests: list[Request] = []
    time = {"transtime": tenths(transition(call))}
    if wish.value is not None:
        arguments = {"level": _scaled(wish.value, PERCENT, HIGHEST), **time, **UNMASKED}
        place = call.place.endpoint
        requests.append(Command(endpoint=place, cluster="genLevelCtrl", command="moveToLevelWithOnOff", args=arguments))
    hue: dict[str, Any] = {}
    if wish.hue is not None and colours.enhanced_hue:
        hue = {"enhancehue": _scaled(wish.hue, DEGREES, FULL)}
    elif wish.hue is not None:
        hue = {"hue": _scaled(wish.hue, DEGREES, HIGHEST)}
    saturation = {} if wish.saturation is None else {"saturation": _scaled(wish.saturation, PERCENT, HIGHEST)}
    direction = {"direction": _direction(call.value)} if hue and not saturation else {}
    name = "".join(("Hue" if hue else "", "And" if hue and saturation else "", "Saturation" if saturation else ""))
    command = f"enhancedMoveTo{name}" if hue and colours.enhanced_hue else f"moveTo{name}"
    requests.append(_command(call, command, {**time, **hue, **saturation, **direction, **UNMASKED}))
    given = {"hue": wish.hue, "saturation": wish.saturation, "value": wish.value}
    colour = {part: value for part, value in given.items() if value is not None}
    state = synchronised({"color_mode": "hs", "color": colour}, call.place, call.context)
    return Encoded(tuple(requests), state)


def _direction(value: Any) -> int:
    return int(number("color.direction", value.get("direction", 0), 0, 3)) if isinstance(value, Mapping) else 0


def _wish(value: Any) -> Wish:
    """Read a colour in one of the ways in which users name it.

    Raises:
        BadValueError: It is named in none of them.
    """
    if isinstance(value, str) and value.startswith("#"):
        value = {"hex": value}
    if not isinstance(value, Mapping):
        raise _refused(value)
    given = {name: one for name, one in value.items() if one is not None}
    if given.keys() >= {"x", "y"}:
        return Wish(xy=(_part(given, "x", WIDEST), _part(given, "y", WIDEST)))
    for name in ("rgb", "hsl", "hsb", "hsv"):
        if name in given:
            given |= dict(zip(name, _listed(name, given[name]), strict=True))
    if given.keys() >= {"r", "g", "b"}:
        return Wish(xy=_of_rgb(bytes(int(_part(given, part, 255)) for part in "rgb")))
    if "hex" in given:
        mixed = xy_of_hex(given["hex"]) if isinstance(given["hex"], str) else None
        if mixed is None:
            raise BadValueError("color.hex", given["hex"], "six digits such as #ff8000")
        return Wish(xy=(rounded(mixed[0], 4), rounded(mixed[1], 4)))
    return _hue_wish(given, value)


def _hue_wish(given: Mapping[str, Any], value: Any) -> Wish:
    hue = _part(given, "h", DEGREES) if "h" in given else None
    saturation = _part(given, "s", PERCENT) if "s" in given else None
    if given.keys() >= {"h", "s", "l"} and hue is not None and saturation is not None:
        return _of_hsl(hue, saturation, _part(given, "l", PERCENT))
    brightness = next((_part(given, part, PERCENT) for part in ("b", "v") if part in given), None)
    if hue is not None and saturation is not None:
        return Wish(hue=hue % DEGREES, saturation=saturation, value=brightness)
    if hue is not None or saturation is not None:
        return Wish(hue=None if hue is None else hue % DEGREES, saturation=saturation)
    hue = _part(given, "hue", DEGREES) if "hue" in given else None
    saturation = _part(given, "saturation", PERCENT) if "saturation" in given else None
    if hue is None and saturation is None:
        raise _refused(value)
    brightness = _part(given, "value", PERCENT) if "value" in given else None
    return Wish(hue=None if hue is None else hue % DEGREES, saturation=saturation, value=brightness)


def _of_rgb(parts: bytes) -> tuple[float, float]:
    x, y = xy_of_hex(parts.hex()) or xy_of_rgb(0, 0, 0)
    return rounded(x, 4), rounded(y, 4)


def _of_hsl(hue: float, saturation: float, lightness: float) -> Wish:
    value = saturation * min(lightness, PERCENT - lightness) / PERCENT + lightness
    full = 2 * PERCENT * (1 - lightness / value) if value else 0
    return Wish(hue=hue % DEGREES, saturation=full, value=value)


def _listed(name: str, text: Any) -> list[str]:
    parts = text.split(",") if isinstance(text, str) else []
    if len(parts) != len(name):
        raise BadValueError(f"color.{name}", text, "three numbers with commas between them")
    return parts


def _part(given: Mapping[str, Any], name: str, highest: float) -> float:
    return number(f"color.{name}", given[name], 0, highest)


def _refused(value: Any) -> BadValueError:
    return BadValueError("color", value, "an object with x and y, hue and saturation, r, g and b, or hex")


def _encode_temperature(call: Call) -> Encoded:
    limits = temperature_range(call.place)
    if call.key == "color_temp_percent":
        lowest, highest = (limit or default for limit, default in zip(limits, DEFAULT_RANGE, strict=True))
        mireds: float = rounded(lowest + number(call.key, call.value, 0, PERCENT) * (highest - lowest) / PERCENT, 0)
    else:
        mireds = _mireds(call, limits, highest=FULL - 1)
    mireds = int(rounded(float(clamped(mireds, limits)), 0))
    arguments = {"colortemp": mireds, "transtime": tenths(transition(call)), **UNMASKED}
    news = {"color_mode": "color_temp", "color_temp": mireds}
    return Encoded((_command(call, "moveToColorTemp", arguments),), synchronised(news, call.place, call.context))


def _encode_startup(call: Call) -> Encoded:
    limits = temperature_range(call.place)
    mireds = _mireds(call, limits, highest=RESTORED, previous=RESTORED)
    if mireds != RESTORED:
        mireds = clamped(mireds, limits)
    value = int(rounded(float(mireds), 0))
    request = Write(endpoint=call.place.endpoint, cluster=CLUSTER, attributes={"startUpColorTemperature": value})
    return Encoded((request,), {call.key: value})


def _mireds(call: Call, limits: tuple[int | None, int | None], *, highest: int, **more: int) -> float:
    coolest, warmest = limits
    named = {"warmest": warmest, "warm": 454, "neutral": 370, "cool": 250, "coolest": coolest, **more}
    value = call.value
    if isinstance(value, str) and (mireds := named.get(value)) is not None:
        return mireds
    return number(call.key, value, 0, highest)


def _encode_options(call: Call) -> Encoded:
    value = call.value
    if not isinstance(value, Mapping) or not isinstance(value.get("execute_if_off"), bool) or len(value) != 1:
        raise BadValueError(call.key, value, "an object with execute_if_off (true or false)")
    attributes: dict[str | int, Any] = {"options": int(value["execute_if_off"])}
    request = Write(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=attributes)
    return Encoded((request,), {call.key: dict(value)})


def _encode_temperature_move(call: Call) -> Encoded:
    rate, limits = _temperature_rate(call)
    arguments = {"minimum": limits[0], "maximum": limits[1], "rate": abs(rate) or 1, "movemode": _mode(rate)}
    request = _command(call, "moveColorTemp", {**arguments, **UNMASKED})
    return Encoded((request,), ask=None if rate else _look(call, SETTLED, "colorTemperature", "colorMode"))


def _temperature_rate(call: Call) -> tuple[int, tuple[int, int]]:
    """Return by how many mireds a second to change, and within which limits."""
    value, fastest = call.value, FASTEST_TEMPERATURE
    if isinstance(value, str):
        match value.lower():
            case "stop" | "release" | "0":
                return 0, COMFORTABLE
            case "up" | "1" | "down" as word:
                given = call.given("rate")
                rate = int(number("rate", USUAL_RATE if given is None else given, 1, fastest))
                return (-rate if word == "down" else rate), COMFORTABLE
            case _:
                raise BadValueError(call.key, value, 'a number, "up", "down", "stop" or an object with rate')
    if not isinstance(value, Mapping):
        return int(number(call.key, value, -fastest, fastest)), OUTERMOST
    lowest, highest = (
        int(number(f"{call.key}.{name}", value.get(name, limit), 0, FULL))
        for name, limit in zip(("minimum", "maximum"), OUTERMOST, strict=True)
    )
    if lowest >= highest:
        raise BadValueError(f"{call.key}.minimum", lowest, f"less than the maximum ({highest})")
    return int(number(f"{call.key}.rate", value.get("rate"), -fastest, fastest)), (lowest, highest)


def _encode_temperature_step(call: Call) -> Encoded:
    size, seconds = int(number(call.key, call.value, -FULL, FULL)), transition(call)
    arguments = {"stepmode": UP if size > 0 else DOWN, "stepsize": abs(size), "transtime": tenths(seconds)}
    arguments |= {"minimum": OUTERMOST[0], "maximum": OUTERMOST[1], **UNMASKED}
    request = _command(call, "stepColorTemp", arguments)
    return Encoded((request,), ask=_look(call, SETTLED + (seconds or 0), "colorTemperature"))


def _encode_move(call: Call) -> Encoded:
    rate = 0 if call.value == "stop" else int(number(call.key, call.value, -FASTEST, FASTEST))
    return _move(call, *_hue_or_saturation(call), rate)


def _move(call: Call, name: str, attribute: str, rate: int) -> Encoded:
    request = _command(call, f"move{name}", {"rate": abs(rate) or 1, "movemode": _mode(rate), **UNMASKED})
    return Encoded((request,), ask=None if rate else _look(call, SETTLED, attribute, "colorMode"))


def _encode_step(call: Call) -> Encoded:
    size, seconds = int(number(call.key, call.value, -FASTEST, FASTEST)), transition(call)
    name, attribute = _hue_or_saturation(call)
    arguments = {"stepmode": UP if size > 0 else DOWN, "stepsize": abs(size), "transtime": tenths(seconds), **UNMASKED}
    request = _command(call, f"step{name}", arguments)
    return Encoded((request,), ask=_look(call, SETTLED + (seconds or 0), attribute, "colorMode"))


def _hue_or_saturation(call: Call) -> tuple[str, str]:
    return ("Hue", "currentHue") if call.key.startswith("hue") else ("Saturation", "currentSaturation")


def _look(call: Call, seconds: float, *attributes: str) -> Ask[Encoded]:
    """Ask after a while what came of it; the answer comes in as a message."""

    def then(_: Values) -> Encoded:
        return Encoded()

    return Ask(Read(endpoint=call.place.endpoint, cluster=CLUSTER, attributes=attributes), then, seconds)


def _mode(rate: float) -> int:
    if not rate:
        return STOP
    return UP if rate > 0 else DOWN


def _command(call: Call, name: str, arguments: Mapping[str, Any]) -> Command:
    return Command(endpoint=call.place.endpoint, cluster=CLUSTER, command=name, args=arguments)


def _scaled(value: float, widest: float, raw: int) -> int:
    return int(rounded(float(value) * raw / widest, 0))
