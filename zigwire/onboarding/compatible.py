"""Zigbee2MQTT's own way of being set up over HTTP: its page, which comes with the frontend, and programs use it."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from zigwire.onboarding.destination import Destination
from zigwire.onboarding.errors import OnboardingError
from zigwire.onboarding.server import json_of, received
from zigwire.onboarding.session import Session
from zigwire.settings import Settings, json_schema
from zigwire.web.pages import BUILT_IN, DEFAULT, assets
from zigwire.zigbee.search import FoundRadio

__all__ = ["Compatible"]

PREFIXES = ("", "/all")
"""At the root as Zigbee2MQTT has it, and where its page is served beside Zigwire's own."""


class Compatible:
    """The routes that Zigbee2MQTT has.

    Args:
        session: What they work on.
        environ: The environment.
        finished: Called once there is a configuration.
    """

    def __init__(self, session: Session, environ: Mapping[str, str], finished: Callable[[], None]) -> None:
        self._session = session
        self._redirects = not environ.get("Z2M_ONBOARD_NO_REDIRECT")
        self._finished = finished
        self._page = (assets(DEFAULT) or BUILT_IN) / "onboarding"

    def add_to(self, app: web.Application) -> None:
        """Add the routes to a server."""
        for prefix in PREFIXES:
            app.router.add_get(f"{prefix}/data", self.data)
            app.router.add_post(f"{prefix}/submit", self.submit)
            app.router.add_post(f"{prefix}/submit-zip", self.submit_archive)
        if self._page.is_dir():
            app.router.add_get("/all", self.to_page)
            app.router.add_get("/all/", self.page)
            app.router.add_static("/all/assets", self._page / "assets")

    async def to_page(self, _request: web.Request) -> web.StreamResponse:
        """Go to the folder that addresses in the page begin from."""
        raise web.HTTPFound("/all/")

    async def page(self, _request: web.Request) -> web.StreamResponse:
        """Send Zigbee2MQTT's page."""
        return web.FileResponse(self._page / "index.html")

    async def data(self, _request: web.Request) -> web.Response:
        """Tell the settings that there are, what settings may be, and the radios."""
        return web.json_response(
            {
                "page": "form",
                "settings": self._session.document(),
                "settingsSchema": json_schema(),
                "devices": [_device(radio) for radio in await self._session.radios()],
            }
        )

    async def submit(self, request: web.Request) -> web.Response:
        """Take settings."""
        return self._end(self._session.save(await json_of(request)))

    async def submit_archive(self, request: web.Request) -> web.Response:
        """Take a backup, as text in base64."""
        async with received(request) as file:
            try:
                file.write_bytes(base64.b64decode(file.read_bytes(), validate=True))
            except binascii.Error as error:
                raise OnboardingError("the request is no base64 text") from error
            await asyncio.to_thread(self._session.take_over, file)
        return self._end(None)

    def _end(self, settings: Settings | None) -> web.Response:
        self._finished()
        url = _url(settings) if settings and self._redirects else None
        return web.json_response({"success": True, "frontendUrl": url})


def _url(settings: Settings) -> str | None:
    """Return where the page will be, None when no browser can go there."""
    destination = Destination.of(settings)
    return destination.at(settings.frontend.host or "localhost") if destination.page else None


def _device(radio: FoundRadio) -> dict[str, Any]:
    given = {
        "name": radio.name,
        "path": radio.port,
        "adapter": radio.adapter,
        "baudRate": radio.baudrate,
        "rtscts": radio.rtscts,
    }
    return {key: value for key, value in given.items() if value is not None}
