"""Which values an attribute or a command's parameter may have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from zigwire.zcl.errors import EncodeError, shortened

__all__ = ["UNLIMITED", "Limits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The values that are allowed.

    Attributes:
        minimum: Lowest number.
        maximum: Highest number.
        minimum_length: Least length of a string.
        maximum_length: Greatest length of a string.
        special: Values that are allowed whatever the other limits say, a default among them.
        non_value: The number that means "no value" here; None where the type has none, or it is a usual value.
    """

    minimum: float = -math.inf
    maximum: float = math.inf
    minimum_length: int = 0
    maximum_length: float = math.inf
    special: frozenset[int | float | str] = frozenset()
    non_value: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any], non_value: int | None) -> Self:
        """Read them from an attribute or parameter of the table; `non_value` is the one of its type."""
        special = frozenset(data.get("special", ())) | ({data["default"]} if "default" in data else frozenset())
        usual = {data.get("min"), data.get("max"), *special}
        return cls(
            minimum=data.get("min", -math.inf),
            maximum=data.get("max", math.inf),
            minimum_length=data.get("length", data.get("min_length", 0)),
            maximum_length=data.get("length", data.get("max_length", math.inf)),
            special=special,
            non_value=None if non_value in usual else non_value,
        )

    def allow(self, value: Any) -> bool:
        """Tell whether a number lies within the limits; what is no number does."""
        if not isinstance(value, int | float) or value in self.special:
            return True
        return not (value < self.minimum or value > self.maximum)

    def check(self, value: Any, what: str) -> None:
        """Refuse a value that must not be written.

        Raises:
            EncodeError: The number or the string's length is outside of the limits; the text names `what`.
        """
        if value is None or (isinstance(value, int | float | str) and value in self.special):
            return
        if not self.allow(value):
            raise EncodeError(f"{shortened(value)} is out of range for {what}: {self._range()} is allowed")
        if isinstance(value, str | bytes) and not self.minimum_length <= len(value) <= self.maximum_length:
            allowed = f"{self.minimum_length} to {self.maximum_length}"
            raise EncodeError(f"{shortened(value)} has {len(value)} bytes, {what} takes {allowed}")

    def _range(self) -> str:
        if math.isinf(self.maximum):
            return f"{self.minimum} or more"
        return f"at most {self.maximum}" if math.isinf(self.minimum) else f"{self.minimum} to {self.maximum}"


UNLIMITED = Limits()
