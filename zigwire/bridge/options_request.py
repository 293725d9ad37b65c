"""bridge/request/options: changes of the configuration, at once where that is possible."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from zigwire.bridge.info import Info
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import Handler, RequestFault, fields
from zigwire.settings import Settings, SettingsError

__all__ = ["OptionsRequest"]

LOG = logging.getLogger(__name__)


class OptionsRequest:
    """options.

    Args:
        settings: The configuration.
        info: Published after each change.
        followers: The parts that can change while they run; each is called with the settings after a change.
    """

    def __init__(self, settings: Settings, info: Info, followers: Iterable[Callable[[Settings], None]]) -> None:
        self._settings = settings
        self._info = info
        self._followers = tuple(followers)

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers by request."""
        return {"options": self.options}

    async def options(self, message: Any) -> dict[str, Any]:
        """Lay a partial configuration on the one in use; null deletes a key."""
        change = fields(message, "options")["options"]
        if not isinstance(change, dict):
            raise RequestFault("Invalid payload", f"options is {shortened(change)}; an object is allowed")
        restart = self._change(change)
        for follow in self._followers:
            follow(self._settings)
        self._info.restart_required = self._info.restart_required or restart
        names = shortened(", ".join(_names(change)))
        LOG.info("Changed the options %s%s", names, ", which take effect after a restart" if restart else "")
        self._info.info()
        return {"restart_required": self._info.restart_required}

    def _change(self, change: Mapping[str, Any]) -> bool:
        """Change the settings; what the JSON schema forbids is refused in the words that clients know."""
        try:
            return self._settings.change(change)
        except SettingsError as error:
            if departures := self._settings.departures(change):
                raise RequestFault(departures[0], "; ".join(map(str, error.faults))) from error
            raise


def _names(change: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the keys of a change, without their values: these may be secrets."""
    for key, value in change.items():
        if isinstance(value, dict) and value:
            yield from _names(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"
