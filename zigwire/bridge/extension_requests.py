"""bridge/request/extension/*: extensions made for Zigbee2MQTT, which Zigwire does not run and says so."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from zigwire.bridge.converter_requests import WRONG_ENDING, file_asked
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault
from zigwire.devices.external import JAVASCRIPT, Folder

__all__ = ["ExtensionRequests"]

LOG = logging.getLogger(__name__)

NOT_RUN = "Zigwire runs no extensions, they are made of Zigbee2MQTT's own parts"


class ExtensionRequests:
    """extension/save and extension/remove.

    Args:
        folder: Where extensions of Zigbee2MQTT lie, if there are any.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder, JAVASCRIPT)

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"extension/save": self.save, "extension/remove": self.remove}

    def start(self) -> None:
        """Name the extensions that lie about."""
        try:
            files = self._folder.stamps()
        except OSError as error:
            LOG.warning("%s can't be read: %s", self._folder.path, error)
            return
        if files:
            LOG.warning("%s: %s", NOT_RUN, ", ".join(str(self._folder.file(name)) for name in files))

    async def save(self, message: Any) -> dict[str, Any]:
        """Refuse an extension."""
        asked = file_asked(message, "name", "code")
        raise RequestFault(f"{self._admitted(asked['name'])} contains invalid code: {NOT_RUN}")

    async def remove(self, message: Any) -> dict[str, Any]:
        """Delete the file of an extension."""
        name = self._admitted(file_asked(message, "name")["name"])
        try:
            removed = self._folder.remove(name)
        except OSError as error:
            raise RequestFault(f"{name} can't be removed: {error}") from error
        if not removed:
            raise RequestFault(f"{name} ({self._folder.file(name)}) doesn't exists")
        return {}

    def _admitted(self, name: str) -> str:
        if not name.endswith(JAVASCRIPT):
            raise RequestFault(WRONG_ENDING, f"name is {shortened(name)}")
        if not self._folder.admits(name):
            raise RequestFault(f"name is {shortened(name)}; a file name without a path is allowed")
        return name
