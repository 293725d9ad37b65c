"""Which values a property has: units, bounds, words, and the parts of objects and lists."""

from __future__ import annotations

from collections.abc import Iterator

from zigwire.docgen.wording import INDENT, Facts, choices, code, plain, property_of, sentence

__all__ = ["limits", "parts"]


def limits(expose: Facts) -> Iterator[str]:
    """Yield sentences on the values of a property."""
    match expose["type"]:
        case "numeric":
            yield from _numbers(expose)
        case "binary":
            name, on, off = expose["name"], code(expose["value_on"]), code(expose["value_off"])
            yield f"If value equals {on} {name} is ON, if {off} OFF."
        case "enum":
            if expose["values"]:
                yield f"The possible values are: {', '.join(map(code, expose['values']))}."
        case "list":
            yield from _items(expose)


def parts(expose: Facts, depth: int = 0) -> Iterator[str]:
    """Yield an item of a Markdown list for each part of an object, or of the objects in a list."""
    if expose["type"] == "list":
        expose = expose["item_type"]
    for one in expose.get("features", ()):
        about = [sentence(one["description"])] if one.get("description") else []
        text = " ".join((f"- `{property_of(one)}` ({one['type']}):", *about, *limits(one)))
        yield INDENT * depth + text.removesuffix(":")
        yield from parts(one, depth + 1)


def _numbers(expose: Facts) -> Iterator[str]:
    bounds = [
        f"the {word} value is {code(expose[key])}"
        for key, word in (("value_min", "minimal"), ("value_max", "maximum"))
        if expose.get(key) is not None
    ]
    if bounds:
        text = " and ".join(bounds)
        yield f"{text[0].upper()}{text[1:]}."
    if expose.get("unit"):
        yield f"The unit of this value is `{expose['unit']}`."
    if presets := expose.get("presets"):
        yield f"Instead of a number one of these names can be sent: {', '.join(map(_preset, presets))}."


def _preset(preset: Facts) -> str:
    about = plain(preset.get("description") or "")
    return f"{code(preset['name'])} ({about})" if about else code(preset["name"])


def _items(expose: Facts) -> Iterator[str]:
    item = expose["item_type"]
    bounds = [
        f"{word} {expose[key]}"
        for key, word in (("length_min", "at least"), ("length_max", "at most"))
        if expose.get(key) is not None
    ]
    if bounds:
        yield f"The list has {choices(bounds, 'and')} items."
    about = [sentence(item["description"])] if item.get("description") else []
    kind = "an object" if item["type"] == "composite" else f"of the type {item['type']}"
    yield " ".join((f"Each item is {kind}.", *about, *limits(item)))
