"""Devices that announce themselves or come back may have changed meanwhile: their main state is read again."""

from __future__ import annotations

import asyncio
import logging

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.bridge.states import States
from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Context
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import InterviewState
from zigwire.zigbee.network import Network

__all__ = ["Returns"]

LOG = logging.getLogger(__name__)

QUIET = 1.5
"""Seconds after the last sign of a return: devices announce themselves several times."""

STATE = "state"
READ_WHEN_ON = (("brightness",), ("color", "color_temp"))
"""Of each group the first property that the device has: one request brings all of the group."""


class Returns:
    """Reads the state of devices that came back, each once it has been quiet for a moment."""

    def __init__(self, network: Network, entities: Entities, states: States) -> None:
        self._network = network
        self._entities = entities
        self._states = states
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._background = Background()
        self._stopped = False

    def returned(self, entity: DeviceEntity) -> None:
        """Note that a device announced itself or is reachable again; one that is new has no state to read again."""
        self.forget(entity.key)
        if self._stopped or entity.behaviour is None or entity.settings.disabled:
            return
        loop = asyncio.get_running_loop()
        self._waiting[entity.key] = loop.call_later(QUIET, self._begin, entity.key)

    def forget(self, ieee: str) -> None:
        """Drop what is planned for a device."""
        if timer := self._waiting.pop(ieee, None):
            timer.cancel()

    def stop(self) -> None:
        """Read nothing any more."""
        self._stopped = True
        for ieee in list(self._waiting):
            self.forget(ieee)
        self._background.cancel()

    def _begin(self, ieee: str) -> None:
        del self._waiting[ieee]
        self._background.spawn(self._read_state(ieee), f"reading of {ieee} after its return")

    async def _read_state(self, ieee: str) -> None:
        for ending in self._endings(ieee):
            await self._read(ieee, (f"{STATE}{ending}",))
            for keys in READ_WHEN_ON:
                if self._states.get(ieee).get(f"{STATE}{ending}") == "ON":
                    await self._read(ieee, tuple(f"{key}{ending}" for key in keys))

    def _endings(self, ieee: str) -> tuple[str, ...]:
        """Return what the names of the properties end with: nothing, or the name of an endpoint."""
        entity = self._entity(ieee)
        names = entity.behaviour.endpoint_names if entity and entity.behaviour else ()
        return "", *(f"_{name}" for name in names)

    async def _read(self, ieee: str, keys: tuple[str, ...]) -> None:
        """Read the first of the properties that the device has; the answer is published like any other message."""
        entity = self._entity(ieee)
        if entity is None or entity.behaviour is None:
            return
        key = next((key for key in keys if key in entity.behaviour.properties), None)
        if key is None:
            return
        try:
            await entity.behaviour.get(key, Context(options=entity.options, state=self._states.get(ieee)))
        except (DefinitionError, EncodeError, RequestError) as error:
            LOG.debug("Can't read '%s' of '%s' after its return: %s", key, entity.name, error)

    def _entity(self, ieee: str) -> DeviceEntity | None:
        """Return the device as it is now, None when it is gone or not to be used any more."""
        device = self._network.devices.get(ieee)
        if device is None:
            return None
        entity = self._entities.of(device)
        return entity if _is_usable(entity) else None


def _is_usable(entity: DeviceEntity) -> bool:
    interviewed = entity.device.interview_state is InterviewState.SUCCESSFUL
    return interviewed and entity.behaviour is not None and not entity.settings.disabled
