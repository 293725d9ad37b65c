"""A package of the npm registry that Zigwire uses as it is published, and the version that it was tested with."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Package", "kept_in"]


@dataclass(frozen=True, slots=True)
class Package:
    """What is fetched.

    Attributes:
        name: In the registry.
        locked: The folder with `package.json`, which names the version, and `package-lock.json` with the hashes of all
            that belongs to it.
    """

    name: str
    locked: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """The content of `package.json`."""
        return dict(json.loads((self.locked / "package.json").read_text()))

    @property
    def pinned(self) -> str:
        """The version that this release of Zigwire was tested with."""
        return str(self.manifest["dependencies"][self.name])


def kept_in(variable: str, name: str) -> Path:
    """Return where versions are kept: what a variable of the environment says, else where Zigwire is installed.

    Args:
        variable: For example `ZIGWIRE_LIBRARY`.
        name: Of the folder in `<environment>/share/zigwire`.
    """
    named = os.environ.get(variable)
    return Path(named) if named else Path(sys.prefix) / "share" / "zigwire" / name
