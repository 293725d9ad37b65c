"""Finds the JavaScript modules that a module asks for: of the library, of what stands in for node's own, and ours."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import orjson

__all__ = ["OWN", "Modules"]

LOG = logging.getLogger(__name__)

OWN = Path(__file__).with_name("js")
SHIMS = OWN / "shims"
STAND_INS = {
    "assert": SHIMS / "assert.js",
    "util": SHIMS / "util.js",
    "crypto": SHIMS / "nothing.js",
    "fs": SHIMS / "nothing.js",
    "path": SHIMS / "nothing.js",
    "stream": SHIMS / "nothing.js",
    "string_decoder": SHIMS / "nothing.js",
    "zigbee-herdsman": SHIMS / "herdsman.js",
}
"""What is loaded in the place of modules that a definition names; `node:` in front makes no difference."""

INSIDE = {"zigbee-herdsman-converters": "dist"}
"""Folders of packages that their other names lie in, as the packages' `exports` say."""


class Modules:
    """Answers the engine. Its methods never raise: the engine can't bear it.

    Args:
        folder: The `node_modules` folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, base: str, name: str) -> str:
        """Return the path of the module that `base` calls `name`, an empty text when there is none."""
        path = self._path(Path(base).parent, name)
        return str(path) if path else ""

    def read(self, path: str) -> str:
        """Return the text of a module that was found; one that can't be read raises in the engine."""
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            LOG.error("%s can't be read: %s", path, error)
            return f"throw new Error({orjson.dumps(f'{path} cannot be read').decode()})"

    def _path(self, base: Path, name: str) -> Path | None:
        if name.startswith("."):
            return _file(base / name)
        bare = name.removeprefix("node:").rstrip("/")
        if bare in STAND_INS:
            return STAND_INS[bare]
        package, _, rest = bare.partition("/")
        if rest and package in INSIDE:
            return _file(self._folder / package / INSIDE[package] / rest)
        return _file(self._folder / bare)


def _file(path: Path) -> Path | None:
    """Return the file that a path means: itself, with an ending, or what a folder's package.json names."""
    path = Path(os.path.normpath(path))
    for candidate in (path, path.with_name(f"{path.name}.js"), path.with_name(f"{path.name}.json")):
        if candidate.is_file():
            return candidate
    facts = path / "package.json"
    if facts.is_file() and (main := orjson.loads(facts.read_bytes()).get("main")):
        return _file(path / main)
    index = path / "index.js"
    return index if index.is_file() else None
