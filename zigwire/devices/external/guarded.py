"""A behaviour of a user's converter whose faults stay its own: they are logged, and everything else goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson

from zigwire.devices.behaviour import Behaviour, Event, Outcome
from zigwire.devices.errors import DefinitionError
from zigwire.devices.external.errors import told
from zigwire.devices.feature import Context
from zigwire.devices.native import LINKQUALITY
from zigwire.zcl.errors import EncodeError
from zigwire.zcl.message import Message
from zigwire.zigbee.errors import RequestError

__all__ = ["GuardedBehaviour"]

LOG = logging.getLogger(__name__)

Result = TypeVar("Result")


class GuardedBehaviour:
    """What a converter makes of a device, at a distance.

    Args:
        behaviour: What the converter made.
        path: The converter's file.

    Attributes:
        definition: Under the name that the device is sold under.
        device: Whose it is.
        endpoint_names: Numbers of the endpoints that have a name.
    """

    def __init__(self, behaviour: Behaviour, path: Path) -> None:
        self.definition = behaviour.definition
        self.device = behaviour.device
        self.endpoint_names = behaviour.endpoint_names
        self._behaviour = behaviour
        self._path = path
        self._known: set[tuple[type[Exception], int | None]] = set()

    @property
    def properties(self) -> Sequence[str]:
        """Keys of the state that the interface lists, `linkquality` last."""
        return self._or(lambda: self._behaviour.properties, (LINKQUALITY.key,))

    @property
    def option_dicts(self) -> list[dict[str, Any]]:
        """The options that the interface lists."""
        return self._or(lambda: _publishable(self._behaviour.option_dicts), [])

    @property
    def can_configure(self) -> bool:
        """Whether there is a set-up to do after the interview."""
        return self._or(lambda: self._behaviour.can_configure, False)

    @property
    def custom_clusters(self) -> Mapping[str, Any]:
        """Clusters that the definition adds to the table."""
        return self._behaviour.custom_clusters

    def exposes(self, options: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the interface lists under these options, `linkquality` last."""
        return self._or(lambda: _publishable(self._behaviour.exposes(options)), [LINKQUALITY.to_dict()])

    def check_options(self, options: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the values."""
        return self._or(lambda: self._behaviour.check_options(options), [])

    def override_discovery(self, payload: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
        """Return a message for Home Assistant's discovery as the definition wants it."""
        return self._or(lambda: _publishable(self._behaviour.override_discovery(payload, options)), dict(payload))

    def decode(self, endpoint: int, message: Message, context: Context) -> dict[str, Any] | None:
        """Return the state that a message tells, nothing when the converter can't tell it."""
        nothing: dict[str, Any] | None = {}
        return self._or(lambda: _publishable(self._behaviour.decode(endpoint, message, context)), nothing)

    def can_set(self, key: str, endpoint: str | None = None) -> bool:
        """Whether `set` knows the key."""
        return self._behaviour.can_set(key, endpoint)

    def can_get(self, key: str, endpoint: str | None = None) -> bool:
        """Whether `get` knows the key."""
        return self._behaviour.can_get(key, endpoint)

    def claim(self, key: str, endpoint: str | None = None) -> Hashable:
        """Return what keys have in common that are set together."""
        return self._behaviour.claim(key, endpoint)

    async def set(self, key: str, value: Any, context: Context) -> Outcome:
        """Set a key; see `Behaviour.set`."""
        with self._as_refusal(key):
            outcome = await self._behaviour.set(key, value, context)
            _publishable(outcome.state)
            return outcome

    async def get(self, key: str, context: Context) -> Mapping[str, Any]:
        """Ask for a key; see `Behaviour.get`."""
        with self._as_refusal(key):
            return _publishable(await self._behaviour.get(key, context))

    async def configure(self) -> None:
        """Do the set-up; see `Behaviour.configure`."""
        try:
            await self._behaviour.configure()
        except (EncodeError, RequestError):
            raise
        except Exception as error:
            raise RequestError(self._note(error)) from error

    def event(self, kind: Event, data: Mapping[str, Any]) -> None:
        """Tell the definition what happened to its device."""
        self._or(lambda: self._behaviour.event(kind, data), None)

    def stop(self) -> None:
        """Serve no more."""
        self._or(self._behaviour.stop, None)

    def _or(self, work: Callable[[], Result], otherwise: Result) -> Result:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - a user's code may raise anything
            self._note(error)
            return otherwise

    @contextmanager
    def _as_refusal(self, key: str) -> Iterator[None]:
        """Let a fault be a command that the device can't carry out."""
        try:
            yield
        except (DefinitionError, EncodeError, RequestError):
            raise
        except Exception as error:
            raise DefinitionError(key, f"{key}: {self._note(error)}") from error

    def _note(self, error: Exception) -> str:
        """Log a fault, as an error when its kind is new at that line, and return it in a sentence."""
        fault = told(error, self._path)
        text = f"the converter {self._path.name} went wrong: {fault}"
        kind = (type(error), fault.line)
        LOG.log(logging.DEBUG if kind in self._known else logging.ERROR, "%s: %s", self.device.ieee, text)
        self._known.add(kind)
        return text


def _publishable(value: Result) -> Result:
    """Return a value that has a form in JSON.

    Raises:
        TypeError: It has none.
    """
    orjson.dumps(value)
    return value
