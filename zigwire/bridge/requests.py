"""bridge/request/*: the envelope. Each request is answered once, on bridge/response/<same topic>."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from zigwire.bridge.answers import Answers
from zigwire.bridge.payloads import dumps, request_message, shortened
from zigwire.bridge.publisher import Mqtt
from zigwire.devices.errors import DefinitionError
from zigwire.mqtt.message import Properties
from zigwire.settings import SettingsError
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError

__all__ = ["Handler", "Manner", "RequestFault", "Requests", "boolean", "fields"]

LOG = logging.getLogger(__name__)

MOST_RUNNING = 500
PATIENCE = 1.0  # seconds from its begin for which a request holds up the answers to later ones

Handler = Callable[[Any], Awaitable[dict[str, Any] | list[Any]]]
Answer = Callable[[dict[str, Any]], None]


class RequestFault(Exception):
    """A request that can't be carried out.

    Args:
        error: The text of the response.
        detail: What the log says beyond it.
    """

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Manner:
    """How a request is answered.

    Attributes:
        topic: The request under whose name, None for its own.
        parting: The error when the bridge stops before it is carried out.
    """

    topic: str | None = None
    parting: str = "The bridge stops"


class Turn:
    """The place of a request in the order of the answers.

    Args:
        before: The place of the request that came before.
    """

    def __init__(self, before: Turn | None) -> None:
        loop = asyncio.get_running_loop()
        self._before = before
        self._over: asyncio.Future[None] = loop.create_future()
        self._timer = loop.call_later(PATIENCE, self.end)

    async def come(self) -> None:
        """Wait until the requests before are answered, or have been under way for too long."""
        if self._before:
            await asyncio.shield(self._before._over)  # noqa: SLF001 - of the same class
        self._before = None

    def end(self) -> None:
        """Let those go on that came later."""
        self._timer.cancel()
        if not self._over.done():
            self._over.set_result(None)


USUAL = Manner()


class Requests:
    """Finds the handler of a request, runs it and answers, once.

    Requests run side by side. Their answers leave in the order in which they were asked for, but one that takes longer
    than a second holds up no other.

    Args:
        mqtt: The MQTT client.
        base_topic: Of the answers.
        answers: Sends answers to those who named a response topic.
        handlers: By name of the request, in lower case.
        manners: Of those that are not answered as usual, likewise.

    Attributes:
        handlers: By name of the request.
    """

    def __init__(
        self,
        mqtt: Mqtt,
        base_topic: str,
        answers: Answers,
        handlers: Mapping[str, Handler],
        manners: Mapping[str, Manner] | None = None,
    ) -> None:
        self._mqtt = mqtt
        self._base = f"{base_topic}/bridge"
        self._answers = answers
        self.handlers = handlers
        self._manners = manners or {}
        self._running: dict[asyncio.Task[None], tuple[Answer, str]] = {}
        self._last: Turn | None = None

    @property
    def running(self) -> int:
        """How many are under way."""
        return len(self._running)

    def handle(self, name: str, payload: bytes, asked: Properties | None = None) -> None:
        """Begin to carry out a request."""
        message = request_message(payload)
        manner = self._manners.get(name.lower(), USUAL)
        answer = partial(self._answer, manner.topic or name, message, self._answers.to(asked))
        if len(self._running) >= MOST_RUNNING:
            LOG.error("Request %s is refused: %d are under way", shortened(name), MOST_RUNNING)
            answer({"data": {}, "status": "error", "error": f"{MOST_RUNNING} requests are under way already"})
            return
        turn = self._last = Turn(self._last)
        task = asyncio.get_running_loop().create_task(self._run(name, message, answer, turn))
        self._running[task] = answer, manner.parting
        task.add_done_callback(lambda done: self._running.pop(done, None))

    def stop(self) -> None:
        """Give up all requests under way, and say so."""
        given_up, self._running = self._running, {}
        for task, (answer, parting) in given_up.items():
            task.cancel()
            answer({"data": {}, "status": "error", "error": parting})

    async def _run(self, name: str, message: Any, answer: Answer, turn: Turn) -> None:
        try:
            response = await self._response(name, message)
            await turn.come()
            answer(response)
        finally:
            turn.end()

    async def _response(self, name: str, message: Any) -> dict[str, Any]:
        try:
            return {"data": await self._handler(name)(message), "status": "ok"}
        except RequestFault as fault:
            LOG.error("Request %s failed: %s%s", shortened(name), fault, f" ({fault.detail})" if fault.detail else "")
            return {"data": {}, "status": "error", "error": str(fault)}
        except (DefinitionError, EncodeError, RequestError, SettingsError) as error:
            LOG.error("Request %s failed: %s", shortened(name), error)
            return {"data": {}, "status": "error", "error": str(error)}
        except Exception as error:
            LOG.exception("Request %s failed because of a fault in Zigwire", shortened(name))
            return {"data": {}, "status": "error", "error": f"Fault in Zigwire: {error!r}"}

    def _answer(self, name: str, message: Any, tell: Answer, response: dict[str, Any]) -> None:
        if isinstance(message, dict) and "transaction" in message:
            response["transaction"] = message["transaction"]
        self._mqtt.publish(f"{self._base}/response/{name}", dumps(response))
        tell(response)

    def _handler(self, name: str) -> Handler:
        handler = self.handlers.get(name.lower())
        if handler is None:
            raise RequestFault(f"Unknown request {shortened(name)}", f"there are {', '.join(sorted(self.handlers))}")
        return handler


def fields(message: Any, *required: str, bare: str | None = None) -> dict[str, Any]:
    """Read a request's payload as an object.

    Args:
        message: The payload.
        required: Keys that must be there.
        bare: Key that a payload which is no object stands for.

    Raises:
        RequestFault: It is no object, or a key is missing.
    """
    if bare and isinstance(message, (str, int)) and message != "":
        message = {bare: message}
    if not isinstance(message, dict):
        raise RequestFault("Invalid payload", f"{shortened(message)} is no object with {', '.join(required)}")
    missing = [key for key in required if key not in message]
    if missing:
        given = ", ".join(message) or "nothing"  # keys alone: values may be secrets
        raise RequestFault("Invalid payload", f"{', '.join(missing)} is missing; given is {shortened(given)}")
    return message


def boolean(message: Mapping[str, Any], key: str) -> bool:
    """Read an optional on/off field, off when absent or null.

    Raises:
        RequestFault: It is neither true nor false.
    """
    value = message.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise RequestFault("Invalid payload", f"{key} is {shortened(value)}; true and false are allowed")
    return value
