"""What a page says of each thing that a device exposes: where its value is, how to read and how to write it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zigwire.docgen.groups import group
from zigwire.docgen.limits import limits, parts
from zigwire.docgen.wording import (
    Facts,
    can_get,
    can_set,
    fed,
    is_published,
    payload,
    property_of,
    sentence,
    to_get,
    to_set,
)

__all__ = ["named", "section"]

CANNOT = "It's not possible to"
READ, WRITE = "read (`/get`)", "write (`/set`)"


def named(expose: Facts) -> str:
    """Return what a list of exposes calls it."""
    name = expose.get("name")
    if name is not None:
        return str(name)
    return f"{expose['type']} ({', '.join(one['name'] for one in expose['features'])})"


def section(expose: Facts, keys: Collection[str]) -> list[str]:
    """Return the lines of a page about one expose.

    Args:
        expose: As the interface lists it.
        keys: What messages to the device may set.
    """
    about = _single(expose) if "name" in expose else group(expose, keys)
    return [_heading(expose), *about, ""]


def _heading(expose: Facts) -> str:
    name = str(expose.get("name") or expose["type"])
    marks = [expose["type"]] if "name" in expose else []
    if "endpoint" in expose:
        marks.append(f"{expose['endpoint']} endpoint")
    behind = f"({', '.join(marks)})" if marks else ""
    return f"### {name[:1].upper()}{name[1:]} {behind}"


def _single(expose: Facts) -> Iterator[str]:
    if description := expose.get("description"):
        yield sentence(description)
    if is_published(expose):
        yield f"Value can be found in the published state on the `{property_of(expose)}` property."
    else:
        yield "The published state does not hold this value."
    yield from _access(expose)
    yield from limits(expose)
    if has := list(parts(expose)):
        yield from ("", *has)


def _access(expose: Facts) -> Iterator[str]:
    if not can_get(expose) and not can_set(expose):
        yield f"{CANNOT} {READ} or {WRITE} this value."
        return
    yield to_get(f"{READ} the value", expose) if can_get(expose) else f"{CANNOT} {READ} this value."
    if can_set(expose):
        yield f"{to_set(f'{WRITE} a value', [payload(expose, _new(expose))])}."
    else:
        yield f"{CANNOT} {WRITE} this value."


def _new(expose: Facts) -> str:
    return fed(expose) if expose["type"] in ("composite", "list") else "NEW_VALUE"
