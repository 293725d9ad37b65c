"""Where definitions run: takes calls into the engine, and does what scripts want done out here."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson

from zigwire.devices.behaviour import Host
from zigwire.devices.herdsman.clock import Clock, Timer
from zigwire.devices.herdsman.engine import Engine, Excess, OutOfMemory, Overrun, ScriptError, Stopped
from zigwire.devices.herdsman.guest import Guest
from zigwire.devices.herdsman.mirror import dumps
from zigwire.devices.herdsman.modules import Modules
from zigwire.devices.herdsman.zone import DAY, zone_facts
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.requests import Prepared
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Binding, Device

__all__ = ["Outcome", "Stage"]

LOG = logging.getLogger(__name__)
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
FAILURES_KEPT = 64
ALL_ENDPOINTS = 0xFF

PATIENCE = 10.0
"""Seconds after which it is looked whether calls wait for nothing; who does so twice is ended."""

Note = dict[str, Any]
Outcome = asyncio.Future[Any]


class Stage:
    """The engine with its guests, timers and requests; all on the event loop's thread.

    Args:
        modules: Finds what the engine loads.
        clock: What scripts measure time with.
        introduce: Called with a guest that a new engine does not know yet.
        gone: Called with a guest that was let go.

    Attributes:
        prepare: Called when the engine was made anew, before anything else is asked of it.
    """

    def __init__(
        self, modules: Modules, clock: Clock, introduce: Callable[[Guest], None], gone: Callable[[Guest], None]
    ) -> None:
        self._modules = modules
        self._clock = clock
        self._introduce = introduce
        self._gone = gone
        self._guests: dict[str, Guest] = {}
        self._bystanders: list[Guest] = []
        self._strangers: dict[str, Guest] = {}
        self._calls: dict[int, tuple[Guest, Outcome]] = {}
        self._numbers = itertools.count(1)
        self._timers: dict[int, tuple[Guest, Timer]] = {}
        self._tasks: dict[asyncio.Task[None], Guest] = {}
        self._failures: dict[int, Exception] = {}
        self._network: tuple[Binding, dict[str, Any]] | None = None
        self._hopeless: set[int] = set()
        self._watch: asyncio.TimerHandle | None = None
        self._zone_until = 0.0
        self._spoilt = False
        self._performers: dict[str, Callable[[Note, Guest], None]] = {
            "done": self._done,
            "timer": self._timer,
            "keep": self._keep,
            "publish": lambda note, guest: guest.host.publish(guest.device, note["state"]),
            "exposes": lambda _, guest: guest.host.changed(guest.device),
            "hoarded": lambda _, guest: self._note_fault(guest, OutOfMemory()),
            "excess": lambda _, guest: self._note_fault(guest, Excess()),
        }
        self._servants = {
            "request": self._request,
            "bind": self._bind,
            "unbind": self._unbind,
            "multicast": self._multicast,
            "broadcast": self._broadcast,
        }
        self.prepare: Callable[[], None] = lambda: None
        self._engine = self._made()

    def admit(self, guest: Guest) -> None:
        """Let a device in; one of the same address goes."""
        self._guests[guest.device.ieee] = guest

    def has(self, guest: Guest) -> bool:
        """Whether a device is in."""
        return self._guests.get(guest.device.ieee) is guest

    def accompany(self, device: Device, host: Host) -> None:
        """Make a device known, as it is now, that nobody described here: others command it with them, in a group."""
        if guest := self._guests.get(device.ieee):
            self.refresh(guest)
            return
        for gone in [one for one in self._bystanders if host.device(one.device.ieee) is not one.device]:
            self._bystanders.remove(gone)
            self.dismiss(gone)
        guest = Guest(device, host)
        self.admit(guest)
        self._bystanders.append(guest)
        self._ask(guest, "stand", guest.mirror.facts())

    def refresh(self, guest: Guest) -> None:
        """Tell the engine what changed about a device."""
        if news := guest.mirror.news():
            self._ask(guest, "update", guest.device.ieee, news)

    def dismiss(self, guest: Guest) -> None:
        """Let a device go: what it waits for is ended."""
        if not self.has(guest):
            return
        self._strangers.pop(guest.device.ieee, None)
        self._ask(guest, "stop", guest.device.ieee)
        del self._guests[guest.device.ieee]
        self._ask(guest, "drop", guest.device.ieee)
        self._end_calls(guest, ScriptError("the device is gone"))
        self._gone(guest)

    def load(self, name: str, *args: str) -> None:
        """Load what a call is going to need.

        Raises:
            ScriptError: It can't be loaded.
        """
        self._engine.load(name, *args)

    def ask(self, guest: Guest, name: str, *args: str | float | bool) -> Any:
        """Return what a function says at once.

        Raises:
            ScriptError: It threw, or was stopped.
        """
        self._present(guest)
        try:
            return self._engine.call(name, *args)
        except ScriptError as error:
            self._note_fault(guest, error)
            raise
        finally:
            self._perform()

    def call(self, name: str, *args: str | float | bool) -> Any:
        """Return what a function says at once on behalf of no device.

        Raises:
            ScriptError: It threw, or was stopped.
        """
        try:
            return self._engine.call(name, *args)
        except ScriptError as error:
            self._spoilt = self._spoilt or self._spoils(error)
            raise
        finally:
            self._perform()

    def begin(self, guest: Guest, name: str, *args: str | float | bool) -> tuple[Any, Outcome]:
        """Begin a longer call; return what it says at once, and its outcome, which may be there already.

        An outcome raises what a request failed with where that was the reason, else `ScriptError`.
        """
        self._present(guest)
        number = next(self._numbers)
        outcome: Outcome = asyncio.get_running_loop().create_future()
        self._calls[number] = (guest, outcome)
        answer = None
        try:
            self._know_day()
            answer = self._engine.call(name, number, *args)
        except ScriptError as error:
            self._end(number, error)
            self._note_fault(guest, error)
        self._perform()
        return answer, outcome

    def meet(self, host: Host) -> None:
        """Let scripts know the network, as far as it is known."""
        try:
            network = host.coordinator_binding(0), dict(host.network())
        except RequestError:
            return
        if network == self._network:
            return
        self._network = network
        self._tell_network()

    async def settle(self) -> None:
        """Wait until no request is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def reset(self) -> None:
        """End all that is under way."""
        for task in self._tasks:
            task.cancel()
        for _, timer in self._timers.values():
            timer.cancel()
        self._tasks.clear()
        self._timers.clear()
        if self._watch:
            self._watch.cancel()
            self._watch = None
        for guest in self._guests.values():
            self._end_calls(guest, ScriptError("it was ended"))

    def _made(self) -> Engine:
        engine = Engine(self._modules, self._clock.now)
        engine.call("setVerbose", LOG.isEnabledFor(logging.DEBUG))
        self._zone_until = 0.0
        return engine

    def _ask(self, guest: Guest, name: str, *args: str | float | bool | None) -> None:
        """Call a function that answers nothing; what goes wrong is the guest's."""
        self._present(guest)
        try:
            self._engine.call(name, *args)
        except ScriptError as error:
            self._note_fault(guest, error)
        self._perform()

    def _perform(self) -> None:
        """Do what scripts want done."""
        engine = self._engine
        for note in self._taken():
            if self._engine is not engine:
                return
            self._do(note)
        if self._spoilt:
            self._rebuild()
        self._watch_calls()

    def _taken(self) -> list[Note]:
        try:
            return self._engine.take()
        except ScriptError as error:
            LOG.error("What definitions want to be done is lost: %s", error)
            self._spoilt = True
            return []

    def _do(self, note: Note) -> None:
        kind = note["kind"]
        guest = self._guests.get(note["ieee"])
        if kind == "log":
            LOG.log(LEVELS[note["level"]], "Definition of %s: %s", note["ieee"], note["text"])
        elif kind == "untimer":
            self._stop_timer(note["id"])
        elif guest is None:
            LOG.debug("%s is gone, and what its definition wanted with it: %s", note["ieee"], kind)
        elif kind in self._servants:
            self._serve(note, guest)
        else:
            self._performers[kind](note, guest)

    def _keep(self, _: Note, guest: Guest) -> None:
        try:
            guest.keep(orjson.loads(self.ask(guest, "kept", guest.device.ieee)))
        except (ScriptError, ValueError, KeyError, TypeError, AttributeError) as error:
            LOG.error("What the definition of %s wants kept can't be kept: %s", guest.device.ieee, error)

    def _done(self, note: Note, _: Guest) -> None:
        guest_outcome = self._calls.pop(note["call"], None)
        if guest_outcome is None or guest_outcome[1].done():
            return
        outcome = guest_outcome[1]
        error = note.get("error")
        if error is None:
            outcome.set_result(note.get("value"))
            return
        LOG.debug("Definition of %s: %s\n%s", note["ieee"], error["text"], error.get("stack") or "")
        self._fail(outcome, self._failures.get(error.get("request") or 0) or ScriptError(error["text"]))

    def _fail(self, outcome: Outcome, error: Exception) -> None:
        outcome.set_exception(error)
        outcome.exception()

    def _end(self, number: int, error: ScriptError) -> None:
        _, outcome = self._calls.pop(number)
        if not outcome.done():
            self._fail(outcome, error)

    def _end_calls(self, guest: Guest, error: ScriptError) -> None:
        for number in [number for number, (owner, _) in self._calls.items() if owner is guest]:
            self._end(number, error)

    def _watch_calls(self) -> None:
        if self._calls and not self._watch:
            self._watch = asyncio.get_running_loop().call_later(PATIENCE, self._end_hopeless_calls)

    def _end_hopeless_calls(self) -> None:
        """End calls that waited a while for no request and no timer of their own: a promise of theirs is forgotten."""
        hopeful = {*self._tasks.values(), *(guest for guest, _ in self._timers.values())}
        hopeless = {number for number, (guest, _) in self._calls.items() if guest not in hopeful}
        for number in hopeless & self._hopeless:
            self._end(number, ScriptError("it waits for something that never comes"))
        self._hopeless = hopeless
        self._watch = None
        self._watch_calls()

    def _note_fault(self, guest: Guest, error: ScriptError) -> None:
        """Judge what a script did: a mistake is its own affair, taking all time or memory is not."""
        if not isinstance(error, Stopped):
            LOG.debug("Definition of %s: %s", guest.device.ieee, error)
            return
        guest.stopped(error)
        self._end_calls(guest, error)
        if self._spoils(error):
            self._spoilt = True

    def _spoils(self, error: ScriptError) -> bool:
        """Whether the engine is of no more use after an error."""
        if isinstance(error, OutOfMemory):
            return self._engine.crammed
        return isinstance(error, Overrun) and error.endless

    def _rebuild(self) -> None:
        """Make the engine anew: what is left of the old one is of no use."""
        LOG.warning("Definitions are loaded anew")
        self._spoilt = False
        self.reset()
        for guest in self._bystanders:
            self._guests.pop(guest.device.ieee, None)
        self._bystanders.clear()
        self._engine = self._made()
        self._tell_network()
        self.prepare()
        self._strangers = {ieee: guest for ieee, guest in self._guests.items() if not guest.disabled}
        asyncio.get_running_loop().call_soon(self._present_next)

    def _present_next(self) -> None:
        """Make the new engine know one guest in a turn of the loop: with its files that may take 0.1 s."""
        for guest in self._strangers.values():
            self._present(guest)
            asyncio.get_running_loop().call_soon(self._present_next)
            return

    def _present(self, guest: Guest) -> None:
        """Make the new engine know a guest, unless it does."""
        if self._strangers.get(guest.device.ieee) is guest:
            del self._strangers[guest.device.ieee]
            self._introduce(guest)

    def _tell_network(self) -> None:
        if self._network is None:
            return
        binding, parameters = self._network
        facts = {"ieee": binding.ieee, "endpoint": binding.endpoint, "parameters": parameters}
        self._engine.call("setNetwork", dumps(facts))

    def _know_day(self) -> None:
        """Tell scripts the time zone, once a day."""
        virtual = self._clock.now
        now = virtual() / 1000 if virtual else time.time()
        if now >= self._zone_until:
            self._zone_until = now + DAY
            self._engine.call("setZone", dumps(zone_facts(now)))

    # Timers

    def _timer(self, note: Note, guest: Guest) -> None:
        number = note["id"]
        timer = self._clock.call_later(note["delay"] / 1000, partial(self._fire, number, guest))
        self._timers[number] = guest, timer

    def _stop_timer(self, number: int) -> None:
        if known := self._timers.pop(number, None):
            known[1].cancel()

    def _fire(self, number: int, guest: Guest) -> None:
        self._timers.pop(number, None)
        if self.has(guest) and not guest.disabled:
            self._ask(guest, "fire", number)

    # Requests

    def _serve(self, note: Note, guest: Guest) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(note, guest))
        self._tasks[task] = guest
        task.add_done_callback(lambda task: self._tasks.pop(task, None))

    async def _answer(self, note: Note, guest: Guest) -> None:
        try:
            answer = await self._servants[note["kind"]](note, guest)
        except (RequestError, EncodeError, ValueError, TypeError) as error:
            self._note_failure(note["id"], error)
            LOG.debug("%s: a request of its definition failed: %s", guest.device.ieee, error)
            self._ask(guest, "fail", note["id"], str(error))
            return
        self._ask(guest, "settle", note["id"], answer)

    def _note_failure(self, number: int, error: Exception) -> None:
        self._failures[number] = error
        if len(self._failures) > FAILURES_KEPT:
            del self._failures[next(iter(self._failures))]

    async def _request(self, note: Note, guest: Guest) -> str | None:
        request = _prepared(note, note["endpoint"])
        priority = _priority(note)
        if not note["answered"] or note["numbered"]:
            await guest.host.tell(guest.device, request, priority=priority)
            return None
        timeout = note.get("timeout")
        message = await guest.host.request(guest.device, request, timeout=timeout and timeout / 1000, priority=priority)
        return message.frame.hex() if message else None

    async def _bind(self, note: Note, guest: Guest) -> None:
        await guest.host.bind(guest.device, note["endpoint"], _binding(note), priority=_priority(note))

    async def _unbind(self, note: Note, guest: Guest) -> None:
        await guest.host.unbind(guest.device, note["endpoint"], _binding(note))

    async def _multicast(self, note: Note, guest: Guest) -> None:
        await guest.host.multicast(note["group"], _prepared(note, ALL_ENDPOINTS))

    async def _broadcast(self, note: Note, guest: Guest) -> None:
        await guest.host.broadcast(note["address"], _prepared(note, note["endpoint"]))


def _prepared(note: Note, endpoint: int) -> Prepared:
    return Prepared(
        endpoint=endpoint,
        cluster=note["cluster"],
        frame=bytes.fromhex(note["frame"]),
        numbered=note.get("numbered", False),
        source=note.get("source"),
    )


def _binding(note: Note) -> Binding:
    return Binding(note["cluster"], **note["target"])


def _priority(note: Note) -> Any:
    return "background" if note["background"] else "user"
