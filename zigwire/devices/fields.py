"""Fields of the object that a key is set to; a wrong one is refused by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from zigwire.devices.errors import BadValueError

__all__ = ["Fields"]


class Fields:
    """Reads an object.

    Args:
        key: The key that it is the value of.
        value: What the user sent.
        known: Names of fields that it may have.

    Raises:
        BadValueError: It is no object, or has a field of another name.
    """

    def __init__(self, key: str, value: Any, known: tuple[str, ...]) -> None:
        if not isinstance(value, Mapping):
            raise BadValueError(key, value, f"an object with {', '.join(known)}")
        for name in value:
            if name not in known:
                raise BadValueError(key, value, f"the fields {', '.join(known)}; {name!r} is none of them")
        self._key = key
        self._value = value

    def given(self, name: str) -> Any:
        """Return a field as it is, None when it is absent or null."""
        return self._value.get(name)

    def refuse(self, name: str, allowed: str) -> BadValueError:
        """Return the error that refuses a field's value."""
        return BadValueError(f"{self._key}.{name}", self.given(name), allowed)

    def whole(self, name: str, lowest: int, highest: int, default: int | None = None) -> int:
        """Return a whole number; without a default it must be there.

        Raises:
            BadValueError: It is none, or out of range.
        """
        number = self.number(name, lowest, highest, default)
        if number != int(number):
            raise self.refuse(name, f"a whole number from {lowest} to {highest}")
        return int(number)

    def number(self, name: str, lowest: float, highest: float, default: float | None = None) -> float:
        """Return a number; without a default it must be there.

        Raises:
            BadValueError: It is none, or out of range.
        """
        value = self.given(name)
        if value is None and default is not None:
            return default
        known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not known or not lowest <= value <= highest:
            raise self.refuse(name, f"a number from {lowest} to {highest}")
        return float(value) if isinstance(value, float) else int(value)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there.

        Raises:
            BadValueError: It is none.
        """
        value = self.given(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise self.refuse(name, "a text")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return true or false.

        Raises:
            BadValueError: It is neither.
        """
        value = self.given(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.refuse(name, "true or false")
        return value

    def name_or_number(self, name: str, highest: int) -> str | int:
        """Return what is given by its name or by its number.

        Raises:
            BadValueError: It is neither.
        """
        value = self.given(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= highest:
            return value
        raise self.refuse(name, f"a name or a number from 0 to {highest}")

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return an object, an empty one when it is absent.

        Raises:
            BadValueError: It is none.
        """
        value = self.given(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.refuse(name, "an object")
        return value
