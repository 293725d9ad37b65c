"""configuration.yaml and the files that it refers to: reads them as one document, writes each part where it lives."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from zigwire.settings.change import merged
from zigwire.settings.environment import Override, lay_on
from zigwire.settings.errors import Fault, SettingsError
from zigwire.settings.model import Configuration
from zigwire.settings.replace import copy_file, replace_text
from zigwire.settings.shapes import Section, section_of

__all__ = ["Files"]

_Object: TypeAlias = dict[str, Any]
_REFERENCE = re.compile(r"!(\S+) (\S+)")
_ENTITIES = ("devices", "groups")


@dataclass(slots=True)
class _File:
    """One file as it was read."""

    path: Path
    text: str
    data: _Object


class Files:
    """The files of one configuration.

    A read takes what is on disk at that moment, so that an edit by the user is not lost when the next change is
    written. Values referred to (`'!secret password'`) stand in the document as they are; a write puts them back.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[Path, _File] = {}
        self._imposed: list[Override] = []

    def read(self) -> _Object:
        """Return the document: references resolved, devices and groups of other files included.

        Raises:
            SettingsError: A file is missing, unreadable or not YAML.
        """
        document = copy.deepcopy(self._open(self.path, required=True).data)
        lay_on(document, self._followed(document))
        for kind in _ENTITIES:
            files = self._entity_files(document, kind)
            if files or document.get(kind) == []:
                document[kind] = {}
                for file in files:
                    document[kind] = merged(document[kind], self._open(file, required=False).data)
        return document

    def resolved(self, values: list[Override]) -> list[Override]:
        """Return what the environment sets with references resolved; a write puts these into configuration.yaml.

        Raises:
            SettingsError: A file is missing, unreadable or not YAML, or lacks what it is to have.
        """
        document: _Object = {}
        lay_on(document, values)
        self._imposed = [(keys, _section(document, keys)[keys[-1]]) for keys, _, _ in self._references(document)]
        return [*values, *self._followed(document)]

    def write(self, document: Mapping[str, Any]) -> None:
        """Write a document that began as the one of the last `read`; only files whose content changed are touched.

        Raises:
            SettingsError: A file can't be written.
        """
        main = copy.deepcopy(dict(document))
        for file, data in self._split(main):
            self._save(file, data)
        self._save(self.path, main)

    def back_up(self, version: int) -> None:
        """Copy configuration.yaml, and the files with devices and groups, to `<name>_backup_v<version>.yaml`.

        Raises:
            SettingsError: A copy can't be written.
        """
        original = self._read[self.path].data
        entities = [file for kind in _ENTITIES for file in self._entity_files(original, kind)]
        for file in (self.path, *entities):
            if file.exists():
                copy_file(file, file.with_name(f"{file.stem}_backup_v{version}{file.suffix}"))

    def paths(self) -> list[Path]:
        """Return the files of which the last `read` was made, configuration.yaml first."""
        return [path for path in self._read if path.exists()]

    def references_in(self, document: Mapping[str, Any]) -> list[Fault]:
        """Return a fault for each reference in a change: only the user may make them, in the file."""
        return [
            Fault(".".join(keys), "must not begin with an exclamation mark and have a space, that refers to a file")
            for keys, _, _ in self._references(document)
        ]

    def _split(self, main: _Object) -> Iterator[tuple[Path, _Object]]:
        """Take out of `main` what lives elsewhere; yield the other files with their new data."""
        original = copy.deepcopy(self._read[self.path].data)
        lay_on(original, self._imposed)
        elsewhere: dict[Path, _Object] = {}
        for keys, file, key in self._references(original):
            section = _section(main, keys)
            if keys[-1] in section:
                data = elsewhere.setdefault(file, dict(self._read[file].data))
                data[key] = section[keys[-1]]
                section[keys[-1]] = _section(original, keys)[keys[-1]]
        for kind in _ENTITIES:
            if files := self._entity_files(original, kind):
                elsewhere |= self._distribute(files, main.get(kind, {}))
                main[kind] = original[kind]
        yield from elsewhere.items()

    def _distribute(self, files: list[Path], entities: _Object) -> dict[Path, _Object]:
        """Leave each entity in its files; a changed one moves to the last of them, a new one to the first file."""
        parts: dict[Path, _Object] = {file: {} for file in files}
        for key, entity in entities.items():
            homes = {file: self._read[file].data[key] for file in files if key in self._read[file].data}
            if _laid_on_each_other(homes.values()) == entity:
                for file, part in homes.items():
                    parts[file][key] = part
            else:
                parts[next(reversed(homes), files[0])][key] = entity
        return parts

    def _followed(self, document: Mapping[str, Any]) -> list[Override]:
        """Return the values that a document's references mean."""
        found: list[Override] = []
        faults: list[Fault] = []
        for keys, file, key in self._references(document):
            try:
                found.append((keys, self._open(file, required=True).data[key]))
            except KeyError:
                faults.append(Fault(".".join(keys), f"refers to {key!r}, which {file.name} does not have"))
            except SettingsError as error:
                faults.extend(error.faults)
        if faults:
            raise SettingsError(faults)
        return found

    def _references(self, document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Path, str]]:
        """Yield the keys, the file and the key in that file of each reference."""
        for keys in _reference_keys():
            value = _section(document, keys).get(keys[-1])
            if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
                name = match[1] if match[1].endswith((".yaml", ".yml")) else f"{match[1]}.yaml"
                yield keys, self.path.parent / name, match[2]

    def _entity_files(self, document: _Object, kind: str) -> list[Path]:
        names = document.get(kind)
        if isinstance(names, str):
            names = [names]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return []
        return [self.path.parent / name for name in names]

    def _open(self, path: Path, *, required: bool) -> _File:
        """Return a file, parsed only when its text is another than last time."""
        from zigwire.settings.parse import parse

        text = _text(path, required=required)
        known = self._read.get(path)
        if known is None or known.text != text:
            data = parse(text, path.name)
            if data is None and not required:
                data = {}
            if not isinstance(data, dict):
                raise SettingsError([Fault(path.name, "must be an object with keys, for example `mqtt:`")])
            known = self._read[path] = _File(path, text, data)
        return known

    def _save(self, path: Path, data: _Object) -> None:
        from zigwire.settings.edit import edit

        file = self._read[path]
        text = edit(file.text, file.data, data)
        if text != file.text:
            replace_text(path, text)
            self._read[path] = _File(path, text, copy.deepcopy(data))


def _laid_on_each_other(parts: Iterable[_Object]) -> _Object:
    whole: _Object = {}
    for part in parts:
        whole = merged(whole, part)
    return whole


@cache
def _reference_keys() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, key)
        for name, section in section_of(Configuration).fields.items()
        if isinstance(section.shape, Section)
        for key, field in section.shape.fields.items()
        if field.option.reference
    )


def _section(document: Mapping[str, Any], keys: tuple[str, str]) -> _Object:
    section = document.get(keys[0])
    return section if isinstance(section, dict) else {}


def _text(path: Path, *, required: bool) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if not required:
            return ""
        raise SettingsError([Fault(path.name, "does not exist")]) from None
    except OSError as error:
        raise SettingsError([Fault(path.name, f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise SettingsError([Fault(path.name, f"is not UTF-8 text (byte {error.start})")]) from None
