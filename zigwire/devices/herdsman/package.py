"""Where the field's library of definitions lies on this machine, and whether it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson

__all__ = ["Package"]

LIBRARY = "zigbee-herdsman-converters"


@dataclass(frozen=True, slots=True)
class Package:
    """An installed library.

    Attributes:
        modules: The folder `node_modules` that it lies in.
        version: Of zigbee-herdsman-converters.
    """

    modules: Path
    version: str

    @classmethod
    def at(cls, modules: Path) -> Package | None:
        """Return what is installed in a folder `node_modules`, None when the library is not among it."""
        facts = modules / LIBRARY / "package.json"
        if not facts.is_file() or not (modules / "zigbee-herdsman").is_dir() or not (modules / "buffer").is_dir():
            return None
        return cls(modules.resolve(), str(orjson.loads(facts.read_bytes()).get("version", "0.0.0")))
