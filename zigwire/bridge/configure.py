"""The set-up that definitions ask for (binds, reporting, first reads): done once for each device, in the background.

What was done is kept in the device's meta as `configured`: the version of the definition, or that it was generated.
Zigbee2MQTT keeps a version in the same place, older ones a number.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from zigwire.bridge.entities import DeviceEntity, Entities
from zigwire.devices.definition import Definition
from zigwire.devices.errors import DefinitionError
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.turns import Turns

__all__ = ["FAULTS", "Configure"]

LOG = logging.getLogger(__name__)

FAULTS = (DefinitionError, EncodeError, RequestError)
"""What a set-up may fail with."""

CONFIGURED = "configured"
UNVERSIONED = "0.0.0"
"""Version of definitions whose set-up, once done, is never done again by itself."""

PAUSES = (0.0, 0.0, 60.0, 600.0)
"""Seconds between an attempt that failed and the next; after the fifth there is no other."""

SILENCE = 60.0
"""Seconds for which a device that always listens may say nothing before it is tried again all the same."""

GENERATED = "generated"
"""Kept in the place of a version when the set-up was made up: one that somebody described is done when it is known."""

AT_ONCE, FOR_AWAKE = 2, 1
"""Set-ups that run at the same time, and how many of them are kept for devices that just spoke and sleep soon."""

AWAKE_FOR = 5.0
"""Seconds for which a sleeping device listens at least after it spoke."""

AWAKE, PATIENT = 0, 1
"""Ranks of devices that wait for their turn."""


Turn: TypeAlias = contextlib.AbstractAsyncContextManager[None]


@dataclass(slots=True, eq=False)
class Plan:
    """A set-up that is still to be done.

    Attributes:
        failures: Attempts that failed.
        not_before: Loop time before which there is no other.
        timer: Begins the next attempt at a device that always listens.
        task: The attempt under way or waiting for its turn; its result is why it failed.
        begun: Whether it has its turn.
    """

    failures: int = 0
    not_before: float = 0.0
    timer: asyncio.TimerHandle | None = None
    task: asyncio.Task[Exception | None] | None = None
    begun: bool = False


class Configure:
    """Sees to it that every device is set up.

    Args:
        network: The network.
        entities: The devices and their definitions.
        configured: Called with a device that was set up.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        network: Network,
        entities: Entities,
        configured: Callable[[DeviceEntity], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._network = network
        self._entities = entities
        self._configured = configured
        self._now = now
        self._plans: dict[str, Plan] = {}
        self._turns = Turns(AT_ONCE, FOR_AWAKE)
        self._background = Background()
        self._stopped = False

    def start(self) -> None:
        """Set up what is not set up yet: who always listens now, one after the other, who sleeps when it speaks."""
        for entity in list(self._entities.devices()):
            self.consider(entity)

    def stop(self) -> None:
        """Set up nothing any more."""
        self._stopped = True
        for ieee in list(self._plans):
            self.forget(ieee)
        self._background.cancel()

    def interviewed(self, entity: DeviceEntity) -> None:
        """Set up a device that was just interviewed, whatever was done before: it may have been reset."""
        self._begin_anew(entity)
        if plan := self._plans.get(entity.key):
            self._attempt(entity.device, plan, AWAKE)

    def again(self, entity: DeviceEntity) -> None:
        """Set up a device anew because something that it needs may have been taken away."""
        self._begin_anew(entity)
        self.consider(entity)

    def outdated(self, device: Device) -> None:
        """Note that what was done for a device counts no more: its set-up is done after the next interview or start."""
        if device.meta.pop(CONFIGURED, None) is not None:
            self._network.save(device)

    def consider(self, entity: DeviceEntity) -> None:
        """Plan a device's set-up if it has one that is still to be done; drop the plan if not."""
        if self._stopped or not _is_wanted(entity):
            self.forget(entity.key)
            return
        plan = self._plans.setdefault(entity.key, Plan())
        if not entity.device.sleepy:
            self._attempt(entity.device, plan, PATIENT)
        elif self._is_awake(entity.device):
            self._attempt(entity.device, plan, AWAKE)

    def heard(self, device: Device) -> None:
        """Note that a device spoke: one that sleeps listens now, one that was out of reach is back."""
        if plan := self._plans.get(device.ieee):
            self._attempt(device, plan, AWAKE if device.sleepy else PATIENT)

    def forget(self, ieee: str) -> None:
        """Drop what is planned for a device, and end what is under way."""
        plan = self._plans.pop(ieee, None)
        if plan and plan.timer:
            plan.timer.cancel()
        if plan and plan.task:
            plan.task.cancel()

    async def now(self, entity: DeviceEntity) -> None:
        """Set a device up at once, or wait for the attempt that is under way.

        Raises:
            DefinitionError: The definition fails.
            EncodeError: It asks for something that can't be written.
            RequestError: The device did not do it, or left.
        """
        plan = self._plans.get(entity.key)
        if plan is None or plan.task is None or not plan.begun:
            self.forget(entity.key)
            plan = self._plans[entity.key] = Plan()
            task = self._spawn(entity.device, plan, contextlib.nullcontext())
        else:
            task = plan.task
        await asyncio.wait({task})
        failure = RequestError("it was given up") if task.cancelled() else task.result()
        if failure:
            raise failure

    def _is_awake(self, device: Device) -> bool:
        return device.last_seen is not None and self._now() - device.last_seen / 1000 < AWAKE_FOR

    def _begin_anew(self, entity: DeviceEntity) -> None:
        self.forget(entity.key)
        self.outdated(entity.device)
        if not self._stopped and _is_wanted(entity):
            self._plans[entity.key] = Plan()

    def _attempt(self, device: Device, plan: Plan, rank: int) -> None:
        """Begin an attempt unless one is under way, it is too early, or there were enough."""
        if plan.task or plan.failures > len(PAUSES) or asyncio.get_running_loop().time() < plan.not_before:
            return
        self._spawn(device, plan, self._turns.turn(rank))

    def _spawn(self, device: Device, plan: Plan, turn: Turn) -> asyncio.Task[Exception | None]:
        if plan.timer:
            plan.timer.cancel()
        plan.task = self._background.spawn(self._run(device, plan, turn), f"set-up of {device.ieee}")
        return plan.task

    async def _run(self, device: Device, plan: Plan, turn: Turn) -> Exception | None:
        heard = device.messages
        try:
            async with turn:
                plan.begun, heard = True, device.messages
                await self._do(self._entities.of(device))
        except FAULTS as error:
            self._failed(device, plan, error, silent=device.messages == heard)
            return error
        except Exception:
            plan.failures = len(PAUSES) + 1
            raise
        finally:
            plan.task, plan.begun = None, False
        return None

    async def _do(self, entity: DeviceEntity) -> None:
        behaviour = entity.behaviour
        if behaviour is None:
            return
        LOG.info("Setting up '%s'", entity.name)
        await behaviour.configure()
        entity.device.meta[CONFIGURED] = _mark(behaviour.definition)
        self._network.save(entity.device)
        if (plan := self._plans.pop(entity.key, None)) and plan.timer:
            plan.timer.cancel()
        LOG.info("Set up '%s'", entity.name)
        self._configured(entity)

    def _failed(self, device: Device, plan: Plan, error: Exception, *, silent: bool) -> None:
        """Decide when to try again. Who was not there, or could not be asked for want of a radio, has not failed."""
        name = self._entities.of(device).name
        if self._network.radio_state != "online":
            LOG.info("Setting up '%s' waits for the radio", name)
            return
        loop = asyncio.get_running_loop()
        if silent and not device.sleepy:
            plan.not_before = loop.time() + SILENCE
            LOG.warning("Can't set up '%s' before it is heard again: %s", name, error)
            return
        plan.failures += 1
        if plan.failures > len(PAUSES):
            hint = "bridge/request/device/configure tries again"
            LOG.error("Can't set up '%s', attempt %d: %s; %s", name, plan.failures, error, hint)
            return
        pause = PAUSES[plan.failures - 1]
        LOG.error("Can't set up '%s', attempt %d: %s; %s", name, plan.failures, error, _outlook(pause))
        plan.not_before = loop.time() + pause
        if not device.sleepy:
            plan.timer = loop.call_later(max(pause, SILENCE), self._retry, device, plan)

    def _retry(self, device: Device, plan: Plan) -> None:
        if self._plans.get(device.ieee) is plan:
            self._attempt(device, plan, PATIENT)


def _outlook(pause: float) -> str:
    return f"the next is in {pause:g} s" if pause else "the next is when it is heard"


def _is_wanted(entity: DeviceEntity) -> bool:
    """Tell whether a device has a set-up that was not done yet, or by an older version of the definition."""
    behaviour = entity.behaviour
    if behaviour is None or not behaviour.can_configure or entity.settings.disabled:
        return False
    if entity.device.interview_state is not InterviewState.SUCCESSFUL:
        return False
    done, mark = entity.device.meta.get(CONFIGURED), _mark(behaviour.definition)
    if done is None or done == mark:
        return done is None
    return done == GENERATED or mark not in (UNVERSIONED, GENERATED)


def _mark(definition: Definition) -> str:
    """Return what is kept of a set-up that is done."""
    return GENERATED if definition.source == GENERATED else definition.version
