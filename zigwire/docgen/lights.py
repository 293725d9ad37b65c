"""What a page says of keys that are not listed: on for a time, other forms of colours, changes that take their time."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zigwire.docgen.wording import TOPIC, Facts, can_set, choices, code, message, property_of

__all__ = ["COLOURS", "moving", "other_colours", "timed", "transition"]

COLOURS = {
    "color_xy": (
        ('{"r": R, "g": G, "b": B}', '{"rgb": "R,G,B"}', '{"hex": "#RRGGBB"}'),
        "red, green and blue from 0 to 255",
    ),
    "color_hs": (
        (
            '{"h": H, "s": S, "b": B}',
            '{"hsb": "H,S,B"}',
            '{"h": H, "s": S, "v": V}',
            '{"hsv": "H,S,V"}',
            '{"h": H, "s": S, "l": L}',
            '{"hsl": "H,S,L"}',
        ),
        "the hue from 0 to 360, the others from 0 to 100",
    ),
}
"""By feature: other forms that its values can have, and their ranges."""

MOVING = {"brightness": "brightness", "color_temp": "color_temp", "color_hs": "hue"}
"""By feature: what its keys for moving and stepping begin with."""


def other_colours(feature: Facts) -> str:
    """Return in which other forms a colour can be given."""
    forms, ranges = COLOURS[feature["name"]]
    written = [code(f"{{{message(property_of(feature))}: {form}}}") for form in forms]
    return f"Colours can also be given as {choices(written)}, with {ranges}."


def timed(expose: Facts, keys: Collection[str]) -> Iterator[str]:
    """Yield how a switch or light is on for a time."""
    state = _settable(expose).get("state")
    if state is None or "on_time" not in keys:
        return
    on = f"{message(property_of(state))}: {message(state['value_on'])}"
    yield from ("", "#### On with timed off")
    yield (
        f"With `on_time` beside it the {expose['type']} goes off by itself: publish to topic `{TOPIC}/set` the payload "
        f'`{{{on}, "on_time": 300}}` to have it on for 300 seconds. With `off_wait_time` it takes no other such '
        f'message for so many seconds after that: `{{{on}, "on_time": 300, "off_wait_time": 120}}`. '
        "Not every device can do this."
    )


def transition(expose: Facts, keys: Collection[str]) -> Iterator[str]:
    """Yield how a light changes little by little."""
    brightness = _settable(expose).get("brightness")
    if brightness is None or "transition" not in keys:
        return
    yield from ("", "#### Transition")
    yield (
        "With `transition` (in seconds) beside what is set, the light goes there little by little: "
        f'`{{{message(property_of(brightness))}: 156, "transition": 3}}`. The option `transition` makes this the rule.'
    )


def moving(expose: Facts, keys: Collection[str]) -> Iterator[str]:
    """Yield how values of a light are moved and stepped."""
    names = (name for feature, name in MOVING.items() if feature in _settable(expose))
    movable = [name for name in names if {f"{name}_move", f"{name}_step"} <= set(keys)]
    if not movable:
        return
    ending = f"_{expose['endpoint']}" if "endpoint" in expose else ""
    yield from ("", "#### Moving/stepping")
    yield (
        "A value can be moved, which goes on until its end or until `0` or `stop` stops it, and changed by a step; "
        f"negative numbers go down. Publish one of these to topic `{TOPIC}/set`:"
    )
    yield "```js"
    for name in movable:
        yield f'{{"{name}_move{ending}": 40}} // goes up by 40 units in a second'
        yield f'{{"{name}_move{ending}": 0}} // stops'
        yield f'{{"{name}_step{ending}": 40}} // goes up by 40 units'
    yield "```"
    if "brightness" in movable and "brightness_move_onoff" in keys:
        yield (
            f"These stop at the lowest brightness; `brightness_move_onoff{ending}` and `brightness_step_onoff{ending}` "
            "switch off there, and on again on the way up."
        )


def _settable(expose: Facts) -> dict[str, Facts]:
    return {feature["name"]: feature for feature in expose["features"] if can_set(feature)}
