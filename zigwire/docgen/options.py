"""What a page says of the options that users can choose for a device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from zigwire.docgen.wording import INDENT, Facts, code, number, property_of, sentence

__all__ = ["allowed", "section"]

HOW = (
    "*[How to use device type specific configuration](../guide/configuration/devices-groups.md"
    "#specific-device-options)*"
)


def section(options: Sequence[Facts]) -> list[str]:
    """Return the lines of a page about options, none where there are none."""
    if not options:
        return []
    about = (line for option in options for line in (*_bullet(option), *_example(option), ""))
    return ["## Options", HOW, "", *about, ""]


def _bullet(option: Facts) -> Iterator[str]:
    about = [sentence(option["description"])] if option.get("description") else []
    yield " ".join((f"* `{property_of(option)}`:", *about, _rule(option)))
    for one in option.get("features", ()):
        yield from (f"{INDENT}{line}" for line in _bullet(one))


def _example(option: Facts) -> Iterator[str]:
    """Yield how an option that has parts is written."""
    if option["type"] != "composite":
        return
    written = yaml.safe_dump({property_of(option): allowed(option)}, sort_keys=False, allow_unicode=True)
    yield ""
    yield from (f"{INDENT}{line}" for line in ("```yaml", *written.splitlines(), "```"))


def _rule(option: Facts) -> str:
    """Return which values an option takes."""
    match option["type"]:
        case "numeric":
            return _number_rule(option)
        case "binary":
            return f"The value must be {code(option['value_on'])} or {code(option['value_off'])}."
        case "enum":
            return f"The value must be one of the following: {', '.join(map(code, option['values']))}."
        case "list":
            return f"The value must be a list, each item of the type {option['item_type']['type']}."
        case "composite":
            return "The value must be an object of one or more of these:"
    return "The value must be a text."


def _number_rule(option: Facts) -> str:
    """Return the bounds of a number, in the words that device pages have, though some are there twice."""
    low, high = code(option.get("value_min")), code(option.get("value_max"))
    match "value_min" in option, "value_max" in option:
        case True, True:
            return f"The value must be a number with a minimum value of {low} and with a with a maximum value of {high}"
        case True, False:
            return f"The value must be a number with a minimum value of {low}"
        case False, True:
            return f"The value must be a number with a maximum value of {high}"
    return "The value must be a number."


def allowed(option: Facts) -> Any:
    """Return a value that an option takes."""
    match option["type"]:
        case "composite":
            return {property_of(one): allowed(one) for one in option["features"]}
        case "list":
            return [allowed(option["item_type"])]
        case "binary":
            return option["value_on"]
        case "enum":
            return option["values"][0]
        case "numeric":
            return number(max(option.get("value_min", 1), min(1, option.get("value_max", 1))))
    return "text"
