"""Names of definitions, `Vendor/Model`, by which a user chooses one; white labels count as names too."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from zigwire.devices.definition import Definition

__all__ = ["has_name", "name_of", "names_of", "near", "under_name"]

NEAR, SIMILARITY = 5, 0.6


def name_of(vendor: str, model: str) -> str:
    """Return the name of a definition."""
    return f"{vendor}/{model}"


def names_of(definition: Definition) -> Iterator[str]:
    """Yield all names that a definition goes by."""
    yield name_of(definition.vendor, definition.model)
    for label in definition.white_labels:
        yield name_of(label.vendor, label.model)


def has_name(definition: Definition, name: str) -> bool:
    """Whether a definition goes by a name; case does not count."""
    return name.casefold() in map(str.casefold, names_of(definition))


def under_name(definition: Definition, name: str) -> Definition:
    """Return a definition under that one of its names, and as nobody's white label."""
    for label in definition.white_labels:
        if name_of(label.vendor, label.model).casefold() == name.casefold():
            description = label.description or definition.description
            return replace(definition, vendor=label.vendor, model=label.model, description=description, white_labels=())
    return replace(definition, white_labels=())


def near(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that are most like a name, the likest first."""
    by_folded = {one.casefold(): one for one in known}
    wanted = name.casefold()
    holding = sorted((one for one in by_folded if wanted and wanted in one), key=len)[:NEAR]
    alike = difflib.get_close_matches(wanted, by_folded, NEAR, SIMILARITY)
    return [by_folded[one] for one in dict.fromkeys((*holding, *alike))][:NEAR]
