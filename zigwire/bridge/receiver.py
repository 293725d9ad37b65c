"""From a device's message to a report of its state."""

from __future__ import annotations

import logging

from zigwire.bridge.entities import DeviceEntity
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.states import States
from zigwire.devices.feature import Context
from zigwire.settings import Settings
from zigwire.zcl.message import Message

__all__ = ["Receiver"]

LOG = logging.getLogger(__name__)


class Receiver:
    """Decodes messages of devices and reports what they mean."""

    def __init__(self, publisher: Publisher, states: States, settings: Settings) -> None:
        self._publisher = publisher
        self._states = states
        self._settings = settings

    def receive(self, entity: DeviceEntity, endpoint: int, message: Message) -> None:
        """Take a message from an interviewed device."""
        if entity.settings.disabled:
            return
        changes = None
        if entity.behaviour:
            context = Context(options=entity.options, state=self._states.get(entity.key))
            changes = entity.behaviour.decode(endpoint, message, context)
        if changes:
            self._publisher.report(entity, changes)
        else:
            self.seen(entity)
            if changes is None:
                LOG.debug("Nothing decodes %s of %s from '%s'", message.type, message.cluster, entity.name)

    def seen(self, entity: DeviceEntity) -> None:
        """Publish when a device was heard, where `advanced.last_seen` is on."""
        if self._settings.advanced.last_seen != "disable":
            self._publisher.publish(entity, {})
