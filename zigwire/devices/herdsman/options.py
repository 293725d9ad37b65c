"""Whether values fit the options of a definition, given as the interface lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zigwire.devices.errors import shortened

__all__ = ["faults"]

BOUNDS = {"value_min": "from", "value_max": "to"}


def faults(options: Iterable[Mapping[str, Any]], values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the values; those that are no options are not looked at."""
    known = {option.get("property") or option["name"]: option for option in options}
    return [
        f"{name} can't be {shortened(value)}; allowed: {allowed(known[name])}"
        for name, value in values.items()
        if name in known and not fits(known[name], value)
    ]


def fits(option: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is one of an option's; null takes the option away."""
    if value is None:
        return True
    match option["type"]:
        case "numeric":
            return _is_number(value) and _lies_within(option, value)
        case "binary":
            return any(value == one and type(value) is type(one) for one in _switched(option))
        case "enum":
            return value in option["values"]
        case "text":
            return isinstance(value, str)
        case "list":
            return isinstance(value, list) and all(fits(option["item_type"], one) for one in value)
        case "composite":
            return isinstance(value, Mapping) and not faults(option["features"], value)
    return True


def allowed(option: Mapping[str, Any]) -> str:
    """Say in words which values fit."""
    match option["type"]:
        case "numeric":
            bounds = (f"{word} {option[key]}" for key, word in BOUNDS.items() if key in option)
            return " ".join(["numbers", *bounds])
        case "binary":
            return " or ".join(map(shortened, _switched(option)))
        case "enum":
            return ", ".join(map(shortened, option["values"]))
        case "text":
            return "text"
        case "list":
            return f"a list of {allowed(option['item_type'])}"
    return f"an object with {', '.join(one['name'] for one in option.get('features', ()))}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lies_within(option: Mapping[str, Any], value: float) -> bool:
    presets = {one["value"] for one in option.get("presets", ())}
    low, high = option.get("value_min"), option.get("value_max")
    return value in presets or not ((low is not None and value < low) or (high is not None and value > high))


def _switched(option: Mapping[str, Any]) -> tuple[Any, Any]:
    return option["value_on"], option["value_off"]
