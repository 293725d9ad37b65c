"""The part of the bridge that cares for firmware."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zigwire.bridge.entities import Entities
from zigwire.bridge.firmware.busy import Busy
from zigwire.bridge.firmware.lookup import Lookup
from zigwire.bridge.firmware.parts import Parts
from zigwire.bridge.firmware.queries import Queries
from zigwire.bridge.firmware.requests import FirmwareRequests
from zigwire.bridge.firmware.schedules import Schedules
from zigwire.bridge.firmware.states import FirmwareStates
from zigwire.bridge.firmware.store import FirmwareStore
from zigwire.bridge.firmware.under_way import UnderWay
from zigwire.bridge.firmware.updates import Updates
from zigwire.bridge.publisher import Publisher
from zigwire.bridge.requests import Handler
from zigwire.bridge.states import States
from zigwire.ota.errors import OtaError
from zigwire.ota.images import Images
from zigwire.ota.server import Query, Server
from zigwire.ota.store import Store
from zigwire.settings import Settings
from zigwire.zcl.message import Message
from zigwire.zigbee.model import Device
from zigwire.zigbee.network import Network

__all__ = ["Firmware"]


class Firmware:
    """Puts together what updates devices, and hears for it what happens.

    Args:
        settings: The configuration.
        network: The network.
        entities: The devices.
        publisher: Publishes states.
        states: The state cache.
        store: Keeps what must outlive a restart.
        renewed: Called with a device that has other firmware now.
    """

    def __init__(
        self,
        settings: Settings,
        network: Network,
        entities: Entities,
        publisher: Publisher,
        states: States,
        store: FirmwareStore,
        renewed: Callable[[Device], None],
    ) -> None:
        data = settings.path.parent
        images = Store(data)
        self._busy = Busy()
        self._server = Server(network, self._asked)
        self._schedules = Schedules(store, images)
        parts = Parts(
            settings,
            network,
            entities,
            self._server,
            Lookup(Images(data, settings.ota.zigbee_ota_override_index_location)),
            FirmwareStates(entities, publisher, states),
            self._schedules,
            UnderWay(store, images),
            self._busy,
            renewed,
        )
        self._updates = Updates(parts)
        self._queries = Queries(parts, self._updates)
        self._requests = FirmwareRequests(parts, images, self._updates, self._queries)

    @property
    def ended(self) -> Mapping[str, int]:
        """How many updates ended how since the start: `installed`, `aborted`, `failed`."""
        return self._updates.ended

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return self._requests.handlers()

    def radio_online(self) -> None:
        """Go on with what a restart interrupted: devices may ask from now on."""
        self._updates.settle()

    def received(self, device: Device, endpoint: int, message: Message) -> None:
        """Take a message of a device."""
        self._server.received(device, endpoint, message)

    def announced(self, device: Device) -> None:
        """Note that a device announced itself."""
        self._server.announced(device)

    def forget(self, ieee: str) -> None:
        """Drop all about a device that is gone."""
        self._busy.end(ieee, OtaError("the device left the network"))
        self._server.forget(ieee)
        self._schedules.forget(ieee)
        self._updates.forget()
        self._queries.forget(ieee)

    def stop(self) -> None:
        """End all work; updates that have begun go on after the next start."""
        self._queries.stop()
        self._updates.stop()
        self._server.stop()

    def _asked(self, query: Query) -> None:
        self._queries.asked(query)
