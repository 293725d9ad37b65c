"""bridge/request/*: the envelope. Each request is answered once, on bridge/response/<same topic>."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from zigwire.bridge.payloads import dumps, request_message, shortened
from zigwire.bridge.publisher import Mqtt
from zigwire.devices.errors import DefinitionError
from zigwire.settings import SettingsError
from zigwire.zcl.errors import EncodeError
from zigwire.zigbee.errors import RequestError

__all__ = ["Handler", "RequestFault", "Requests", "boolean", "fields"]

LOG = logging.getLogger(__name__)

MOST_RUNNING = 500

Handler = Callable[[Any], Awaitable[dict[str, Any]]]


class RequestFault(Exception):
    """A request that can't be carried out.

    Args:
        error: The text of the response.
        detail: What the log says beyond it.
    """

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error)
        self.detail = detail


class Requests:
    """Finds the handler of a request, runs it and answers."""

    def __init__(self, mqtt: Mqtt, base_topic: str, handlers: Mapping[str, Handler]) -> None:
        self._mqtt = mqtt
        self._base = f"{base_topic}/bridge"
        self._handlers = handlers
        self._running: set[asyncio.Task[None]] = set()

    def handle(self, name: str, payload: bytes) -> None:
        """Begin to carry out a request."""
        if len(self._running) >= MOST_RUNNING:
            LOG.error("Request %s is refused: %d are under way", shortened(name), MOST_RUNNING)
            refused = {"data": {}, "status": "error", "error": f"{MOST_RUNNING} requests are under way already"}
            self._mqtt.publish(f"{self._base}/response/{name}", dumps(refused))
            return
        task = asyncio.get_running_loop().create_task(self._run(name, request_message(payload)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def cancel(self) -> None:
        """Give up all requests under way."""
        for task in self._running:
            task.cancel()

    async def _run(self, name: str, message: Any) -> None:
        try:
            response: dict[str, Any] = {"data": await self._handler(name)(message), "status": "ok"}
        except RequestFault as fault:
            LOG.error("Request %s failed: %s%s", shortened(name), fault, f" ({fault.detail})" if fault.detail else "")
            response = {"data": {}, "status": "error", "error": str(fault)}
        except (DefinitionError, EncodeError, RequestError, SettingsError) as error:
            LOG.error("Request %s failed: %s", shortened(name), error)
            response = {"data": {}, "status": "error", "error": str(error)}
        except Exception as error:
            LOG.exception("Request %s failed because of a fault in Zigwire", shortened(name))
            response = {"data": {}, "status": "error", "error": f"Fault in Zigwire: {error!r}"}
        if isinstance(message, dict) and "transaction" in message:
            response["transaction"] = message["transaction"]
        self._mqtt.publish(f"{self._base}/response/{name}", dumps(response))

    def _handler(self, name: str) -> Handler:
        handler = self._handlers.get(name.lower())
        if handler is None:
            raise RequestFault(f"Unknown request {shortened(name)}", f"there are {', '.join(sorted(self._handlers))}")
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
        raise RequestFault("Invalid payload", f"{', '.join(missing)} is missing in {shortened(message)}")
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
