"""How the command line shows values: `name=value`, side by side, and rows below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

__all__ = ["line", "table"]


def line(values: Any) -> str:
    """Return an object's known values in a line; what is no object is returned as text."""
    if not isinstance(values, dict):
        return str(values)
    return "  ".join(f"{name}={_plain(value)}" for name, value in values.items() if value is not None)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of as many cells each as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
