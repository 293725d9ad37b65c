"""Which files of the library define what, read from their text: loading all of them takes 80 MB."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

__all__ = ["Catalogue"]

DEVICES = Path("zigbee-herdsman-converters") / "dist" / "devices"
TEXT = r'"((?:[^"\\\n]|\\.)*)"'
MODEL = re.compile(rf"\bmodel: {TEXT}")
LABEL = re.compile(rf"\bwhitelabel\(\s*{TEXT},\s*{TEXT}")
MODEL_VENDOR = re.compile(rf"\bmodel: {TEXT},\s*vendor: {TEXT}")
VENDOR_MODEL = re.compile(rf"\bvendor: {TEXT},\s*model: {TEXT}")


class Catalogue:
    """The files that define devices.

    Args:
        modules: The `node_modules` folder.
    """

    def __init__(self, modules: Path) -> None:
        self._folder = modules / DEVICES

    def files(self, name: str) -> list[str]:
        """Return the names of the files that may have the definition with a name, `Vendor/Model`."""
        if not name:
            return []
        parts = name.casefold().split("/")
        models = ("/".join(parts[place:]) for place in range(1, len(parts)))
        return sorted({file for model in models for file in self._files_by_model.get(model, ())})

    def all_files(self) -> list[str]:
        """Return the names of all files that define devices."""
        return sorted(path.name for path in self._folder.glob("*.js") if MODEL.search(path.read_text(encoding="utf-8")))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of most definitions, as far as the text shows them."""
        found: set[str] = set()
        for _, text in self._texts():
            found.update(f"{vendor}/{model}" for model, vendor in MODEL_VENDOR.findall(text))
            found.update(f"{vendor}/{model}" for vendor, model in VENDOR_MODEL.findall(text))
            found.update(f"{vendor}/{model}" for vendor, model in LABEL.findall(text))
        return frozenset(found)

    @cached_property
    def _files_by_model(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for file, text in self._texts():
            for model in (*MODEL.findall(text), *(model for _, model in LABEL.findall(text))):
                found[model.casefold()].add(file)
        return dict(found)

    def _texts(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self._folder.glob("*.js")):
            yield path.name, path.read_text(encoding="utf-8")
