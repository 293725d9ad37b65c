"""The numbers that groups have."""

from __future__ import annotations

import re

__all__ = ["HIGHEST_GROUP", "group_number"]

HIGHEST_GROUP = 0xFFFF

_NUMBER = re.compile("0|[1-9][0-9]{0,4}")


def group_number(text: str) -> int | None:
    """Return the group that a text names by its number, None when it is no such number."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= HIGHEST_GROUP else None
