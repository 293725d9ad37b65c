"""What a page says of things made of several properties: switches, lights, covers, locks, fans, thermostats."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from zigwire.docgen.lights import COLOURS, moving, other_colours, timed, transition
from zigwire.docgen.limits import limits, parts
from zigwire.docgen.wording import (
    Facts,
    can_get,
    can_set,
    choices,
    code,
    fed,
    is_published,
    message,
    payload,
    property_of,
    sentence,
    to_get,
    to_set,
)

__all__ = ["group"]


def group(expose: Facts, keys: Collection[str]) -> Iterator[str]:
    """Yield the lines about an expose that has features.

    Args:
        expose: As the interface lists it.
        keys: What messages to the device may set.
    """
    if description := expose.get("description"):
        yield sentence(description)
    match expose["type"]:
        case "light":
            yield from (*_listed(expose), *timed(expose, keys), *transition(expose, keys), *moving(expose, keys))
        case "climate":
            yield from _listed(expose)
        case "switch":
            yield from (*_told(expose), *timed(expose, keys))
        case _:
            yield from _told(expose)


def _told(expose: Facts) -> Iterator[str]:
    """Yield sentences for each feature; the state is what the thing itself is."""
    for feature in expose["features"]:
        is_state = feature["name"] == "state"
        what = f"{'state' if is_state else code(feature['name'])} of this {expose['type']}"
        if is_published(feature):
            where = f"in the published state under the `{property_of(feature)}` property"
            yield f"The current {what} is {where}{_values(feature)}."
        if can_set(feature):
            how = to_set(f"control this {expose['type']}" if is_state else f"change the {what}", _payloads(feature))
            yield f"{how}{_range(feature)}."
        if can_get(feature):
            yield to_get(f"read the current {what}", feature)
        else:
            yield f"It's not possible to read (`/get`) the {what}."


def _listed(expose: Facts) -> Iterator[str]:
    """Yield a list of the features, each with how to write and read it."""
    names = ", ".join(code(feature["name"]) for feature in expose["features"])
    yield f"This {expose['type']} supports the following features: {names}."
    yield ""
    for feature in expose["features"]:
        yield f"- {code(feature['name'])}: {' '.join(_feature(feature))}"
        if feature["name"] not in COLOURS:
            yield from parts(feature, depth=1)


def _feature(feature: Facts) -> Iterator[str]:
    if description := feature.get("description"):
        yield sentence(description)
    if is_published(feature):
        yield f"It is in the published state under the `{property_of(feature)}` property."
    if can_set(feature):
        yield f"{to_set('change it', _payloads(feature))}."
    else:
        yield "It's not possible to write (`/set`) this value."
    if feature["name"] in COLOURS:
        yield other_colours(feature)
    elif feature["type"] != "binary":
        yield from limits(feature)
    if feature.get("value_step") is not None:
        yield f"It changes in steps of {code(feature['value_step'])}."
    yield to_get("read it", feature) if can_get(feature) else "It's not possible to read (`/get`) this value."


def _payloads(feature: Facts) -> list[str]:
    return [payload(feature, message(value)) for value in _words(feature)] or [payload(feature, fed(feature))]


def _words(feature: Facts) -> list[Any]:
    """Return what a feature may be set to where that is one of a few values."""
    match feature["type"]:
        case "binary":
            return [feature[key] for key in ("value_on", "value_off", "value_toggle") if key in feature]
        case "enum":
            return list(feature["values"])
    return []


def _values(feature: Facts) -> str:
    """Return which of a few values is published; what makes a cover stop is none of its states."""
    match feature["type"]:
        case "binary":
            values = [feature["value_on"], feature["value_off"]]
        case "enum":
            values = [value for value in feature["values"] if value != "STOP"]
        case _:
            return ""
    return f" (value is {choices([code(value) for value in values])})" if values else ""


def _range(feature: Facts) -> str:
    """Return what VALUE stands for in a payload."""
    if feature["type"] != "numeric":
        return ""
    low, high = feature.get("value_min"), feature.get("value_max")
    bounds = f" from {code(low)} to {code(high)}" if low is not None and high is not None else ""
    unit = f" in `{feature['unit']}`" if feature.get("unit") else ""
    return f", where `VALUE` is a number{bounds}{unit}"
