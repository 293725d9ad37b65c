"""What is wrong with a configuration: faults that name the path, the value and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

__all__ = ["HIDDEN", "Fault", "NameFault", "SettingsError", "shown"]

HIDDEN = "(hidden)"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        path: Where, with dots: `mqtt.keepalive`; a file's name; empty when the message says it.
        message: What is wrong and what is allowed.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SettingsError(Exception):
    """The configuration can't be used or changed; `faults` lists every reason."""

    def __init__(self, faults: Iterable[Fault] | str) -> None:
        self.faults = (Fault("", faults),) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class NameFault(SettingsError):
    """A friendly name is not allowed or already taken."""


def shown(value: Any) -> str:
    """Return a value as a person may see it in a message: shortened, and only the kind of what has parts."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case float() if not isfinite(value):
            return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
