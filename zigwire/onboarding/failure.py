"""The page for a start that failed right after Zigwire was set up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from aiohttp import web

from zigwire.onboarding.destination import Destination
from zigwire.onboarding.server import told
from zigwire.settings import Settings

__all__ = ["Failure"]


class Failure:
    """The routes of the page.

    Args:
        errors: What is wrong, in sentences.
        load: Reads the configuration; as long as it has faults, nothing can be decided.

    Attributes:
        decided: Whether to set Zigwire up anew (True) or only to try again (False).
    """

    def __init__(self, errors: Sequence[str], load: Callable[[], Settings]) -> None:
        self._load = load
        self._state = {"page": "failure", "errors": list(errors)}
        self.decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def add_to(self, app: web.Application) -> None:
        """Add the routes to a server."""
        app.router.add_get("/api/state", self.state)
        app.router.add_get("/data", self.state)
        app.router.add_post("/api/again", told(self.again))
        app.router.add_post("/api/retry", told(self.retry))
        app.router.add_post("/submit", self.submit)

    async def state(self, _request: web.Request) -> web.Response:
        """Tell what is wrong."""
        return web.json_response(self._state)

    async def again(self, _entered: dict[str, Any]) -> dict[str, Any]:
        """Go back to setting up."""
        self._load()
        return self._decide(anew=True)

    async def retry(self, _entered: dict[str, Any]) -> dict[str, Any]:
        """Try again as it is by now, and say where the page will be."""
        destination = Destination.of(self._load())
        self._decide(anew=False)
        return asdict(destination)

    async def submit(self, _request: web.Request) -> web.Response:
        """Try again, as Zigbee2MQTT's page asks for it."""
        return web.json_response(self._decide(anew=False))

    def _decide(self, *, anew: bool) -> dict[str, Any]:
        if not self.decided.done():
            self.decided.set_result(anew)
        return {}
