"""The field's own library of definitions as a `DefinitionSource`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from zigwire.devices.behaviour import Host
from zigwire.devices.errors import shortened
from zigwire.devices.herdsman.behaviour import HerdsmanBehaviour
from zigwire.devices.herdsman.catalogue import Catalogue
from zigwire.devices.herdsman.clock import Clock, LoopClock
from zigwire.devices.herdsman.engine import ScriptError
from zigwire.devices.herdsman.guest import Guest
from zigwire.devices.herdsman.mirror import BASIC, dumps
from zigwire.devices.herdsman.modules import Modules
from zigwire.devices.herdsman.package import Package
from zigwire.devices.herdsman.scripts import Scripts
from zigwire.devices.herdsman.stage import Outcome, Stage
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, InterviewState

__all__ = ["HerdsmanSource"]

LOG = logging.getLogger(__name__)

Identity: TypeAlias = tuple[Any, ...]


class HerdsmanSource:
    """Definitions of zigbee-herdsman-converters, in one JavaScript context on the event loop's thread.

    Args:
        package: The installed library.
        clock: What definitions measure time with.

    Raises:
        ScriptError: The library can't be loaded.
    """

    def __init__(self, package: Package, clock: Clock | None = None) -> None:
        self.package = package
        self._stage = Stage(Modules(package.modules), clock or LoopClock(), self._introduce_again, self._forget)
        self._visits: dict[str, Visit] = {}
        self._catalogue = Catalogue(package.modules)
        self.scripts = Scripts(self._stage, self.find, self.named)

    def prepare(self, device: Device) -> bool:
        """Load the files that may describe a device, which takes up to 0.1 s; whether they do is not known before."""
        try:
            self._stage.load("preload", device.model_id or "")
        except ScriptError as error:
            LOG.error("The definitions for %s can't be loaded: %s", device.model_id, error)
        return False

    def find(self, device: Device, host: Host) -> HerdsmanBehaviour | None:
        """Return what the library says of a device, None when it does not know it, or has to ask it first."""
        return self._look_up(device, host, "")

    def named(self, name: str, device: Device, host: Host) -> HerdsmanBehaviour | None:
        """Return what the definition with this name makes of a device, None when there is none."""
        return self._look_up(device, host, name)

    def has(self, name: str) -> bool:
        """Whether there is a definition with this name."""
        try:
            self._load(name)
            return bool(self._stage.call("isName", name, dumps(self._catalogue.files(name))))
        except ScriptError as error:
            LOG.error("The definition %s can't be loaded: %s", shortened(name), error)
            return False

    def names(self) -> Iterable[str]:
        """Return the names of most definitions of the library."""
        return self._catalogue.names

    def _look_up(self, device: Device, host: Host, name: str) -> HerdsmanBehaviour | None:
        """Return what the definition that fits, or one with a name, makes of a device."""
        visit = self._visits.get(device.ieee)
        if visit and visit.is_about(device) and visit.name == name and self._is_served(visit):
            return visit.behaviour
        if visit:
            self._stage.dismiss(visit.guest)
        visit = self._visits[device.ieee] = Visit(Guest(device, host), identity(device), name)
        outcome = self._introduce(visit)
        if not outcome.done():
            outcome.add_done_callback(partial(self._late, visit))
            return None
        self._conclude(visit, outcome)
        return visit.behaviour

    def close(self) -> None:
        """End all that is under way."""
        self._stage.reset()

    async def settle(self) -> None:
        """Wait until no definition has a request under way."""
        await self._stage.settle()

    def rewind(self, instead: Mapping[str, Any] | None = None) -> None:
        """Put all devices back to what was first known of them; only with a `VirtualClock`.

        Args:
            instead: What endpoints are to know in the place of that.
        """
        self._stage.reset()
        for visit in filter(self._is_served, self._visits.values()):
            self._stage.ask(visit.guest, "rewind", visit.guest.device.ieee, visit.facts, dumps(instead or {}))

    def _introduce(self, visit: Visit) -> Outcome:
        """Let the library look at a device."""
        guest = visit.guest
        self._stage.admit(guest)
        self._stage.meet(guest.host)
        visit.facts = guest.mirror.facts()
        generate = guest.device.interview_state is InterviewState.SUCCESSFUL
        self.prepare(guest.device)
        try:
            self._load(visit.name)
        except ScriptError as error:
            LOG.error("The definition %s can't be loaded: %s", shortened(visit.name), error)
        chosen = (visit.name, dumps(self._catalogue.files(visit.name)))
        _, outcome = self._stage.begin(guest, "find", visit.facts, *guest.circumstances(), generate, *chosen)
        return outcome

    def _load(self, name: str) -> None:
        """Load the files that may have the definition with a name."""
        if files := self._catalogue.files(name):
            self._stage.load("preloadFiles", dumps(files))

    def _introduce_again(self, guest: Guest) -> None:
        """Let a new engine know a device that was served before."""
        visit = self._visits.get(guest.device.ieee)
        if visit and visit.guest is guest:
            self._introduce(visit)

    def _late(self, visit: Visit, outcome: Outcome) -> None:
        """Say that a device became known after it was asked; not when it is gone, or another one by now."""
        guest = visit.guest
        self._conclude(visit, outcome)
        if visit.behaviour is None:
            return
        if guest.host.device(guest.device.ieee) is guest.device and self._visits.get(guest.device.ieee) is visit:
            guest.host.changed(guest.device)
        else:
            visit.behaviour.stop()

    def _conclude(self, visit: Visit, outcome: Outcome) -> None:
        """Make the behaviour of a device that the library knows; send away one that it does not."""
        guest = visit.guest
        try:
            if outcome.result():
                visit.behaviour = HerdsmanBehaviour(guest, self._stage)
        except (ScriptError, RequestError, EncodeError) as error:
            LOG.error("The library can't describe %s (%s): %s", guest.device.ieee, guest.device.model_id, error)
        if visit.behaviour is None:
            self._stage.dismiss(guest)

    def _is_served(self, visit: Visit) -> bool:
        return self._stage.has(visit.guest)

    def _forget(self, guest: Guest) -> None:
        """Forget a device that was let go."""
        visit = self._visits.get(guest.device.ieee)
        if visit and visit.guest is guest:
            del self._visits[guest.device.ieee]


class Visit:
    """A device that was looked up.

    Attributes:
        guest: The device in the engine.
        name: Of the definition that was chosen for it, empty when it is the one that fits.
        facts: What the engine was told of it.
        behaviour: What was found, None before that or when nothing is.
    """

    def __init__(self, guest: Guest, known_as: Identity, name: str) -> None:
        self.guest = guest
        self.name = name
        self.facts = ""
        self.behaviour: HerdsmanBehaviour | None = None
        self._known_as = known_as

    def is_about(self, device: Device) -> bool:
        """Whether it is this device, and as it was."""
        return self.guest.device is device and self._known_as == identity(device)


def identity(device: Device) -> Identity:
    """Return what decides which definition fits."""
    endpoints = (
        (one.id, one.profile, one.device, tuple(one.input_clusters), tuple(one.output_clusters))
        for one in device.endpoints.values()
    )
    return (
        device.interview_state,
        device.type,
        device.manufacturer_code,
        device.power_source,
        *(getattr(device, name) for name in BASIC.values()),
        *endpoints,
    )
