"""What a version of the library defines otherwise than another one, in words for the person who is to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigwire.devices.herdsman.inventory import PARTS, Inventory

__all__ = ["Change", "Changes", "compare"]

SHOWN = 6
"""So many keys of a part are named."""


@dataclass(frozen=True, slots=True)
class Change:
    """One definition that both versions have.

    Attributes:
        name: Of the definition.
        parts: What is new (+), gone (-) or other (~) in each part that changed.
    """

    name: str
    parts: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.name}: {'; '.join(f'{part} {_listed(marks)}' for part, marks in self.parts.items())}"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed.

    Attributes:
        new: Names of definitions that there were not before.
        gone: Names of definitions that are there no more.
        changed: Those that both versions have, and that are not the same.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[Change, ...]

    def lines(self, most: int) -> Iterator[str]:
        """Yield a line for each sort of change, and for at most so many of its definitions."""
        yield from _section("New definitions", self.new, most)
        yield from _section("Definitions that are gone", self.gone, most)
        yield from _section("Changed definitions", tuple(map(str, self.changed)), most)


def compare(before: Inventory, after: Inventory) -> Changes:
    """Return what changed from one version to another."""
    both = ((name, _parts(before[name], after[name])) for name in sorted(before.keys() & after.keys()))
    return Changes(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(Change(name, parts) for name, parts in both if parts),
    )


def _parts(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    return {part: marks for part in PARTS if (marks := tuple(_marks(before[part], after[part])))}


def _marks(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    yield from (f"+{key}" for key in after if key not in before)
    yield from (f"-{key}" for key in before if key not in after)
    yield from (f"~{key}" for key in after if key in before and before[key] != after[key])


def _listed(marks: tuple[str, ...]) -> str:
    more = len(marks) - SHOWN
    return ", ".join(marks[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _section(what: str, names: tuple[str, ...], most: int) -> Iterator[str]:
    yield f"{what}: {len(names)}"
    yield from (f"  {name}" for name in names[:most])
    if len(names) > most > 0:
        yield f"  and {len(names) - most} more"
