"""What the page for setting Zigwire up asks the server for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from zigwire.onboarding.access import Access
from zigwire.onboarding.choices import SIMULATED, Broker, Choices, Page, channel, radio
from zigwire.onboarding.destination import Destination
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.server import received, told
from zigwire.onboarding.session import Session, new_token
from zigwire.settings import Settings
from zigwire.web.pages import DEFAULT, assets

__all__ = ["Form"]


class Form:
    """The routes of the form.

    Args:
        session: What it works on.
        access: Who may come in.
        finished: Called once there is a configuration.

    Attributes:
        port: The port that the page is served on, now and later.
    """

    port: int

    def __init__(self, session: Session, access: Access, finished: Callable[[], None]) -> None:
        self._session = session
        self._access = access
        self._finished = finished
        self._trying = asyncio.Lock()

    def add_to(self, app: web.Application) -> None:
        """Add the routes to a server."""
        app.router.add_get("/api/state", self.state)
        app.router.add_get("/api/radios", self.radios)
        app.router.add_post("/api/radio", told(self.try_radio))
        app.router.add_post("/api/broker", told(self.try_broker))
        app.router.add_post("/api/network", told(self.renew_network))
        app.router.add_post("/api/start", told(self.start))
        app.router.add_post("/api/folder", told(self.take_over_folder))
        app.router.add_post("/api/archive", self.take_over_archive)

    async def state(self, request: web.Request) -> web.Response:
        """Tell what the page begins with."""
        return web.json_response(
            {
                "page": "form",
                "folder": str(self._session.folder.resolve()),
                "network": self._session.network.shown(),
                "token": new_token(),
                "elsewhere": not self._access.is_here(request),
                "all_settings": assets(DEFAULT) is not None,
            }
        )

    async def radios(self, _request: web.Request) -> web.Response:
        """Look for radios."""
        async with self._trying:
            found = await self._session.radios()
        keys = ("port", "name", "adapter", "baudrate", "rtscts")
        return web.json_response([{key: getattr(one, key) for key in keys} for one in found])

    async def try_radio(self, entered: dict[str, Any]) -> dict[str, Any]:
        """Ask a radio who it is."""
        wanted = radio(entered)
        async with self._trying:
            answer = await self._session.try_radio(wanted)
        return {"adapter": answer.radio.adapter, "said": str(answer), "network": self._session.network.shown()}

    async def try_broker(self, entered: dict[str, Any]) -> dict[str, Any]:
        """Connect to a broker and leave again."""
        return {"another_bridge": await self._session.try_broker(Broker.parse(entered))}

    async def renew_network(self, _entered: dict[str, Any]) -> dict[str, Any]:
        """Make other parameters up."""
        self._session.renew_network()
        return self._session.network.shown()

    async def start(self, entered: dict[str, Any]) -> dict[str, Any]:
        """Write the configuration, and let Zigwire start."""
        wanted = radio(_object(entered, "radio"))
        broker = None if wanted.port == SIMULATED else Broker.parse(_object(entered, "broker"))
        token = entered.get("token")
        if not (token is None or (isinstance(token, str) and token)):
            raise OnboardingError("token: a text is allowed, or none for this machine only")
        network = self._session.network_at(wanted.port).on(channel(entered))
        choices = Choices(wanted, broker, network, Page(self.port, token), bool(entered.get("homeassistant")))
        return self._end(self._session.finish(choices))

    async def take_over_folder(self, entered: dict[str, Any]) -> dict[str, Any]:
        """Copy a data folder of this machine."""
        path = entered.get("path")
        if not isinstance(path, str) or not path.strip():
            raise OnboardingError("path is missing: enter the data folder of Zigbee2MQTT")
        await asyncio.to_thread(self._session.take_over, Path(path.strip()))
        return self._end()

    async def take_over_archive(self, request: web.Request) -> web.Response:
        """Unpack a backup that is sent."""
        async with received(request) as file:
            await asyncio.to_thread(self._session.take_over, file)
        return web.json_response(self._end())

    def _end(self, settings: Settings | None = None) -> dict[str, Any]:
        """Say where the page is to be found, and let Zigwire start."""
        destination = Destination.of(settings or self._session.load())
        self._finished()
        return asdict(destination)


def _object(entered: dict[str, Any], key: str) -> dict[str, Any]:
    value = entered.get(key)
    if not isinstance(value, dict):
        raise OnboardingError(f"{key} is missing")
    return value
