"""The JavaScript engine that definitions run in: calls with limits of time and memory, and what they want done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import quickjs

from zigwire.devices.herdsman.modules import OWN, Modules

__all__ = ["CALL_LIMIT", "Engine", "Excess", "OutOfMemory", "Overrun", "ScriptError", "Stopped"]

CALL_LIMIT = 0.5
"""Seconds of computing that a call may take."""

LAST_WORDS = 0.05
"""Seconds for the promises of a call that was stopped."""

MEMORY_LIMIT = 256 << 20
"""Bytes; all definitions together take 83 MB (measured)."""

STACK_LIMIT = 4 << 20
"""Bytes; more than the thread's own stack has would end the process."""

USUAL = ("prelude", "entry", "names", "scripts")
"""Modules of ours whose functions can be called."""

UNLIMITED = -1
INTERRUPTED = "InternalError: interrupted"
NO_MEMORY = ("null", "InternalError: out of memory")


class ScriptError(Exception):
    """What a script threw; the text is its message."""


class Stopped(ScriptError):
    """A script that took more than it may."""


class Overrun(Stopped):
    """A script took longer than it may. `endless` when its promises go on and on: the engine is of no more use."""

    def __init__(self, *, endless: bool = False) -> None:
        super().__init__(f"it was stopped after {CALL_LIMIT:g} s")
        self.endless = endless


class OutOfMemory(Stopped):
    """A script wanted more memory than there may be."""

    def __init__(self) -> None:
        super().__init__(f"it wanted more than {MEMORY_LIMIT >> 20} MB of memory")


class Excess(Stopped):
    """A script wanted more to be done at once than there may be."""

    def __init__(self) -> None:
        super().__init__("it wanted too much to be done at once")


class Engine:
    """One JavaScript context with the library in it, for one thread.

    Args:
        modules: Finds what is to be loaded.
        now: Unix time in milliseconds that scripts are to see; None for the real one.
        also: Modules of ours that are wanted beside the usual ones.

    Raises:
        ScriptError: The library can't be loaded.
    """

    def __init__(self, modules: Modules, now: Callable[[], float] | None = None, also: Sequence[str] = ()) -> None:
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY_LIMIT)
        self._context.set_max_stack_size(STACK_LIMIT)
        self._context.add_callable("hostFind", modules.find)
        self._context.add_callable("hostRead", modules.read)
        self._functions: dict[str, Callable[..., Any]] = {}
        self._now = now
        self._load((*USUAL, *(["rewind"] if now else []), *also))

    @property
    def crammed(self) -> bool:
        """Whether there is so little memory left that definitions can't work."""
        return self.memory > MEMORY_LIMIT // 2

    @property
    def memory(self) -> int:
        """Bytes in use, without what is garbage."""
        self._context.gc()
        memory: Mapping[str, int] = self._context.memory()
        return memory["memory_used_size"]

    def call(self, name: str, *args: str | float | bool | None) -> Any:
        """Call a function, then do what promises have left to do.

        Raises:
            ScriptError: It threw, took too long or wanted too much.
        """
        if self._now:
            self._functions["setNow"](self._now())
        self._context.set_time_limit(CALL_LIMIT)
        result, fault = None, None
        try:
            result = self._functions[name](*args)
        except quickjs.JSException as error:
            fault = _fault(error)
        self._settle(fault)
        return result

    def load(self, name: str, *args: str) -> Any:
        """Call a function that loads modules, which needs us and so has no time limit.

        Raises:
            ScriptError: It threw.
        """
        self._context.set_time_limit(UNLIMITED)
        try:
            return self._functions[name](*args)
        except quickjs.JSException as error:
            raise _fault(error) from error

    def take(self) -> list[dict[str, Any]]:
        """Return what scripts want done since this was asked last."""
        try:
            text = self._functions["take"]()
        except quickjs.JSException as error:
            raise _fault(error) from error
        notes: list[dict[str, Any]] = orjson.loads(text) if text else []
        return notes

    def _load(self, modules: Iterable[str]) -> None:
        try:
            self._context.eval((OWN / "modules.js").read_text(encoding="utf-8"))
            for module in modules:
                self._export(module)
        except quickjs.JSException as error:
            raise _fault(error) from error

    def _export(self, module: str) -> None:
        """Load one of our modules and make its functions callable."""
        place = orjson.dumps(str(OWN / "entry.js")).decode()
        names = self._context.eval(
            f"globalThis.exported = load({place}, './{module}'); JSON.stringify(Object.keys(globalThis.exported))"
        )
        for name in orjson.loads(names):
            self._functions[name] = self._context.eval(f"globalThis.exported[{orjson.dumps(name).decode()}]")

    def _settle(self, fault: ScriptError | None) -> None:
        """Do what promises have left to do, also after a fault: they are not to take the time of the next call."""
        end = self._last_words() if isinstance(fault, Stopped) else time.perf_counter() + CALL_LIMIT
        while time.perf_counter() < end:
            try:
                if not self._context.execute_pending_job():
                    break
            except quickjs.JSException as error:
                again = _fault(error)
                if isinstance(again, Stopped):
                    if isinstance(fault, Stopped):
                        raise Overrun(endless=True) from error
                    end = self._last_words()
                fault = again
        else:
            raise Overrun(endless=True)
        if fault:
            raise fault

    def _last_words(self) -> float:
        """Leave little time to the promises of a call that was stopped; return when it is over."""
        self._context.set_time_limit(LAST_WORDS)
        return time.perf_counter() + LAST_WORDS


def _fault(error: quickjs.JSException) -> ScriptError:
    text = str(error).strip()
    first = text.partition("\n")[0]
    if first == INTERRUPTED:
        return Overrun()
    if first in NO_MEMORY:
        return OutOfMemory()
    return ScriptError(first)
