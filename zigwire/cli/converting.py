"""The command `convert`."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from zigwire.bridge.order import ordered
from zigwire.definitions import herdsman_source
from zigwire.devices import DefinitionSource, GenericSource, NativeSource, Sources
from zigwire.devices.convert import Session
from zigwire.devices.herdsman import HerdsmanSource, VirtualClock
from zigwire.devices.timers import Timing
from zigwire.zigbee.errors import RequestError

__all__ = ["SOURCES", "convert_lines"]

SOURCES = ("native", "herdsman", "generic")
START = 1_768_478_400_000.0
"""When every line begins: 2026-01-15 12:00 UTC in milliseconds."""

GOES_BY = 600_000.0
"""Milliseconds that go by after each line."""

UNKNOWN: Mapping[str, Any] = {"meta": {}, "clusters": {}, "binds": []}
"""What is known of a device's endpoints before its set-up."""

TIMERS_AT_MOST = 12
TURNS = 3
"""Turns of the event loop that hand an answer on to who waits for it."""

Result = TypeVar("Result")


def convert_lines(names: Sequence[str], library: Path | None) -> None:
    """Answer JSON lines of standard input on standard output, in their order.

    Args:
        names: Sources of definitions, in the order in which they are asked.
        library: The `node_modules` folder of the field's own library, None for the version in use.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    asyncio.run(_converse(names, library))


async def _converse(names: Sequence[str], library: Path | None) -> None:
    timeline = Timeline(_herdsman(library) if "herdsman" in names else None)
    timing = Timing(timeline.pause, timeline.now)
    known: dict[str, DefinitionSource | None] = {
        "native": NativeSource(timing),
        "herdsman": timeline.source,
        "generic": GenericSource(timing),
    }
    session = Session(Sources(source for name in names if (source := known[name])), ordered, timeline)
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(orjson.dumps(await _answer(session, line)) + b"\n")
        out.flush()


async def _answer(session: Session, line: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {"error": f"the line is no JSON: {error}"}
    return await session.answer(asked) if isinstance(asked, dict) else {"error": "the line is no JSON object"}


class Timeline:
    """The time of all definitions: it stands still until something waits for it to go by."""

    def __init__(self, made: tuple[HerdsmanSource, VirtualClock] | None) -> None:
        self.source: HerdsmanSource | None = made[0] if made else None
        self._clock = made[1] if made else VirtualClock(START)

    async def during(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something; as long as it waits, time goes by."""
        task = asyncio.ensure_future(work)
        await self.settle()
        while not task.done():
            if not self._clock.step():
                task.cancel()
                raise RequestError("it waits for something that never comes")
            await self.settle()
        return task.result()

    async def pass_by(self) -> None:
        """Let ten minutes go by, or until a dozen timers went off."""
        await self.settle()
        for _ in range(TIMERS_AT_MOST):
            if not self._clock.step(START + GOES_BY):
                return
            await self.settle()

    async def pause(self, seconds: float) -> None:
        """Wait until so much time has gone by."""
        over = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(seconds, lambda: over.set_result(None))
        try:
            await over
        finally:
            timer.cancel()

    def now(self) -> float:
        """Return the Unix time in seconds."""
        return self._clock.now() / 1000

    async def settle(self) -> None:
        """Wait until nothing is under way but what waits for time to go by."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if self.source:
                await self.source.settle()

    def rewind(self) -> None:
        """Go back to the beginning."""
        if self.source:
            self.source.rewind()
        self._clock.reset()

    def rewind_further(self) -> None:
        """Go back to before the set-up of devices."""
        if self.source:
            self.source.rewind(UNKNOWN)
            self._clock.reset()


def _herdsman(modules: Path | None) -> tuple[HerdsmanSource, VirtualClock]:
    clock = VirtualClock(START)
    source = herdsman_source(modules, clock)
    if source is None:
        raise click.ClickException("the field's library of definitions can't be used")
    return source, clock
