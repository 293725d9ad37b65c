"""The user's converters: loaded from their folder, loaded anew when it changes, saved and removed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.external.errors import ConverterFault
from zigwire.devices.external.folder import Folder, Stamp
from zigwire.devices.external.language import Language, Unavailable
from zigwire.zigbee.model import Device

__all__ = ["JAVASCRIPT", "PYTHON", "Converters"]

LOG = logging.getLogger(__name__)

JAVASCRIPT = (".js", ".cjs", ".mjs")
PYTHON = (".py",)


class Converters:
    """Implements `DefinitionSource`: Python is asked before JavaScript.

    Args:
        folder: Where they lie; it need not exist.
        python: Runs those in Python.
        javascript: Runs those in JavaScript.
        closed: Why files with some endings are not to be taken from others, over MQTT.
    """

    def __init__(
        self, folder: Path, python: Language, javascript: Language, closed: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.folder = Folder(folder, (*JAVASCRIPT, *PYTHON))
        self._closed = closed
        self._python = python
        self._javascript = javascript
        self._seen: dict[str, Stamp] = {}
        self._trouble = ""

    @classmethod
    def unused(cls, folder: Path, reason: str) -> Converters:
        """Return converters none of which is run, and why."""
        closed = dict.fromkeys((*JAVASCRIPT, *PYTHON), reason)
        return cls(folder, Unavailable(reason), Unavailable(reason), closed)

    def closed(self, name: str) -> str | None:
        """Return why a file with this name is not to be taken over MQTT, None when it is."""
        return self._closed.get(Path(name).suffix)

    def refresh(self) -> bool:
        """Load what is new or changed in the folder and drop what is gone; tells whether there was anything.

        A file that can't be loaded is named in the log, with what is wrong with it.
        """
        before, now = self._seen, self._stamps()
        self._seen = now
        gone = before.keys() - now.keys()
        changed = [name for name, stamp in now.items() if before.get(name) != stamp]
        for name in gone:
            self._language(name).unload(name)
            LOG.info("The converter %s is gone", name)
        for name in changed:
            self._load(name)
        return bool(gone or changed)

    def listing(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the code of each file."""
        for name in self._seen:
            try:
                yield name, self.folder.read(name)
            except (OSError, UnicodeDecodeError) as error:
                LOG.error("The converter %s can't be read: %s", name, error)

    def save(self, name: str, code: str) -> None:
        """Load a converter and keep its file; code that can't be used is put aside and changes nothing.

        Args:
            name: Of the file; one that the folder admits.
            code: Its text.

        Raises:
            ConverterFault: It can't be used.
            OSError: The file can't be written.
        """
        try:
            self._language(name).load(self.folder.file(name), code)
        except ConverterFault:
            self.folder.put_aside(name, code)
            raise
        self.folder.write(name, code)
        self._seen |= {one: stamp for one, stamp in self._stamps().items() if one == name}

    def remove(self, name: str) -> bool:
        """Delete a converter's file and drop what it defines; tells whether there was one.

        Raises:
            OSError: It can't be deleted.
        """
        if not self.folder.remove(name):
            return False
        self._language(name).unload(name)
        self._seen.pop(name, None)
        return True

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what a converter makes of a device, None when no one knows it."""
        return self._python.find(device, host) or self._javascript.find(device, host)

    def named(self, name: str, device: Device, host: Host) -> Behaviour | None:
        """Return what the definition with this name makes of a device, None when no one has it."""
        return self._python.named(name, device, host) or self._javascript.named(name, device, host)

    def has(self, name: str) -> bool:
        """Whether a converter has a definition with this name."""
        return name.casefold() in map(str.casefold, self.names())

    def names(self) -> Iterable[str]:
        """Return the names of all definitions."""
        return [*self._python.names(), *self._javascript.names()]

    def _stamps(self) -> dict[str, Stamp]:
        """Return what is in the folder; while it can't be read, which is logged once, all is as it was."""
        try:
            stamps, trouble = self.folder.stamps(), ""
        except OSError as error:
            stamps, trouble = self._seen, f"{self.folder.path} can't be read: {error}"
        if trouble and trouble != self._trouble:
            LOG.error("%s", trouble)
        self._trouble = trouble
        return stamps

    def _load(self, name: str) -> None:
        try:
            self._language(name).load(self.folder.file(name), self.folder.read(name))
        except (ConverterFault, OSError, UnicodeDecodeError) as fault:
            LOG.error("The converter %s can't be loaded: %s", self.folder.file(name), fault)
        else:
            LOG.info("The converter %s is loaded", name)

    def _language(self, name: str) -> Language:
        return self._python if name.endswith(PYTHON) else self._javascript
