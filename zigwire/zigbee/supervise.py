"""The radio's life: connect, stay, lose, connect again, for ever."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from typing import Any

from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.events import RadioState
from zigwire.zigbee.radio import Radio, RadioError

__all__ = ["Backoff", "Supervisor"]

_BRING_UP = 180.0
"""Seconds to come online; forming a network on Z-Stack takes up to a minute, scanning for noise more."""

_LONGEST_PAUSE = 60.0
_LOG = logging.getLogger(__name__)


class Backoff:
    """Seconds to wait before the next try: doubling from 1 to 60, a fifth more or less by chance."""

    def __init__(self) -> None:
        self._next = 1.0

    def next(self) -> float:
        """Return the seconds and make the following wait longer."""
        seconds, self._next = self._next, min(2 * self._next, _LONGEST_PAUSE)
        return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - spreads tries, keeps no secret

    def reset(self) -> None:
        """Begin again with 1 second."""
        self._next = 1.0

    def slow_down(self) -> None:
        """Wait a minute from now on."""
        self._next = _LONGEST_PAUSE


class Supervisor:
    """Keeps a radio online.

    Args:
        make_radio: Makes a fresh radio for each connection.
        bring_up: Takes a new radio until it is in use; may raise `RadioError` (try again) or `NetworkRefusedError`
            (stay offline until the user has decided; once it was online, try again each minute: a stick that was
            reset may hold no network for a while, or another stick has its port).
        changed: Hears each change of the state, with the reason.
        ended: Hears that a connection is over, with the reason, also of one that never came online.

    Attributes:
        losses: How often a radio that was online got lost.
    """

    def __init__(
        self,
        make_radio: Callable[[], Radio],
        bring_up: Callable[[Radio], Coroutine[Any, Any, None]],
        changed: Callable[[RadioState, str], None],
        ended: Callable[[str], None],
    ) -> None:
        self._make_radio = make_radio
        self._bring_up = bring_up
        self._changed = changed
        self._ended = ended
        self._was_online = False
        self._backoff = Backoff()
        self._lost: asyncio.Future[str] | None = None
        self._decided = asyncio.Event()
        self._reported = ""
        self.losses = 0
        self.state: RadioState = "connecting"
        self.refused: NetworkRefusedError | None = None

    async def run(self) -> None:
        """Keep the radio online until cancelled, or until the network is refused."""
        self._changed(self.state, "")
        while self.refused is None:
            await self._connection()
            if self.refused is None:
                await asyncio.sleep(self._backoff.next())

    def lost(self, reason: str) -> None:
        """Note that the connection is gone."""
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(reason)
            self._ended(reason)

    async def wait_online(self) -> None:
        """Wait until the radio is online.

        Raises:
            NetworkRefusedError: It won't be before the user has decided.
        """
        await self._decided.wait()
        if self.refused is not None:
            raise self.refused

    async def _connection(self) -> None:
        """Bring one radio up and stay with it until it is not there any more."""
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._lost = lost
        radio: Radio | None = None
        reason = ""
        try:
            radio = self._make_radio()
            async with asyncio.timeout(_BRING_UP):
                await _unless(lost, self._bring_up(radio))
            self._came_online()
            reason = await lost
            self.losses += 1
            _LOG.error("The coordinator is lost: %s", reason)
        except NetworkRefusedError as error:
            reason = self._report(str(error))
            self._refuse(error)
        except TimeoutError:
            reason = self._report(f"it is not ready within {_BRING_UP:g} s")
        except RadioError as error:
            reason = self._report(str(error) or type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever a radio library does, the house stays up
            _LOG.exception("The coordinator's library failed")
            reason = self._report(repr(error))
        finally:
            self._decided.clear()
            self._ended(reason)
            if radio is not None:
                await radio.close()
        self._set_state("offline", reason)
        if self.refused is not None:
            self._decided.set()

    def _refuse(self, error: NetworkRefusedError) -> None:
        if self._was_online:
            self._backoff.slow_down()
        else:
            self.refused = error

    def _came_online(self) -> None:
        self._backoff.reset()
        self._reported = ""
        self._was_online = True
        self._decided.set()
        self._set_state("online", "")

    def _report(self, reason: str) -> str:
        """Log a reason when it is another than the last time."""
        if reason == self._reported:
            _LOG.debug("Still no coordinator: %s", reason)
        else:
            _LOG.error("No coordinator: %s", reason)
        self._reported = reason
        return reason

    def _set_state(self, state: RadioState, reason: str) -> None:
        if state == self.state:
            return
        self.state = state
        self._changed(state, reason)


async def _unless(lost: asyncio.Future[str], work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work`, but no longer when the radio is lost; it is over in any case when this returns."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task, lost), return_when=asyncio.FIRST_COMPLETED)
        if lost.done():
            raise RadioError(lost.result())
        if task.cancelled():
            raise RadioError("its library gave up")
        task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
