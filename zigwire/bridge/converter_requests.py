"""The user's converters: bridge/request/converter/*, and following what changes in their folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from zigwire.bridge.entities import Entities
from zigwire.bridge.existing import existing_device
from zigwire.bridge.info import Info
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.devices.external import JAVASCRIPT, PYTHON, ConverterFault, Converters
from zigwire.devices.generic import python_source
from zigwire.zigbee.background import Background

__all__ = ["ConverterRequests", "file_asked"]

LOG = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds between looks into the folder
WRONG_ENDING = "JavaScript file must have '.mjs', '.js' or '.cjs' extension"


class ConverterRequests:
    """converter/save and converter/remove, device/generate_external_definition.

    Args:
        entities: The devices that definitions can be made of.
        info: Publishes the list.
        converters: The user's converters.
        changed: Called after other converters are in use: devices may mean something else.
    """

    def __init__(self, entities: Entities, info: Info, converters: Converters, changed: Callable[[], None]) -> None:
        self._entities = entities
        self._info = info
        self._converters = converters
        self._changed = changed
        self._background = Background()

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {
            "converter/save": self.save,
            "converter/remove": self.remove,
            "device/generate_external_definition": self.generate,
        }

    def start(self) -> None:
        """Follow what changes in the folder."""
        self._background.spawn(self._follow(), "following the folder of converters")

    def stop(self) -> None:
        """Follow no more."""
        self._background.cancel()

    async def save(self, message: Any) -> dict[str, Any]:
        """Take up a converter; one that can't be used is put aside as `<name>.invalid` and changes nothing."""
        asked = file_asked(message, "name", "code")
        name, code = asked["name"], asked["code"]
        self._admit(name)
        try:
            self._converters.save(name, code)
        except ConverterFault as fault:
            raise RequestFault(f"{name} contains invalid code: {fault}") from fault
        except OSError as error:
            raise RequestFault(f"{name} can't be written: {error}") from error
        LOG.info("The converter %s is saved and in use", name)
        self._tell()
        return {}

    async def remove(self, message: Any) -> dict[str, Any]:
        """Delete a converter."""
        name = file_asked(message, "name")["name"]
        self._admit(name)
        try:
            removed = self._converters.remove(name)
        except OSError as error:
            raise RequestFault(f"{name} can't be removed: {error}") from error
        if not removed:
            raise RequestFault(f"{name} ({self._converters.folder.file(name)}) doesn't exists")
        LOG.info("The converter %s is removed", name)
        self._tell()
        return {}

    async def generate(self, message: Any) -> dict[str, Any]:
        """Return a converter in Python made of what a device declares, to be edited and saved."""
        asked = fields(message, "id")
        entity = existing_device(self._entities, asked["id"])
        return {"id": asked["id"], "source": python_source(entity.device)}

    def _admit(self, name: str) -> None:
        if not name.endswith((*JAVASCRIPT, *PYTHON)):
            raise RequestFault(WRONG_ENDING, f"name is {shortened(name)}; .py is allowed too")
        if not self._converters.folder.admits(name):
            raise RequestFault(f"name is {shortened(name)}; a file name without a path is allowed")
        if reason := self._converters.closed(name):
            raise RequestFault(f"{name} is not taken over MQTT: {reason}")

    def _tell(self) -> None:
        self._info.lists()
        self._changed()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._converters.refresh():
                self._tell()


def file_asked(message: Any, *keys: str) -> dict[str, str]:
    """Read a request that names a file: each of the keys is a text that is not empty.

    Raises:
        RequestFault: It is none such.
    """
    asked = fields(message, *keys)
    for key in keys:
        if not isinstance(asked[key], str) or not asked[key]:
            raise RequestFault("Invalid payload", f"{key} is {shortened(asked[key])}; a text is allowed")
    return asked
