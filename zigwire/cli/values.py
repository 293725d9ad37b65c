"""How the command line shows values: `name=value`, side by side."""

from __future__ import annotations

from typing import Any

import orjson

__all__ = ["line"]


def line(values: Any) -> str:
    """Return an object's known values in a line; what is no object is returned as text."""
    if not isinstance(values, dict):
        return str(values)
    return "  ".join(f"{name}={_plain(value)}" for name, value in values.items() if value is not None)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
